#include "exposure/policy.h"

#include <fnmatch.h>
#include <regex.h>
#include <string.h>

enum { PRIORITY_UNSET = G_MININT };

/* --- one pin --- */

typedef enum { MATCH_VERSION, MATCH_RELEASE, MATCH_ORIGIN } MatchKind;

/* "release o=Debian,a=stable": NULL members match everything. */
typedef struct {
  char *origin, *label, *suite, *codename, *version, *component, *arch;
  char *any;    /* "release stable": suite or codename */
  gboolean all; /* "release *" */
} ReleaseMatch;

typedef struct {
  MatchKind kind;
  char **names;  /* package patterns; NULL: a pin of all packages */
  char *pattern; /* of version or site */
  ReleaseMatch release;
  int priority;
} Pin;

struct SvPolicy {
  char *native_arch;
  GPtrArray *specific;    /* Pin with names, in order */
  GHashTable *priorities; /* SvIndex -> priority */
  int installed_priority;
};

static void
pin_free (Pin *pin)
{
  ReleaseMatch *release = &pin->release;
  char *texts[] = {pin->pattern,       release->origin,   release->label,
                   release->suite,     release->codename, release->version,
                   release->component, release->arch,     release->any};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_strfreev (pin->names);
  g_free (pin);
}

/* --- patterns --- */

