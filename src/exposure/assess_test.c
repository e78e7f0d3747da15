/* A whole host, made by hand: kernels, architectures, states, aliases, order and effort. */
#include "exposure/assess.h"

#include <string.h>

/* --- a host and what is said of it --- */

typedef struct {
  SvDistro distro;
  SvInventory inventory;
  GPtrArray *statements; /* SvStatement, lent */
  gboolean backwards;    /* claims are given in reverse */
  guint asked;           /* how often claims were asked for */
  GPtrArray *findings;
  GStringChunk *texts; /* names that are made while the host is */
} Host;

static void
host_init (Host *host, SvScheme scheme)
{
  gboolean deb = scheme == SV_SCHEME_DEB;
  *host = (Host){.distro = {.id = (char *)(deb ? "debian" : "almalinux"),
                            .family = (char *)(deb ? "debian" : "rhel"),
                            .release = (char *)(deb ? "12" : "8"),
                            .scheme = scheme}};
  host->inventory = (SvInventory){.distro = &host->distro,
                                  .packages = g_ptr_array_new_with_free_func (g_free),
                                  .kernels = g_ptr_array_new_with_free_func (g_free),
                                  .modules = g_ptr_array_new ()};
  host->statements = g_ptr_array_new_with_free_func (g_free);
  host->texts = g_string_chunk_new (1024);
}

