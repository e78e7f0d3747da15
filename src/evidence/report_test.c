#include "evidence/report.h"

#include "evidence/fixture.h"

/* One host with its parts, and the report of them. */
typedef struct {
  SvInventory *inventory;
  SvHostFacts facts;
  World world;
  SvReportParts parts;
  SvReport *report;
} Case;

static void
case_init (Case *the_case, const Fact *facts, gsize n_facts)
{
  *the_case = (Case){.inventory = new_inventory (), .world = {.facts = facts, .n_facts = n_facts}};
  the_case->parts = new_parts (the_case->inventory, &the_case->facts, &the_case->world);
}

static void
case_clear (Case *the_case)
{
  sv_report_free (the_case->report);
  sv_inventory_free (the_case->inventory);
  sv_host_facts_clear (&the_case->facts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Case, case_clear)

static const SvReport *
report_of (Case *the_case)
{
  the_case->report = sv_report_new (&the_case->parts);
  return the_case->report;
}

static char *
join (const GPtrArray *list)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < list->len; i++)
    g_string_append_printf (out, "%s%s", i > 0 ? " " : "", (const char *)list->pdata[i]);
  return g_string_free (out, FALSE);
}

static void
assert_list (const GPtrArray *list, const char *expected)
{
  g_autofree char *got = join (list);
  g_assert_cmpstr (got, ==, expected);
}

static const SvAction *
action_of (const SvReport *report, guint i)
{
  g_assert_cmpuint (i, <, report->actions->len);
  return report->actions->pdata[i];
}

static const SvUpdate *
update_of (const SvReport *report, guint i)
{
  g_assert_cmpuint (i, <, report->updates->len);
  return report->updates->pdata[i];
}

/* --- which update heals what --- */

static void
test_updates_heal (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  add_update (&c.parts, "libssl3", "openssl", "3.0.1-1", "3.0.5-1");
  add_update (&c.parts, "openssl", "openssl", "3.0.1-1", "3.0.5-1");
  add_finding (&c.parts, "CVE-2026-10000", "libssl3", "openssl", "3.0.1-1", "3.0.5-1");
  add_finding (&c.parts, "CVE-2026-9999", "libssl3", "openssl", "3.0.1-1", "3.0.2-1");
  add_finding (&c.parts, "CVE-2026-2000", "libssl3", "openssl", "3.0.1-1", "3.0.6-1");
  add_finding (&c.parts, "CVE-2026-2001", "libssl3", "openssl", "3.0.1-1", NULL);
  add_finding (&c.parts, "CVE-2026-2002", "libssl3", "openssl", "3.0.0-1", "3.0.5-1");
  SvFinding *unknown =
      add_finding (&c.parts, "CVE-2026-2003", "libssl3", "openssl", "3.0.1-1", "3.0.5-1");
  unknown->verdict = SV_VERDICT_UNKNOWN;
  const SvReport *report = report_of (&c);
  assert_list (update_of (report, 0)->cves, "CVE-2026-9999 CVE-2026-10000");
  assert_list (update_of (report, 1)->cves, "");
  assert_list (action_of (report, 0)->packages, "libssl3 openssl");
}

/* Trap 18: versions of the source decide, not those of the binary. */
static void
test_source_version_decides (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  SvUpdate *update = add_update (&c.parts, "gcc", "gcc-defaults", "4:12.2.0-3", "4:12.2.0-4");
  g_free (update->source_version);
  update->source_version = g_strdup ("1.203");
  add_finding (&c.parts, "CVE-2026-1", "gcc", "gcc-defaults", "4:12.2.0-3", "1.204");
  const SvReport *report = report_of (&c);
  assert_list (update_of (report, 0)->cves, "");
  assert_list (action_of (report, 0)->cves, "");
}

/* Trap 21, 84: a kernel is healed by a package of another name, from the signed source. */
static void
test_kernel (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  add_update (&c.parts, "linux-image-amd64", "linux-signed-amd64", "6.1.38+1", "6.1.192+2");
  add_finding (&c.parts, "CVE-2026-1", "linux-image-6.1.0-10-amd64", "linux", "6.1.38-1",
               "6.1.190-1");
  add_finding (&c.parts, "CVE-2026-2", "linux-image-6.1.0-10-amd64", "linux", "6.1.38-1",
               "6.1.200-1");
  const SvReport *report = report_of (&c);
  g_assert_cmpuint (report->actions->len, ==, 1);
  assert_list (action_of (report, 0)->cves, "CVE-2026-1");
  assert_list (update_of (report, 0)->cves, "");
  g_assert_true (action_of (report, 0)->reboot);
}

