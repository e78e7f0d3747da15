/* OSV records: one JSON document, one advisory or vulnerability of an ecosystem. */
#include "advisory/ecosystem.h"
#include "advisory/module.h"
#include "advisory/osv_record.h"

#include <string.h>

static void
collect_cves (const GPtrArray *names, GPtrArray *flaws)
{
  g_autoptr (GString) all = g_string_new (NULL);
  for (guint i = 0; i < names->len; i++)
    g_string_append_printf (all, "%s\n", (const char *)names->pdata[i]);
  sv_text_collect_cves (all->str, all->len, flaws);
}

/* The flaws that the record is about: its own CVE ("UBUNTU-CVE-2021-3782"), else the CVEs among its
 * aliases, else those upstream of it, else the related ones, where AlmaLinux and SUSE put them
 * (trap 54). Later lists do not count once one has any: they name neighbours. */
static GPtrArray *
find_flaws (const SvOsvRecord *record)
{
  GPtrArray *flaws = sv_strings_new ();
  const GPtrArray *lists[] = {record->aliases, record->upstream, record->related};
  sv_text_collect_cves (record->id, strlen (record->id), flaws);
  for (guint i = 0; i < G_N_ELEMENTS (lists) && flaws->len == 0; i++)
    collect_cves (lists[i], flaws);
  return flaws;
}

static const struct {
  const char *letters;
  SvAdvisoryClass class;
} classes[] = {{"SA", SV_CLASS_SECURITY}, {"BA", SV_CLASS_BUGFIX}, {"EA", SV_CLASS_ENHANCEMENT}};

/* "ALBA-2021:1099" is a bug fix (trap 55); ids of another shape are security notices. */
static SvAdvisoryClass
class_of (const char *id)
{
  if (strcspn (id, "-") == 4)
    for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
      if (strncmp (id + 2, classes[i].letters, 2) == 0)
        return classes[i].class;
  return SV_CLASS_SECURITY;
}

static const char *const severity_words[] = {"Critical", "Important", "Moderate", "Low", NULL};

/* "Moderate: ruby:3.3 security update" leads with the vendor's word. */
static void
take_urgency_from_summary (SvOsvRecord *record)
{
  gsize length = record->summary != NULL ? strcspn (record->summary, ":") : 0;
  if (record->urgency != NULL || length == 0 || record->summary[length] == '\0')
    return;
  g_autofree char *word = g_strndup (record->summary, length);
  if (g_strv_contains (severity_words, word))
    record->urgency = g_steal_pointer (&word);
}

static gboolean
add_advisory (const SvOsvRecord *record, GPtrArray *flaws, GError **error)
{
  const SvAdvisory advisory = {.id = record->id,
                               .class = (gint)class_of (record->id),
                               .title = record->summary,
                               .severity = record->urgency,
                               .published_at_us = record->published_at_us,
                               .modified_at_us = record->modified_at_us,
                               .withdrawn_at_us = record->withdrawn_at_us,
                               .url = record->url,
                               .vulnerabilities = flaws};
  return sv_input_add (record->input, SV_FEED_ADVISORY, &advisory, error);
}

static gboolean
add_aliases (const SvOsvRecord *record, const GPtrArray *flaws, GError **error)
{
  g_autoptr (GPtrArray) own = sv_strings_new ();
  sv_text_collect_cves (record->id, strlen (record->id), own);
  for (guint i = 0; i < record->aliases->len; i++) {
    const SvAlias alias = {.id = record->id, .vulnerability = record->aliases->pdata[i]};
    if (!sv_input_add (record->input, SV_FEED_ALIAS, &alias, error))
      return FALSE;
  }
  if (own->len != 1 || strcmp (own->pdata[0], record->id) == 0)
    return TRUE;
  const SvAlias alias = {.id = record->id, .vulnerability = own->pdata[0]};
  return sv_input_add (record->input, SV_FEED_ALIAS, &alias, error);
}

/* One affected package while its statements are being made. */
typedef struct {
  const SvOsvRecord *record;
  const SvOsvAffected *affected;
  SvEcosystem ecosystem;
  const GPtrArray *flaws;
  const GPtrArray *streams; /* that the record's title names */
  SvStatement statement;    /* what all statements of the package share */
} Making;

static gboolean
add_for_flaws (Making *making, GError **error)
{
  for (guint i = 0; i < MAX (making->flaws->len, 1); i++) {
    making->statement.vulnerability =
        making->flaws->len > 0 ? making->flaws->pdata[i] : making->record->id;
    if (!sv_input_add (making->record->input, SV_FEED_STATEMENT, &making->statement, error))
      return FALSE;
  }
  return TRUE;
}

/* A modular build belongs to the streams that the title names; where it names none, the stream is
 * not known (NULL) and only builds of the same kind may be compared (traps 63, 64). */
static gboolean
add_for_streams (Making *making, GError **error)
{
  const SvStatement *statement = &making->statement;
  const char *version = statement->fixed != NULL ? statement->fixed : statement->last_affected;
  gboolean modular = version != NULL && sv_module_find_build (version, NULL) != NULL;
  if (!modular || making->streams->len == 0) {
    making->statement.module = making->ecosystem.modular && !modular ? (char *)"" : NULL;
    return add_for_flaws (making, error);
  }
  for (guint i = 0; i < making->streams->len; i++) {
    making->statement.module = making->streams->pdata[i];
    if (!add_for_flaws (making, error))
      return FALSE;
  }
  return TRUE;
}

