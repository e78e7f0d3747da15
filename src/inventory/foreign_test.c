/* What ansible, osquery and Windows say of a host. */
#include "inventory/foreign.h"

#include <string.h>

typedef gboolean (*Read) (SvCollect *collect, SvStream *stream, GError **error);

static SvInventory *
read_bytes (Read read, const char *bytes, gsize size, GError **error)
{
  const SvInventorySource source = {0};
  g_auto (SvCollect) collect;
  sv_collect_init (&collect, &source, 1);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("file", bytes, size);
  if (!read (&collect, stream, error))
    return NULL;
  sv_collect_sort_packages (&collect);
  return sv_collect_finish (&collect);
}

/* "host id:release machine | name version arch source=source-version …", "!" if not whole. */
static char *
tell (const SvInventory *inventory)
{
  const SvDistro *distro = inventory->distro;
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_printf (text, "%s %s:%s %s", inventory->hostname, distro->id, distro->release,
                   inventory->machine);
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    g_string_append_printf (text, " | %s %s %s %s=%s%s", package->name, package->version,
                            package->arch, package->source, package->source_version,
                            package->state == SV_PACKAGE_INSTALLED ? "" : "!");
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_told (Read read, const char *document, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) inventory = read_bytes (read, document, strlen (document), &error);
  g_assert_no_error (error);
  g_autofree char *told = tell (inventory);
  g_assert_cmpstr (told, ==, expected);
}