/* Findings on binary names know no source: they come with their own update. */
static void
test_binary_names (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  add_update (&c.parts, "vim", "vim", "9.0.1", "9.0.2");
  SvFinding *finding = add_finding (&c.parts, "CVE-2026-1", "vim", NULL, "9.0.1", "9.0.2");
  ((SvReason *)finding->reasons->pdata[0])->name_kind = SV_NAME_BINARY;
  const SvReport *report = report_of (&c);
  assert_list (update_of (report, 0)->cves, "CVE-2026-1");
  assert_list (action_of (report, 0)->cves, "CVE-2026-1");
}

/* --- actions --- */

static void
test_grouping (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  add_update (&c.parts, "libcurl4", "curl", "7.88.1-10", "7.88.1-11")->size_bytes = 300;
  add_update (&c.parts, "curl", "curl", "7.88.1-10", "7.88.1-11")->size_bytes = 200;
  add_update (&c.parts, "zlib1g", "zlib", "1.2.13", "1.2.14");
  SvFinding *low = add_finding (&c.parts, "CVE-2026-2", "curl", "curl", "7.88.1-10", "7.88.1-11");
  SvFinding *high =
      add_finding (&c.parts, "CVE-2026-1", "libcurl4", "curl", "7.88.1-10", "7.88.1-11");
  add_finding (&c.parts, "CVE-2026-1", "curl", "curl", "7.88.1-10", "7.88.1-11");
  low->urgency = g_strdup ("low");
  high->urgency = g_strdup ("high");
  const SvReport *report = report_of (&c);
  g_assert_cmpuint (report->actions->len, ==, 2);
  const SvAction *action = action_of (report, 0);
  g_assert_cmpstr (action->source, ==, "curl");
  assert_list (action->packages, "curl libcurl4");
  assert_list (action->cves, "CVE-2026-1 CVE-2026-2");
  g_assert_cmpint (action->size_bytes, ==, 500);
  g_assert_cmpstr (action->urgency, ==, "high");
  g_assert_cmpstr (action->title, ==, "curl 7.88.1-10 → 7.88.1-11");
  g_assert_nonnull (strstr (action->summary, "2 CVEs"));
}

/* Known exploited first, then the graver decision, the likelier exploit, the score, the name; what
 * is no security update comes last, whatever its name. */
static void
test_ranking (void)
{
  static const Fact facts[] = {{.vulnerability = "CVE-2026-1", .exploitation = "none", .cvss = 9.8},
                               {.vulnerability = "CVE-2026-2", .exploitation = "active"},
                               {.vulnerability = "CVE-2026-3", .exploitation = "none", .epss = 0.5},
                               {.vulnerability = "CVE-2026-4", .exploitation = "none", .cvss = 5}};
  static const char *const sources[] = {"one", "two", "three", "four"};
  g_auto (Case) c = {0};
  case_init (&c, facts, G_N_ELEMENTS (facts));
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++) {
    add_update (&c.parts, sources[i], sources[i], "1", "2");
    add_finding (&c.parts, facts[i].vulnerability, sources[i], sources[i], "1", "2");
  }
  add_update (&c.parts, "a-feature", "a-feature", "1", "2")->security = FALSE;
  const SvReport *report = report_of (&c);
  static const char *const expected[] = {"two", "three", "one", "four", "a-feature"};
  g_assert_cmpuint (report->actions->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_assert_cmpstr (action_of (report, i)->source, ==, expected[i]);
    g_assert_cmpint (action_of (report, i)->rank, ==, i + 1);
  }
  assert_list (action_of (report, 0)->exploited, "CVE-2026-2");
  g_assert_cmpint (report->summary->exploited, ==, 1);
}

