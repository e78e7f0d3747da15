#include "exposure/judge.h"

#include <string.h>

const char *const sv_verdict_names[] = {"not_applicable", "not_affected", "fixed",
                                        "unknown",        "affected",     NULL};
const char *const sv_fix_names[] = {"unknown",       "none",      "not_planned", "pending",
                                    "not_reachable", "reachable", "installed",   NULL};
const char *const sv_run_names[] = {"unknown", "installed_only", "running", NULL};

static const SvField reason_fields[] = {
    SV_FIELD (SvReason, feed, SV_TYPE_STRING, .doc = "The source that says so."),
    SV_FIELD (SvReason, advisory, SV_TYPE_STRING, .doc = "Its notice, if it has one."),
    SV_FIELD (SvReason, name_kind, SV_TYPE_ENUM, .values = sv_name_kind_names,
              .doc = "Whether it speaks of source or binary package versions."),
    SV_FIELD (SvReason, verdict, SV_TYPE_ENUM, .values = sv_verdict_names,
              .doc = "What follows from it alone."),
    SV_FIELD (SvReason, promise, SV_TYPE_ENUM, .values = sv_promise_names,
              .doc = "What the source promises where there is no fix."),
    SV_FIELD (SvReason, fixed, SV_TYPE_STRING, .doc = "Version that holds the fix."),
    SV_FIELD (SvReason, compared, SV_TYPE_STRING, .doc = "Installed version compared with it."),
    SV_FIELD (SvReason, urgency, SV_TYPE_STRING, .doc = "The source's own word for severity."),
    SV_FIELD (SvReason, because, SV_TYPE_STRING, .doc = "One sentence why."),
    SV_FIELD (SvReason, won, SV_TYPE_BOOL, .doc = "Whether this one decided."),
};
SV_RECORD_TYPE (sv_reason_type, SvReason, "Reason", reason_fields,
                "One claim of one source, judged.");

/* Other words for one architecture (trap 28). */
static const char *const arch_aliases[][4] = {
    {"x86_64", "amd64"},    {"aarch64", "arm64"}, {"i686", "i386", "i586", "386"},
    {"ppc64le", "ppc64el"}, {"noarch", "all"},
};

static gboolean
same_arch (const char *a, const char *b)
{
  if (strcmp (a, b) == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (arch_aliases); i++) {
    gboolean has_a = FALSE, has_b = FALSE;
    for (gsize j = 0; j < G_N_ELEMENTS (arch_aliases[i]) && arch_aliases[i][j] != NULL; j++) {
      has_a = has_a || strcmp (arch_aliases[i][j], a) == 0;
      has_b = has_b || strcmp (arch_aliases[i][j], b) == 0;
    }
    if (has_a && has_b)
      return TRUE;
  }
  return FALSE;
}

/* What a claim is judged with: made once per call, passed to every rule. */
typedef struct {
  const SvInstall *install;
  const SvStatement *statement;
  GBytes *key;          /* the installed version to compare; NULL: none */
  const char *compared; /* the same as text */
  GBytes *fixed_key;    /* as in the claim; may be NULL */
  gboolean quiet;       /* nobody will read why */
  char *because;        /* set by the rule that decides; owned */
} SvJudgement;

static int decide (SvJudgement *j, SvVerdict verdict, const char *format, ...) G_GNUC_PRINTF (3, 4);

static int
decide (SvJudgement *j, SvVerdict verdict, const char *format, ...)
{
  if (j->quiet)
    return verdict;
  va_list arguments;
  va_start (arguments, format);
  j->because = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return verdict;
}

#define UNDECIDED (-1)

static int
rule_release (SvJudgement *j)
{
  const char *release = j->statement->release;
  if (sv_text_is_empty (release) || g_strcmp0 (release, j->install->release) == 0)
    return UNDECIDED;
  return decide (j, SV_VERDICT_NOT_APPLICABLE, "it speaks of %s, not of %s", release,
                 j->install->release != NULL ? j->install->release : "this host's release");
}

