#include "inventory/host_store.h"

#include "inventory/host_history.h"
#include "inventory/id_list.h"
#include "inventory/inventory_audit_store.h"
#include "inventory/posture_store.h"
#include "inventory/system_store.h"

#include <string.h>

#define HOST_COLUMNS                                                                               \
  "id, hostname, distro, os, machine, hardware_class, kernel, reboot, packages, first_seen_us,"    \
  " last_seen_us, collected_at_us, retired_at_us, system AS system_id,"                            \
  " (SELECT name FROM system WHERE system.id = host.system) AS system"

/* --- facts --- */

/* Facts as they are kept: with what is held, without packages. */
typedef struct {
  SvInventory *facts;
  GPtrArray *held; /* strings */
} KeptFacts;

static const SvField kept_fields[] = {
    SV_FIELD (KeptFacts, facts, SV_TYPE_RECORD, .record = &sv_inventory_type, .doc = "Facts."),
    SV_FIELD (KeptFacts, held, SV_TYPE_STRINGS, .max = SV_LIMIT_PACKAGES, .doc = "Held packages."),
};
static SV_RECORD_TYPE (kept_type, KeptFacts, "KeptFacts", kept_fields, "Facts of one host.");

/* NULL: more than can be read back. */
static GBytes *
pack_facts (const SvCheckin *report, GError **error)
{
  SvInventory facts = *report->facts; /* lent */
  facts.packages = NULL;
  const KeptFacts kept = {&facts, report->held};
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 0);
  sv_record_write_json (&kept_type, &kept, writer, NULL);
  if (text->len <= SV_LIMIT_FACTS_BYTES)
    return sv_bytes_deflate (text->str, text->len);
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "the facts take more than %d bytes",
               SV_LIMIT_FACTS_BYTES);
  return NULL;
}

/* --- checking in --- */

/* One report on its way into the store. */
typedef struct {
  SvDictionary *dictionary;
  SvDb *db;
  const char *host;
  const SvCheckin *report;
  gboolean is_new;
  SvHostPlace old; /* what the host had; zeros: nothing */
  GBytes *facts;   /* packed; NULL: as before */
  GArray *ids;     /* what it has now */
  SvDigest digest;
} Arrival;

static void
arrival_clear (Arrival *arrival)
{
  g_clear_pointer (&arrival->facts, g_bytes_unref);
  g_clear_pointer (&arrival->ids, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arrival, arrival_clear)

static gboolean
send_everything (GError **error, const char *why)
{
  g_set_error (error, SV_ERROR, SV_ERROR_CONFLICT, "%s: send the whole set and all facts", why);
  return FALSE;
}

/* From the columns package_set, posture, system on. */
static void
read_place (const SvQuery *query, guint column, SvHostPlace *place)
{
  const char *system = sv_query_get_text (query, column + 2);
  *place = (SvHostPlace){.set = sv_query_get_int64 (query, column),
                         .posture = sv_query_get_int64 (query, column + 1)};
  g_strlcpy (place->system, system != NULL ? system : "", sizeof place->system);
}

static gboolean
find_host (Arrival *arrival, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      arrival->db, "SELECT package_set, posture, system FROM host WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", arrival->host);
  SvStep step = sv_query_step (query, error);
  arrival->is_new = step == SV_STEP_DONE;
  if (step == SV_STEP_ROW)
    read_place (query, 0, &arrival->old);
  return step != SV_STEP_ERROR;
}

/* The set that the report builds on; 0: none. */
static gboolean
find_base (const Arrival *arrival, gint64 *ret_set, GError **error)
{
  const char *base = arrival->report->base;
  SvDigest digest;
  *ret_set = 0;
  if (base == NULL)
    return TRUE;
  if (!sv_digest_parse (base, &digest, error) ||
      !sv_package_set_find (arrival->db, &digest, ret_set, error))
    return FALSE;
  return (*ret_set != 0 && *ret_set == arrival->old.set) ||
         send_everything (error, "the set that this report builds on is not kept of this host");
}

