/* What a live patch does to the findings of the kernel that runs (pitfall 85). */
#include "exposure/assess.h"

#include <string.h>

#define KERNEL_RELEASE "4.18.0-147.3.1.el8_1.x86_64"
#define KERNEL_VERSION "4.18.0-147.3.1.el8_1"
#define PATCH_NAME "kpatch-patch-4_18_0-147_3_1"

static SvDistro distro = {.id = "rhel", .family = "rhel", .release = "8", .scheme = SV_SCHEME_RPM};
static SvPackage core = {.name = "kernel-core",
                         .version = KERNEL_VERSION,
                         .source = "kernel",
                         .source_version = KERNEL_VERSION,
                         .arch = "x86_64"};
static SvPackage patch_package = {.name = PATCH_NAME,
                                  .version = "1-7.el8_1",
                                  .source = PATCH_NAME,
                                  .source_version = "1-7.el8_1",
                                  .arch = "x86_64"};

/* One host with one kernel, whose flaw 1 is open, and which a patch may close. */
typedef struct {
  SvKernel kernel;
  SvLivePatch patch;
  SvStatement of_kernel, of_patch;
  gboolean patch_is_said; /* somebody speaks of the patch */
  gboolean keep_all;
  SvPackage newer; /* a second kernel on disk; no name: there is none */
  GPtrArray *findings;
} Host;

static const Host plain = {.kernel = {.release = KERNEL_RELEASE,
                                      .package = "kernel-core",
                                      .package_version = KERNEL_VERSION,
                                      .role = SV_KERNEL_RUNNING},
                           .patch = {.name = "kpatch_4_18_0_147_3_1_1_7",
                                     .state = SV_LIVE_PATCH_LOADED,
                                     .package = PATCH_NAME,
                                     .package_version = "1-7.el8_1",
                                     .kernel = KERNEL_RELEASE},
                           .of_kernel = {.vulnerability = "CVE-2024-0001",
                                         .package = "kernel-core",
                                         .name_kind = SV_NAME_BINARY,
                                         .fixed = "4.18.0-193.el8",
                                         .introduced = "0",
                                         .scheme = SV_SCHEME_RPM},
                           .of_patch = {.vulnerability = "CVE-2024-0001",
                                        .package = PATCH_NAME,
                                        .name_kind = SV_NAME_BINARY,
                                        .advisory = "RHSA-2024:0001",
                                        .fixed = "1-7.el8_1",
                                        .introduced = "0",
                                        .scheme = SV_SCHEME_RPM}};

static gboolean
claims_of (gpointer source, const SvClaimQuestion *question, SvClaimFunc func, gpointer user_data,
           GError **error)
{
  Host *host = source;
  SvStatement *statements[] = {&host->of_kernel, host->patch_is_said ? &host->of_patch : NULL};
  for (gsize i = 0; i < G_N_ELEMENTS (statements); i++) {
    SvClaim claim = {.feed = "updateinfo", .statement = statements[i]};
    if (statements[i] != NULL && question->kind == SV_NAME_BINARY &&
        strcmp (statements[i]->package, question->package) == 0 && !func (&claim, user_data, error))
      return FALSE;
  }
  return TRUE;
}

/* The finding in the kernel; NULL: there is none. */
static const SvFinding *
judge (Host *host)
{
  g_autoptr (GPtrArray) packages = g_ptr_array_new ();
  g_autoptr (GPtrArray) kernels = g_ptr_array_new ();
  g_autoptr (GPtrArray) patches = g_ptr_array_new ();
  SvKernel next = {.release = "4.18.0-193.el8.x86_64",
                   .package = "kernel-core",
                   .package_version = host->newer.version,
                   .role = SV_KERNEL_NEXT_BOOT};
  g_ptr_array_add (packages, &core);
  g_ptr_array_add (packages, &patch_package);
  g_ptr_array_add (kernels, &host->kernel);
  g_ptr_array_add (patches, &host->patch);
  if (host->newer.name != NULL) {
    g_ptr_array_add (packages, &host->newer);
    g_ptr_array_add (kernels, &next);
  }
  SvInventory inventory = {
      .distro = &distro, .packages = packages, .kernels = kernels, .live_patches = patches};
  SvClaimSource source = {.foreach = claims_of, .source = host};
  SvAssessment assessment = {
      .inventory = &inventory, .claims = &source, .n_claims = 1, .keep_all = host->keep_all};
  g_clear_pointer (&host->findings, g_ptr_array_unref);
  g_assert_true (sv_exposure_assess (&assessment, &host->findings, NULL));
  for (guint i = 0; i < host->findings->len; i++) {
    const SvFinding *finding = host->findings->pdata[i];
    if (strcmp (finding->package, "kernel-core") == 0 && finding->verdict != SV_VERDICT_FIXED)
      return finding;
  }
  return NULL;
}

static const SvReason *
last_reason (const SvFinding *finding)
{
  return finding->reasons->pdata[finding->reasons->len - 1];
}