static void
host_clear (Host *host)
{
  g_ptr_array_unref (host->inventory.packages);
  g_ptr_array_unref (host->inventory.kernels);
  g_ptr_array_unref (host->inventory.modules);
  g_ptr_array_unref (host->statements);
  g_clear_pointer (&host->findings, g_ptr_array_unref);
  g_string_chunk_free (host->texts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Host, host_clear)

#define ADD(list, type, ...) g_ptr_array_add (list, g_memdup2 (&(type){__VA_ARGS__}, sizeof (type)))
#define PACKAGE(host, n, v, s, sv, ...)                                                            \
  ADD ((host)->inventory.packages, SvPackage, .name = (char *)(n), .version = (char *)(v),         \
       .source = (char *)(s), .source_version = (char *)(sv), .arch = "x86_64", ##__VA_ARGS__)
#define KERNEL(host, r, p, v, ...)                                                                 \
  ADD ((host)->inventory.kernels, SvKernel, .release = (char *)(r), .package = (char *)(p),        \
       .package_version = (char *)(v), ##__VA_ARGS__)
#define SAYS(host, id, p, f, ...)                                                                  \
  ADD ((host)->statements, SvStatement, .vulnerability = (char *)(id), .package = (char *)(p),     \
       .fixed = (char *)(f), .introduced = "0", .scheme = (host)->distro.scheme, ##__VA_ARGS__)

static gboolean
give (Host *host, guint i, SvNameKind kind, const char *package, SvClaimFunc func,
      gpointer user_data, GError **error)
{
  SvStatement *statement = host->statements->pdata[i];
  SvClaim claim = {.feed = "osv", .statement = statement};
  gboolean about = statement->name_kind == (gint)kind && strcmp (statement->package, package) == 0;
  return !about || func (&claim, user_data, error);
}

static gboolean
claims_of (gpointer source, const SvClaimQuestion *question, SvClaimFunc func, gpointer user_data,
           GError **error)
{
  Host *host = source;
  host->asked++;
  for (guint i = 0; i < host->statements->len; i++)
    if (!give (host, host->backwards ? host->statements->len - 1 - i : i, question->kind,
               question->package, func, user_data, error))
      return FALSE;
  return TRUE;
}

static const char *
canonical_id (gpointer source, const char *id)
{
  return strcmp (id, "GHSA-aaaa-bbbb-cccc") == 0 || strcmp (id, "ALSA-2024:1") == 0
             ? "CVE-2024-0001"
             : id;
}

static guint
assess (Host *host)
{
  SvClaimSource source = {claims_of, canonical_id, host, NULL};
  SvAssessment assessment = {.inventory = &host->inventory, .claims = &source, .n_claims = 1};
  g_clear_pointer (&host->findings, g_ptr_array_unref);
  g_assert_true (sv_exposure_assess (&assessment, &host->findings, NULL));
  return host->findings->len;
}

static const SvFinding *
find (const Host *host, const char *package, const char *installed)
{
  for (guint i = 0; i < host->findings->len; i++) {
    const SvFinding *finding = host->findings->pdata[i];
    if (strcmp (finding->package, package) == 0 && strcmp (finding->installed, installed) == 0)
      return finding;
  }
  return NULL;
}

static void
expect (const Host *host, const char *package, const char *installed, SvRun run, SvFix fix,
        gboolean low)
{
  const SvFinding *finding = find (host, package, installed);
  if (finding == NULL || finding->run != (gint)run || finding->fix != (gint)fix ||
      finding->low_relevance != low)
    g_error ("%s %s: %s, %s, low %d", package, installed,
             finding != NULL ? sv_run_names[finding->run] : "not found",
             finding != NULL ? sv_fix_names[finding->fix] : "", finding && finding->low_relevance);
}

/* --- kernels --- */

static void
add_rpm_kernel (Host *host, const char *version, const char *release, SvKernelRole role)
{
  static const char *const names[] = {"kernel", "kernel-core", "kernel-modules"};
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    PACKAGE (host, names[i], version, "kernel", version);
  KERNEL (host, release, "kernel-core", version, .role = role);
}

static void
say_of_rpm_kernel (Host *host)
{
  static const char *const names[] = {"kernel", "kernel-core", "kernel-modules", "kernel-tools"};
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    SAYS (host, "CVE-2024-0001", names[i], "4.18.0-513.el8", .name_kind = SV_NAME_BINARY);
}

static void
test_old_kernels_are_clean_up (void) /* 80, 84 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_RPM);
  add_rpm_kernel (&host, "4.18.0-400.el8", "4.18.0-400.el8.x86_64", SV_KERNEL_ON_DISK);
  add_rpm_kernel (&host, "4.18.0-500.el8", "4.18.0-500.el8.x86_64", SV_KERNEL_RUNNING);
  PACKAGE (&host, "kernel-tools", "4.18.0-500.el8", "kernel", "4.18.0-500.el8");
  say_of_rpm_kernel (&host);
  g_assert_cmpuint (assess (&host), ==, 7);
  expect (&host, "kernel-core", "4.18.0-400.el8", SV_RUN_INSTALLED_ONLY, SV_FIX_UNKNOWN, TRUE);
  expect (&host, "kernel-modules", "4.18.0-400.el8", SV_RUN_INSTALLED_ONLY, SV_FIX_UNKNOWN, TRUE);
  expect (&host, "kernel-core", "4.18.0-500.el8", SV_RUN_RUNNING, SV_FIX_UNKNOWN, FALSE);
  expect (&host, "kernel-modules", "4.18.0-500.el8", SV_RUN_RUNNING, SV_FIX_UNKNOWN, FALSE);
  expect (&host, "kernel", "4.18.0-500.el8", SV_RUN_INSTALLED_ONLY, SV_FIX_UNKNOWN, TRUE);
  expect (&host, "kernel-tools", "4.18.0-500.el8", SV_RUN_UNKNOWN, SV_FIX_UNKNOWN, FALSE);
}

static void
test_fixed_kernel_waits_for_reboot (void) /* 81 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_RPM);
  add_rpm_kernel (&host, "4.18.0-500.el8", "4.18.0-500.el8.x86_64", SV_KERNEL_RUNNING);
  add_rpm_kernel (&host, "4.18.0-513.el8", "4.18.0-513.el8.x86_64", SV_KERNEL_NEXT_BOOT);
  say_of_rpm_kernel (&host);
  g_assert_cmpuint (assess (&host), ==, 3);
  expect (&host, "kernel-core", "4.18.0-500.el8", SV_RUN_RUNNING, SV_FIX_INSTALLED, FALSE);
  expect (&host, "kernel-modules", "4.18.0-500.el8", SV_RUN_RUNNING, SV_FIX_INSTALLED, FALSE);
  g_assert_null (find (&host, "kernel-core", "4.18.0-513.el8"));
}

static void
test_next_boot_counts (void) /* 80: what boots next without the fix is exposure */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_RPM);
  add_rpm_kernel (&host, "4.18.0-500.el8", "4.18.0-500.el8.x86_64", SV_KERNEL_RUNNING);
  add_rpm_kernel (&host, "4.18.0-501.el8", "4.18.0-501.el8.x86_64", SV_KERNEL_NEXT_BOOT);
  say_of_rpm_kernel (&host);
  assess (&host);
  expect (&host, "kernel-core", "4.18.0-500.el8", SV_RUN_RUNNING, SV_FIX_UNKNOWN, FALSE);
  expect (&host, "kernel-core", "4.18.0-501.el8", SV_RUN_INSTALLED_ONLY, SV_FIX_UNKNOWN, FALSE);
}

static void
test_flavours_do_not_heal_each_other (void) /* 83 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_RPM);
  add_rpm_kernel (&host, "4.18.0-500.el8", "4.18.0-500.el8.x86_64", SV_KERNEL_RUNNING);
  PACKAGE (&host, "kernel-rt-core", "4.18.0-513.rt7.el8", "kernel-rt", "4.18.0-513.rt7.el8");
  KERNEL (&host, "4.18.0-513.rt7.el8.x86_64", "kernel-rt-core", "4.18.0-513.rt7.el8");
  say_of_rpm_kernel (&host);
  assess (&host);
  expect (&host, "kernel-core", "4.18.0-500.el8", SV_RUN_RUNNING, SV_FIX_UNKNOWN, FALSE);
}

static void
add_deb_kernel (Host *host, const char *release, const char *version, SvKernelRole role,
                const char *running_version)
{
  g_autofree char *name = g_strconcat ("linux-image-", release, NULL);
  const char *kept = g_string_chunk_insert (host->texts, name);
  PACKAGE (host, kept, version, "linux-signed-amd64", version);
  KERNEL (host, release, kept, version, .role = role, .running_version = (char *)running_version);
}

static void
test_debian_kernels (void) /* 80, 81, 84 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  add_deb_kernel (&host, "6.1.0-9-amd64", "6.1.90-1", SV_KERNEL_ON_DISK, NULL);
  add_deb_kernel (&host, "6.1.0-28-amd64", "6.1.119-1", SV_KERNEL_RUNNING, "6.1.119-1");
  add_deb_kernel (&host, "6.1.0-30-amd64", "6.1.124-1", SV_KERNEL_NEXT_BOOT, NULL);
  PACKAGE (&host, "linux-image-amd64", "6.1.119-1", "linux-signed-amd64", "6.1.119+1");
  PACKAGE (&host, "linux-headers-6.1.0-28-amd64", "6.1.119-1", "linux", "6.1.119-1");
  SAYS (&host, "CVE-2024-0001", "linux", "6.1.124-1");
  g_assert_cmpuint (assess (&host), ==, 4);
  expect (&host, "linux-image-6.1.0-9-amd64", "6.1.90-1", SV_RUN_INSTALLED_ONLY, SV_FIX_UNKNOWN,
          TRUE);
  expect (&host, "linux-image-6.1.0-28-amd64", "6.1.119-1", SV_RUN_RUNNING, SV_FIX_INSTALLED,
          FALSE);
  expect (&host, "linux-image-amd64", "6.1.119-1", SV_RUN_UNKNOWN, SV_FIX_UNKNOWN, TRUE);
  expect (&host, "linux-headers-6.1.0-28-amd64", "6.1.119-1", SV_RUN_UNKNOWN, SV_FIX_UNKNOWN, TRUE);
}

static void
test_same_package_updated_under_the_running_kernel (void) /* 81 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  add_deb_kernel (&host, "6.1.0-28-amd64", "6.1.124-1", SV_KERNEL_RUNNING, "6.1.119-1");
  SAYS (&host, "CVE-2024-0001", "linux", "6.1.124-1");
  SAYS (&host, "CVE-2024-0002", "linux", "6.1.128-1");
  SAYS (&host, "CVE-2024-0003", "linux", "6.1.100-1");
  g_assert_cmpuint (assess (&host), ==, 2);
  expect (&host, "linux-image-6.1.0-28-amd64", "6.1.119-1", SV_RUN_RUNNING, SV_FIX_INSTALLED,
          FALSE);
  expect (&host, "linux-image-6.1.0-28-amd64", "6.1.124-1", SV_RUN_RUNNING, SV_FIX_UNKNOWN, FALSE);
}

static void
test_unknown_running_kernel_makes_no_claim (void) /* 82 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_RPM);
  add_rpm_kernel (&host, "4.18.0-400.el8", "4.18.0-400.el8.x86_64", SV_KERNEL_ON_DISK);
  add_rpm_kernel (&host, "4.18.0-500.el8", "4.18.0-500.el8.x86_64", SV_KERNEL_NEXT_BOOT);
  say_of_rpm_kernel (&host);
  assess (&host);
  expect (&host, "kernel-core", "4.18.0-400.el8", SV_RUN_UNKNOWN, SV_FIX_UNKNOWN, FALSE);
  expect (&host, "kernel-core", "4.18.0-500.el8", SV_RUN_UNKNOWN, SV_FIX_UNKNOWN, FALSE);
  host.inventory.hardware_class = "container"; /* it runs the kernel of its host */
  assess (&host);
  expect (&host, "kernel-core", "4.18.0-500.el8", SV_RUN_INSTALLED_ONLY, SV_FIX_UNKNOWN, TRUE);
}

static void
test_container_without_kernel (void) /* 82 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  PACKAGE (&host, "bash", "5.2-1", "bash", "5.2-1");
  KERNEL (&host, "6.8.0-60-generic", NULL, NULL, .role = SV_KERNEL_RUNNING);
  SAYS (&host, "CVE-2024-0001", "linux", "6.1.124-1");
  SAYS (&host, "CVE-2024-0002", "bash", "5.2-2");
  g_assert_cmpuint (assess (&host), ==, 1);
  expect (&host, "bash", "5.2-1", SV_RUN_UNKNOWN, SV_FIX_UNKNOWN, FALSE);
}

/* --- packages --- */

static void
test_binaries_of_one_source_at_two_versions (void) /* 20, 27, 48 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  PACKAGE (&host, "libfoo1", "1.0-1", "foo", "1.0-1", .held = TRUE);
  PACKAGE (&host, "libfoo1", "1.0-2", "foo", "1.0-2", .arch = "i386");
  PACKAGE (&host, "foo-utils", "1.0-2", "foo", "1.0-2");
  SAYS (&host, "CVE-2024-0001", "foo", "1.0-2");
  g_assert_cmpuint (assess (&host), ==, 1);
  const SvFinding *finding = host.findings->pdata[0];
  g_assert_cmpstr (finding->arch, ==, "x86_64");
  g_assert_cmpstr (finding->installed, ==, "1.0-1");
}

static void
test_one_fixed_one_open (void) /* 48 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  PACKAGE (&host, "foo", "1.0-2", "foo", "1.0-2");
  PACKAGE (&host, "bar", "3.0-1", "bar", "3.0-1");
  SAYS (&host, "CVE-2024-0001", "foo", "1.0-2");
  SAYS (&host, "CVE-2024-0001", "bar", NULL, .promise = SV_PROMISE_NEVER);
  g_assert_cmpuint (assess (&host), ==, 1);
  expect (&host, "bar", "3.0-1", SV_RUN_UNKNOWN, SV_FIX_NOT_PLANNED, FALSE);
}

static void
test_states (void) /* 26 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  PACKAGE (&host, "a", "1-1", "a", "1-1", .state = SV_PACKAGE_CONFIG_FILES);
  PACKAGE (&host, "b", "1-1", "b", "1-1", .state = SV_PACKAGE_BROKEN);
  PACKAGE (&host, "c", "1-1", "c", "1-1");
  SAYS (&host, "CVE-2024-0001", "a", "1-2");
  SAYS (&host, "CVE-2024-0001", "b", "1-2");
  SAYS (&host, "CVE-2024-0001", "c", "1-2");
  g_assert_cmpuint (assess (&host), ==, 1);
  expect (&host, "c", "1-1", SV_RUN_UNKNOWN, SV_FIX_UNKNOWN, FALSE);
}

static void
test_names_of_one_flaw (void) /* 53 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  PACKAGE (&host, "foo", "1-1", "foo", "1-1");
  SAYS (&host, "GHSA-aaaa-bbbb-cccc", "foo", "1-2");
  SAYS (&host, "ALSA-2024:1", "foo", "1-3");
  g_assert_cmpuint (assess (&host), ==, 1);
  const SvFinding *finding = host.findings->pdata[0];
  g_assert_cmpstr (finding->vulnerability, ==, "CVE-2024-0001");
  g_assert_cmpuint (finding->reasons->len, ==, 2);
  g_assert_cmpuint (finding->aliases->len, ==, 2);
  g_assert_cmpstr (finding->aliases->pdata[0], ==, "ALSA-2024:1");
  g_assert_cmpstr (finding->aliases->pdata[1], ==, "GHSA-aaaa-bbbb-cccc");
  g_assert_cmpstr (finding->fixed, ==, "1-3"); /* 95: only the higher one satisfies both */
}