static void
test_due (void)
{
  static const Fact facts[] = {{.vulnerability = "CVE-2026-1", .known_since_us = NOW - DAY (20)},
                               {.vulnerability = "CVE-2026-2", .known_since_us = NOW - DAY (3)},
                               {.vulnerability = "CVE-2026-3", .kev_due_us = NOW - DAY (100)},
                               {.vulnerability = "CVE-2026-4"}};
  g_auto (Case) c = {0};
  case_init (&c, facts, G_N_ELEMENTS (facts));
  static const char *const sources[] = {"a", "a", "b", "c"};
  for (gsize i = 0; i < G_N_ELEMENTS (facts); i++)
    add_finding (&c.parts, facts[i].vulnerability, sources[i], sources[i], "1", "2");
  for (const char *const *source = (const char *const[]){"a", "b", "c", NULL}; *source; source++)
    add_update (&c.parts, *source, *source, "1", "2");
  const SvReport *report = report_of (&c);
  const SvAction *listed = action_of (report, 0), *old = action_of (report, 1),
                 *fresh = action_of (report, 2);
  g_assert_cmpstr (listed->source, ==, "b");
  g_assert_cmpint (listed->due_at_us, ==, NOW - DAY (100));
  g_assert_nonnull (listed->due_because);
  g_assert_cmpstr (old->source, ==, "a"); /* the earliest of its two */
  g_assert_cmpint (old->due_at_us, ==, NOW - DAY (20) + DAY (14));
  g_assert_cmpint (fresh->due_at_us, ==, NOW + DAY (14)); /* known since this report */
  g_assert_cmpint (report->summary->overdue, ==, 2);
}

static void
test_held_and_unreachable (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  add_update (&c.parts, "a1", "a", "1", "2");
  SvUpdate *held = add_update (&c.parts, "a2", "a", "1", "2");
  held->held = TRUE;
  held->reachable = FALSE;
  held->fix = SV_FIX_NOT_REACHABLE;
  held->why_not = g_strdup ("it is on hold");
  SvUpdate *pinned = add_update (&c.parts, "b", "b", "1", "2");
  pinned->reachable = FALSE;
  pinned->fix = SV_FIX_NOT_REACHABLE;
  pinned->why_not = g_strdup ("it is pinned");
  const SvReport *report = report_of (&c);
  const SvAction *a = action_of (report, 0), *b = action_of (report, 1);
  g_assert_true (a->held && !a->reachable);
  g_assert_cmpstr (a->why_not, ==, "it is on hold");
  g_assert_nonnull (strstr (a->summary, "on hold"));
  g_assert_true (!b->held && !b->reachable);
  g_assert_nonnull (strstr (b->summary, ", not reachable"));
  g_assert_cmpint (b->fix, ==, SV_FIX_NOT_REACHABLE);
  g_assert_cmpint (report->summary->updates, ==, 3); /* held is still needed */
}

static void
test_unknown_inputs (void)
{
  static const Fact facts[] = {
      {.vulnerability = "CVE-2026-1", .exploitation = "poc", .automatable = "yes"}};
  g_auto (Case) c = {0};
  case_init (&c, facts, G_N_ELEMENTS (facts));
  sv_host_facts_set (&c.facts, "exposure", "open", NULL);
  add_update (&c.parts, "a", "a", "1", "2");
  add_update (&c.parts, "b", "b", "1", "2");
  add_finding (&c.parts, "CVE-2026-1", "a", "a", "1", "2");
  const SvReport *report = report_of (&c);
  /* what is not known may turn out badly: it ranks before what is known to be bearable */
  const SvAction *b = action_of (report, 0), *a = action_of (report, 1);
  g_autofree char *of_a = join (a->unknown), *of_b = join (b->unknown);
  g_assert_cmpstr (a->source, ==, "a");
  g_assert_null (strstr (of_a, "xploitation"));
  g_assert_nonnull (strstr (of_a, "ission"));
  g_assert_nonnull (strstr (of_b, "xploitation")); /* nothing is known of what it heals */
  g_assert_null (strstr (of_b, "xposure"));
  g_assert_cmpint (b->decision_best, <, b->decision_worst);
}

/* Replaced libraries that still run belong to the action of their package. */
static void
test_restarts (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  add_update (&c.parts, "libssl3", "openssl", "1", "2");
  add_update (&c.parts, "zlib1g", "zlib", "1", "2");
  c.inventory->stale_processes = g_ptr_array_new ();
  for (int i = 0; i < 2; i++) { /* two processes of one service: it is restarted once */
    SvStaleProcess *process = sv_record_new (&sv_stale_process_type);
    process->process = g_strdup ("sshd");
    process->unit = g_strdup ("ssh.service");
    process->packages = sv_strings_new ();
    g_ptr_array_add (process->packages, g_strdup ("libssl3"));
    g_ptr_array_add (c.inventory->stale_processes, process);
  }
  const SvReport *report = report_of (&c);
  assert_list (action_of (report, 0)->restarts, "ssh.service");
  assert_list (action_of (report, 1)->restarts, "");
}

