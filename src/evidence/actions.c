#include "evidence/actions.h"

#include <math.h>
#include <string.h>

/* One action in the making. */
typedef struct {
  SvAction *action;
  SvRank rank;
  GHashTable *relevant; /* those of its cves that are in code which can run here; lent by `cves` */
  GHashTable *updates;  /* package -> SvUpdate, lent by the report */
} SvDraft;

static void
draft_free (SvDraft *draft)
{
  sv_record_free (&sv_action_type, draft->action);
  g_hash_table_unref (draft->relevant);
  g_hash_table_unref (draft->updates);
  g_free (draft);
}

static SvDraft *
new_draft (const char *source)
{
  SvDraft *draft = g_new0 (SvDraft, 1);
  draft->action = sv_record_new (&sv_action_type);
  draft->action->source = g_strdup (source);
  draft->action->packages = sv_strings_new ();
  draft->action->cves = sv_strings_new ();
  draft->action->exploited = sv_strings_new ();
  draft->action->restarts = sv_strings_new ();
  draft->action->listeners = sv_strings_new ();
  draft->action->unknown = sv_strings_new ();
  draft->relevant = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  draft->updates = g_hash_table_new (g_str_hash, g_str_equal);
  draft->action->reachable = TRUE;
  draft->action->fix = SV_FIX_REACHABLE;
  draft->action->epss = NAN;
  draft->action->cvss_score = NAN;
  draft->rank = (SvRank)SV_RANK_INIT (draft->action->source);
  return draft;
}

static void
add_update (SvDraft *draft, const SvUpdate *update)
{
  SvAction *action = draft->action;
  sv_strings_add_distinct (action->packages, update->package);
  g_hash_table_insert (draft->updates, update->package, (gpointer)update);
  if (action->from == NULL) {
    sv_text_set (&action->from, update->installed_source_version);
    sv_text_set (&action->to, update->source_version);
    sv_text_set (&action->origin, update->origin);
  }
  if (update->security && !action->security)
    sv_text_set (&action->origin, update->origin);
  action->security = action->security || update->security;
  action->held = action->held || update->held;
  action->size_bytes += update->size_bytes;
  action->reachable = action->reachable && update->reachable;
  if (!update->reachable && action->fix != SV_FIX_NOT_REACHABLE) {
    action->fix = update->fix;
    sv_text_set (&action->why_not, update->why_not);
  }
}

/* Words for severity that sources use, gravest last. */
static const char *const urgencies[] = {
    "unimportant", "end-of-life", "not yet assigned", "unknown",  "negligible", "low",  "Low",
    "medium",      "Moderate",    "moderate",         "Medium",   "high",       "High", "Important",
    "important",   "emergency",   "critical",         "Critical", NULL};

static void
raise_urgency (SvAction *action, const char *urgency)
{
  if (urgency == NULL)
    return;
  int old = action->urgency != NULL ? sv_enum_find (urgencies, action->urgency) : -1;
  if (sv_enum_find (urgencies, urgency) > old || action->urgency == NULL)
    sv_text_set (&action->urgency, urgency);
}

static void
note_unknown_inputs (SvAction *action, const SvDecisionAnswer *answer)
{
  for (guint i = 0; answer->inputs != NULL && i < answer->inputs->len; i++) {
    const SvDecisionInput *input = answer->inputs->pdata[i];
    if (g_strcmp0 (input->value, "unknown") == 0)
      sv_strings_add_distinct (action->unknown, input->point);
  }
}