static char *
version_or_null (const SvOsvEvent *event)
{
  return event != NULL && event->key != NULL ? event->version : NULL;
}

/* Without an end the beginning must be told: a statement without any range says nothing (59). */
static char *
find_introduced (const SvOsvInterval *interval)
{
  gboolean endless = interval->fixed == NULL && interval->last_affected == NULL;
  return endless && interval->introduced != NULL ? interval->introduced->version
                                                 : version_or_null (interval->introduced);
}

static gboolean
add_intervals (Making *making, const GArray *intervals, GError **error)
{
  for (guint i = 0; i < intervals->len; i++) {
    const SvOsvInterval *interval = &g_array_index (intervals, SvOsvInterval, i);
    making->statement.introduced = find_introduced (interval);
    making->statement.fixed = version_or_null (interval->fixed);
    making->statement.last_affected = version_or_null (interval->last_affected);
    if (!add_for_streams (making, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
add_binaries (Making *making, GError **error)
{
  making->statement.name_kind = SV_NAME_BINARY;
  for (guint i = 0; i < making->affected->binaries->len; i++) {
    const SvOsvBinary *binary = making->affected->binaries->pdata[i];
    char *key = g_strjoin ("\n", making->ecosystem.release, binary->name, binary->version, NULL);
    if (!g_hash_table_add (making->record->said, key))
      continue;
    making->statement.package = binary->name;
    making->statement.fixed = binary->version;
    if (!add_for_streams (making, error))
      return FALSE;
  }
  return TRUE;
}

/* SV_ERROR_INVALID_DATA for a malformed version. */
static GArray *
find_intervals (const SvOsvAffected *affected, SvScheme scheme, GError **error)
{
  g_autoptr (GArray) intervals = g_array_new (FALSE, FALSE, sizeof (SvOsvInterval));
  for (guint i = 0; i < affected->ranges->len; i++)
    if (!sv_osv_add_range (scheme, affected->ranges->pdata[i], intervals, error))
      return NULL;
  return sv_osv_add_versions (scheme, affected->versions, intervals, error)
             ? g_steal_pointer (&intervals)
             : NULL;
}

static gboolean
skip_affected (const SvOsvRecord *record, const char *package, const char *why, GError **error)
{
  g_autofree char *where =
      g_strdup_printf ("%s:$.affected '%s'", sv_stream_get_name (record->input->content), package);
  return record->input->sink->skip (record->input->sink->user_data, where, why, error);
}

static gboolean
add_package (Making *making, GError **error)
{
  const SvOsvAffected *affected = making->affected;
  gboolean source = making->ecosystem.is_source ||
                    (affected->purl != NULL && (strstr (affected->purl, "arch=source") != NULL ||
                                                strstr (affected->purl, "arch=src") != NULL));
  making->statement = (SvStatement){.advisory = making->record->id,
                                    .release = making->ecosystem.release,
                                    .package = affected->name,
                                    .name_kind = source ? SV_NAME_SOURCE : SV_NAME_BINARY,
                                    .scheme = making->ecosystem.scheme,
                                    .status = SV_STATUS_AFFECTED,
                                    .urgency = affected->urgency != NULL ? affected->urgency
                                                                         : making->record->urgency,
                                    .note = affected->availability,
                                    .class = (gint)class_of (making->record->id)};
  if (affected->binaries->len > 0)
    return add_binaries (making, error);
  g_autoptr (GError) malformed = NULL;
  g_autoptr (GArray) intervals =
      find_intervals (affected, (SvScheme)making->ecosystem.scheme, &malformed);
  if (intervals == NULL)
    return skip_affected (making->record, affected->name, malformed->message, error);
  if (intervals->len == 0) /* trap 59: nothing to compare with, so nothing is said */
    return skip_affected (making->record, affected->name, "neither ranges nor versions", error);
  return add_intervals (making, intervals, error);
}

static gboolean
add_affected (const SvOsvRecord *record, const SvOsvAffected *affected, const GPtrArray *flaws,
              const GPtrArray *streams, GError **error)
{
  if (affected->ecosystem == NULL || affected->name == NULL) {
    sv_input_pass (record->input, "no package");
    return TRUE;
  }
  g_auto (SvEcosystem) ecosystem = {0};
  if (!sv_ecosystem_parse (affected->ecosystem, &ecosystem)) {
    sv_input_pass (record->input, affected->ecosystem);
    return TRUE;
  }
  Making making = {.record = record,
                   .affected = affected,
                   .ecosystem = ecosystem,
                   .flaws = affected->cves->len > 0 ? affected->cves : flaws,
                   .streams = streams};
  return add_package (&making, error);
}

static gboolean
add_record (SvOsvRecord *record, GError **error)
{
  take_urgency_from_summary (record);
  g_autoptr (GPtrArray) flaws = find_flaws (record);
  g_autoptr (GPtrArray) streams = sv_strings_new ();
  if (record->summary != NULL)
    sv_module_collect_streams (record->summary, streams);
  if (!add_advisory (record, flaws, error) || !add_aliases (record, flaws, error))
    return FALSE;
  if (record->withdrawn_at_us != 0) /* trap 52 */
    return TRUE;
  for (guint i = 0; i < record->affected->len; i++)
    if (!add_affected (record, record->affected->pdata[i], flaws, streams, error))
      return FALSE;
  return TRUE;
}

gboolean
sv_osv_read (const SvFeedInput *input, GError **error)
{
  g_auto (SvOsvRecord) record = {0};
  return sv_osv_record_read (input, &record, error) && add_record (&record, error);
}
