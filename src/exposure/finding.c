/* Many claims on one vulnerability become one finding with a winner. */
#include "exposure/judge.h"

#include <string.h>

static const SvField finding_fields[] = {
    SV_FIELD (SvFinding, vulnerability, SV_TYPE_STRING, .doc = "CVE id, or the advisory's own."),
    SV_FIELD (SvFinding, aliases, SV_TYPE_STRINGS, .flags = SV_FIELD_WIDE,
              .doc = "Other ids of the same flaw."),
    SV_FIELD (SvFinding, package, SV_TYPE_STRING, .doc = "Installed package."),
    SV_FIELD (SvFinding, arch, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Architecture."),
    SV_FIELD (SvFinding, installed, SV_TYPE_STRING, .doc = "Installed version."),
    SV_FIELD (SvFinding, source, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Source package it was built from."),
    SV_FIELD (SvFinding, source_version, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Version of the source package."),
    SV_FIELD (SvFinding, verdict, SV_TYPE_ENUM, .values = sv_verdict_names,
              .doc = "Whether the installed version is affected."),
    SV_FIELD (SvFinding, fix, SV_TYPE_ENUM, .values = sv_fix_names,
              .doc = "Whether the fix can be had."),
    SV_FIELD (SvFinding, run, SV_TYPE_ENUM, .values = sv_run_names,
              .doc = "Whether the affected code is seen running."),
    SV_FIELD (SvFinding, fixed, SV_TYPE_STRING, .doc = "Version that holds the fix."),
    SV_FIELD (SvFinding, urgency, SV_TYPE_STRING, .doc = "The source's own word for severity."),
    SV_FIELD (SvFinding, low_relevance, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "Headers, documentation or data: no vulnerable code inside."),
    SV_FIELD (SvFinding, unimportant, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "The source says that the binaries are not affected in practice."),
    SV_FIELD (SvFinding, reasons, SV_TYPE_RECORDS, .record = &sv_reason_type,
              .doc = "Every claim that was weighed, the deciding one first."),
};
SV_RECORD_TYPE (sv_finding_type, SvFinding, "Finding", finding_fields,
                "One vulnerability in one installed package.");

void
sv_finding_free (SvFinding *finding)
{
  sv_record_free (&sv_finding_type, finding);
}

gint
sv_finding_compare (gconstpointer a, gconstpointer b)
{
  const SvFinding *x = *(SvFinding *const *)a, *y = *(SvFinding *const *)b;
  int order = sv_text_compare_natural (x->vulnerability, y->vulnerability);
  if (order == 0)
    order = strcmp (x->package, y->package);
  if (order == 0)
    order = g_strcmp0 (x->arch, y->arch);
  return order != 0 ? order : g_strcmp0 (x->installed, y->installed);
}

/* Whose word counts most on a distribution's packages: the distribution's own list of versions,
 * its advisories, what its changelog says, then everybody else (trap 108). */
static const struct {
  const char *pattern;
  guint rank;
} feed_ranks[] = {
    {"debian-tracker*", 0}, {"debian-list*", 1}, {"debian-d?a*", 1},
    {"updateinfo*", 1},     {"*osv*", 2},        {"changelog*", 3},
};

guint
sv_feed_rank (const char *feed)
{
  for (gsize i = 0; i < G_N_ELEMENTS (feed_ranks); i++)
    if (sv_text_glob (feed_ranks[i].pattern, feed))
      return feed_ranks[i].rank;
  return 9;
}

/* The higher fix first, and before it none at all: that is not satisfied by any version. Versions
 * that cannot be read come last. */
static int
compare_fixes (gint scheme, const char *a, const char *b)
{
  if (a == NULL || b == NULL)
    return (a != NULL) - (b != NULL);
  g_autoptr (GBytes) a_key = scheme >= 0 ? sv_version_key ((SvScheme)scheme, a, NULL) : NULL;
  g_autoptr (GBytes) b_key = scheme >= 0 ? sv_version_key ((SvScheme)scheme, b, NULL) : NULL;
  if ((a_key == NULL) != (b_key == NULL))
    return a_key == NULL ? 1 : -1;
  int order = a_key != NULL ? sv_key_bytes_compare (b_key, a_key) : 0;
  return order != 0 ? order : strcmp (a, b);
}

static int
compare_words (const SvReason *x, const SvReason *y)
{
  const char *const words[][2] = {{x->feed, y->feed},
                                  {x->advisory, y->advisory},
                                  {x->because, y->because},
                                  {x->compared, y->compared},
                                  {x->urgency, y->urgency}};
  int order = 0;
  for (gsize i = 0; order == 0 && i < G_N_ELEMENTS (words); i++)
    order = g_strcmp0 (words[i][0], words[i][1]);
  return order;
}

/* The winner comes first: authority, then the worse verdict (trap 47: "affected" wins over "fixed"
 * of the same authority), then the higher fix, which alone satisfies all who say "affected" (95),
 * then the words, so that the order is total (106). */
static gint
compare_reasons (gconstpointer a, gconstpointer b, gpointer scheme)
{
  const SvReason *x = *(SvReason *const *)a, *y = *(SvReason *const *)b;
  gboolean x_counts = x->verdict != SV_VERDICT_NOT_APPLICABLE;
  gboolean y_counts = y->verdict != SV_VERDICT_NOT_APPLICABLE;
  if (x_counts != y_counts)
    return x_counts ? -1 : 1;
  guint x_rank = sv_feed_rank (x->feed), y_rank = sv_feed_rank (y->feed);
  if (x_rank != y_rank)
    return x_rank < y_rank ? -1 : 1;
  if (x->verdict != y->verdict)
    return x->verdict > y->verdict ? -1 : 1;
  if (x->name_kind != y->name_kind) /* versions of source and binary do not compare (22) */
    return x->name_kind - y->name_kind;
  int order = compare_fixes (GPOINTER_TO_INT (scheme), x->fixed, y->fixed);
  return order != 0 ? order : compare_words (x, y);
}

static gboolean
same_notice (const SvReason *a, const SvReason *b)
{
  return a->advisory != NULL && g_strcmp0 (a->advisory, b->advisory) == 0 &&
         g_strcmp0 (a->feed, b->feed) == 0;
}

/* One notice that lists a package in several builds is satisfied by any of them (trap 65). */
static void
accept_alternative_builds (GPtrArray *reasons)
{
  for (guint i = 0; i < reasons->len; i++) {
    SvReason *affected = reasons->pdata[i];
    for (guint j = 0; j < reasons->len && affected->verdict == SV_VERDICT_AFFECTED; j++) {
      const SvReason *fixed = reasons->pdata[j];
      if (fixed->verdict != SV_VERDICT_FIXED || !same_notice (affected, fixed))
        continue;
      affected->verdict = SV_VERDICT_FIXED;
      g_autofree char *old = affected->because;
      affected->because = g_strdup_printf (
          "%s, but the same notice also lists %s, which it is not below", old, fixed->fixed);
    }
  }
}

/* A notice for this very minor release settles what those for others say (trap 67). */
static void
prefer_own_stream (const SvInstall *install, GPtrArray *reasons)
{
  if (!g_str_has_prefix (install->stream, "minor:"))
    return;
  gboolean own = FALSE;
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < reasons->len; i++) {
      SvReason *reason = reasons->pdata[i];
      if (reason->verdict == SV_VERDICT_NOT_APPLICABLE || reason->fixed == NULL)
        continue;
      g_autofree char *stream = sv_stream_of_version (install->scheme, reason->fixed);
      gboolean same = strcmp (stream, install->stream) == 0;
      own = own || same;
      if (pass == 0 || !own || same || !g_str_has_prefix (stream, "minor:"))
        continue;
      reason->verdict = SV_VERDICT_NOT_APPLICABLE;
      g_free (reason->because);
      reason->because = g_strdup ("there is a fix for this very minor release");
    }
}

static SvFinding *
new_finding (const SvInstall *install, const char *vulnerability)
{
  SvFinding *finding = sv_record_new (&sv_finding_type);
  finding->vulnerability = g_strdup (vulnerability);
  finding->package = g_strdup (install->package->name);
  finding->arch = g_strdup (install->package->arch);
  finding->installed = g_strdup (install->package->version);
  finding->source = g_strdup (install->source);
  finding->source_version = g_strdup (install->source_version);
  finding->low_relevance = install->low_relevance;
  return finding;
}

SvFinding *
sv_exposure_combine (const SvInstall *install, const char *vulnerability, const GPtrArray *claims)
{
  g_autoptr (SvFinding) finding = new_finding (install, vulnerability);
  finding->reasons = g_ptr_array_new ();
  for (guint i = 0; i < claims->len; i++)
    g_ptr_array_add (finding->reasons, sv_exposure_judge (install, claims->pdata[i]));
  accept_alternative_builds (finding->reasons);
  prefer_own_stream (install, finding->reasons);
  g_ptr_array_sort_with_data (finding->reasons, compare_reasons, GINT_TO_POINTER (install->scheme));
  SvReason *winner = finding->reasons->len > 0 ? finding->reasons->pdata[0] : NULL;
  if (winner == NULL || winner->verdict == SV_VERDICT_NOT_APPLICABLE)
    return NULL;
  winner->won = TRUE;
  finding->verdict = winner->verdict;
  finding->fixed = g_strdup (winner->fixed);
  finding->urgency = g_strdup (winner->urgency);
  finding->unimportant = g_strcmp0 (winner->urgency, "unimportant") == 0;
  return g_steal_pointer (&finding);
}

static const SvFix fix_of_promise[SV_N_PROMISES] = {
    [SV_PROMISE_NONE] = SV_FIX_NONE,         [SV_PROMISE_PENDING] = SV_FIX_PENDING,
    [SV_PROMISE_LATER] = SV_FIX_PENDING,     [SV_PROMISE_POINT] = SV_FIX_PENDING,
    [SV_PROMISE_NEVER] = SV_FIX_NOT_PLANNED,
};

/* True if the version that @winner speaks of, source or binary, is at least its fixed one. */
static gboolean
holds_fix (gint scheme, const SvReason *winner, const char *version, const char *source_version)
{
  const char *offered = winner->name_kind == SV_NAME_SOURCE ? source_version : version;
  int order = -1;
  if (offered == NULL || strcmp (offered, winner->fixed) == 0)
    return offered != NULL;
  return sv_version_compare ((SvScheme)scheme, offered, winner->fixed, &order, NULL) && order >= 0;
}

gboolean
sv_finding_is_healed_by (const SvFinding *finding, gint scheme, const char *version,
                         const char *source_version)
{
  const SvReason *winner = finding->reasons->pdata[0];
  return scheme >= 0 && winner->fixed != NULL &&
         holds_fix (scheme, winner, version, source_version);
}

void
sv_finding_set_fix (SvFinding *finding, gint scheme, const SvReason *winner, const SvOffer *offer)
{
  if (finding->verdict != SV_VERDICT_AFFECTED && finding->verdict != SV_VERDICT_UNKNOWN)
    return;
  if (winner->fixed == NULL)
    finding->fix = fix_of_promise[winner->promise];
  else if (offer == NULL || scheme < 0)
    finding->fix = SV_FIX_UNKNOWN;
  else if (offer->reachable && holds_fix (scheme, winner, offer->version, offer->source_version))
    finding->fix = SV_FIX_REACHABLE;
  else
    finding->fix = holds_fix (scheme, winner, offer->newest_version, offer->newest_source_version)
                       ? SV_FIX_NOT_REACHABLE
                       : SV_FIX_PENDING;
}