static gboolean
has_gap (const SvInventory *inventory, const char *words)
{
  for (guint i = 0; i < inventory->gaps->len; i++)
    if (strstr (((const SvGap *)inventory->gaps->pdata[i])->why, words) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_ansible (void)
{
  assert_told (
      sv_ansible_read,
      "{\"ansible_facts\": {\"ansible_distribution\": \"Debian\", "
      "\"ansible_distribution_version\": "
      "\"12.4\", \"ansible_distribution_release\": \"bookworm\", \"ansible_os_family\": "
      "\"Debian\", "
      "\"ansible_nodename\": \"web-1\", \"ansible_architecture\": \"x86_64\", \"packages\": "
      "{\"openssl\": [{\"name\": \"openssl\", \"version\": \"1:3.0.11-1\", \"arch\": \"amd64\", "
      "\"source\": \"apt\", \"origin\": \"Debian\"}], \"six\": [{\"name\": \"six\", \"version\": "
      "\"1.16\", \"source\": \"pip\"}]}}, \"changed\": false}",
      "web-1 debian:12 x86_64 | openssl 1:3.0.11-1 amd64 openssl=(null)");
  assert_told (
      sv_ansible_read, /* as the cache of facts has it; of one name several versions */
      "{\"ansible_distribution\": \"AlmaLinux\", \"ansible_distribution_version\": \"8.9\", "
      "\"ansible_hostname\": \"db\", \"packages\": {\"kernel\": [{\"name\": \"kernel\", \"epoch\": "
      "null, \"version\": \"4.18.0\", \"release\": \"1.el8\", \"arch\": \"x86_64\", \"source\": "
      "\"rpm\"}, {\"name\": \"kernel\", \"epoch\": 1, \"version\": \"4.18.0\", \"release\": "
      "\"2.el8\", \"arch\": \"x86_64\", \"source\": \"rpm\"}], \"gpg-pubkey\": [{\"name\": "
      "\"gpg-pubkey\", \"version\": \"1\", \"release\": \"2\", \"source\": \"rpm\"}]}}",
      "db almalinux:8 (null) | kernel 1:4.18.0-2.el8 x86_64 kernel=(null) | kernel 4.18.0-1.el8 "
      "x86_64 kernel=(null)");
  assert_told (sv_ansible_read,
               "{\"ansible_distribution\": \"Microsoft Windows 10\", \"ansible_os_family\": "
               "\"Windows\", \"ansible_kernel\": \"10.0.19045.0\", \"ansible_hostname\": \"pc\"}",
               "pc windows:10.0.19045.0 (null)");
}

static void
test_ansible_interfaces (void)
{
  static const char document[] =
      "{\"ansible_distribution\": \"Debian\", \"ansible_distribution_version\": \"12\","
      " \"ansible_default_ipv4\": {\"address\": \"192.0.2.9\", \"interface\": \"eth0\"},"
      " \"ansible_eth0\": {\"device\": \"eth0\", \"macaddress\": \"52:54:00:aa:00:01\", \"type\":"
      " \"ether\", \"ipv4\": {\"address\": \"192.0.2.7\"}, \"ipv6\": [{\"address\":"
      " \"2001:db8::7\"}]}, \"ansible_date_time\": {\"date\": \"2026-11-26\"}}";
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) inventory =
      read_bytes (sv_ansible_read, document, strlen (document), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (inventory->interfaces->len, ==, 1);
  const SvInterface *card = inventory->interfaces->pdata[0];
  g_assert_cmpstr (card->mac, ==, "52:54:00:aa:00:01");
  g_assert_cmpuint (card->addresses->len, ==, 2);
  g_assert_true (has_gap (inventory, "package_facts was not run"));
}

static void
test_osquery (void)
{
  assert_told (
      sv_osquery_read,
      "{\"os_version\": [{\"name\": \"Debian GNU/Linux\", \"version\": \"12 (bookworm)\", "
      "\"platform\": \"debian\", \"codename\": \"bookworm\"}], \"system_info\": [{\"hostname\": "
      "\"web-1\", \"cpu_type\": \"x86_64\"}], \"deb_packages\": [{\"name\": \"libc6\", "
      "\"version\": "
      "\"2.36-9\", \"source\": \"glibc\", \"arch\": \"amd64\", \"status\": \"install ok "
      "installed\"}, {\"name\": \"libz\", \"version\": \"1+b1\", \"source\": \"zlib (1)\", "
      "\"arch\": "
      "\"amd64\", \"status\": \"install ok half-configured\"}], \"rpm_packages\": [{\"name\": "
      "\"alien\", \"version\": \"1\"}]}",
      "web-1 debian:12 x86_64 | libc6 2.36-9 amd64 glibc=2.36-9 | libz 1+b1 amd64 zlib=1!");
  assert_told (
      sv_osquery_read,
      "{\"os_version\": [{\"platform\": \"rhel\", \"version\": \"9.3\"}], \"rpm_packages\": "
      "[{\"name\": \"bash\", \"version\": \"5.1.8\", \"release\": \"6.el9\", \"epoch\": "
      "\"0\", \"arch\": \"x86_64\", \"source\": \"bash-5.1.8-6.el9.src.rpm\"}]}",
      "(null) rhel:9 (null) | bash 5.1.8-6.el9 x86_64 bash=5.1.8-6.el9");
  assert_told (sv_osquery_read,
               "{\"os_version\": [{\"platform\": \"windows\", \"version\": \"10.0.19045\"}], "
               "\"patches\": [{\"hotfix_id\": \"KB5011048\"}, {\"hotfix_id\": \"KB5011048\"}, "
               "{\"hotfix_id\": \"x\"}]}",
               "(null) windows:10.0.19045 (null) | KB5011048 5011048 (null) KB5011048=(null)");
}

#define SYSTEMINFO                                                                                 \
  "\r\nHost Name:                 PC-7\r\nOS Name:                   Microsoft Windows 10 Pro\r\n" \
  "OS Version:                10.0.19045 N/A Build 19045\r\nBIOS Version:  X, KB123\r\n"           \
  "System Manufacturer:       ACME\r\nSystem Model:              Box 7\r\n"                        \
  "System Type:               x64-based PC\r\nHotfix(s):                 2 Hotfix(s) "             \
  "Installed.\r\n"                                                                                 \
  "                           [01]: KB5011048\r\n                           [02]: KB5015684\r\n"

static void
test_systeminfo (void)
{
  static const char expected[] =
      "PC-7 windows:10.0.19045 x86_64 | KB5011048 5011048 (null) KB5011048=(null) | KB5015684 "
      "5015684 (null) KB5015684=(null)";
  assert_told (sv_windows_read_system, SYSTEMINFO, expected);
  gsize size;
  g_autofree char *wide =
      g_convert ("\xef\xbb\xbf" SYSTEMINFO, -1, "UTF-16LE", "UTF-8", NULL, &size, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) inventory = read_bytes (sv_windows_read_system, wide, size, &error);
  g_assert_no_error (error);
  g_autofree char *told = tell (inventory);
  g_assert_cmpstr (told, ==, expected);
  g_assert_cmpstr (inventory->vendor, ==, "ACME");
  g_assert_cmpint (inventory->distro->scheme, ==, -1);
  g_assert_null (inventory->distro->family);
}

static void
test_hotfixes (void)
{
  assert_told (
      sv_windows_read_updates,
      "Node,Caption,HotFixID,InstalledOn\r\nPC,http://s.example/?kbid=5015684,KB5015684,"
      "9/1/2026\r\nPC,x,KB5011048,\r\n\"KB5015684\" XKB5000001 KB50000 KB500000001\r\n",
      "(null) windows:(null) (null) | KB5011048 5011048 (null) KB5011048=(null) | KB5015684 "
      "5015684 (null) KB5015684=(null)");
}

static void
test_refused (void)
{
  static const struct {
    Read read;
    const char *document;
  } cases[] = {
      {sv_ansible_read, "{}"},
      {sv_ansible_read, "{\"ansible_facts\": {\"packages\": {}}}"},
      {sv_ansible_read, "[]"},
      {sv_ansible_read, "{\"ansible_distribution\": \"Debian\"} x"},
      {sv_ansible_read, "{\"ansible_distribution\": \"Debian\", \"packages\": {\"a\": [{\"name\""},
      {sv_osquery_read, "{\"deb_packages\": []}"},
      {sv_osquery_read, "{\"os_version\": {}}"},
      {sv_osquery_read, ""},
      {sv_windows_read_system, "Hostname: PC\nBetriebssystemversion: 10.0.19045\nKB5011048\n"},
      {sv_windows_read_system, "\xff\xfe\x00\xd8"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvInventory) inventory =
        read_bytes (cases[i].read, cases[i].document, strlen (cases[i].document), &error);
    if (inventory != NULL || error == NULL)
      g_error ("case %" G_GSIZE_FORMAT " was read", i);
  }
}

/* Facts of real hosts of all ages, where they are at hand. */
static void
test_real_facts (void)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *folder =
      data != NULL ? g_build_filename (data, "inventory", "ansible-facts", NULL) : NULL;
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  if (dir == NULL) {
    g_test_skip ("no facts at hand");
    return;
  }
  guint read = 0, windows = 0;
  for (const char *name; (name = g_dir_read_name (dir)) != NULL;) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) text = sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, &error);
    g_assert_no_error (error);
    g_autoptr (SvInventory) inventory = read_bytes (sv_ansible_read, g_bytes_get_data (text, NULL),
                                                    g_bytes_get_size (text), &error);
    if (inventory == NULL && strstr (error->message, "ansible_distribution") == NULL)
      g_error ("%s: %s", name, error->message);
    read += inventory != NULL;
    windows += inventory != NULL && strcmp (inventory->distro->id, "windows") == 0;
  }
  g_assert_cmpuint (read, >=, 15);
  g_assert_cmpuint (windows, ==, 2);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/foreign/ansible", test_ansible);
  g_test_add_func ("/foreign/ansible-interfaces", test_ansible_interfaces);
  g_test_add_func ("/foreign/osquery", test_osquery);
  g_test_add_func ("/foreign/systeminfo", test_systeminfo);
  g_test_add_func ("/foreign/hotfixes", test_hotfixes);
  g_test_add_func ("/foreign/refused", test_refused);
  g_test_add_func ("/foreign/real-facts", test_real_facts);
  return g_test_run ();
}