static void
test_known_module_build_settles_the_stream (void) /* 63, 64, 66 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_RPM);
  PACKAGE (&host, "ruby", "2.5.9-110.module_el8.6.0+1+aa", "ruby", NULL, .module = "ruby:2.5");
  /* of the same module build, but its label was not read */
  PACKAGE (&host, "rubygem-json", "2.1.0-110.module_el8.6.0+1+aa", "ruby", NULL);
  SAYS (&host, "CVE-2024-0001", "rubygem-json", "2.1.0-112.module_el8.7.0+9+bb",
        .name_kind = SV_NAME_BINARY, .module = "ruby:2.5");
  SAYS (&host, "CVE-2024-0002", "rubygem-json", "2.3.0-112.module_el8.7.0+8+cc",
        .name_kind = SV_NAME_BINARY, .module = "ruby:2.7");
  SAYS (&host, "CVE-2024-0003", "rubygem-json", "2.3.0-112.module_el8.7.0+7+dd",
        .name_kind = SV_NAME_BINARY);
  g_assert_cmpuint (assess (&host), ==, 2);
  const SvFinding *same = host.findings->pdata[0], *untold = host.findings->pdata[1];
  g_assert_cmpstr (same->vulnerability, ==, "CVE-2024-0001");
  g_assert_cmpint (same->verdict, ==, SV_VERDICT_AFFECTED);
  g_assert_cmpstr (untold->vulnerability, ==, "CVE-2024-0003");
  g_assert_cmpint (untold->verdict, ==, SV_VERDICT_UNKNOWN);
}