/* --- counts --- */

static void
test_empty_host (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  g_clear_pointer (&c.parts.updates, g_ptr_array_unref);
  g_clear_pointer (&c.parts.gaps, g_ptr_array_unref);
  sv_distro_free (g_steal_pointer (&c.inventory->distro));
  g_clear_pointer (&c.inventory->kernels, g_ptr_array_unref);
  const SvReport *report = report_of (&c);
  g_assert_cmpint (report->host->packages, ==, 0);
  g_assert_null (report->host->os);
  g_assert_cmpuint (report->actions->len, ==, 0);
  SvReportSummary *none = sv_record_new (&sv_report_summary_type);
  g_assert_true (sv_record_equal (&sv_report_summary_type, report->summary, none));
  sv_record_free (&sv_report_summary_type, none);
}

static void
test_host (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  add_package (c.inventory, "a", "1", "a")->held = TRUE;
  add_package (c.inventory, "b", "1", "b")->origin = g_strdup ("");
  add_package (c.inventory, "c", "1", "c")->origin = g_strdup ("Debian:12.15/oldstable");
  add_package (c.inventory, "d", "1", "d")->state = SV_PACKAGE_CONFIG_FILES;
  SvGap *gap = sv_record_new (&sv_gap_type), *other = sv_record_new (&sv_gap_type);
  gap->what = g_strdup ("kernels");
  other->what = g_strdup ("archives");
  g_ptr_array_add (c.inventory->gaps, gap);
  g_ptr_array_add (c.parts.gaps, other);
  SvReportSource *dated = sv_record_new (&sv_report_source_type),
                 *dateless = sv_record_new (&sv_report_source_type);
  dated->content_at_us = NOW - DAY (2);
  g_ptr_array_add (c.parts.sources, dated);
  g_ptr_array_add (c.parts.sources, dateless);
  const SvReport *report = report_of (&c);
  g_assert_cmpint (report->host->packages, ==, 3);
  g_assert_cmpint (report->host->held, ==, 1);
  g_assert_cmpint (report->host->unmanaged, ==, 1);
  g_assert_cmpstr (report->host->release, ==, "debian:12");
  g_assert_cmpuint (report->unknown->len, ==, 2); /* of the inventory, and beyond it */
  g_assert_cmpint (dated->age_s, ==, 2 * 86400);
  g_assert_cmpint (dateless->age_s, ==, -1);
}

/* One package healed, another of the same flaw without a fix: the flaw stays. */
static void
test_without_fix (void)
{
  for (int swapped = 0; swapped < 2; swapped++) {
    g_auto (Case) c = {0};
    case_init (&c, NULL, 0);
    add_finding (&c.parts, "CVE-2026-1", "a", "a", "1", swapped ? NULL : "2");
    add_finding (&c.parts, "CVE-2026-1", "b", "b", "1", swapped ? "2" : NULL);
    const SvReport *report = report_of (&c);
    g_assert_cmpint (report->summary->vulnerabilities, ==, 1);
    g_assert_cmpint (report->summary->without_fix, ==, 1);
  }
}

static const char *const flaws[] = {"CVE-2026-1", "CVE-2026-2",     "CVE-2026-10",
                                    "CVE-2026-3", "DSA-1-1",        "CVE-2025-20000",
                                    "CVE-2025-3", "GHSA-aaaa-bbbb", "ALSA-2026:1"};
static const char *const names[] = {"alpha", "beta", "gamma", "delta", "linux-image-6.1.0-1-amd64"};
static const char *const origins[] = {"one", "two", "linux", "linux-signed-amd64"};

static char *
pick_version (GRand *rand)
{
  return g_strdup_printf ("%d.%d-1", g_rand_int_range (rand, 1, 4), g_rand_int_range (rand, 0, 3));
}

static void
add_random_finding (GRand *rand, SvReportParts *parts)
{
  g_autofree char *installed = pick_version (rand), *fixed = pick_version (rand);
  SvFinding *finding = add_finding (parts, flaws[g_rand_int_range (rand, 0, G_N_ELEMENTS (flaws))],
                                    names[g_rand_int_range (rand, 0, G_N_ELEMENTS (names))],
                                    origins[g_rand_int_range (rand, 0, G_N_ELEMENTS (origins))],
                                    installed, g_rand_boolean (rand) ? fixed : NULL);
  finding->verdict = g_rand_int_range (rand, SV_VERDICT_UNKNOWN, SV_N_VERDICTS);
  finding->fix = g_rand_int_range (rand, 0, SV_N_FIXES);
  finding->low_relevance = g_rand_int_range (rand, 0, 4) == 0;
  finding->unimportant = g_rand_int_range (rand, 0, 4) == 0;
}

