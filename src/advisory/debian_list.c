/* Debian's lists of advisories (DSA, DLA, DTSA): a heading line, CVEs in braces, one line for each
 * fixed package. */
#include "advisory/feed_reader.h"

#include "pkg/pkg.h"

#include <string.h>

typedef struct {
  char *codename;
  char *package;
  char *version; /* NULL where a word in angle brackets stands instead */
  SvStatus status;
  SvPromise promise;
  char *note;
  char *urgency;
} Fix;

typedef struct {
  guint64 line;
  char *id;
  char *family; /* id without its revision */
  guint64 revision;
  char *title;
  gint64 published_at_us;
  GPtrArray *cves; /* never NULL */
  GPtrArray *fixes;
} Notice;

static void
fix_free (gpointer data)
{
  Fix *fix = data;
  g_free (fix->codename);
  g_free (fix->package);
  g_free (fix->version);
  g_free (fix->note);
  g_free (fix->urgency);
  g_free (fix);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Fix, fix_free)

static void
notice_free (gpointer data)
{
  Notice *notice = data;
  g_free (notice->id);
  g_free (notice->family);
  g_free (notice->title);
  g_ptr_array_unref (notice->cves);
  g_ptr_array_unref (notice->fixes);
  g_free (notice);
}

typedef struct {
  const SvFeedInput *input;
  GPtrArray *notices; /* as they come in the list */
  guint64 line;
  guint64 items;
} Reading;

/* Cuts the next word off @cursor; NULL at the end. */
static char *
next_word (char **cursor)
{
  char *word = g_strchug (*cursor);
  gsize length = strcspn (word, " \t");
  if (length == 0)
    return NULL;
  *cursor = word + length + (word[length] != '\0');
  word[length] = '\0';
  return word;
}

/* "29 Mar 2023"; older lists spell the date out and stay without. */
static gint64
parse_date (const char *date)
{
  g_autofree char *mail = g_strconcat (date, " 00:00:00 UTC", NULL);
  gint64 instant_us = 0;
  return sv_time_parse_mail (mail, &instant_us, NULL) ? instant_us : 0;
}

/* "DSA-5356-2" is revision 2 of "DSA-5356"; "DSA-135" is a first revision. */
static void
set_id (Notice *notice, const char *id)
{
  notice->id = g_strdup (id);
  const char *first = strchr (id, '-');
  const char *last = strrchr (id, '-');
  gboolean has_revision = first != NULL && last != first && last[1] != '\0' && strlen (last) < 8;
  notice->family = has_revision ? g_strndup (id, (gsize)(last - id)) : g_strdup (id);
  notice->revision = has_revision ? g_ascii_strtoull (last + 1, NULL, 10) : 1;
}

/* "[29 Mar 2023] DSA-5380-1 xorg-server - security update" */
static gboolean
read_heading (Reading *reading, char *line, GError **error)
{
  char *cursor = strchr (line, ']');
  if (cursor == NULL)
    return sv_input_skip_line (reading->input, reading->line, "the date has no end", error);
  *cursor++ = '\0';
  char *id = next_word (&cursor);
  if (id == NULL || !g_ascii_isalpha (*id) || strchr (id, '-') == NULL)
    return sv_input_skip_line (reading->input, reading->line, "no id of an advisory", error);
  Notice *notice = g_new0 (Notice, 1);
  set_id (notice, id);
  notice->line = reading->line;
  notice->published_at_us = parse_date (line + 1);
  notice->title = g_strdup (g_strstrip (cursor));
  notice->cves = sv_strings_new ();
  notice->fixes = g_ptr_array_new_with_free_func (fix_free);
  g_ptr_array_add (reading->notices, notice);
  return TRUE;
}

/* What stands in place of a version (traps 35 to 40, 50). */
static const struct {
  const char *word;
  SvStatus status;
  SvPromise promise;
} words[] = {
    {"<not-affected>", SV_STATUS_NOT_AFFECTED, SV_PROMISE_NONE},
    {"<undetermined>", SV_STATUS_UNDETERMINED, SV_PROMISE_NONE},
    {"<unfixed>", SV_STATUS_AFFECTED, SV_PROMISE_NONE},
    {"<no-dsa>", SV_STATUS_AFFECTED, SV_PROMISE_POINT},
    {"<postponed>", SV_STATUS_AFFECTED, SV_PROMISE_LATER},
    {"<ignored>", SV_STATUS_AFFECTED, SV_PROMISE_NEVER},
    {"<end-of-life>", SV_STATUS_UNSUPPORTED, SV_PROMISE_NONE},
    {"<removed>", SV_STATUS_UNSUPPORTED, SV_PROMISE_NONE},
};