static void
test_stream_that_is_off_says_nothing (void) /* 66 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_RPM);
  PACKAGE (&host, "ruby", "2.5.9-110.module_el8.6.0+1+aa", "ruby", NULL); /* label not read */
  SAYS (&host, "CVE-2024-0001", "ruby", "2.7.6-138.module_el8.7.0+8+cc",
        .name_kind = SV_NAME_BINARY, .module = "ruby:2.7");
  g_assert_cmpuint (assess (&host), ==, 1); /* which streams are on is not known: unknown */
  g_assert_cmpint (((SvFinding *)host.findings->pdata[0])->verdict, ==, SV_VERDICT_UNKNOWN);
  g_ptr_array_add (host.inventory.modules, "ruby:2.5");
  g_assert_cmpuint (assess (&host), ==, 0);
}

/* --- order and effort --- */

static char *
as_text (const Host *host)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  for (guint i = 0; i < host->findings->len; i++)
    sv_record_write_json (&sv_finding_type, host->findings->pdata[i], writer, NULL);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
swap (GPtrArray *list, guint a, guint b)
{
  gpointer kept = list->pdata[a];
  list->pdata[a] = list->pdata[b];
  list->pdata[b] = kept;
}

static void
test_order_does_not_depend_on_the_sources (void) /* 106 */
{
  static const char *const fixes[] = {"1-2", "1-10", "1-3", "1:0", "1-2 (sic)", NULL, "1-2"};
  static const char *const notices[] = {"A:1", "A:2", "A:3"};
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  PACKAGE (&host, "foo", "1-1", "foo", "1-1");
  PACKAGE (&host, "foo", "1-1", "foo", "1-1", .arch = "i386");
  for (guint i = 0; i < 60; i++)
    SAYS (&host, i % 2 ? "CVE-2024-0001" : "CVE-2024-0010", "foo", fixes[i % G_N_ELEMENTS (fixes)],
          .advisory = (char *)notices[i % G_N_ELEMENTS (notices)]);
  assess (&host);
  g_autofree char *first = as_text (&host);
  for (guint round = 0; round < 20; round++) {
    for (guint i = host.statements->len - 1; i > 0; i--)
      swap (host.statements, i, (guint)g_test_rand_int_range (0, (gint32)i + 1));
    swap (host.inventory.packages, 0, 1);
    host.backwards = !host.backwards;
    assess (&host);
    g_autofree char *again = as_text (&host);
    g_assert_cmpstr (first, ==, again);
  }
}