/* Ids of the digests that the report takes away; ascending. */
static gboolean
list_removed (const Arrival *arrival, const GArray *base, GArray **ret_ids, GError **error)
{
  g_autoptr (GArray) gone = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_autoptr (GHashTable) wanted = g_hash_table_new (NULL, NULL);
  const GPtrArray *removed = arrival->report->removed;
  for (guint i = 0; removed != NULL && i < removed->len; i++) {
    SvDigest digest;
    guint32 id;
    if (!sv_digest_parse (removed->pdata[i], &digest, error) ||
        !sv_dictionary_look_up (arrival->dictionary, arrival->db, &digest, &id, error))
      return FALSE;
    g_hash_table_add (wanted, GUINT_TO_POINTER (id));
  }
  for (guint i = 0; i < base->len; i++) {
    guint32 id = g_array_index (base, guint32, i);
    if (g_hash_table_contains (wanted, GUINT_TO_POINTER (id)))
      g_array_append_val (gone, id);
  }
  *ret_ids = g_steal_pointer (&gone);
  return TRUE;
}

static gint
compare_digests (gconstpointer a, gconstpointer b)
{
  return sv_digest_compare (a, b);
}

/* Sorts, and leaves each in once. */
static void
make_set (GArray *digests)
{
  guint n = 0;
  g_array_sort (digests, compare_digests);
  for (guint i = 0; i < digests->len; i++) {
    const SvDigest *digest = &g_array_index (digests, SvDigest, i);
    if (n == 0 || sv_digest_compare (&g_array_index (digests, SvDigest, n - 1), digest) != 0)
      g_array_index (digests, SvDigest, n++) = *digest;
  }
  g_array_set_size (digests, n);
}

/* The host's word for its set is never taken: what @stays and what it sent must make that digest.
 * Nothing is kept of a report that lies. */
static gboolean
verify_set (Arrival *arrival, const GArray *stays, const GPtrArray *packages, GError **error)
{
  SvDigest said;
  if (!sv_digest_parse (arrival->report->set, &said, error))
    return FALSE;
  g_autoptr (GArray) digests =
      sv_dictionary_list_digests (arrival->dictionary, arrival->db, stays, error);
  if (digests == NULL)
    return FALSE;
  g_autoptr (GArray) sent = sv_package_digest_each (packages);
  g_array_append_vals (digests, sent->data, sent->len);
  make_set (digests);
  if (digests->len > SV_LIMIT_PACKAGES) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "more than %d packages", SV_LIMIT_PACKAGES);
    return FALSE;
  }
  arrival->digest = sv_package_set_digest (digests);
  if (sv_digest_compare (&said, &arrival->digest) == 0)
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                       "what was sent does not make the set that it is said to make");
  return FALSE;
}

static gboolean
resolve_set (Arrival *arrival, GError **error)
{
  static const GPtrArray nothing = {0};
  const GPtrArray *packages = arrival->report->added != NULL ? arrival->report->added : &nothing;
  g_autoptr (GArray) base = NULL, removed = NULL, added = NULL;
  gint64 set;
  if (!find_base (arrival, &set, error) || !sv_package_set_load (arrival->db, set, &base, error) ||
      !list_removed (arrival, base, &removed, error))
    return FALSE;
  g_autoptr (GArray) stays = sv_id_list_subtract (base, removed);
  if (!verify_set (arrival, stays, packages, error) ||
      !sv_dictionary_take (arrival->dictionary, arrival->db, packages, &added, error))
    return FALSE;
  arrival->ids = sv_id_list_apply (base, removed, added);
  return TRUE;
}

static gboolean
is_unchanged (const Arrival *arrival)
{
  const SvCheckin *report = arrival->report;
  return report->base != NULL && strcmp (report->base, report->set) == 0 &&
         (report->added == NULL || report->added->len == 0) &&
         (report->removed == NULL || report->removed->len == 0);
}