static int
rule_name (SvJudgement *j)
{
  const char *own =
      j->statement->name_kind == SV_NAME_SOURCE ? j->install->source : j->install->package->name;
  if (strcmp (own, j->statement->package) == 0)
    return UNDECIDED;
  return decide (j, SV_VERDICT_NOT_APPLICABLE, "it speaks of package %s", j->statement->package);
}

/* A distribution's advisories do not cover builds of others, nor the other way round (30, 72). */
static int
rule_origin (SvJudgement *j)
{
  const SvPackage *package = j->install->package;
  if (package->ecosystem != NULL)
    return decide (j, SV_VERDICT_NOT_APPLICABLE, "a %s package is not the distribution's %s",
                   package->ecosystem, package->name);
  if (j->statement->scheme != j->install->scheme)
    return decide (j, SV_VERDICT_NOT_APPLICABLE, "it speaks of another kind of package");
  if (package->origin == NULL || *package->origin != '\0' || j->statement->release == NULL)
    return UNDECIDED;
  return decide (j, SV_VERDICT_UNKNOWN,
                 "this build comes from no archive that is enabled: the source does not cover it");
}

/* The unknown architecture: an "affected" is never dropped, a "not affected" never applied (29). */
static int
rule_arch (SvJudgement *j)
{
  const char *wanted = j->statement->arch, *own = j->install->package->arch;
  if (sv_text_is_empty (wanted))
    return UNDECIDED;
  if (sv_text_is_empty (own))
    return j->statement->status == SV_STATUS_NOT_AFFECTED
               ? decide (j, SV_VERDICT_NOT_APPLICABLE,
                         "for %s only, this architecture is not known", wanted)
               : UNDECIDED;
  if (same_arch (wanted, own) || same_arch (own, "noarch") || same_arch (wanted, "noarch"))
    return UNDECIDED;
  return decide (j, SV_VERDICT_NOT_APPLICABLE, "for %s only, this is %s", wanted, own);
}

/* The version at which the claim ends; NULL if it has no end. */
static const char *
end_of_claim (const SvJudgement *j)
{
  return j->statement->fixed != NULL ? j->statement->fixed : j->statement->last_affected;
}

/* Whatever else the claim may mean, this very build holds the fix. */
static int
rule_same_build (SvJudgement *j)
{
  const char *fixed = j->statement->fixed;
  if (fixed == NULL || g_strcmp0 (j->compared, fixed) != 0)
    return UNDECIDED;
  return decide (j, SV_VERDICT_FIXED, "%s is the very build that holds the fix", fixed);
}

static const char *
label_or_null (const char *label)
{
  return sv_text_or_null (label);
}

static gboolean
is_modular (const char *stream, const char *module)
{
  return strcmp (stream, "module") == 0 || label_or_null (module) != NULL;
}

/* The module stream that the claim is about: as the host knows that build, else as the notice says.
 * NULL: not known. */
static const char *
module_of_claim (const SvJudgement *j)
{
  const char *known = sv_streams_find (j->install->streams, end_of_claim (j));
  return known != NULL ? known : label_or_null (j->statement->module);
}

/* Both are module builds: of the same stream? (63, 66) */
static int
compare_modules (SvJudgement *j)
{
  const char *said = module_of_claim (j), *own = label_or_null (j->install->module);
  if (said != NULL && own != NULL)
    return strcmp (said, own) == 0
               ? UNDECIDED
               : decide (j, SV_VERDICT_NOT_APPLICABLE, "it speaks of module stream %s, this is %s",
                         said, own);
  if (said != NULL && sv_streams_is_off (j->install->streams, said))
    return decide (j, SV_VERDICT_NOT_APPLICABLE,
                   "it speaks of module stream %s, which is not enabled here", said);
  return decide (j, SV_VERDICT_UNKNOWN,
                 "the module stream %s is not known: versions of different "
                 "streams do not compare",
                 own == NULL ? "of the package" : "of the fix");
}