static void
test_broken_claims_hide_no_others (void) /* 107 */
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  PACKAGE (&host, "broken", "1:", "broken", "1:");
  PACKAGE (&host, "foo", "1-1", "foo", "1-1");
  SAYS (&host, "CVE-2024-0001", "broken", "2-1");
  SAYS (&host, "CVE-2024-0001", "foo", "not a version");
  SAYS (&host, "CVE-2024-0002", "foo", "1-2");
  g_assert_cmpuint (assess (&host), ==, 3);
  guint verdicts[SV_N_VERDICTS] = {0};
  for (guint i = 0; i < host.findings->len; i++)
    verdicts[((SvFinding *)host.findings->pdata[i])->verdict]++;
  g_assert_cmpuint (verdicts[SV_VERDICT_UNKNOWN], ==, 2);
  g_assert_cmpuint (verdicts[SV_VERDICT_AFFECTED], ==, 1);
}

static guint
count_questions (guint n_packages)
{
  g_auto (Host) host;
  host_init (&host, SV_SCHEME_DEB);
  for (guint i = 0; i < n_packages; i++) {
    /* one name in a hundred comes twice (vuls lists a package once for each architecture) */
    g_autofree char *made = g_strdup_printf ("package-%u", i % 100 == 0 ? 0 : i);
    const char *name = g_string_chunk_insert (host.texts, made);
    PACKAGE (&host, name, "1-1", name, "1-1");
    if (i < 100)
      KERNEL (&host, name, name, "1-1");
  }
  assess (&host);
  return host.asked;
}

