#include "pkg/distro.h"

#include <string.h>

typedef struct {
  const char *text;
  const char *id, *family, *release, *codename, *ecosystem;
  gint scheme;
} Example;

static void
check (const Example *example)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDistro) distro = sv_distro_parse (example->text, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (distro->id, ==, example->id);
  g_assert_cmpstr (distro->family, ==, example->family);
  g_assert_cmpstr (distro->release, ==, example->release);
  g_assert_cmpstr (distro->codename, ==, example->codename);
  g_assert_cmpstr (distro->ecosystem, ==, example->ecosystem);
  g_assert_cmpint (distro->scheme, ==, example->scheme);
}

#define DEB SV_SCHEME_DEB
#define RPM SV_SCHEME_RPM
#define APK SV_SCHEME_APK
#define PACMAN SV_SCHEME_PACMAN

/* Pitfall 61: the ecosystem names one release; without a release there is no ecosystem. */
static const Example ecosystems[] = {
    {"ID=debian\nVERSION_ID=\"12\"\n", "debian", "debian", "12", "bookworm", "Debian:12", DEB},
    {"ID=ubuntu\nVERSION_ID=22.04\n", "ubuntu", "ubuntu", "22.04", "jammy", "Ubuntu:22.04:LTS",
     DEB},
    {"ID=ubuntu\nVERSION_ID=23.10\n", "ubuntu", "ubuntu", "23.10", "mantic", "Ubuntu:23.10", DEB},
    {"ID=alpine\nVERSION_ID=3.19.1\n", "alpine", "alpine", "3.19", NULL, "Alpine:v3.19", APK},
    {"ID=alpine\nVERSION_ID=3.20_alpha20231219\nPRETTY_NAME=\"Alpine Linux edge\"\n", "alpine",
     "alpine", NULL, NULL, NULL, APK},
    {"ID=almalinux\nVERSION_ID=9.3\n", "almalinux", "rhel", "9", NULL, "AlmaLinux:9", RPM},
    {"ID=rocky\nVERSION_ID=8.9\n", "rocky", "rhel", "8", NULL, "Rocky Linux:8", RPM},
    {"ID=sles\nVERSION_ID=15.5\n", "sles", "suse", "15.5", NULL,
     "SUSE:Linux Enterprise Server 15 SP5", RPM},
    {"ID=sles\nVERSION_ID=12\n", "sles", "suse", "12", NULL, "SUSE:Linux Enterprise Server 12",
     RPM},
    {"ID=opensuse-leap\nVERSION_ID=15.6\n", "opensuse-leap", "suse", "15.6", NULL,
     "openSUSE:Leap 15.6", RPM},
    {"ID=\"opensuse-tumbleweed\"\nVERSION_ID=\"20230926\"\n", "opensuse-tumbleweed", "suse", NULL,
     NULL, "openSUSE:Tumbleweed", RPM},
    {"ID=photon\nVERSION_ID=4.0\n", "photon", "photon", "4.0", NULL, "Photon OS:4.0", RPM},
    {"ID=azurelinux\nVERSION_ID=\"3.0\"\n", "azurelinux", "azurelinux", "3.0", NULL,
     "Azure Linux:3", RPM},
    {"ID=mariner\nVERSION_ID=2.0\n", "mariner", "azurelinux", "2.0", NULL, "Azure Linux:2", RPM},
    {"ID=arch\nBUILD_ID=rolling\n", "arch", "arch", NULL, NULL, NULL, PACMAN},
};

static const Example derivatives[] = {
    {"ID=raspbian\nID_LIKE=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n", "raspbian",
     "debian", "12", "bookworm", NULL, DEB},
    {"ID=linuxmint\nID_LIKE=\"ubuntu debian\"\nVERSION_ID=\"21.2\"\nVERSION_CODENAME=victoria\n"
     "UBUNTU_CODENAME=jammy\n",
     "linuxmint", "ubuntu", "22.04", "victoria", NULL, DEB},
    {"ID=kali\nID_LIKE=debian\nVERSION_ID=2023.3\nVERSION_CODENAME=kali-rolling\n", "kali",
     "debian", NULL, "kali-rolling", NULL, DEB},
    {"ID=linuxmint\nID_LIKE=debian\nVERSION_ID=6\nVERSION_CODENAME=faye\nDEBIAN_CODENAME="
     "bookworm\n",
     "linuxmint", "debian", "12", "faye", NULL, DEB},
    {"ID=centos\nNAME=\"CentOS Stream\"\nPRETTY_NAME=\"CentOS Stream 9\"\nVERSION_ID=9\n",
     "centos-stream", "rhel", "9", NULL, NULL, RPM},
    {"ID=centos\nNAME=\"CentOS Linux\"\nVERSION_ID=7\n", "centos", "rhel", "7", NULL, NULL, RPM},
    {"ID=ol\nVERSION_ID=8.9\n", "ol", "rhel", "8", NULL, NULL, RPM},
    {"ID=navy\nID_LIKE=\"rhel fedora\"\nVERSION_ID=8.6r2\nPLATFORM_ID=\"platform:el8\"\n", "navy",
     "rhel", "8", NULL, NULL, RPM},
    {"ID=bazzite\nID_LIKE=fedora\nVERSION_ID=40\nPLATFORM_ID=platform:f40\n", "bazzite", "fedora",
     "40", NULL, NULL, RPM},
    {"ID=manjaro\nID_LIKE=arch\n", "manjaro", "arch", NULL, NULL, NULL, PACMAN},
    {"ID=my-own\nID_LIKE=debian\nVERSION_ID=8\n", "my-own", "debian", NULL, NULL, NULL, DEB},
    {"ID=nixos\nVERSION_ID=24.05\n", "nixos", NULL, NULL, NULL, NULL, -1},
    {"NAME=Nothing\n", "unknown", NULL, NULL, NULL, NULL, -1},
};

