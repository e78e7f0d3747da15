#include "inventory/system_store.h"

#include <string.h>

#define FIELDS                                                                                     \
  "name, owner, line_of_business, role, criticality, mission_impact, safety_impact, national,"     \
  " targeted, zone, link_mbps, remote, intermittent, maintenance, baseline, hardening,"            \
  " changed_at_us"
#define VALUES                                                                                     \
  ":name, :owner, :line_of_business, :role, :criticality, :mission_impact, :safety_impact,"        \
  " :national, :targeted, :zone, :link_mbps, :remote, :intermittent, :maintenance, :baseline,"     \
  " :hardening, :changed_at_us"
#define COLUMNS                                                                                    \
  "id, " FIELDS ", created_at_us, protect_rank,"                                                   \
  " (SELECT COUNT (*) FROM host WHERE host.system = system.id AND package_set > 0) AS hosts"

/* --- writing --- */

static gboolean
write_system (SvQuery *query, const SvSystem *system, GError **error)
{
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_system_type, system);
  sv_query_bind_int64 (query, "rank", sv_system_rank (system));
  g_autoptr (GError) cause = NULL;
  if (sv_query_step (query, &cause) == SV_STEP_DONE)
    return TRUE;
  if (sv_error_is (cause, SV_ERROR_EXISTS))
    g_set_error (error, SV_ERROR, SV_ERROR_EXISTS, "there is a system '%s' already", system->name);
  else
    g_propagate_error (error, g_steal_pointer (&cause));
  return FALSE;
}

gboolean
sv_system_insert (SvDb *db, const SvSystem *system, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO system (id, protect_rank, created_at_us, " FIELDS ")"
                   " VALUES (:id, :rank, :created_at_us, " VALUES ")",
                   error);
  return write_system (query, system, error);
}

gboolean
sv_system_update (SvDb *db, const SvSystem *system, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "UPDATE system SET protect_rank = :rank, name = :name, owner = :owner,"
      " line_of_business = :line_of_business, role = :role, criticality = :criticality,"
      " mission_impact = :mission_impact, safety_impact = :safety_impact, national = :national,"
      " targeted = :targeted, zone = :zone, link_mbps = :link_mbps, remote = :remote,"
      " intermittent = :intermittent, maintenance = :maintenance, baseline = :baseline,"
      " hardening = :hardening, changed_at_us = :changed_at_us WHERE id = :id",
      error);
  return write_system (query, system, error);
}

static gboolean
free_hosts (SvDb *db, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE host SET system = NULL, system_by = NULL, placed = 0,"
                   " moved_at_us = :now WHERE system = :id",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_query_run (query, error);
}

/* Always a new revision: hosts of the system are to be placed anew. */
static gboolean
drop_rules_of (SvDb *db, const char *id, GError **error)
{
  g_autoptr (SvSystemRules) rules = sv_system_rules_load (db, error);
  if (rules == NULL)
    return FALSE;
  for (guint i = rules->rules->len; i-- > 0;) {
    SvSystemRule *rule = rules->rules->pdata[i];
    if (strcmp (rule->system, id) != 0)
      continue;
    g_ptr_array_remove_index (rules->rules, i);
    sv_record_free (&sv_system_rule_type, rule);
  }
  return sv_system_rules_save (db, rules, error);
}

gboolean
sv_system_delete (SvDb *db, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "DELETE FROM system WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  return sv_query_run (query, error) && free_hosts (db, id, now_us, error) &&
         drop_rules_of (db, id, error);
}

/* --- reading --- */

#define FROM_SYSTEMS                                                                               \
  " FROM system WHERE (CAST (:line AS TEXT) IS NULL OR line_of_business = :line)"                  \
  " AND (CAST (:system AS TEXT) IS NULL OR id = :system OR name = :system)"                        \
  " AND " SV_SYSTEM_IN_REACH ("id")

static void
bind_filter (SvQuery *query, const SvSystemFilter *filter)
{
  sv_query_bind_text (query, "line", filter->line_of_business);
  sv_query_bind_text (query, "system", filter->system);
  sv_query_bind_text (query, "reach", filter->reach);
}

SvSystem *
sv_system_load (SvDb *db, const char *id_or_name, const char *reach, GError **error)
{
  const SvSystemFilter filter = {.system = id_or_name, .reach = reach};
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT " COLUMNS FROM_SYSTEMS, error);
  if (query == NULL)
    return NULL;
  bind_filter (query, &filter);
  SvSystem *system = sv_rows_read_one (query, &sv_system_type, &cause);
  if (cause != NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
  } else if (system == NULL) {
    g_autofree char *printable = sv_text_printable (id_or_name);
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no system '%s'", printable);
  }
  return system;
}