static int
rule_module (SvJudgement *j)
{
  const char *end = end_of_claim (j), *said = j->statement->module;
  g_autofree char *build = sv_stream_of_version (j->statement->scheme, end);
  gboolean said_modular = is_modular (build, said);
  gboolean own_modular = is_modular (j->install->stream, j->install->module);
  if (said_modular && own_modular)
    return compare_modules (j);
  if (said_modular == own_modular)
    return UNDECIDED;
  if (said == NULL && end == NULL) /* "null" is not "not modular" (64) */
    return decide (j, SV_VERDICT_UNKNOWN, "it does not say whether it means the module build");
  return decide (j, SV_VERDICT_NOT_APPLICABLE,
                 said_modular ? "it speaks of a module build, this is none"
                              : "it speaks of the base package, this is a module build");
}

/* A notice bound to one version line of several says nothing of the others (63). */
static int
rule_line (SvJudgement *j)
{
  g_autofree char *line = sv_line_of_notice (j->statement->advisory);
  const char *end = end_of_claim (j);
  if (line == NULL || end == NULL || j->compared == NULL || !sv_version_is_of_line (end, line) ||
      sv_version_is_of_line (j->compared, line))
    return UNDECIDED;
  return decide (j, SV_VERDICT_NOT_APPLICABLE, "it speaks of the line %s, this is %s", line,
                 j->compared);
}

static int
rule_status (SvJudgement *j)
{
  switch ((SvStatus)j->statement->status) {
  case SV_STATUS_NOT_AFFECTED:
    return decide (j, SV_VERDICT_NOT_AFFECTED, "the source says: not affected");
  case SV_STATUS_UNDETERMINED:
    return decide (j, SV_VERDICT_UNKNOWN, "the source does not know");
  case SV_STATUS_INVESTIGATING:
    return decide (j, SV_VERDICT_UNKNOWN, "the source is still looking at it");
  case SV_STATUS_UNSUPPORTED:
    return decide (j, SV_VERDICT_UNKNOWN, "the source no longer supports this package");
  case SV_STATUS_AFFECTED:
  case SV_N_STATUSES:
  default:
    return UNDECIDED;
  }
}

/* Builds of different streams do not compare (67, 69, 70, 71, 73). */
static int
rule_stream (SvJudgement *j)
{
  if (j->statement->fixed == NULL)
    return UNDECIDED;
  const char *own = j->install->stream;
  g_autofree char *said = sv_stream_of_version (j->statement->scheme, j->statement->fixed);
  gboolean own_minor = g_str_has_prefix (own, "minor:"),
           said_minor = g_str_has_prefix (said, "minor:");
  /* A build for one minor says nothing of another; a build without one belongs to all (67). */
  if (strcmp (own, said) == 0 || (*own == '\0' && said_minor) || (own_minor && *said == '\0') ||
      (own_minor && said_minor))
    return UNDECIDED;
  /* The fix may be reserved to subscribers: the plain build below it is still affected (69). */
  if (*own == '\0' && strcmp (said, "esm") == 0)
    return UNDECIDED;
  if (*said == '\0' && strcmp (own, "esm") == 0)
    return UNDECIDED;
  return decide (j, SV_VERDICT_UNKNOWN,
                 "the fix is a %s build, this is a %s build: they do not "
                 "compare",
                 *said != '\0' ? said : "plain", *own != '\0' ? own : "plain");
}

static int
rule_version_known (SvJudgement *j)
{
  if (j->key != NULL)
    return UNDECIDED;
  return decide (j, SV_VERDICT_UNKNOWN,
                 j->compared == NULL ? "the installed %s version is not known"
                                     : "the installed %s version cannot be read",
                 j->statement->name_kind == SV_NAME_SOURCE ? "source" : "package");
}

/* Order of the installed version to @text, whose key may be at hand; 2 if it cannot be read. */
static int
order_to (const SvJudgement *j, const char *text, GBytes *made)
{
  g_autoptr (GBytes) key = made != NULL
                               ? g_bytes_ref (made)
                               : sv_version_key ((SvScheme)j->statement->scheme, text, NULL);
  if (key == NULL)
    return 2;
  int order = sv_key_bytes_compare (j->key, key);
  return (order > 0) - (order < 0);
}