static void
fill_random (GRand *rand, SvReportParts *parts)
{
  gint n = g_rand_int_range (rand, 0, 40);
  for (gint i = 0; i < n; i++)
    add_random_finding (rand, parts);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *from = pick_version (rand), *to = pick_version (rand);
    if (g_rand_boolean (rand))
      continue;
    SvUpdate *update = add_update (
        parts, names[i], origins[g_rand_int_range (rand, 0, G_N_ELEMENTS (origins))], from, to);
    update->security = g_rand_boolean (rand);
    update->reachable = g_rand_boolean (rand);
    update->fix = update->reachable ? SV_FIX_REACHABLE : SV_FIX_NOT_REACHABLE;
  }
}

static void
random_facts (GRand *rand, Fact *facts)
{
  for (gsize i = 0; i < G_N_ELEMENTS (flaws); i++)
    facts[i] = (Fact){.vulnerability = flaws[i],
                      .kev_due_us = g_rand_int_range (rand, 0, 5) == 0 ? NOW - DAY (1) : 0,
                      .exploitation = g_rand_int_range (rand, 0, 5) == 0 ? "active" : NULL,
                      .epss = g_rand_double (rand),
                      .known_since_us = NOW - DAY (g_rand_int_range (rand, 0, 60))};
}

/* Counts again by sets, as a reader of the document would. */
static SvReportSummary
count_again (const SvReport *report, const World *world)
{
  g_autoptr (GHashTable) all = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) exploited = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) unfixed = g_hash_table_new (g_str_hash, g_str_equal);
  SvReportSummary sum = {.updates = report->updates->len, .actions = report->actions->len};
  for (guint i = 0; i < report->findings->len; i++) {
    const SvFinding *f = report->findings->pdata[i];
    gboolean affected = f->verdict == SV_VERDICT_AFFECTED;
    const Fact *fact = find_fact (world, f->vulnerability);
    sum.unknown += f->verdict == SV_VERDICT_UNKNOWN;
    sum.low_relevance += affected && f->low_relevance;
    sum.unimportant += affected && f->unimportant;
    if (!affected || f->low_relevance || f->unimportant)
      continue;
    g_hash_table_add (all, f->vulnerability);
    if (fact->kev_due_us != 0 || fact->exploitation != NULL)
      g_hash_table_add (exploited, f->vulnerability);
    if (f->fix == SV_FIX_NONE || f->fix == SV_FIX_PENDING || f->fix == SV_FIX_NOT_PLANNED)
      g_hash_table_add (unfixed, f->vulnerability);
  }
  for (guint i = 0; i < report->updates->len; i++)
    sum.security_updates += update_of (report, i)->security;
  for (guint i = 0; i < report->actions->len; i++)
    sum.overdue += action_of (report, i)->due_at_us > 0 && action_of (report, i)->due_at_us < NOW;
  sum.new_packages = report->new_packages->len;
  sum.vulnerabilities = g_hash_table_size (all);
  sum.exploited = g_hash_table_size (exploited);
  sum.without_fix = g_hash_table_size (unfixed);
  return sum;
}

/* Each package stands in one action, and each action's vulnerabilities are distinct. */
static void
assert_partition (const SvReport *report)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint packages = 0;
  for (guint i = 0; i < report->actions->len; i++) {
    const SvAction *action = action_of (report, i);
    g_autoptr (GHashTable) cves = g_hash_table_new (g_str_hash, g_str_equal);
    g_assert_cmpint (action->rank, ==, i + 1);
    g_assert_true (g_hash_table_add (seen, action->source));
    for (guint v = 0; v < action->cves->len; v++)
      g_assert_true (g_hash_table_add (cves, action->cves->pdata[v]));
    for (guint v = 0; v < action->exploited->len; v++)
      g_assert_true (g_hash_table_contains (cves, action->exploited->pdata[v]));
    packages += action->packages->len;
  }
  g_assert_cmpuint (packages, ==, report->updates->len);
}