static const Example releases[] = {
    {"ID=debian\nVERSION_ID=12.11\n", "debian", "debian", "12", "bookworm", "Debian:12", DEB},
    {"ID=debian\nVERSION=\"8 (jessie)\"\nVERSION_ID=8\n", "debian", "debian", "8", "jessie",
     "Debian:8", DEB},
    {"ID=debian\nPRETTY_NAME=\"Debian GNU/Linux trixie/sid\"\n", "debian", "debian", "13", "trixie",
     "Debian:13", DEB},
    {"ID=debian\nVERSION_CODENAME=sid\n", "debian", "debian", NULL, "sid", NULL, DEB},
    {"ID=debian\nPRETTY_NAME=Distroless\n", "debian", "debian", NULL, NULL, NULL, DEB},
    {"bookworm/sid\n", "debian", "debian", "12", "bookworm", "Debian:12", DEB},
    {"12.5\n", "debian", "debian", "12", "bookworm", "Debian:12", DEB},
    {"6.0.10\n", "debian", "debian", "6", "squeeze", "Debian:6", DEB},
    {"3.19.1\n", "alpine", "alpine", "3.19", NULL, "Alpine:v3.19", APK},
    {"3.20_alpha20231219\n", "alpine", "alpine", NULL, NULL, NULL, APK},
    {"ID=\"amzn\"\nVERSION_ID=\"2018.03\"\n", "amzn", "amazon", "1", NULL, NULL, RPM},
    {"ID=\"amzn\"\nVERSION_ID=\"2\"\n", "amzn", "amazon", "2", NULL, NULL, RPM},
    {"ID=\"amzn\"\nVERSION_ID=\"2022\"\n", "amzn", "amazon", "2022", NULL, NULL, RPM},
    {"ID=\"amzn\"\nVERSION_ID=\"2023\"\n", "amzn", "amazon", "2023", NULL, NULL, RPM},
    {"ID=fedora\nVERSION_ID=40\nPRETTY_NAME=\"Fedora Linux 40 (Rawhide Prerelease)\"\n", "fedora",
     "fedora", NULL, NULL, NULL, RPM},
    {"Amazon Linux AMI release 2018.03\n", "amzn", "amazon", "1", NULL, NULL, RPM},
    {"CentOS Stream release 8\n", "centos-stream", "rhel", "8", NULL, NULL, RPM},
    {"Red Hat Enterprise Linux Server release 6.10 (Santiago)\n", "rhel", "rhel", "6", NULL, NULL,
     RPM},
    {"SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n", "sles", "suse",
     "11", NULL, "SUSE:Linux Enterprise Server 11", RPM},
    {"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\n", "ubuntu", "ubuntu",
     "10.04", "lucid", "Ubuntu:10.04:LTS", DEB},
};

/* What a hostile or careless file may hold; nothing of it is ever run. */
static const Example hostile[] = {
    {"ID=\"$(touch /tmp/x)\"\nID_LIKE=debian\n", "unknown", "debian", NULL, NULL, NULL, DEB},
    {"ID='debian'\nVERSION_ID='12'; rm -rf /\n", "debian", "debian", "12", "bookworm", "Debian:12",
     DEB},
    {"ID=debian # no comment to the shell\nVERSION_ID=1\"2\"\n", "debian", "debian", "12",
     "bookworm", "Debian:12", DEB},
    {"# ID=fedora\n  ID=debian\r\nVERSION_ID=\"12\"\r\n", "debian", "debian", "12", "bookworm",
     "Debian:12", DEB},
    {"ID=debian\nVERSION_ID=\"12\nPRETTY_NAME=x\n", "debian", "debian", NULL, NULL, NULL, DEB},
    {"ID=fedora\nID=debian\nVERSION_ID=9999999999999999999999\n", "debian", "debian",
     "9999999999999999999999", NULL, "Debian:9999999999999999999999", DEB},
    {"ID=DEBIAN\nVERSION_ID=../../etc\n", "debian", "debian", NULL, NULL, NULL, DEB},
    {"ID=debian\nPRETTY_NAME=\"\xff\xfe\"\n", "debian", "debian", NULL, NULL, NULL, DEB},
};

