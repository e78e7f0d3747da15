#include "inventory/fixture.h"

#include <sys/resource.h>

static SvInventory *
collect_text (const char *text, GError **error)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "bom.json", text);
  g_autofree char *path = fixture_path (&fixture, "bom.json");
  return sv_inventory_collect (&(SvInventorySource){.sbom = path}, FIXTURE_NOW_US, error);
}

static SvInventory *
collect_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  SvInventory *inventory = collect_text (text, &error);
  g_assert_no_error (error);
  return inventory;
}

static void
test_cyclonedx (void)
{
  g_autoptr (SvInventory) inventory = collect_good (
      "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\","
      " \"metadata\": {\"component\": {\"type\": \"container\", \"name\": \"image\","
      "    \"purl\": \"pkg:oci/image@sha256:12\"}},"
      " \"components\": ["
      "  {\"type\": \"operating-system\", \"name\": \"debian\", \"version\": \"12\"},"
      "  {\"type\": \"library\", \"name\": \"libssl3\", \"version\": \"3.0.11-1~deb12u2\","
      "   \"purl\": \"pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&upstream=openssl\"},"
      "  {\"type\": \"library\", \"name\": \"libperl\","
      "   \"purl\": \"pkg:deb/debian/libperl@5.36.0-7?arch=amd64&upstream=perl%405.36.0-7%2Bx\"},"
      "  {\"type\": \"library\", \"name\": \"bash\","
      "   \"purl\": \"pkg:deb/debian/bash@5.2.15-2%2Bb2?arch=amd64\","
      "   \"components\": [{\"type\": \"library\", \"name\": \"nested\","
      "      \"purl\": \"pkg:pypi/nested@1.0\"}]},"
      "  {\"type\": \"library\", \"name\": \"core\", \"group\": \"org.x\","
      "   \"purl\": \"pkg:maven/org.x/core@1.2\"},"
      "  {\"type\": \"library\", \"name\": \"rpm\", \"purl\": \"pkg:pypi/rpm@4.14.3\"},"
      "  {\"type\": \"library\", \"name\": \"nameless\", \"version\": \"1\"},"
      "  {\"type\": \"library\", \"name\": \"bad\", \"purl\": \"not a purl\"}]}");
  g_assert_cmpstr (inventory->distro->ecosystem, ==, "Debian:12");
  g_assert_cmpuint (inventory->packages->len, ==, 6);
  const SvPackage *ssl = fixture_find_package (inventory, "libssl3"),
                  *perl = fixture_find_package (inventory, "libperl");
  g_assert_cmpstr (ssl->source, ==, "openssl");
  g_assert_cmpstr (ssl->source_version, ==, "3.0.11-1~deb12u2");
  g_assert_cmpstr (ssl->arch, ==, "amd64");
  g_assert_null (ssl->ecosystem);
  g_assert_cmpstr (perl->source, ==, "perl");
  g_assert_cmpstr (perl->source_version, ==, "5.36.0-7+x");
  g_assert_cmpstr (fixture_find_package (inventory, "bash")->source_version, ==, "5.2.15-2+b2");
  g_assert_cmpstr (fixture_find_package (inventory, "nested")->ecosystem, ==, "pypi");
  g_assert_cmpstr (fixture_find_package (inventory, "org.x:core")->ecosystem, ==, "maven");
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "1 components have no package URL"));
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "1 components have a malformed"));
  /* a Python package of that name is not the package manager */
  g_assert_cmpstr (fixture_find_package (inventory, "rpm")->ecosystem, ==, "pypi");
  g_assert_null (sv_inventory_find_package (inventory, "rpm", NULL));
}

static void
test_rpm (void)
{
  g_autoptr (SvInventory) inventory =
      collect_good ("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.5\", \"components\": ["
                    "  {\"type\": \"library\", \"name\": \"dbus\", \"purl\":"
                    "   \"pkg:rpm/redhat/dbus@1.12.8-7.el8?arch=x86_64&epoch=1&distro=rhel-8.10"
                    "&upstream=dbus-1.12.8-7.el8.src.rpm\"},"
                    "  {\"type\": \"library\", \"name\": \"perl-Errno\", \"purl\":"
                    "   \"pkg:rpm/redhat/perl-Errno@1.28-422.el8?arch=x86_64&distro=rhel-8.10"
                    "&upstream=perl-5.26.3-422.el8.src.rpm\"},"
                    "  {\"type\": \"library\", \"name\": \"openssl\", \"purl\":"
                    "   \"pkg:rpm/redhat/openssl@3.0.7-18.el9_2?arch=src\"}]}");
  g_assert_cmpstr (inventory->distro->id, ==, "rhel");
  g_assert_cmpstr (inventory->distro->release, ==, "8");
  g_assert_cmpuint (inventory->packages->len, ==, 2);
  g_assert_cmpstr (fixture_find_package (inventory, "dbus")->version, ==, "1:1.12.8-7.el8");
  g_assert_cmpstr (fixture_find_package (inventory, "dbus")->source_version, ==, "1:1.12.8-7.el8");
  g_assert_cmpstr (fixture_find_package (inventory, "perl-Errno")->source, ==, "perl");
  g_assert_null (fixture_find_package (inventory, "perl-Errno")->source_version);
  g_assert_null (fixture_find_package (inventory, "perl-Errno")->module);
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "1 source packages left out"));
}