/* Takes over what the judgement of one vulnerability adds to the whole action. */
static void
add_judgement (SvDraft *draft, const char *vulnerability, const SvJudgement *judgement)
{
  SvAction *action = draft->action;
  SvRank rank = sv_judgement_get_rank (judgement);
  rank.name = vulnerability;
  sv_rank_add (&draft->rank, &rank);
  action->decision_best = MAX (action->decision_best, judgement->ssvc_best);
  action->decision_worst = MAX (action->decision_worst, judgement->ssvc);
  action->decision = MAX (action->decision, judgement->ssvc_assumed);
  action->priority = MAX (action->priority, judgement->priority);
  gint64 due = judgement->due_at_us;
  if (due > 0 && (action->due_at_us == 0 || due < action->due_at_us)) {
    action->due_at_us = due;
    sv_text_set (&action->due_because, judgement->deadline->reason);
  }
  action->epss = fmax (action->epss, judgement->epss); /* fmax passes NaN over */
  action->cvss_score = fmax (action->cvss_score, judgement->cvss_score);
  note_unknown_inputs (action, judgement->ssvc_answer);
}

/* Judges the flaws of one report. Those of which no source knows anything differ in their names
 * alone, and a host may have thousands: one judgement serves for all that are known as long. */
typedef struct {
  SvReportParts *parts;
  GHashTable *by_source; /* source -> GPtrArray of SvFinding that are affected */
  SvJudgement *blank;    /* NULL: none was made yet */
  gint64 blank_since_us;
} SvBench;

static void
bench_clear (SvBench *bench)
{
  g_clear_pointer (&bench->by_source, g_hash_table_unref);
  g_clear_pointer (&bench->blank, sv_judgement_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvBench, bench_clear)

static SvJudgement *
judge_evidence (const SvReportParts *parts, const SvEvidence *evidence, gint64 since_us)
{
  g_auto (SvThreat) threat = {0};
  sv_threat_collect (evidence, &threat);
  const SvJudgementOptions options = {.known_since_us = since_us};
  return sv_judge (&threat, parts->facts, &options);
}

static const SvJudgement *
judge_blank (SvBench *bench, const SvEvidence *evidence, gint64 since_us)
{
  if (bench->blank != NULL && bench->blank_since_us == since_us)
    return bench->blank;
  g_clear_pointer (&bench->blank, sv_judgement_free);
  bench->blank_since_us = since_us;
  return bench->blank = judge_evidence (bench->parts, evidence, since_us);
}

static void
judge (SvBench *bench, SvDraft *draft, const char *vulnerability)
{
  SvReportParts *parts = bench->parts;
  SvEvidence evidence = {.vulnerability = vulnerability};
  parts->evidence (parts->source, vulnerability, &evidence);
  gint64 since = parts->known_since (parts->source, vulnerability);
  since = since > 0 ? since : parts->at_us;
  if (evidence.kev == NULL && evidence.epss == NULL && evidence.cve == NULL) {
    add_judgement (draft, vulnerability, judge_blank (bench, &evidence, since));
    return;
  }
  g_autoptr (SvJudgement) judgement = judge_evidence (parts, &evidence, since);
  if (judgement->exploited)
    sv_strings_add_distinct (draft->action->exploited, vulnerability);
  add_judgement (draft, vulnerability, judgement);
}

static gint
compare_natural (gconstpointer a, gconstpointer b)
{
  return sv_text_compare_natural (*(char *const *)a, *(char *const *)b);
}

/* By the new version of its own package, or of the source. */
static gboolean
heals (const SvDraft *draft, const SvFinding *finding, gint scheme, const char *source_version)
{
  const SvUpdate *update = g_hash_table_lookup (draft->updates, finding->package);
  return sv_finding_is_healed_by (finding, scheme, update != NULL ? update->candidate : NULL,
                                  source_version);
}

static GHashTable *
index_by_source (const GPtrArray *findings)
{
  GHashTable *by_source =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < findings->len; i++) {
    SvFinding *finding = findings->pdata[i];
    if (finding->verdict != SV_VERDICT_AFFECTED || finding->source == NULL)
      continue;
    GPtrArray *list = g_hash_table_lookup (by_source, finding->source);
    if (list == NULL)
      g_hash_table_insert (by_source, finding->source, list = g_ptr_array_new ());
    g_ptr_array_add (list, finding);
  }
  return by_source;
}