static gboolean
matches_regex (const char *pattern, const char *text)
{
  g_autofree char *body = g_strndup (pattern + 1, strlen (pattern) - 2);
  regex_t regex;

  if (regcomp (&regex, body, REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
    return FALSE;
  gboolean found = regexec (&regex, text, 0, NULL, 0) == 0;
  regfree (&regex);
  return found;
}

static gboolean
is_regex (const char *pattern)
{
  gsize length = strlen (pattern);
  return length > 1 && pattern[0] == '/' && pattern[length - 1] == '/';
}

static gboolean
matches (const char *pattern, const char *text)
{
  if (text == NULL)
    return FALSE;
  if (is_regex (pattern))
    return matches_regex (pattern, text);
  return fnmatch (pattern, text, FNM_CASEFOLD) == 0;
}

static gboolean
matches_or_unset (const char *pattern, const char *text)
{
  return pattern == NULL || matches (pattern, text);
}

/* --- reading pins --- */

typedef struct {
  char key;
  gsize offset;
} ReleaseRow;

static const ReleaseRow release_rows[] = {
    {'o', G_STRUCT_OFFSET (ReleaseMatch, origin)},
    {'l', G_STRUCT_OFFSET (ReleaseMatch, label)},
    {'a', G_STRUCT_OFFSET (ReleaseMatch, suite)},
    {'n', G_STRUCT_OFFSET (ReleaseMatch, codename)},
    {'v', G_STRUCT_OFFSET (ReleaseMatch, version)},
    {'c', G_STRUCT_OFFSET (ReleaseMatch, component)},
    {'b', G_STRUCT_OFFSET (ReleaseMatch, arch)},
};

static void
parse_property (ReleaseMatch *release, const char *property)
{
  for (gsize i = 0; i < G_N_ELEMENTS (release_rows); i++)
    if (g_ascii_tolower (property[0]) == release_rows[i].key && property[1] == '=') {
      char **member = G_STRUCT_MEMBER_P (release, release_rows[i].offset);
      sv_text_set (member, property + 2);
    }
}

static void
parse_release (ReleaseMatch *release, const char *data)
{
  if (strcmp (data, "*") == 0) {
    release->all = TRUE;
  } else if (strpbrk (data, ",=") == NULL) {
    char **member = g_ascii_isdigit (*data) ? &release->version : &release->any;
    *member = g_strdup (data);
  } else {
    g_auto (GStrv) properties = g_strsplit (data, ",", -1);
    for (char **property = properties; *property != NULL; property++)
      parse_property (release, g_strstrip (*property));
  }
}

/* apt takes quotes around a site or a version off. */
static char *
unquote (const char *text)
{
  gsize length = strlen (text);
  if (length >= 2 && text[0] == '"' && text[length - 1] == '"')
    return g_strndup (text + 1, length - 2);
  return g_strdup (text);
}

static gboolean
parse_rule (Pin *pin, const char *rule)
{
  static const char *const kinds[] = {"version", "release", "origin", NULL};
  g_autofree char *word = g_ascii_strdown (rule, (gssize)strcspn (rule, " \t"));
  const char *data = rule + strlen (word);
  int kind = sv_enum_find (kinds, word);

  while (*data == ' ' || *data == '\t')
    data++;
  if (kind < 0 || *data == '\0')
    return FALSE;
  pin->kind = (MatchKind)kind;
  if (pin->kind == MATCH_RELEASE)
    parse_release (&pin->release, data);
  else
    pin->pattern = unquote (data);
  return pin->kind != MATCH_VERSION || pin->names != NULL;
}

static Pin *
parse_pin (const char *names, const char *rule, gint64 priority)
{
  Pin *pin = g_new0 (Pin, 1);
  pin->priority = (int)CLAMP (priority, G_MINSHORT, G_MAXSHORT);
  if (strcmp (names, "*") != 0)
    pin->names = g_strsplit_set (names, " \t\n", -1);
  if (parse_rule (pin, rule))
    return pin;
  pin_free (pin);
  return NULL;
}

/* --- what a pin matches --- */

static gboolean
release_matches (const ReleaseMatch *release, const SvIndex *index)
{
  if (release->all)
    return TRUE;
  if (release->any != NULL)
    return matches (release->any, index->suite) || matches (release->any, index->codename);
  gboolean empty = TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (release_rows); i++)
    empty = empty && G_STRUCT_MEMBER (char *, release, release_rows[i].offset) == NULL;
  return !empty && matches_or_unset (release->origin, index->origin) &&
         matches_or_unset (release->label, index->label) &&
         matches_or_unset (release->suite, index->suite) &&
         matches_or_unset (release->codename, index->codename) &&
         matches_or_unset (release->version, index->version) &&
         matches_or_unset (release->component, index->component) &&
         matches_or_unset (release->arch, index->arch);
}

static gboolean
index_matches (const Pin *pin, const SvIndex *index)
{
  if (pin->kind == MATCH_RELEASE)
    return release_matches (&pin->release, index);
  return pin->kind == MATCH_ORIGIN && matches (pin->pattern, index->site);
}

/* What apt knows of dpkg's own status file. */
static const SvIndex installed_index = {.suite = (char *)"now"};

static gboolean
choice_matches (const Pin *pin, const SvChoice *choice)
{
  if (pin->kind == MATCH_VERSION)
    return matches (pin->pattern, choice->version);
  for (guint i = 0; choice->offer != NULL && i < choice->offer->indexes->len; i++)
    if (index_matches (pin, g_ptr_array_index (choice->offer->indexes, i)))
      return TRUE;
  return choice->installed && pin->kind == MATCH_RELEASE && index_matches (pin, &installed_index);
}

/* "name", "na*", "/regex/", "src:name", each with ":arch"; without one it means the native one. */
static gboolean
name_matches (const SvPolicy *policy, const char *pattern, const char *name, const char *source,
              const char *arch)
{
  gboolean by_source = g_str_has_prefix (pattern, "src:");
  const char *subject = by_source ? source : name;
  g_autofree char *bare = g_strdup (by_source ? pattern + strlen ("src:") : pattern);
  char *colon = is_regex (bare) ? NULL : strrchr (bare, ':');
  const char *wanted = policy->native_arch;

  if (colon != NULL) {
    *colon = '\0';
    wanted = strcmp (colon + 1, "native") == 0 ? wanted : colon + 1;
  }
  if (strcmp (arch, "all") == 0)
    arch = policy->native_arch;
  if (strcmp (wanted, "any") != 0 && fnmatch (wanted, arch, 0) != 0 && !by_source)
    return FALSE;
  if (is_regex (bare) || strpbrk (bare, "*[?") != NULL)
    return matches (bare, subject);
  return g_strcmp0 (bare, subject) == 0;
}

static const Pin *
find_pin (const SvPolicy *policy, const char *name, const char *arch, const SvChoice *choice)
{
  const char *source = choice->offer != NULL ? choice->offer->source : name;
  for (guint i = 0; i < policy->specific->len; i++) {
    const Pin *pin = g_ptr_array_index (policy->specific, i);
    for (char **pattern = pin->names; *pattern != NULL; pattern++)
      if (**pattern != '\0' && name_matches (policy, *pattern, name, source, arch) &&
          choice_matches (pin, choice))
        return pin;
  }
  return NULL;
}

/* --- priorities --- */

static int
usual_priority (const SvIndex *index)
{
  if (index->but_automatic_upgrades)
    return 100;
  return index->not_automatic ? 1 : 500;
}

/* Of the pins of all packages, the first that matches an archive counts. */
static int
general_priority (const GPtrArray *general, const SvIndex *index, int usual)
{
  for (guint i = 0; i < general->len; i++) {
    const Pin *pin = g_ptr_array_index (general, i);
    if (index_matches (pin, index))
      return pin->priority;
  }
  return usual;
}

static void
sort_pins (const SvPolicyInput *input, GPtrArray *general, GPtrArray *specific)
{
  if (input->default_release != NULL) {
    Pin *pin = g_new0 (Pin, 1);
    pin->kind = MATCH_RELEASE;
    pin->priority = 990;
    parse_release (&pin->release, input->default_release);
    g_ptr_array_add (general, pin);
  }
  for (guint i = 0; input->pins != NULL && i < input->pins->len; i++) {
    const SvPin *given = g_ptr_array_index (input->pins, i);
    Pin *pin = parse_pin (given->package, given->pin, given->priority);
    if (pin != NULL)
      g_ptr_array_add (pin->names != NULL ? specific : general, pin);
  }
}

SvPolicy *
sv_policy_new (const SvPolicyInput *input)
{
  SvPolicy *policy = g_new0 (SvPolicy, 1);
  g_autoptr (GPtrArray) general = g_ptr_array_new_with_free_func ((GDestroyNotify)pin_free);

  policy->native_arch = g_strdup (input->native_arch);
  policy->specific = g_ptr_array_new_with_free_func ((GDestroyNotify)pin_free);
  policy->priorities = g_hash_table_new (NULL, NULL);
  sort_pins (input, general, policy->specific);
  for (guint i = 0; i < input->indexes->len; i++) {
    SvIndex *index = g_ptr_array_index (input->indexes, i);
    int priority = general_priority (general, index, usual_priority (index));
    g_hash_table_insert (policy->priorities, index, GINT_TO_POINTER (priority));
  }
  policy->installed_priority = general_priority (general, &installed_index, 100);
  return policy;
}

void
sv_policy_free (SvPolicy *policy)
{
  if (policy == NULL)
    return;
  g_free (policy->native_arch);
  g_clear_pointer (&policy->specific, g_ptr_array_unref);
  g_clear_pointer (&policy->priorities, g_hash_table_unref);
  g_free (policy);
}

int
sv_policy_get_index_priority (const SvPolicy *policy, const SvIndex *index)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (policy->priorities, index));
}

int
sv_policy_get_priority (const SvPolicy *policy, const char *name, const char *arch,
                        const SvChoice *choice)
{
  const Pin *pin = find_pin (policy, name, arch, choice);
  int best = PRIORITY_UNSET;

  if (pin != NULL)
    return pin->priority;
  if (choice->installed)
    best = policy->installed_priority;
  for (guint i = 0; choice->offer != NULL && i < choice->offer->indexes->len; i++)
    best = MAX (
        best, sv_policy_get_index_priority (policy, g_ptr_array_index (choice->offer->indexes, i)));
  return best == PRIORITY_UNSET ? 0 : best;
}

int
sv_policy_choose (const SvPolicy *policy, const char *name, const char *arch, const GArray *choices)
{
  gboolean below_installed = FALSE;
  int best = -1, best_priority = 0;

  for (guint i = 0; i < choices->len; i++) {
    const SvChoice *choice = &g_array_index (choices, SvChoice, i);
    int priority = sv_policy_get_priority (policy, name, arch, choice);
    if (priority > best_priority && (!below_installed || priority >= 1000)) {
      best = (int)i;
      best_priority = priority;
    }
    below_installed = below_installed || choice->installed;
  }
  return best;
}