gboolean
sv_system_count (SvDb *db, const SvSystemFilter *filter, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*)" FROM_SYSTEMS, error);
  if (query == NULL)
    return FALSE;
  bind_filter (query, filter);
  return sv_rows_read_int64 (query, ret_count, error);
}

/* A cursor is the rank and the name of the last system of its page. */
static gboolean
bind_cursor (SvQuery *query, const char *after, GError **error)
{
  const char *name = after != NULL ? strchr (after, ' ') : NULL;
  g_autofree char *number = name != NULL ? g_strndup (after, (gsize)(name - after)) : NULL;
  gint64 rank = G_MAXINT64;
  if (after != NULL && (number == NULL || !sv_text_parse_int64 (number, &rank, NULL)))
    return sv_error_set_invalid (error, "no cursor of this list:", after);
  sv_query_bind_int64 (query, "rank", rank);
  sv_query_bind_text (query, "name", name != NULL ? name + 1 : "");
  return TRUE;
}

GPtrArray *
sv_system_list (SvDb *db, const SvSystemFilter *filter, const char *after, gint64 limit,
                char **ret_next, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT " COLUMNS FROM_SYSTEMS
                   " AND (protect_rank < :rank OR (protect_rank = :rank AND name > :name))"
                   " ORDER BY protect_rank DESC, name LIMIT :limit",
                   error);
  if (query == NULL || !bind_cursor (query, after, error))
    return NULL;
  bind_filter (query, filter);
  sv_query_bind_int64 (query, "limit", limit + 1);
  GPtrArray *systems = sv_rows_read_all (query, &sv_system_type, error);
  *ret_next = NULL;
  if (systems != NULL && sv_rows_cut (systems, limit, &sv_system_type)) {
    const SvSystem *last = systems->pdata[systems->len - 1];
    *ret_next = g_strdup_printf ("%" G_GINT64_FORMAT " %s", sv_system_rank (last), last->name);
  }
  return systems;
}

GPtrArray *
sv_system_list_ids (SvDb *db, const SvSystemFilter *filter, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT id" FROM_SYSTEMS " ORDER BY id", error);
  if (query == NULL)
    return NULL;
  bind_filter (query, filter);
  return sv_rows_read_texts (query, error);
}

/* --- rules --- */

static gboolean
parse_rules (const char *document, SvSystemRules *rules, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory ("rules", document, strlen (document));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  return sv_record_read_json (&sv_system_rules_type, reader, SV_RECORD_LENIENT, rules, error);
}

SvSystemRules *
sv_system_rules_load (SvDb *db, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db, "SELECT revision, document FROM system_rules WHERE id = 1", error);
  if (query == NULL)
    return NULL;
  g_autoptr (SvSystemRules) rules = sv_record_new (&sv_system_rules_type);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ERROR ||
      (step == SV_STEP_ROW && !parse_rules (sv_query_get_text (query, 1), rules, error)))
    return NULL;
  rules->revision = step == SV_STEP_ROW ? sv_query_get_int64 (query, 0) : 0;
  if (rules->rules == NULL)
    rules->rules = g_ptr_array_new ();
  return g_steal_pointer (&rules);
}

static gboolean
check_revision (SvDb *db, const SvSystemRules *rules, GError **error)
{
  g_autoptr (SvSystemRules) now = sv_system_rules_load (db, error);
  if (now == NULL)
    return FALSE;
  if (now->revision == rules->revision)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_CONFLICT,
               "the rules were changed meanwhile: read revision %" G_GINT64_FORMAT
               " and change that",
               now->revision);
  return FALSE;
}

static gboolean
check_systems (SvDb *db, const SvSystemRules *rules, GError **error)
{
  for (guint i = 0; rules->rules != NULL && i < rules->rules->len; i++) {
    const SvSystemRule *rule = rules->rules->pdata[i];
    g_autoptr (SvSystem) system = sv_system_load (db, rule->system, NULL, error);
    if (system == NULL)
      return FALSE;
  }
  return TRUE;
}