/* The distinct vulnerabilities that @draft heals, from its updates and from kernels, whose fix
 * comes as a package of another name. */
static void
collect_cves (const SvBench *bench, SvDraft *draft)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  SvAction *action = draft->action;
  g_autofree char *tracker_source = sv_source_of_tracker (action->source);
  g_autofree char *tracker_version = sv_source_version_of_tracker (action->source, action->to);
  const SvDistro *distro = bench->parts->inventory->distro;
  gint scheme = distro != NULL ? distro->scheme : -1;
  const GPtrArray *findings = g_hash_table_lookup (bench->by_source, tracker_source);
  for (guint i = 0; findings != NULL && i < findings->len; i++) {
    const SvFinding *finding = findings->pdata[i];
    if (!heals (draft, finding, scheme, tracker_version))
      continue;
    if (!finding->low_relevance && !finding->unimportant) {
      g_hash_table_add (draft->relevant, g_strdup (finding->vulnerability));
      raise_urgency (action, finding->urgency);
    }
    if (g_hash_table_add (seen, finding->vulnerability))
      g_ptr_array_add (action->cves, g_strdup (finding->vulnerability));
  }
}

/* Findings on binary names (RPM, apk) know no source: they come with their own update. */
static void
collect_cves_of_updates (const SvReport *report, SvDraft *draft)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < draft->action->cves->len; i++)
    g_hash_table_add (seen, draft->action->cves->pdata[i]);
  for (guint u = 0; u < report->updates->len; u++) {
    const SvUpdate *update = report->updates->pdata[u];
    if (strcmp (update->source, draft->action->source) != 0)
      continue;
    gboolean relevant = !sv_package_is_low_relevance (update->package);
    for (guint i = 0; i < update->cves->len; i++) {
      if (g_hash_table_add (seen, update->cves->pdata[i])) {
        g_ptr_array_add (draft->action->cves, g_strdup (update->cves->pdata[i]));
        if (relevant)
          g_hash_table_add (draft->relevant, g_strdup (update->cves->pdata[i]));
      }
    }
  }
  g_ptr_array_sort (draft->action->cves, compare_natural);
}

/* Replaced libraries that still run, and packages that only a reboot puts in force. */
static void
note_restarts (const SvInventory *inventory, SvAction *action)
{
  static const char *const boot_packages[] = {"linux-image-*",  "kernel",  "kernel-core",
                                              "kernel-default", "systemd", "libc6",
                                              "glibc",          "dbus",    NULL};
  for (guint i = 0; i < action->packages->len; i++)
    for (const char *const *pattern = boot_packages; *pattern != NULL; pattern++)
      action->reboot = action->reboot || sv_text_glob (*pattern, action->packages->pdata[i]);
  for (guint i = 0; inventory->stale_processes != NULL && i < inventory->stale_processes->len;
       i++) {
    const SvStaleProcess *process = inventory->stale_processes->pdata[i];
    for (guint p = 0; process->packages != NULL && p < process->packages->len; p++)
      if (sv_strings_contain (action->packages, process->packages->pdata[p]))
        sv_strings_add_distinct (action->restarts,
                                 process->unit != NULL ? process->unit : process->process);
  }
}

/* What of the action listens: an attacker reaches that first. */
static void
note_listeners (const SvInventory *inventory, SvDraft *draft)
{
  SvAction *action = draft->action;
  for (guint i = 0; inventory->listeners != NULL && i < inventory->listeners->len; i++) {
    const SvListener *listener = inventory->listeners->pdata[i];
    if (listener->package == NULL || !sv_strings_contain (action->packages, listener->package))
      continue;
    g_autofree char *text =
        g_strdup_printf ("%s %s:%" G_GINT64_FORMAT " %s", listener->protocol, listener->address,
                         listener->port, listener->process != NULL ? listener->process : "?");
    sv_strings_add_distinct (action->listeners, text);
    draft->rank.reach =
        MAX (draft->rank.reach, listener->local_only ? SV_REACH_LOCAL : SV_REACH_NETWORK);
  }
}