static void
test_list_not_known (void)
{
  Host host = plain;
  const SvFinding *finding = judge (&host);
  g_assert_cmpint (finding->verdict, ==, SV_VERDICT_AFFECTED);
  g_assert_cmpint (finding->run, ==, SV_RUN_RUNNING);
  g_assert_false (finding->low_relevance);
  g_assert_cmpint (last_reason (finding)->verdict, ==, SV_VERDICT_UNKNOWN);
  g_assert_false (last_reason (finding)->won);
  g_assert_nonnull (strstr (last_reason (finding)->because, host.patch.name));
  g_ptr_array_unref (host.findings);
}

static void
test_closed (void)
{
  Host host = plain;
  host.patch_is_said = TRUE;
  const SvFinding *finding = judge (&host);
  g_assert_cmpint (finding->verdict, ==, SV_VERDICT_AFFECTED); /* on disk */
  g_assert_cmpint (finding->run, ==, SV_RUN_INSTALLED_ONLY);
  g_assert_cmpstr (finding->fixed, ==, "4.18.0-193.el8");
  g_assert_cmpint (last_reason (finding)->verdict, ==, SV_VERDICT_FIXED);
  g_assert_cmpstr (last_reason (finding)->advisory, ==, "RHSA-2024:0001");
  g_assert_nonnull (strstr (last_reason (finding)->because, host.patch.name));
  g_ptr_array_unref (host.findings);
}

/* What a later patch closes, this one does not. */
static void
test_closed_by_a_later_one (void)
{
  Host host = plain;
  host.patch_is_said = TRUE;
  host.of_patch.fixed = "1-8.el8_1";
  const SvFinding *finding = judge (&host);
  g_assert_cmpint (finding->run, ==, SV_RUN_RUNNING);
  g_assert_cmpint (last_reason (finding)->verdict, ==, SV_VERDICT_UNKNOWN);
  g_assert_cmpuint (host.findings->len, ==, 2); /* the patch itself is to be updated */
  g_ptr_array_unref (host.findings);
}

static void
test_not_loaded (void)
{
  Host host = plain;
  host.patch_is_said = TRUE;
  host.patch.state = SV_LIVE_PATCH_NOT_LOADED;
  const SvFinding *finding = judge (&host);
  g_assert_cmpint (finding->run, ==, SV_RUN_RUNNING);
  g_assert_cmpuint (finding->reasons->len, ==, 1);
  host.patch.state = SV_LIVE_PATCH_UNKNOWN;
  finding = judge (&host);
  g_assert_cmpint (finding->run, ==, SV_RUN_RUNNING);
  g_assert_nonnull (strstr (last_reason (finding)->because, "not known"));
  g_ptr_array_unref (host.findings);
}

static void
test_of_another_kernel (void)
{
  Host host = plain;
  host.patch_is_said = TRUE;
  host.patch.kernel = "4.18.0-193.el8.x86_64";
  const SvFinding *finding = judge (&host);
  g_assert_cmpint (finding->run, ==, SV_RUN_RUNNING);
  g_assert_cmpuint (finding->reasons->len, ==, 1);
  g_ptr_array_unref (host.findings);
}

/* A patch from elsewhere (Canonical's) is of the kernel that runs. */
static void
test_without_package (void)
{
  Host host = plain;
  host.patch = (SvLivePatch){.name = "lkp_Ubuntu_1", .state = SV_LIVE_PATCH_LOADED};
  const SvFinding *finding = judge (&host);
  g_assert_cmpint (finding->run, ==, SV_RUN_RUNNING);
  g_assert_nonnull (strstr (last_reason (finding)->because, "lkp_Ubuntu_1"));
  g_ptr_array_unref (host.findings);
}

/* With the fix on disk no reboot is due for what the patch closed (81). */
static void
test_fix_is_on_disk (void)
{
  Host host = plain;
  host.newer = core;
  host.newer.version = host.newer.source_version = "4.18.0-193.el8";
  g_assert_cmpint (judge (&host)->fix, ==, SV_FIX_INSTALLED);
  g_assert_false (judge (&host)->low_relevance);
  host.patch_is_said = TRUE;
  g_assert_cmpint (judge (&host)->run, ==, SV_RUN_INSTALLED_ONLY);
  g_assert_true (judge (&host)->low_relevance);
  g_ptr_array_unref (host.findings);
}

/* The package was updated under the feet of the kernel: the version that runs is on no disk. */
static void
test_only_runs (void)
{
  Host host = plain;
  host.kernel.running_version = "4.18.0-147.el8";
  host.of_kernel.fixed = KERNEL_VERSION;
  g_assert_cmpint (judge (&host)->fix, ==, SV_FIX_INSTALLED);
  host.patch_is_said = TRUE;
  g_assert_null (judge (&host));
  g_assert_cmpuint (host.findings->len, ==, 0);
  g_ptr_array_unref (host.findings);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  static const struct {
    const char *path;
    void (*func) (void);
  } rows[] = {
      {"/live-patches/pitfall-85-list-not-known", test_list_not_known},
      {"/live-patches/pitfall-85-closed", test_closed},
      {"/live-patches/closed-by-a-later-one", test_closed_by_a_later_one},
      {"/live-patches/not-loaded", test_not_loaded},
      {"/live-patches/of-another-kernel", test_of_another_kernel},
      {"/live-patches/without-package", test_without_package},
      {"/live-patches/fix-is-on-disk", test_fix_is_on_disk},
      {"/live-patches/only-runs", test_only_runs},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_test_add_func (rows[i].path, rows[i].func);
  return g_test_run ();
}