typedef struct {
  const Example *examples;
  gsize n_examples;
} Group;

static const Group group_ecosystems = {ecosystems, G_N_ELEMENTS (ecosystems)},
                   group_derivatives = {derivatives, G_N_ELEMENTS (derivatives)},
                   group_releases = {releases, G_N_ELEMENTS (releases)},
                   group_hostile = {hostile, G_N_ELEMENTS (hostile)};

static void
test_group (gconstpointer data)
{
  const Group *group = data;
  for (gsize i = 0; i < group->n_examples; i++)
    check (&group->examples[i]);
}

static void
test_values (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDistro) distro = sv_distro_parse ("ID=rhel\nVERSION_ID=8.1\nCPE_NAME='cpe:/o:a:b'\n"
                                                 "PRETTY_NAME=\"a \\\"b\\\" \\$c \\d\"\\ e\n",
                                                 &error);
  g_assert_no_error (error);
  g_assert_cmpstr (distro->version_id, ==, "8.1");
  g_assert_cmpstr (distro->cpe, ==, "cpe:/o:a:b");
  g_assert_cmpstr (distro->name, ==, "a \"b\" $c \\d e");
}

static void
test_nothing (void)
{
  static const char *const texts[] = {"", "\n\n", "hello world", "junk/sid more", "=", "A=b\n"};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvDistro) distro = sv_distro_parse (texts[i], &error);
    g_assert_null (distro);
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

static void
test_codenames (void)
{
  g_assert_cmpstr (sv_distro_find_release ("debian", "bookworm"), ==, "12");
  g_assert_cmpstr (sv_distro_find_codename ("ubuntu", "22.04"), ==, "jammy");
  g_assert_null (sv_distro_find_release ("ubuntu", "bookworm"));
  g_assert_null (sv_distro_find_release ("debian", NULL));
  g_assert_null (sv_distro_find_codename (NULL, "12"));
}

/* Every real file of the collections is identified, except those that name nothing. */
typedef struct {
  guint n_known, n_refused, n_ubuntu;
} Counts;

static gboolean
count_document (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  Counts *counts = user_data;
  g_autoptr (GBytes) bytes = sv_stream_read_all (content, SV_LIMIT_SMALL_FILE_BYTES, error);
  if (bytes == NULL)
    return FALSE;
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autoptr (SvDistro) distro = sv_distro_parse (text, NULL);
  if (distro == NULL) {
    counts->n_refused++;
    return TRUE;
  }
  if (distro->family == NULL)
    g_error ("%s: no family", name);
  counts->n_known++;
  g_auto (GStrv) parts = g_strsplit (name, "/", -1);
  if (g_str_equal (distro->id, "ubuntu")) {
    g_assert_cmpstr (distro->release, ==, parts[3]); /* ubuntu/testdata/dist/22.04/etc/… */
    g_assert_nonnull (distro->codename);
    counts->n_ubuntu++;
  }
  return TRUE;
}

static void
test_real_files (void)
{
  static const char *const archives[] = {"inventory/os-release-files.tar.zst",
                                         "inventory/os-release-ubuntu-rhel.tar.zst"};
  Counts counts = {0};
  const char *root = g_getenv ("SALVE_TEST_DATA");
  for (gsize i = 0; i < G_N_ELEMENTS (archives); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (root != NULL ? root : "/nowhere", archives[i], NULL);
    if (!g_file_test (path, G_FILE_TEST_EXISTS)) {
      g_test_skip ("os-release data absent");
      return;
    }
    sv_documents_foreach (path, NULL, count_document, &counts, &error);
    g_assert_no_error (error);
  }
  g_assert_cmpuint (counts.n_known, ==, 91);
  g_assert_cmpuint (counts.n_ubuntu, ==, 49);
  g_assert_cmpuint (counts.n_refused, ==, 4); /* two .gitignore, a busybox, a bare CPE name */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/distro/pitfall-61-ecosystem-has-release", &group_ecosystems, test_group);
  g_test_add_data_func ("/distro/pitfall-73-derivatives", &group_derivatives, test_group);
  g_test_add_data_func ("/distro/pitfall-75-release-identity", &group_releases, test_group);
  g_test_add_data_func ("/distro/hostile-text-stays-data", &group_hostile, test_group);
  g_test_add_func ("/distro/values", test_values);
  g_test_add_func ("/distro/nothing-identified", test_nothing);
  g_test_add_func ("/distro/codenames", test_codenames);
  g_test_add_func ("/distro/real-files", test_real_files);
  return g_test_run ();
}