static char *
due_text (const SvAction *action, gint64 now_us)
{
  if (action->due_at_us == 0)
    return g_strdup ("no date");
  g_autofree char *span = sv_time_format_span (ABS (action->due_at_us - now_us));
  return action->due_at_us < now_us ? g_strdup_printf ("%s overdue", span)
                                    : g_strdup_printf ("due in %s", span);
}

/* "openssl 3.0.19 → 3.0.22, security, 4 CVEs, 1 exploited, out-of-cycle, due in 3 d" */
static void
write_summary (SvAction *action, gint64 now_us)
{
  action->title =
      g_strdup_printf ("%s %s → %s", action->source, action->from != NULL ? action->from : "?",
                       action->to != NULL ? action->to : "?");
  g_autoptr (GString) text = g_string_new (action->title);
  if (action->security)
    g_string_append (text, ", security");
  if (action->cves->len > 0)
    g_string_append_printf (text, ", %u CVE%s", action->cves->len,
                            action->cves->len == 1 ? "" : "s");
  if (action->exploited->len > 0)
    g_string_append_printf (text, ", %u exploited", action->exploited->len);
  g_autofree char *due = due_text (action, now_us);
  if (action->security)
    g_string_append_printf (text, ", %s, %s", sv_ssvc_outcome_names[action->decision], due);
  if (action->held)
    g_string_append (text, ", on hold");
  else if (!action->reachable)
    g_string_append (text, action->fix == SV_FIX_UNKNOWN ? ", not known whether it is reachable"
                                                         : ", not reachable");
  if (action->reboot)
    g_string_append (text, ", reboot");
  if (action->low_relevance)
    g_string_append (text, ", headers or data only");
  action->summary = g_string_free (g_steal_pointer (&text), FALSE);
}

static gint
compare_drafts (gconstpointer a, gconstpointer b)
{
  const SvDraft *x = *(SvDraft *const *)a, *y = *(SvDraft *const *)b;
  if (x->action->security != y->action->security)
    return x->action->security ? -1 : 1;
  if (x->action->low_relevance != y->action->low_relevance)
    return x->action->low_relevance ? 1 : -1;
  return sv_rank_compare (&x->rank, &y->rank);
}

static GPtrArray *
draft_by_source (const SvReport *report)
{
  GPtrArray *drafts = g_ptr_array_new_with_free_func ((GDestroyNotify)draft_free);
  g_autoptr (GHashTable) by_source = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < report->updates->len; i++) {
    const SvUpdate *update = report->updates->pdata[i];
    SvDraft *draft = g_hash_table_lookup (by_source, update->source);
    if (draft == NULL) {
      draft = new_draft (update->source);
      g_ptr_array_add (drafts, draft);
      g_hash_table_insert (by_source, draft->action->source, draft);
    }
    add_update (draft, update);
  }
  return drafts;
}

char *
sv_action_unnamed_id (const SvAction *action)
{
  return action->security && action->cves->len == 0 ? g_strconcat ("update:", action->source, NULL)
                                                    : NULL;
}

static void
finish (SvBench *bench, const SvReport *report, SvDraft *draft)
{
  collect_cves (bench, draft);
  collect_cves_of_updates (report, draft);
  SvAction *action = draft->action;
  action->low_relevance = action->cves->len > 0 && g_hash_table_size (draft->relevant) == 0;
  for (guint i = 0; i < action->cves->len; i++)
    if (action->low_relevance || g_hash_table_contains (draft->relevant, action->cves->pdata[i]))
      judge (bench, draft, action->cves->pdata[i]);
  /* A security update of which no vulnerability is known is judged all the same: with every
   * input about the flaw unknown. */
  g_autofree char *unnamed = sv_action_unnamed_id (action);
  if (unnamed != NULL)
    judge (bench, draft, unnamed);
  note_restarts (bench->parts->inventory, draft->action);
  note_listeners (bench->parts->inventory, draft);
  draft->rank.n_healed = g_hash_table_size (draft->relevant);
  draft->rank.urgency =
      draft->action->urgency != NULL ? sv_enum_find (urgencies, draft->action->urgency) + 1 : 0;
  write_summary (draft->action, report->at_us);
}

