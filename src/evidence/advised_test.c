/* Hosts without archive metadata: what is advised follows from the findings alone. */
#include "evidence/fixture.h"

typedef struct {
  World world;
  SvHostFacts facts;
  SvInventory *inventory;
  SvReportParts parts;
  SvReport *report;
} Case;

static void
case_init (Case *c)
{
  *c = (Case){.inventory = new_inventory ()};
  c->parts = new_parts (c->inventory, &c->facts, &c->world);
}

static void
case_clear (Case *c)
{
  sv_report_free (c->report);
  sv_inventory_free (c->inventory);
  sv_host_facts_clear (&c->facts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

/* A finding whose fix no archive was asked for. */
static SvFinding *
find_open (Case *c, const char *id, const char *package, const char *source, const char *installed,
           const char *fixed)
{
  SvFinding *finding = add_finding (&c->parts, id, package, source, installed, fixed);
  finding->fix = SV_FIX_UNKNOWN;
  return finding;
}

static const SvReport *
report_of (Case *c)
{
  c->report = sv_report_new (&c->parts);
  return c->report;
}

static const SvUpdate *
update_of (const SvReport *report, guint i)
{
  g_assert_cmpuint (i, <, report->updates->len);
  return report->updates->pdata[i];
}

static void
test_highest_fix (void) /* 95 */
{
  g_auto (Case) c;
  case_init (&c);
  add_package (c.inventory, "foo", "1.0-1", "foo");
  find_open (&c, "CVE-2026-1", "foo", "foo", "1.0-1", "1.0-9");
  find_open (&c, "CVE-2026-2", "foo", "foo", "1.0-1", "1.0-10");
  find_open (&c, "CVE-2026-3", "foo", "foo", "1.0-1", NULL); /* nobody names a fix */
  const SvReport *report = report_of (&c);
  g_assert_cmpuint (report->updates->len, ==, 1);
  const SvUpdate *update = update_of (report, 0);
  g_assert_cmpstr (update->candidate, ==, "1.0-10");
  g_assert_cmpstr (update->source_version, ==, "1.0-10");
  g_assert_cmpuint (update->cves->len, ==, 2);
  g_assert_cmpstr (update->origin, ==, "debian-tracker");
  g_assert_cmpstr (update->authenticity, ==, "none");
  g_assert_true (update->security && !update->reachable);
  g_assert_cmpint (update->fix, ==, SV_FIX_UNKNOWN);
  g_assert_nonnull (update->why_not);
  g_assert_cmpuint (report->actions->len, ==, 1);
  const SvAction *action = report->actions->pdata[0];
  g_assert_cmpuint (action->cves->len, ==, 2);
  g_assert_cmpint (action->fix, ==, SV_FIX_UNKNOWN); /* not "not reachable": nobody looked */
  g_assert_nonnull (strstr (action->summary, "not known whether it is reachable"));
}

/* What is known not to be had is not softened by what nobody looked up. */
static void
test_not_reachable_wins (void)
{
  g_auto (Case) c;
  case_init (&c);
  add_package (c.inventory, "foo", "1.0-1", "foo");
  add_package (c.inventory, "foo-doc", "1.0-1", "foo");
  SvUpdate *held = add_update (&c.parts, "foo-doc", "foo", "1.0-1", "1.0-2");
  held->reachable = FALSE;
  held->fix = SV_FIX_NOT_REACHABLE;
  find_open (&c, "CVE-2026-1", "foo", "foo", "1.0-1", "1.0-2");
  const SvAction *action = report_of (&c)->actions->pdata[0];
  g_assert_cmpint (action->fix, ==, SV_FIX_NOT_REACHABLE);
}

/* 68: what the host can have comes first; what it cannot is named where there is nothing else. */
static void
test_later_minor (void)
{
  g_auto (Case) c;
  case_init (&c);
  c.inventory->release_lock = g_strdup ("8.6");
  c.inventory->release_lock_origin = g_strdup ("etc/dnf/vars/releasever");
  add_package (c.inventory, "bar", "1.0-1", "bar");
  add_package (c.inventory, "foo", "1.0-1", "foo");
  find_open (&c, "CVE-2026-1", "bar", "bar", "1.0-1", "1.0-9")->fix = SV_FIX_NOT_REACHABLE;
  find_open (&c, "CVE-2026-1", "foo", "foo", "1.0-1", "1.0-9")->fix = SV_FIX_NOT_REACHABLE;
  find_open (&c, "CVE-2026-2", "foo", "foo", "1.0-1", "1.0-2");
  const SvReport *report = report_of (&c);
  g_assert_cmpuint (report->updates->len, ==, 2);
  const SvUpdate *foo = update_of (report, 0), *bar = update_of (report, 1);
  if (strcmp (foo->package, "foo") != 0) {
    foo = update_of (report, 1);
    bar = update_of (report, 0);
  }
  g_assert_cmpstr (foo->candidate, ==, "1.0-2");
  g_assert_cmpuint (foo->cves->len, ==, 1);
  g_assert_cmpint (foo->fix, ==, SV_FIX_UNKNOWN);
  g_assert_cmpstr (bar->candidate, ==, "1.0-9");
  g_assert_cmpint (bar->fix, ==, SV_FIX_NOT_REACHABLE);
  g_assert_nonnull (strstr (bar->why_not, "8.6"));
}

static void
test_source_version_is_no_binary_version (void) /* 17 */
{
  g_auto (Case) c;
  case_init (&c);
  SvPackage *package = add_package (c.inventory, "libfoo1", "2:9.0-1", "foo");
  g_free (package->source_version);
  package->source_version = g_strdup ("1.0-1");
  find_open (&c, "CVE-2026-1", "libfoo1", "foo", "2:9.0-1", "1.0-2");
  const SvReport *report = report_of (&c);
  g_assert_null (update_of (report, 0)->candidate); /* which binary holds it is not said */
  g_assert_cmpstr (update_of (report, 0)->source_version, ==, "1.0-2");
  g_assert_cmpuint (update_of (report, 0)->cves->len, ==, 1);
}

static void
test_only_the_newest_of_several (void) /* 80 */
{
  g_auto (Case) c;
  case_init (&c);
  add_package (c.inventory, "kernel-core", "4.18-9", "kernel");
  add_package (c.inventory, "kernel-core", "4.18-10", "kernel");
  find_open (&c, "CVE-2026-1", "kernel-core", "kernel", "4.18-9", "4.18-10");
  g_assert_cmpuint (report_of (&c)->updates->len, ==, 0); /* what heals the old one is here */
}

static void
test_archives_know_better (void)
{
  g_auto (Case) c;
  case_init (&c);
  add_package (c.inventory, "foo", "1.0-1", "foo");
  add_finding (&c.parts, "CVE-2026-1", "foo", "foo", "1.0-1", "1.0-2"); /* reachable: asked */
  SvFinding *finding = find_open (&c, "CVE-2026-2", "foo", "foo", "1.0-1", "1.0-3");
  finding->verdict = SV_VERDICT_UNKNOWN;
  find_open (&c, "CVE-2026-3", "foo", "foo", "1.0-1", "1.0-4")->unimportant = TRUE;
  g_assert_cmpuint (report_of (&c)->updates->len, ==, 0);
}

static void
test_signed_kernel (void) /* 21 */
{
  g_auto (Case) c;
  case_init (&c);
  SvPackage *package =
      add_package (c.inventory, "linux-image-6.1.0-28-amd64", "6.1.119-1", "linux-signed-amd64");
  g_free (package->source_version);
  package->source_version = g_strdup ("6.1.119+1");
  find_open (&c, "CVE-2026-1", "linux-image-6.1.0-28-amd64", "linux", "6.1.119-1", "6.1.124-1");
  const SvReport *report = report_of (&c);
  const SvAction *action = report->actions->pdata[0];
  g_assert_cmpstr (action->title, ==, "linux 6.1.119-1 → 6.1.124-1");
  g_assert_true (action->reboot);
}

static void
test_fix_on_disk_needs_a_reboot (void) /* 81: no update, but not nothing to do */
{
  g_auto (Case) c;
  case_init (&c);
  SvKernel *running = sv_record_new (&sv_kernel_type), *next = sv_record_new (&sv_kernel_type);
  running->role = SV_KERNEL_RUNNING;
  running->package_version = g_strdup ("6.1.119-1");
  next->role = SV_KERNEL_NEXT_BOOT;
  next->package_version = g_strdup ("6.1.124-1");
  g_ptr_array_add (c.inventory->kernels, running);
  g_ptr_array_add (c.inventory->kernels, next);
  find_open (&c, "CVE-2026-1", "linux-image-6.1.0-28-amd64", "linux", "6.1.119-1", "6.1.124-1")
      ->fix = SV_FIX_INSTALLED;
  const SvReport *report = report_of (&c);
  g_assert_cmpuint (report->updates->len, ==, 0);
  g_assert_cmpuint (report->actions->len, ==, 1);
  const SvAction *action = report->actions->pdata[0];
  g_assert_cmpstr (action->title, ==, "reboot 6.1.119-1 → 6.1.124-1");
  g_assert_true (action->reboot && action->security && action->reachable);
  g_assert_cmpuint (action->cves->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/advised/pitfall-95-highest-fix", test_highest_fix);
  g_test_add_func ("/advised/not-reachable-wins", test_not_reachable_wins);
  g_test_add_func ("/advised/pitfall-68-later-minor", test_later_minor);
  g_test_add_func ("/advised/pitfall-17-source-version", test_source_version_is_no_binary_version);
  g_test_add_func ("/advised/pitfall-80-newest", test_only_the_newest_of_several);
  g_test_add_func ("/advised/archives-know-better", test_archives_know_better);
  g_test_add_func ("/advised/pitfall-21-signed-kernel", test_signed_kernel);
  g_test_add_func ("/advised/pitfall-81-reboot", test_fix_on_disk_needs_a_reboot);
  return g_test_run ();
}