static void
test_spdx (void)
{
  g_autoptr (SvInventory) inventory = collect_good (
      "{\"packages\": ["
      "  {\"name\": \"musl\", \"versionInfo\": \"1.2.3-r0\", \"externalRefs\": ["
      "    {\"referenceType\": \"cpe23Type\", \"referenceLocator\": \"cpe:2.3:a:x:y:1\"},"
      "    {\"referenceType\": \"purl\", \"referenceLocator\":"
      "     \"pkg:alpine/musl@1.2.3-r0?arch=x86_64&upstream=musl&distro=alpine-3.16.2\"}]},"
      "  {\"name\": \"multi\", \"versionInfo\": \"1-r0\", \"externalRefs\": ["
      "    {\"referenceType\": \"purl\", \"referenceLocator\": \"nonsense\"},"
      "    {\"referenceType\": \"purl\", \"referenceLocator\": \"pkg:apk/alpine/multi@1-r0\"}]},"
      "  {\"name\": \"image\", \"externalRefs\": ["
      "    {\"referenceType\": \"purl\", \"referenceLocator\": \"pkg:oci/x@sha256:1\"}]},"
      "  {\"name\": \"bare\"}],"
      " \"spdxVersion\": \"SPDX-2.3\", \"relationships\": [{\"a\": [1, 2]}]}");
  g_assert_cmpuint (inventory->packages->len, ==, 2);
  g_assert_cmpstr (inventory->distro->family, ==, "alpine");
  g_assert_cmpstr (inventory->distro->release, ==, "3.16");
  g_assert_cmpstr (fixture_find_package (inventory, "musl")->source_version, ==, "1.2.3-r0");
  g_assert_cmpstr (fixture_find_package (inventory, "multi")->source, ==, "multi");
}

/* A system whose name means nothing to us gives way to what its packages say. */
static void
test_identity (void)
{
  g_autoptr (SvInventory) inventory = collect_good (
      "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": ["
      " {\"type\": \"operating-system\", \"name\": \"Our Appliance\", \"version\": \"7\"},"
      " {\"type\": \"library\", \"name\": \"a\","
      "  \"purl\": \"pkg:deb/debian/a@1?distro=debian-12\"}]}");
  g_assert_cmpstr (inventory->distro->ecosystem, ==, "Debian:12");
  g_autoptr (SvInventory) odd = collect_good (
      "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.6\", \"components\": ["
      " {\"type\": \"operating-system\", \"name\": \"Our Appliance\", \"version\": \"7\"},"
      " {\"type\": \"library\", \"name\": \"a\", \"purl\": \"pkg:rpm/ours/a@1-1\"}]}");
  g_assert_null (odd->distro->family);
  g_assert_cmpint (odd->distro->scheme, ==, SV_SCHEME_RPM);
}

/* Tools that never name sources leave them unknown: the package's name is not taken for it. */
static void
test_silent_tool (void)
{
  g_autoptr (SvInventory) inventory =
      collect_good ("{\"spdxVersion\": \"SPDX-2.3\", \"packages\": ["
                    "  {\"name\": \"libssl3\", \"externalRefs\": [{\"referenceType\": \"purl\","
                    "   \"referenceLocator\": \"pkg:deb/debian/libssl3@3.0.11-1?arch=amd64\"}]}]}");
  const SvPackage *package = fixture_find_package (inventory, "libssl3");
  g_assert_cmpstr (package->source, ==, "libssl3");
  g_assert_null (package->source_version);
  g_assert_cmpstr (inventory->distro->family, ==, "debian");
  g_assert_null (inventory->distro->release);
  g_assert_nonnull (fixture_find_gap (inventory, "packages", "names no source packages"));
}

static void
test_refused (void)
{
  static const struct {
    const char *text;
    SvError code;
    const char *part;
  } cases[] = {
      {"{}", SV_ERROR_INVALID_DATA, "neither"},
      {"[1]", SV_ERROR_INVALID_DATA, ""},
      {"SPDXVersion: SPDX-2.2\n", SV_ERROR_INVALID_DATA, ""},
      {"<bom/>", SV_ERROR_INVALID_DATA, ""},
      {"{\"bomFormat\": \"CycloneDX\"}", SV_ERROR_UNSUPPORTED, "without a version"},
      {"{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"9.0\"}", SV_ERROR_UNSUPPORTED, "9.0"},
      {"{\"spdxVersion\": \"SPDX-2.1\"}", SV_ERROR_UNSUPPORTED, "SPDX-2.1"},
      {"{\"@context\": \"https://spdx.example\", \"@graph\": []}", SV_ERROR_UNSUPPORTED,
       "SPDX 3 is not read"},
      {"{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.4\", \"components\": [{",
       SV_ERROR_INVALID_DATA, ""},
      {"{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.4\", \"components\": {}}",
       SV_ERROR_INVALID_DATA, "components"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (SvInventory) inventory = collect_text (cases[i].text, &error);
    g_assert_null (inventory);
    g_assert_error (error, SV_ERROR, (int)cases[i].code);
    g_assert_nonnull (strstr (error->message, cases[i].part));
  }
}

/* Components within components without end stop at the reader's depth. */
static void
test_depth (void)
{
  g_autoptr (GString) text =
      g_string_new ("{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"1.4\", \"components\": [");
  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "{\"components\": [");
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) inventory = collect_text (text->str, &error);
  g_assert_null (inventory);
  g_assert_nonnull (error);
}