static gboolean
keep_set (Arrival *arrival, gint64 *ret_set, GError **error)
{
  if (is_unchanged (arrival)) /* mostly: then nothing needs to be read or hashed */
    return find_base (arrival, ret_set, error);
  return resolve_set (arrival, error) &&
         sv_package_set_keep (arrival->db, &arrival->digest, arrival->ids, arrival->old.set,
                              ret_set, error);
}

static gboolean
insert_host (const Arrival *arrival, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (arrival->db,
                   "INSERT INTO host (id, hostname, placed, first_seen_us, last_seen_us)"
                   " VALUES (:id, '', -1, :now, :now)",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", arrival->host);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_query_run (query, error);
}

static gboolean
touch_host (const Arrival *arrival, const SvHostPlace *place, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      arrival->db,
      "UPDATE host SET last_seen_us = :now, package_set = :set, posture = :posture,"
      " retired_at_us = 0, packages = (SELECT size FROM package_set WHERE id = :set),"
      " moved_at_us = CASE WHEN CAST (:moved AS BIGINT) = 1 THEN :now ELSE moved_at_us END"
      " WHERE id = :id",
      error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "now", now_us);
  sv_query_bind_int64 (query, "set", place->set);
  sv_query_bind_int64 (query, "posture", place->posture);
  sv_query_bind_int64 (query, "moved", place->moved);
  sv_query_bind_text (query, "id", arrival->host);
  return sv_query_run (query, error);
}

static gboolean
update_host (const Arrival *arrival, const SvHost *host, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (arrival->db,
                   "UPDATE host SET placed = CASE WHEN hostname = :hostname"
                   " AND COALESCE (distro, '') = COALESCE (CAST (:distro AS TEXT), '')"
                   " AND COALESCE (hardware_class, '') ="
                   " COALESCE (CAST (:hardware_class AS TEXT), '')"
                   " AND addresses = :addresses THEN placed ELSE -1 END, macs = :macs,"
                   " hostname = :hostname, distro = :distro, os = :os, addresses = :addresses,"
                   " machine = :machine, hardware_class = :hardware_class, kernel = :kernel,"
                   " reboot = :reboot, collected_at_us = :collected_at_us WHERE id = :id",
                   error);
  if (query == NULL)
    return FALSE;
  g_autofree char *addresses = sv_facts_list_addresses (arrival->report->facts);
  g_autofree char *macs = sv_facts_list_macs (arrival->report->facts);
  sv_query_bind_text (query, "addresses", addresses);
  sv_query_bind_text (query, "macs", macs);
  sv_query_bind_record (query, &sv_host_type, host);
  return sv_query_run (query, error);
}

static gboolean
replace_facts (const Arrival *arrival, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (arrival->db,
                   "INSERT INTO host_facts (host, facts) VALUES (:host, :facts)"
                   " ON CONFLICT (host) DO UPDATE SET facts = excluded.facts",
                   error);
  if (query == NULL)
    return FALSE;
  gsize size;
  const void *data = g_bytes_get_data (arrival->facts, &size);
  sv_query_bind_text (query, "host", arrival->host);
  sv_query_bind_blob (query, "facts", data, size);
  return sv_query_run (query, error);
}

static gboolean
keep_facts (const Arrival *arrival, GError **error)
{
  const SvInventory *facts = arrival->report->facts;
  if (facts == NULL)
    return TRUE;
  g_autoptr (SvHost) host = sv_record_new (&sv_host_type);
  sv_host_set_facts (host, facts);
  sv_text_set (&host->id, arrival->host);
  if (host->hostname == NULL)
    sv_text_set (&host->hostname, "");
  return update_host (arrival, host, error) && replace_facts (arrival, error);
}

static gboolean
find_place (Arrival *arrival, SvHostPlace *ret_place, GError **error)
{
  const SvInventory *facts = arrival->report->facts;
  *ret_place = arrival->old;
  if (!keep_set (arrival, &ret_place->set, error) ||
      (facts != NULL && !sv_posture_keep (arrival->db, facts, &ret_place->posture, error)))
    return FALSE;
  ret_place->moved =
      ret_place->set != arrival->old.set || ret_place->posture != arrival->old.posture;
  return TRUE;
}