static int
rule_introduced (SvJudgement *j)
{
  const char *introduced = j->statement->introduced;
  if (introduced == NULL || strcmp (introduced, "0") == 0 || *introduced == '\0')
    return UNDECIDED;
  int order = order_to (j, introduced, NULL);
  if (order == 2)
    return decide (j, SV_VERDICT_UNKNOWN, "its first affected version '%s' cannot be read",
                   introduced);
  return order >= 0 ? UNDECIDED
                    : decide (j, SV_VERDICT_NOT_AFFECTED, "%s is before the first affected %s",
                              j->compared, introduced);
}

static int
rule_fixed (SvJudgement *j)
{
  const char *fixed = j->statement->fixed, *last = j->statement->last_affected;
  if (fixed == NULL && last == NULL)
    return UNDECIDED;
  int order = fixed != NULL ? order_to (j, fixed, j->fixed_key) : order_to (j, last, NULL);
  if (order == 2)
    return decide (j, SV_VERDICT_UNKNOWN, "its version '%s' cannot be read",
                   fixed != NULL ? fixed : last);
  if (fixed != NULL)
    return order >= 0
               ? decide (j, SV_VERDICT_FIXED, "%s is not below the fixed %s", j->compared, fixed)
               : decide (j, SV_VERDICT_AFFECTED, "%s is below the fixed %s", j->compared, fixed);
  return order > 0 ? decide (j, SV_VERDICT_NOT_AFFECTED, "%s is above the last affected %s",
                             j->compared, last)
                   : decide (j, SV_VERDICT_AFFECTED, "%s is not above the last affected %s",
                             j->compared, last);
}

/* Neither fix nor end: only the source's own "affected from the beginning" counts (59). */
static int
rule_open (SvJudgement *j)
{
  if (j->statement->introduced == NULL)
    return decide (j, SV_VERDICT_UNKNOWN, "the source gives no range of versions");
  return decide (j, SV_VERDICT_AFFECTED, "the source says: affected, and there is no fix");
}

/* In this order; the first rule that decides ends the judgement. */
static int (*const rules[]) (SvJudgement *j) = {
    rule_release,    rule_name,   rule_origin, rule_arch,   rule_status,
    rule_same_build, rule_module, rule_line,   rule_stream, rule_version_known,
    rule_introduced, rule_fixed,  rule_open,
};

static SvJudgement
run_rules (const SvInstall *install, const SvClaim *claim, gboolean quiet, int *ret_verdict)
{
  const SvStatement *statement = claim->statement;
  gboolean by_source = statement->name_kind == SV_NAME_SOURCE;
  SvJudgement j = {.install = install,
                   .statement = statement,
                   .fixed_key = claim->fixed_key,
                   .quiet = quiet,
                   .key = by_source ? install->source_key : install->key,
                   .compared = by_source ? install->source_version : install->package->version};
  *ret_verdict = UNDECIDED;
  for (gsize i = 0; *ret_verdict == UNDECIDED && i < G_N_ELEMENTS (rules); i++)
    *ret_verdict = rules[i](&j);
  return j;
}

SvVerdict
sv_exposure_judge_quietly (const SvInstall *install, const SvClaim *claim)
{
  int verdict;
  run_rules (install, claim, TRUE, &verdict);
  return (SvVerdict)verdict;
}

SvReason *
sv_exposure_judge (const SvInstall *install, const SvClaim *claim)
{
  const SvStatement *statement = claim->statement;
  int verdict;
  SvJudgement j = run_rules (install, claim, FALSE, &verdict);
  SvReason *reason = g_new0 (SvReason, 1);
  reason->feed = g_strdup (claim->feed);
  reason->advisory = g_strdup (statement->advisory);
  reason->name_kind = statement->name_kind;
  reason->verdict = verdict;
  reason->promise = statement->promise;
  reason->fixed = g_strdup (statement->fixed);
  reason->compared = g_strdup (j.compared);
  reason->urgency = g_strdup (statement->urgency);
  reason->because = j.because;
  return reason;
}