/* --- real documents --- */

typedef struct {
  guint n_read, n_refused, n_empty;
  guint64 n_packages, n_distribution;
  guint n_with_system;
} Tally;

static gboolean
read_document (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  Tally *tally = user_data;
  SvInventorySource source = {0};
  g_auto (SvCollect) collect;
  sv_collect_init (&collect, &source, FIXTURE_NOW_US);
  g_autoptr (GError) failure = NULL;
  if (!sv_sbom_read (&collect, content, &failure)) {
    g_assert_cmpuint (strlen (failure->message), >, 10);
    g_test_message ("%s", failure->message);
    tally->n_refused++;
    return TRUE;
  }
  const SvInventory *inventory = collect.inventory;
  tally->n_read++;
  tally->n_empty += inventory->packages->len == 0;
  tally->n_packages += inventory->packages->len;
  tally->n_with_system += inventory->distro != NULL && inventory->distro->release != NULL;
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    tally->n_distribution += package->ecosystem == NULL;
    g_assert_nonnull (package->source);
  }
  return TRUE;
}

static const struct {
  const char *archive;
  guint n_read, n_refused;
  guint n_distribution_min; /* packages of distributions, duplicates included */
} archives[] = {
    {"cyclonedx-bom-examples", 59, 15, 0}, {"cyclonedx-dockerhub-images", 12, 0, 780},
    {"redhat-sboms-trustify", 81, 0, 900}, {"spdx-dockerhub-images", 30, 0, 2100},
    {"spdx-examples", 12, 35, 0},          {"spdx-popular-containers", 148, 0, 17000},
};

static void
test_archive (gconstpointer index)
{
  gsize i = GPOINTER_TO_SIZE (index);
  g_autofree char *relative = g_strdup_printf ("sbom/%s.tar.zst", archives[i].archive);
  g_autofree char *path = fixture_data (relative);
  if (path == NULL)
    return;
  Tally tally = {0};
  g_autoptr (GError) error = NULL;
  g_autoptr (GTimer) timer = g_timer_new ();
  sv_documents_foreach (path, NULL, read_document, &tally, &error);
  g_assert_no_error (error);
  struct rusage usage;
  getrusage (RUSAGE_SELF, &usage);
  g_test_message (
      "%u read, %u refused, %u empty, %" G_GUINT64_FORMAT " packages (%" G_GUINT64_FORMAT
      " of distributions), %u with a system, %.2f s, %ld MB",
      tally.n_read, tally.n_refused, tally.n_empty, tally.n_packages, tally.n_distribution,
      tally.n_with_system, g_timer_elapsed (timer, NULL), usage.ru_maxrss / 1024);
  g_assert_cmpuint (tally.n_read, ==, archives[i].n_read);
  g_assert_cmpuint (tally.n_refused, ==, archives[i].n_refused);
  g_assert_cmpuint (tally.n_packages, >, 0);
  g_assert_cmpuint (tally.n_distribution, >=, archives[i].n_distribution_min);
  g_assert_cmpfloat (g_timer_elapsed (timer, NULL), <, 120);
  g_assert_cmpint (usage.ru_maxrss, <, 1 << 20); /* KB: 1 GB, a sanitizer's quarantine included */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sbom/pitfall-30-cyclonedx", test_cyclonedx);
  g_test_add_func ("/sbom/pitfall-2-22-rpm", test_rpm);
  g_test_add_func ("/sbom/spdx", test_spdx);
  g_test_add_func ("/sbom/silent-tool", test_silent_tool);
  g_test_add_func ("/sbom/identity", test_identity);
  g_test_add_func ("/sbom/refused", test_refused);
  g_test_add_func ("/sbom/depth", test_depth);
  for (gsize i = 0; i < G_N_ELEMENTS (archives); i++) {
    g_autofree char *name = g_strconcat ("/sbom/data/", archives[i].archive, NULL);
    g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_archive);
  }
  return g_test_run ();
}