static gboolean
set_version (Fix *fix, const char *version)
{
  if (*version != '<') {
    fix->version = g_strdup (version);
    fix->status = SV_STATUS_AFFECTED;
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (strcmp (words[i].word, version) == 0) {
      fix->status = words[i].status;
      fix->promise = words[i].promise;
      return TRUE;
    }
  return FALSE;
}

static const char *const urgencies[] = {"unimportant", "low", "medium", "high", NULL};

/* "(low; bug #1)": the urgency, if one leads, and the remark. */
static void
set_remark (Fix *fix, char *remark)
{
  remark = g_strstrip (remark);
  gsize length = strlen (remark);
  if (length < 2 || remark[0] != '(' || remark[length - 1] != ')')
    return;
  fix->note = g_strndup (remark + 1, length - 2);
  g_autofree char *first = g_strndup (fix->note, strcspn (fix->note, "; "));
  if (g_strv_contains (urgencies, first))
    fix->urgency = g_steal_pointer (&first);
}

/* "[bullseye] - xorg-server 2:1.20.11-1+deb11u6 (low)"; without a release it is unstable. */
static gboolean
read_fix (Reading *reading, Notice *notice, char *line, GError **error)
{
  g_autoptr (Fix) fix = g_new0 (Fix, 1);
  char *cursor = line;
  char *word = next_word (&cursor);
  if (word != NULL && *word == '[') {
    gsize length = strlen (word);
    if (length < 3 || word[length - 1] != ']')
      return sv_input_skip_line (reading->input, reading->line, "the release has no end", error);
    fix->codename = g_strndup (word + 1, length - 2);
    word = next_word (&cursor);
  }
  if (fix->codename == NULL)
    fix->codename = g_strdup ("sid");
  char *package = word != NULL && strcmp (word, "-") == 0 ? next_word (&cursor) : NULL;
  char *version = package != NULL ? next_word (&cursor) : NULL;
  if (version == NULL)
    return sv_input_skip_line (reading->input, reading->line, "no package and version", error);
  fix->package = g_strdup (package);
  if (!set_version (fix, version))
    return sv_input_skip_line (reading->input, reading->line, "unknown word in place of a version",
                               error);
  set_remark (fix, cursor);
  g_ptr_array_add (notice->fixes, g_steal_pointer (&fix));
  return TRUE;
}

static gboolean
count_item (Reading *reading, GError **error)
{
  if (++reading->items <= SV_LIMIT_LIST_ITEMS)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "'%s' has more than %d notices and packages",
               sv_stream_get_name (reading->input->content), SV_LIMIT_LIST_ITEMS);
  return FALSE;
}

static gboolean
read_line (Reading *reading, char *line, GError **error)
{
  if (!count_item (reading, error))
    return FALSE;
  if (*line == '[')
    return read_heading (reading, line, error);
  g_strstrip (line);
  if (*line == '\0' || *line == '#' || g_str_has_prefix (line, "NOTE:"))
    return TRUE;
  if (reading->notices->len == 0)
    return sv_input_skip_line (reading->input, reading->line, "no advisory above it", error);
  Notice *notice = reading->notices->pdata[reading->notices->len - 1];
  if (*line == '[' || *line == '-')
    return read_fix (reading, notice, line, error);
  if (*line != '{')
    return sv_input_skip_line (reading->input, reading->line, "neither CVEs nor a package", error);
  if (notice->cves->len > 0)
    return sv_input_skip_line (reading->input, reading->line, "a second list of CVEs", error);
  sv_text_collect_cves (line, strlen (line), notice->cves);
  return TRUE;
}

static gboolean
read_lines (Reading *reading, char *text, GError **error)
{
  for (char *line = text, *next = NULL; line != NULL; line = next) {
    reading->line++;
    next = strchr (line, '\n');
    if (next != NULL)
      *next++ = '\0';
    if (strnlen (line, SV_LIMIT_LINE_BYTES + 1) > SV_LIMIT_LINE_BYTES) {
      if (!sv_input_skip_line (reading->input, reading->line, "the line is too long", error))
        return FALSE;
    } else if (!read_line (reading, line, error)) {
      return FALSE;
    }
  }
  return TRUE;
}

static gint
compare_revisions (gconstpointer a, gconstpointer b)
{
  const Notice *one = *(const Notice *const *)a, *other = *(const Notice *const *)b;
  if (one->revision != other->revision)
    return one->revision < other->revision ? -1 : 1;
  return one->line < other->line ? -1 : one->line > other->line;
}