static void
test_counts_are_lengths (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (20261122);
  for (int round = 0; round < 400; round++) {
    Fact facts[G_N_ELEMENTS (flaws)];
    random_facts (rand, facts);
    g_auto (Case) c = {0};
    case_init (&c, facts, G_N_ELEMENTS (facts));
    fill_random (rand, &c.parts);
    const SvReport *report = report_of (&c);
    SvReportSummary again = count_again (report, &c.world);
    g_assert_true (sv_record_equal (&sv_report_summary_type, report->summary, &again));
    assert_partition (report);
  }
}

/* --- documents --- */

typedef void (*Writer) (const SvReport *report, SvJsonWriter *writer);

static char *
write_with (Writer write, const SvReport *report, guint indent)
{
  GString *out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, indent);
  write (report, writer);
  return g_string_free (out, FALSE);
}

static char *
write_cyclonedx (const SvReport *report, const SvInventory *inventory)
{
  GString *out = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 2);
  sv_report_write_cyclonedx (report, inventory, writer);
  return g_string_free (out, FALSE);
}

static void
shuffle (GRand *rand, GPtrArray *list)
{
  for (guint i = list->len; i > 1; i--) {
    guint other = (guint)g_rand_int_range (rand, 0, (gint32)i);
    gpointer kept = list->pdata[i - 1];
    list->pdata[i - 1] = list->pdata[other];
    list->pdata[other] = kept;
  }
}

/* Pitfall 106: the same parts in any order make the same document, byte for byte. */
static void
test_determinism (void)
{
  g_autofree char *first = NULL;
  Fact facts[G_N_ELEMENTS (flaws)];
  g_autoptr (GRand) fact_rand = g_rand_new_with_seed (7), order = g_rand_new_with_seed (8);
  random_facts (fact_rand, facts);
  for (int round = 0; round < 20; round++) {
    g_auto (Case) c = {0};
    g_autoptr (GRand) rand = g_rand_new_with_seed (9);
    case_init (&c, facts, G_N_ELEMENTS (facts));
    add_update (&c.parts, "x1", "one", "1", "3");
    add_update (&c.parts, "x2", "one", "2", "3");
    for (gsize f = 0; f < G_N_ELEMENTS (flaws); f++)
      for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
        if (g_rand_boolean (rand))
          add_finding (&c.parts, flaws[f], names[n], origins[n % G_N_ELEMENTS (origins)], "1", "2");
    for (gsize n = 0; n < G_N_ELEMENTS (names); n++)
      add_update (&c.parts, names[n], origins[n % G_N_ELEMENTS (origins)], "1", "2");
    shuffle (order, c.parts.updates);
    shuffle (order, c.parts.findings);
    g_autofree char *text = write_with (sv_report_write_json, report_of (&c), 2);
    if (first == NULL)
      first = g_steal_pointer (&text);
    else
      g_assert_cmpstr (text, ==, first);
  }
}