static void
test_effort_is_linear (void) /* 110 */
{
  guint few = count_questions (1000), many = count_questions (10000);
  g_assert_cmpuint (few, <=, 2 * 1000); /* once by source, once by binary name */
  g_assert_cmpuint (many, <=, 2 * 10000);
}

int
main (int argc, char **argv)
{
  static const struct {
    const char *path;
    GTestFunc func;
  } tests[] = {
      {"/assess/pitfall-80-84-old-kernels", test_old_kernels_are_clean_up},
      {"/assess/pitfall-81-waits-for-reboot", test_fixed_kernel_waits_for_reboot},
      {"/assess/pitfall-80-next-boot", test_next_boot_counts},
      {"/assess/pitfall-83-flavours", test_flavours_do_not_heal_each_other},
      {"/assess/pitfall-80-81-84-debian", test_debian_kernels},
      {"/assess/pitfall-81-same-package", test_same_package_updated_under_the_running_kernel},
      {"/assess/pitfall-82-running-unknown", test_unknown_running_kernel_makes_no_claim},
      {"/assess/pitfall-82-container", test_container_without_kernel},
      {"/assess/pitfall-20-27-two-versions", test_binaries_of_one_source_at_two_versions},
      {"/assess/pitfall-48-one-open", test_one_fixed_one_open},
      {"/assess/pitfall-26-states", test_states},
      {"/assess/pitfall-53-aliases", test_names_of_one_flaw},
      {"/assess/pitfall-63-module-build", test_known_module_build_settles_the_stream},
      {"/assess/pitfall-66-stream-off", test_stream_that_is_off_says_nothing},
      {"/assess/pitfall-106-order", test_order_does_not_depend_on_the_sources},
      {"/assess/pitfall-107-broken", test_broken_claims_hide_no_others},
      {"/assess/pitfall-110-linear", test_effort_is_linear},
  };
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add_func (tests[i].path, tests[i].func);
  return g_test_run ();
}