/* What is refused for itself is refused before anything was written. */
static gboolean
check (Arrival *arrival, GError **error)
{
  const SvCheckin *report = arrival->report;
  if (!sv_checkin_check (report, error))
    return FALSE;
  if (report->facts != NULL)
    arrival->facts = pack_facts (report, error);
  return report->facts == NULL || arrival->facts != NULL;
}

gboolean
sv_host_check_in (SvDictionary *dictionary, SvDb *db, const char *host, const SvCheckin *checkin,
                  gint64 now_us, SvHostPlace *ret_place, GError **error)
{
  g_auto (Arrival) arrival = {.dictionary = dictionary, .db = db, .host = host, .report = checkin};
  if (!check (&arrival, error) || !find_host (&arrival, error))
    return FALSE;
  if (arrival.old.set == 0 && checkin->facts == NULL)
    return send_everything (error, "this host is new here");
  if (!find_place (&arrival, ret_place, error) ||
      (arrival.is_new && !insert_host (&arrival, now_us, error)) ||
      !touch_host (&arrival, ret_place, now_us, error) || !keep_facts (&arrival, error))
    return FALSE;
  if (ret_place->moved && !sv_host_note_move (db, host, &arrival.old, ret_place, now_us, error))
    return FALSE;
  gboolean left = arrival.old.set != 0 && arrival.old.set != ret_place->set;
  return !left || sv_package_set_drop (db, arrival.old.set, error);
}

/* --- one host --- */

static gboolean
no_such_host (GError **error, const char *id)
{
  g_autofree char *printable = sv_text_printable (id);
  g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "there is no host '%s'", printable);
  return FALSE;
}

SvHost *
sv_host_load (SvDb *db, const char *id, const char *reach, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (SvQuery) query = sv_db_query (db,
                                           "SELECT " HOST_COLUMNS " FROM host WHERE id = :id"
                                           " AND " SV_SYSTEM_IN_REACH ("system"),
                                           error);
  if (query == NULL)
    return NULL;
  sv_query_bind_text (query, "id", id);
  sv_query_bind_text (query, "reach", reach);
  SvHost *host = sv_rows_read_one (query, &sv_host_type, &cause);
  if (cause != NULL)
    g_propagate_error (error, g_steal_pointer (&cause));
  else if (host == NULL)
    no_such_host (error, id);
  return host;
}

static gboolean
take_out (SvDb *db, const char *id, gint64 now_us, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "UPDATE host SET retired_at_us = :now, moved_at_us = :now, package_set = 0,"
                   " posture = 0, system = NULL, system_by = NULL, placed = -1 WHERE id = :id",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  sv_query_bind_int64 (query, "now", now_us);
  return sv_query_run (query, error);
}

gboolean
sv_host_retire (SvDb *db, const char *id, gint64 now_us, GError **error)
{
  Arrival of = {.db = db, .host = id};
  if (!find_host (&of, error))
    return FALSE;
  if (of.is_new || of.old.set == 0)
    return no_such_host (error, id);
  const SvHostPlace nowhere = {0};
  return sv_host_note_move (db, id, &of.old, &nowhere, now_us, error) &&
         take_out (db, id, now_us, error) && sv_package_set_drop (db, of.old.set, error);
}