/* Reads @text with the strict record reader and writes it again: nothing is lost or added. */
static void
assert_round_trip (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_new_memory ("report", text, strlen (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (SvReport) report = sv_record_new (&sv_report_type);
  sv_record_read_json (&sv_report_type, reader, SV_RECORD_STRICT, report, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sv_json_next (reader, &error), ==, SV_JSON_END);
  g_autofree char *again = write_with (sv_report_write_json, report, 2);
  g_assert_cmpstr (again, ==, text);
}

/* Walks a whole document with our own reader; counts the strings that equal @needle. */
static guint
count_strings (const char *text, const char *needle)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvStream) stream = sv_stream_new_memory ("document", text, strlen (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  guint found = 0;
  for (SvJsonToken token; (token = sv_json_next (reader, &error)) != SV_JSON_END;) {
    g_assert_no_error (error);
    g_assert_cmpint (token, !=, SV_JSON_ERROR);
    found += token == SV_JSON_STRING && strcmp (sv_json_get_text (reader, NULL), needle) == 0;
  }
  return found;
}

static void
fill_plain (Case *c)
{
  SvReportSource *source = sv_record_new (&sv_report_source_type);
  source->id = g_strdup ("debian-tracker");
  g_ptr_array_add (c->parts.sources, source);
  SvNewPackage *package = sv_record_new (&sv_new_package_type);
  package->package = g_strdup ("linux-image-6.1.0-53-amd64");
  g_ptr_array_add (c->parts.new_packages, package);
  add_package (c->inventory, "libssl3", "3.0.1-1", "openssl");
  add_package (c->inventory, "vim", "2:9.0", "vim");
  add_update (&c->parts, "libssl3", "openssl", "3.0.1-1", "3.0.5-1");
  add_finding (&c->parts, "CVE-2026-1", "libssl3", "openssl", "3.0.1-1", "3.0.5-1");
  add_finding (&c->parts, "CVE-2026-1", "vim", "vim", "2:9.0", NULL);
  add_finding (&c->parts, "CVE-2026-2", "vim", "vim", "2:9.0", NULL)->verdict = SV_VERDICT_UNKNOWN;
  add_finding (&c->parts, "CVE-2026-3", "vim", "vim", "2:9.0", NULL)->verdict = SV_VERDICT_FIXED;
  SvFinding *plain = add_finding (&c->parts, "CVE-2026-4", "vim", "vim", "2:9.0", NULL);
  g_clear_pointer (&plain->arch, g_free);
  plain->fix = SV_FIX_NOT_PLANNED;
}

static void
test_documents (void)
{
  g_auto (Case) c = {0};
  case_init (&c, NULL, 0);
  fill_plain (&c);
  const SvReport *report = report_of (&c);
  g_autofree char *json = write_with (sv_report_write_json, report, 2),
                  *line = write_with (sv_report_write_json, report, 0),
                  *sarif = write_with (sv_report_write_sarif, report, 2),
                  *vex = write_with (sv_report_write_openvex, report, 2),
                  *bom = write_cyclonedx (report, c.inventory);
  assert_round_trip (json);
  g_assert_null (strchr (line, '\n'));
  g_assert_cmpuint (count_strings (sarif, "note") + count_strings (sarif, "warning") +
                        count_strings (sarif, "error"),
                    ==, 4);
  g_assert_cmpuint (count_strings (sarif, "CVE-2026-1"), ==, 3); /* one rule, two results */
  g_assert_cmpuint (count_strings (vex, "affected"), ==, 3);
  g_assert_cmpuint (count_strings (vex, "under_investigation"), ==, 1);
  g_assert_cmpuint (count_strings (vex, "CVE-2026-3"), ==, 0); /* fixed is not told */
  g_assert_cmpuint (count_strings (bom, "library"), ==, 2);
  g_assert_cmpuint (count_strings (bom, "will_not_fix"), ==, 1);
  /* reference, address, and what each of the two findings affects */
  g_assert_cmpuint (
      count_strings (bom, "pkg:deb/debian/libssl3@3.0.1-1?arch=amd64&distro=debian-12"), ==, 3);
  g_assert_cmpuint (count_strings (sarif, "CVE-2026-4/vim/(null)"), ==, 0);
}

/* The same report has the same serial number, another one has another. */
static void
test_serial (void)
{
  g_autofree char *texts[3] = {NULL};
  for (int i = 0; i < 3; i++) {
    g_auto (Case) c = {0};
    case_init (&c, NULL, 0);
    fill_plain (&c);
    if (i == 2)
      add_finding (&c.parts, "CVE-2026-5", "vim", "vim", "2:9.0", NULL);
    texts[i] = write_with (sv_report_write_openvex, report_of (&c), 0);
  }
  g_assert_cmpstr (texts[0], ==, texts[1]);
  g_assert_cmpint (strncmp (texts[0], texts[2], 120), !=, 0);
  g_free (texts[1]);
  g_free (texts[2]);
}

/* --- names from strangers --- */

static const char *const evil[] = {
    "\x1b[31mred\x1b[0m",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r\nInjected: yes",
    "a,b\"c\"\"",
    "</script><script>alert(1)</script>",
    "'; DROP TABLE finding; --",
    "${jndi:ldap://x}",
    "../../etc/passwd",
    "\xff\xfe invalid \xc3",
    "\xed\xa0\x80",
    "\xe2\x80\xae rtl",
    "\xe2\x80\xa8 separator",
    "{\"a\":[",
    "\\u0000\\",
    "",
    " ",
    "%s%n%d",
    "null",
};

/* Puts @text into every string of a record and of what hangs on it, lists included. */
static void
poison (const SvRecordType *type, gpointer record, const char *text)
{
  for (gsize i = 0; i < type->n_fields; i++) {
    const SvField *field = &type->fields[i];
    gpointer member = (guint8 *)record + field->offset;
    GPtrArray *list = field->type == SV_TYPE_STRINGS || field->type == SV_TYPE_RECORDS
                          ? *(GPtrArray **)member
                          : NULL;
    if (field->type == SV_TYPE_STRING) {
      g_free (*(char **)member);
      *(char **)member = g_strdup (text);
    } else if (field->type == SV_TYPE_RECORD && *(gpointer *)member != NULL) {
      poison (field->record, *(gpointer *)member, text);
    }
    for (guint n = 0; list != NULL && n < list->len; n++) {
      if (field->type == SV_TYPE_RECORDS) {
        poison (field->record, list->pdata[n], text);
        continue;
      }
      g_free (list->pdata[n]);
      list->pdata[n] = g_strdup (text);
    }
  }
}

static void
poison_all (const SvRecordType *type, GPtrArray *records, const char *text)
{
  for (guint i = 0; i < records->len; i++)
    poison (type, records->pdata[i], text);
}

/* Every row has as many fields as the heading, and none is a formula for a spreadsheet. */
static void
assert_csv (const SvReport *report)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  sv_record_append_csv_heading (&sv_update_type, out);
  for (guint i = 0; i < report->updates->len; i++)
    sv_record_append_csv (&sv_update_type, report->updates->pdata[i], out);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("csv", out->str, out->len);
  g_autoptr (SvCsv) csv = sv_csv_new (stream);
  gboolean found = TRUE;
  guint rows = 0, fields = 0;
  while (sv_csv_next (csv, &found, &error) && found) {
    fields = rows++ == 0 ? sv_csv_get_n_fields (csv) : fields;
    g_assert_cmpuint (sv_csv_get_n_fields (csv), ==, fields);
    for (guint i = 0; i < fields; i++)
      g_assert_null (
          strchr ("=+@\t\r", *sv_csv_find (csv, i) != '\0' ? *sv_csv_find (csv, i) : 'x'));
  }
  g_assert_no_error (error);
  g_assert_cmpuint (rows, ==, report->updates->len + 1);
}

static void
assert_documents (const SvReport *report, const SvInventory *inventory)
{
  static const Writer writers[] = {sv_report_write_sarif, sv_report_write_openvex};
  for (gsize i = 0; i < G_N_ELEMENTS (writers); i++) {
    g_autofree char *text = write_with (writers[i], report, 2);
    g_assert_true (g_utf8_validate (text, -1, NULL));
    count_strings (text, "");
  }
  g_autofree char *bom = write_cyclonedx (report, inventory);
  count_strings (bom, "");
  g_autofree char *json = write_with (sv_report_write_json, report, 2);
  g_assert_null (strchr (json, '\x1b'));
  assert_round_trip (json);
  assert_csv (report);
}

/* S43: whatever a name holds, it stays a value of the document that it stands in. */
static void
test_hostile_names (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (evil); i++) {
    g_auto (Case) c = {0};
    case_init (&c, NULL, 0);
    fill_plain (&c);
    poison_all (&sv_update_type, c.parts.updates, evil[i]);
    poison_all (&sv_finding_type, c.parts.findings, evil[i]);
    poison_all (&sv_package_type, c.inventory->packages, evil[i]);
    assert_documents (report_of (&c), c.inventory);
    poison (&sv_report_type, c.report, evil[i]);
    assert_documents (c.report, c.inventory);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/report/updates-heal", test_updates_heal);
  g_test_add_func ("/report/pitfall-18-source-version-decides", test_source_version_decides);
  g_test_add_func ("/report/pitfall-21-kernel", test_kernel);
  g_test_add_func ("/report/binary-names", test_binary_names);
  g_test_add_func ("/report/grouping", test_grouping);
  g_test_add_func ("/report/ranking", test_ranking);
  g_test_add_func ("/report/due", test_due);
  g_test_add_func ("/report/held-and-unreachable", test_held_and_unreachable);
  g_test_add_func ("/report/unknown-inputs", test_unknown_inputs);
  g_test_add_func ("/report/restarts", test_restarts);
  g_test_add_func ("/report/empty-host", test_empty_host);
  g_test_add_func ("/report/host", test_host);
  g_test_add_func ("/report/without-fix", test_without_fix);
  g_test_add_func ("/report/counts-are-lengths", test_counts_are_lengths);
  g_test_add_func ("/report/pitfall-106-determinism", test_determinism);
  g_test_add_func ("/report/documents", test_documents);
  g_test_add_func ("/report/serial", test_serial);
  g_test_add_func ("/report/promise-S43-hostile-names", test_hostile_names);
  return g_test_run ();
}