/* --- a reboot alone --- */

static const SvKernel *
find_kernel (const SvInventory *inventory, SvKernelRole role)
{
  for (guint i = 0; inventory->kernels != NULL && i < inventory->kernels->len; i++)
    if (((SvKernel *)inventory->kernels->pdata[i])->role == (gint)role)
      return inventory->kernels->pdata[i];
  return NULL;
}

/* From the version that runs to the one that would. */
static void
name_kernels (const SvInventory *inventory, SvAction *action)
{
  const SvKernel *running = find_kernel (inventory, SV_KERNEL_RUNNING);
  const SvKernel *next = find_kernel (inventory, SV_KERNEL_NEXT_BOOT);
  if (running == NULL)
    return;
  if (next == NULL) /* the same one, updated under its feet */
    next = running;
  sv_text_set (&action->from, running->running_version != NULL ? running->running_version
                                                               : running->package_version);
  sv_text_set (&action->to, next->package_version != NULL ? next->package_version : next->release);
}

static void
add_waiting (SvDraft *draft, const SvFinding *finding)
{
  raise_urgency (draft->action, finding->urgency);
  if (g_hash_table_add (draft->relevant, g_strdup (finding->vulnerability)))
    g_ptr_array_add (draft->action->cves, g_strdup (finding->vulnerability));
}

/* What heals a kernel may be on disk already: then there is nothing to install, but a reboot is as
 * due as an update would be (trap 81). NULL: nothing waits for one. */
static SvDraft *
draft_reboot (const SvInventory *inventory, const SvReport *report)
{
  SvDraft *draft = NULL;
  for (guint i = 0; i < report->findings->len; i++) {
    const SvFinding *finding = report->findings->pdata[i];
    if (finding->verdict != SV_VERDICT_AFFECTED || finding->fix != SV_FIX_INSTALLED ||
        finding->low_relevance || finding->unimportant)
      continue;
    if (draft == NULL)
      draft = new_draft ("reboot");
    add_waiting (draft, finding);
  }
  if (draft == NULL)
    return NULL;
  draft->action->security = draft->action->reboot = TRUE;
  draft->action->fix = SV_FIX_INSTALLED;
  name_kernels (inventory, draft->action);
  return draft;
}

static gboolean
any_reboots (const GPtrArray *drafts)
{
  for (guint i = 0; i < drafts->len; i++)
    if (((SvDraft *)drafts->pdata[i])->action->reboot)
      return TRUE;
  return FALSE;
}

GPtrArray *
sv_actions_new (SvReportParts *parts, const SvReport *report)
{
  g_autoptr (GPtrArray) drafts = draft_by_source (report);
  g_auto (SvBench) bench = {.parts = parts, .by_source = index_by_source (report->findings)};
  for (guint i = 0; i < drafts->len; i++)
    finish (&bench, report, drafts->pdata[i]);
  SvDraft *reboot = any_reboots (drafts) ? NULL : draft_reboot (parts->inventory, report);
  if (reboot != NULL) {
    finish (&bench, report, reboot);
    g_ptr_array_add (drafts, reboot);
  }
  g_ptr_array_sort (drafts, compare_drafts);
  GPtrArray *actions = g_ptr_array_new ();
  for (guint i = 0; i < drafts->len; i++) {
    SvDraft *draft = drafts->pdata[i];
    draft->action->rank = actions->len + 1;
    g_ptr_array_add (actions, g_steal_pointer (&draft->action));
  }
  return actions;
}