static gboolean
unpack_facts (const void *data, gsize size, KeptFacts *ret_facts, GError **error)
{
  g_autoptr (GBytes) text = sv_bytes_inflate (data, size, SV_LIMIT_FACTS_BYTES, error);
  if (text == NULL)
    return FALSE;
  g_autoptr (SvStream) stream =
      sv_stream_new_memory ("facts", g_bytes_get_data (text, NULL), g_bytes_get_size (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  if (sv_record_read_json (&kept_type, reader, SV_RECORD_LENIENT, ret_facts, error))
    return TRUE;
  sv_record_clear (&kept_type, ret_facts);
  return FALSE;
}

static gboolean
load_facts (SvDb *db, const char *id, KeptFacts *ret_facts, gint64 *ret_set, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (
      db, "SELECT package_set, facts FROM host JOIN host_facts ON host = id WHERE id = :id", error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_text (query, "id", id);
  SvStep step = sv_query_step (query, error);
  if (step == SV_STEP_ERROR)
    return FALSE;
  gsize size;
  const void *data = step == SV_STEP_ROW ? sv_query_get_blob (query, 1, &size) : NULL;
  if (data == NULL)
    return no_such_host (error, id);
  *ret_set = sv_query_get_int64 (query, 0);
  return unpack_facts (data, size, ret_facts, error);
}

static gint
compare_packages (gconstpointer a, gconstpointer b)
{
  const SvPackage *x = *(SvPackage *const *)a, *y = *(SvPackage *const *)b;
  int order = strcmp (x->name, y->name);
  if (order == 0)
    order = g_strcmp0 (x->arch, y->arch);
  return order != 0 ? order : strcmp (x->version, y->version);
}

/* Copies of the packages @ids, in the order of inventories. */
static GPtrArray *
list_packages (SvDictionary *dictionary, const GArray *ids, const GPtrArray *held, GError **error)
{
  g_autoptr (GHashTable) on_hold = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; held != NULL && i < held->len; i++)
    g_hash_table_add (on_hold, held->pdata[i]);
  GPtrArray *packages = g_ptr_array_new ();
  for (guint i = 0; i < ids->len; i++) {
    const SvPackage *known =
        sv_dictionary_find_package (dictionary, g_array_index (ids, guint32, i));
    SvPackage *package = sv_record_copy (&sv_package_type, known);
    g_autofree char *key = g_strconcat (package->name, ":", package->arch, NULL);
    package->held = g_hash_table_contains (on_hold, key);
    g_ptr_array_add (packages, package);
  }
  g_ptr_array_sort (packages, compare_packages);
  return packages;
}

SvInventory *
sv_host_load_inventory (SvDictionary *dictionary, SvDb *db, const char *id, GError **error)
{
  KeptFacts kept = {0};
  g_autoptr (GArray) ids = NULL;
  gint64 set = 0;
  if (!load_facts (db, id, &kept, &set, error))
    return NULL;
  g_autoptr (SvInventory) inventory = g_steal_pointer (&kept.facts);
  g_autoptr (GPtrArray) held = g_steal_pointer (&kept.held);
  if (!sv_package_set_load (db, set, &ids, error) || !sv_dictionary_refresh (dictionary, db, error))
    return NULL;
  g_clear_pointer (&inventory->packages, g_ptr_array_unref); /* read as an empty list */
  inventory->packages = list_packages (dictionary, ids, held, error);
  return g_steal_pointer (&inventory);
}

/* --- lists: count and rows by the same words --- */

#define FROM_HOSTS                                                                                 \
  " FROM host WHERE package_set > 0"                                                               \
  " AND (CAST (:system AS TEXT) IS NULL OR COALESCE (system, '') = :system)"                       \
  " AND (CAST (:line AS TEXT) IS NULL OR system IN"                                                \
  " (SELECT id FROM system WHERE line_of_business = :line))"                                       \
  " AND (CAST (:baseline AS TEXT) IS NULL OR system IN"                                            \
  " (SELECT id FROM system WHERE baseline = :baseline))"                                           \
  " AND " SV_SYSTEM_IN_REACH (                                                                     \
      "system") " AND (CAST (:distro AS TEXT) IS NULL OR distro = :distro)"                        \
                " AND (CAST (:reboot AS TEXT) IS NULL OR reboot = :reboot)"                        \
                " AND (CAST (:name AS TEXT) IS NULL OR (hostname >= :name AND hostname < "         \
                ":name_end))"                                                                      \
                " AND last_seen_us > :seen_after AND last_seen_us < :seen_before"                  \
                " AND " SV_HOST_IS_SILENT

/* Behind every text that begins with what stands before it. */
#define LAST_CHARACTER "\xf4\x8f\xbf\xbf"

static void
bind_filter (SvQuery *query, const SvHostFilter *filter)
{
  g_autofree char *name_end =
      filter->name != NULL ? g_strconcat (filter->name, LAST_CHARACTER, NULL) : NULL;
  sv_query_bind_text (query, "system", filter->system);
  sv_query_bind_text (query, "line", filter->line_of_business);
  sv_query_bind_text (query, "baseline", filter->baseline);
  sv_query_bind_text (query, "reach", filter->reach);
  sv_query_bind_text (query, "distro", filter->distro);
  sv_query_bind_text (query, "reboot", filter->reboot);
  sv_query_bind_text (query, "name", filter->name);
  sv_query_bind_text (query, "name_end", name_end);
  sv_query_bind_int64 (query, "silent_audits", filter->silent_audits);
  sv_query_bind_int64 (query, "seen_after", filter->seen_after_us);
  sv_query_bind_int64 (query, "seen_before",
                       filter->seen_before_us > 0 ? filter->seen_before_us : G_MAXINT64);
}

gboolean
sv_host_count (SvDb *db, const SvHostFilter *filter, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*)" FROM_HOSTS, error);
  if (query == NULL)
    return FALSE;
  bind_filter (query, filter);
  if (sv_query_step (query, error) != SV_STEP_ROW)
    return FALSE;
  *ret_count = sv_query_get_int64 (query, 0);
  return TRUE;
}

/* A cursor is the id and the name of the last host of its page. */
static gboolean
bind_cursor (SvQuery *query, const char *after, GError **error)
{
  const char *name = after != NULL ? strchr (after, ' ') : NULL;
  if (after != NULL && name == NULL)
    return sv_error_set_invalid (error, "no cursor of this list:", after);
  g_autofree char *id = after != NULL ? g_strndup (after, (gsize)(name - after)) : g_strdup ("");
  sv_query_bind_text (query, "after_name", after != NULL ? name + 1 : "");
  sv_query_bind_text (query, "after_id", id);
  return TRUE;
}

GPtrArray *
sv_host_list (SvDb *db, const SvHostFilter *filter, const char *after, gint64 limit,
              char **ret_next, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT " HOST_COLUMNS FROM_HOSTS
                   " AND (hostname > :after_name OR (hostname = :after_name AND id > :after_id))"
                   " ORDER BY hostname, id LIMIT :limit",
                   error);
  if (query == NULL || !bind_cursor (query, after, error))
    return NULL;
  bind_filter (query, filter);
  sv_query_bind_int64 (query, "limit", limit + 1); /* one more tells whether there is more */
  GPtrArray *hosts = sv_rows_read_all (query, &sv_host_type, error);
  *ret_next = NULL;
  if (hosts != NULL && sv_rows_cut (hosts, limit, &sv_host_type)) {
    const SvHost *last = hosts->pdata[hosts->len - 1];
    *ret_next = g_strconcat (last->id, " ", last->hostname, NULL);
  }
  return hosts;
}

static gboolean
walk_places (SvQuery *query, SvHostPlaceFunc func, gpointer user_data, GError **error)
{
  SvStep step;
  while ((step = sv_query_step (query, error)) == SV_STEP_ROW) {
    SvHostPlace place;
    read_place (query, 1, &place);
    if (!func (sv_query_get_text (query, 0), &place, user_data, error))
      return FALSE;
  }
  return step == SV_STEP_DONE;
}

gboolean
sv_host_foreach_place (SvDb *db, SvHostPlaceFunc func, gpointer user_data, GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT id, package_set, posture, system FROM host WHERE package_set > 0"
                   " ORDER BY package_set, id",
                   error);
  return query != NULL && walk_places (query, func, user_data, error);
}

gboolean
sv_host_foreach_moved (SvDb *db, gint64 since_us, SvHostPlaceFunc func, gpointer user_data,
                       GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT id, package_set, posture, system FROM host WHERE moved_at_us >= :since"
                   " ORDER BY moved_at_us, id",
                   error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_int64 (query, "since", since_us);
  return walk_places (query, func, user_data, error);
}