gboolean
sv_system_rules_save (SvDb *db, SvSystemRules *rules, GError **error)
{
  if (!check_revision (db, rules, error) || !check_systems (db, rules, error))
    return FALSE;
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO system_rules (id, revision, document)"
                   " VALUES (1, :revision, :document) ON CONFLICT (id)"
                   " DO UPDATE SET revision = excluded.revision, document = excluded.document",
                   error);
  if (query == NULL)
    return FALSE;
  rules->revision++;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  sv_record_write_json (&sv_system_rules_type, rules, writer, NULL);
  sv_query_bind_int64 (query, "revision", rules->revision);
  sv_query_bind_text (query, "document", text->str);
  return sv_query_run (query, error);
}

/* --- placing --- */

typedef struct {
  char *host;
  char *system; /* NULL: none */
} Move;

static void
move_free (gpointer data)
{
  Move *move = data;
  g_free (move->host);
  g_free (move->system);
  g_free (move);
}

/* Hosts placed by older rules, with where they belong now. Those of a hand stay where they are. */
static GPtrArray *
list_moves (SvDb *db, const SvSystemRules *rules, gint64 limit, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "SELECT id, hostname, distro, hardware_class, addresses, system, system_by FROM host"
      " WHERE placed < :revision AND package_set > 0 ORDER BY id LIMIT :limit",
      error);
  if (query == NULL)
    return NULL;
  sv_query_bind_int64 (query, "revision", rules->revision);
  sv_query_bind_int64 (query, "limit", limit);
  g_autoptr (GPtrArray) moves = g_ptr_array_new_with_free_func (move_free);
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    const SvPlaceFacts facts = {
        .name = sv_query_get_text (query, 1),
        .distro = sv_query_get_text (query, 2),
        .hardware_class = sv_query_get_text (query, 3),
        .addresses = sv_query_get_text (query, 4),
    };
    gboolean by_hand = g_strcmp0 (sv_query_get_text (query, 6), "hand") == 0;
    Move *move = g_new (Move, 1);
    move->host = g_strdup (sv_query_get_text (query, 0));
    move->system =
        g_strdup (by_hand ? sv_query_get_text (query, 5) : sv_system_rules_find (rules, &facts));
    g_ptr_array_add (moves, move);
  }
  return step == SV_STEP_DONE ? g_steal_pointer (&moves) : NULL;
}

/* A host that stays where it was has not moved: indexes need not look at it. */
static gboolean
move_host (SvDb *db, const Move *move, gint64 revision, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db,
      "UPDATE host SET placed = :revision, system_by = CASE WHEN system_by = 'hand' THEN 'hand'"
      " WHEN CAST (:system AS TEXT) IS NULL THEN NULL ELSE 'rule' END,"
      " moved_at_us = CASE WHEN COALESCE (system, '') = COALESCE (CAST (:system AS TEXT), '')"
      " THEN moved_at_us ELSE :now END, system = :system WHERE id = :host",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "revision", revision);
  sv_query_bind_text (query, "system", move->system);
  sv_query_bind_int64 (query, "now", now_us);
  sv_query_bind_text (query, "host", move->host);
  return sv_query_run (query, error);
}

gboolean
sv_system_must_place (SvDb *db, gboolean *ret_must, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT 1 FROM host WHERE package_set > 0 AND placed <"
                   " COALESCE ((SELECT revision FROM system_rules WHERE id = 1), 0) LIMIT 1",
                   error);
  SvStep step = query != NULL ? sv_query_step (query, error) : SV_STEP_ERROR;
  *ret_must = step == SV_STEP_ROW;
  return step != SV_STEP_ERROR;
}

gboolean
sv_system_place_some (SvDb *db, gint64 limit, gint64 now_us, gboolean *ret_left, GError **error)
{
  g_autoptr (SvSystemRules) rules = sv_system_rules_load (db, error);
  g_autoptr (GPtrArray) moves = rules != NULL ? list_moves (db, rules, limit, error) : NULL;
  if (moves == NULL)
    return FALSE;
  for (guint i = 0; i < moves->len; i++)
    if (!move_host (db, moves->pdata[i], rules->revision, now_us, error))
      return FALSE;
  *ret_left = moves->len == limit;
  return TRUE;
}

gboolean
sv_system_place_by_hand (SvDb *db, const char *host, const char *system, gint64 now_us,
                         GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE host SET system = :system, system_by = CASE WHEN"
                   " CAST (:system AS TEXT) IS NULL THEN NULL ELSE 'hand' END,"
                   " placed = -1, moved_at_us = :now WHERE id = :host",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "system", system);
  sv_query_bind_text (query, "host", host);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_query_run (query, error);
}