/* A regression update names no CVE: it is about those of the revision before it (trap 42). */
static void
inherit_cves (GPtrArray *family)
{
  g_ptr_array_sort (family, compare_revisions);
  for (guint i = 1; i < family->len; i++) {
    Notice *notice = family->pdata[i];
    const Notice *before = family->pdata[i - 1];
    if (notice->cves->len > 0)
      continue;
    g_ptr_array_unref (notice->cves);
    notice->cves = g_ptr_array_ref (before->cves);
  }
}

static gboolean
add_advisory (const Reading *reading, const Notice *notice, GError **error)
{
  const SvAdvisory advisory = {.id = notice->id,
                               .class = SV_CLASS_SECURITY,
                               .title = notice->title,
                               .published_at_us = notice->published_at_us,
                               .modified_at_us = notice->published_at_us,
                               .vulnerabilities = notice->cves};
  return sv_input_add (reading->input, SV_FEED_ADVISORY, &advisory, error);
}

static gboolean
add_statement (const Reading *reading, const Notice *notice, const Fix *fix, const char *flaw,
               GError **error)
{
  const char *release = sv_distro_find_release ("debian", fix->codename);
  g_autofree char *full = g_strconcat ("debian:", release != NULL ? release : fix->codename, NULL);
  gboolean affected = fix->status == SV_STATUS_AFFECTED;
  const SvStatement statement = {.vulnerability = (char *)flaw,
                                 .advisory = notice->id,
                                 .release = full,
                                 .package = fix->package,
                                 .name_kind = SV_NAME_SOURCE,
                                 .scheme = SV_SCHEME_DEB,
                                 .status = (gint)fix->status,
                                 .promise = (gint)fix->promise,
                                 .introduced = affected ? (char *)"0" : NULL,
                                 .fixed = fix->version,
                                 .urgency = fix->urgency,
                                 .note = fix->note};
  return sv_input_add (reading->input, SV_FEED_STATEMENT, &statement, error);
}

/* @said holds what later revisions of the family said already: they supersede this one. */
static gboolean
add_fix (const Reading *reading, const Notice *notice, const Fix *fix, GHashTable *said,
         GError **error)
{
  guint n_flaws = MAX (notice->cves->len, 1);
  for (guint i = 0; i < n_flaws; i++) {
    /* trap 43: without a CVE it is still a finding, under its own id */
    const char *flaw = notice->cves->len > 0 ? notice->cves->pdata[i] : notice->id;
    if (g_hash_table_size (said) >= SV_LIMIT_RECORD_ITEMS) {
      g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "'%s' says more than %d things", notice->id,
                   SV_LIMIT_RECORD_ITEMS);
      return FALSE;
    }
    char *key = g_strjoin ("\n", fix->codename, fix->package, flaw, NULL);
    if (g_hash_table_add (said, key) && !add_statement (reading, notice, fix, flaw, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_family (const Reading *reading, GPtrArray *family, GError **error)
{
  g_autoptr (GHashTable) said = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  inherit_cves (family);
  for (guint i = family->len; i-- > 0;) {
    const Notice *notice = family->pdata[i];
    if (!add_advisory (reading, notice, error))
      return FALSE;
    for (guint k = 0; k < notice->fixes->len; k++)
      if (!add_fix (reading, notice, notice->fixes->pdata[k], said, error))
        return FALSE;
  }
  return TRUE;
}

/* In the order in which families first appear. */
static gboolean
add_families (const Reading *reading, GError **error)
{
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) families =
      g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < reading->notices->len; i++) {
    Notice *notice = reading->notices->pdata[i];
    GPtrArray *family = g_hash_table_lookup (by_name, notice->family);
    if (family == NULL) {
      family = g_ptr_array_new ();
      g_ptr_array_add (families, family);
      g_hash_table_insert (by_name, notice->family, family);
    }
    g_ptr_array_add (family, notice);
  }
  for (guint i = 0; i < families->len; i++)
    if (!add_family (reading, families->pdata[i], error))
      return FALSE;
  return TRUE;
}

gboolean
sv_debian_list_read (const SvFeedInput *input, GError **error)
{
  gsize size;
  g_autofree char *text = sv_stream_read_text (input->content, SV_LIMIT_LIST_BYTES, &size, error);
  if (text == NULL)
    return FALSE;
  if (memchr (text, '\0', size) != NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is no text: it holds NUL bytes",
                 sv_stream_get_name (input->content));
    return FALSE;
  }
  g_autoptr (GPtrArray) notices = g_ptr_array_new_with_free_func (notice_free);
  Reading reading = {.input = input, .notices = notices};
  return read_lines (&reading, text, error) && add_families (&reading, error);
}
