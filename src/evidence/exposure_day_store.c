#include "evidence/exposure_day_store.h"

#define INSERT_DAY                                                                                 \
  "INSERT INTO exposure_day (day, system, at_us, hosts, stale, unknown, affected, exposures,"      \
  " fixable, exploited, resolved, within_2, within_14, within_30, within_60) VALUES (:day,"        \
  " :system, :at_us, :hosts, :stale, :unknown, :affected, :exposures, :fixable, :exploited,"       \
  " :resolved, :within_2, :within_14, :within_30, :within_60) ON CONFLICT (system, day) DO UPDATE" \
  " SET resolved = excluded.resolved, within_2 = excluded.within_2,"                               \
  " within_14 = excluded.within_14, within_30 = excluded.within_30,"                               \
  " within_60 = excluded.within_60"

static const char *const save_texts[] = {
    [SV_DAY_ALL] = INSERT_DAY ", at_us = excluded.at_us, hosts = excluded.hosts,"
                              " stale = excluded.stale, unknown = excluded.unknown,"
                              " affected = excluded.affected, exposures = excluded.exposures,"
                              " fixable = excluded.fixable, exploited = excluded.exploited",
    [SV_DAY_ENDED] = INSERT_DAY,
};

static gboolean
save_day (SvDb *db, const char *sql, const char *system, const SvExposureDay *day, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, sql, error);
  if (query == NULL)
    return FALSE;
  sv_query_bind_record (query, &sv_exposure_day_type, day);
  sv_query_bind_int64 (query, "day", day->day_us / SV_DAY_US);
  sv_query_bind_text (query, "system", system);
  return sv_query_run (query, error);
}

gboolean
sv_exposure_day_save (SvDb *db, GHashTable *days, SvDayPart part, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  GHashTableIter iter;
  gpointer system, day;
  g_hash_table_iter_init (&iter, days);
  while (tx != NULL && g_hash_table_iter_next (&iter, &system, &day))
    if (!save_day (db, save_texts[part], system, day, error))
      return FALSE;
  return tx != NULL && sv_tx_commit (tx, error);
}

#define FROM_DAYS                                                                                  \
  " FROM exposure_day WHERE (CAST (:system AS TEXT) IS NULL OR system = :system)"                  \
  " AND (CAST (:line AS TEXT) IS NULL OR system IN"                                                \
  " (SELECT id FROM system s WHERE s.line_of_business = :line))"                                   \
  " AND " SV_SYSTEM_IN_REACH ("system")

static void
bind_filter (SvQuery *query, const SvDayFilter *filter)
{
  sv_query_bind_text (query, "system", filter->system);
  sv_query_bind_text (query, "line", filter->line_of_business);
  sv_query_bind_text (query, "reach", filter->reach);
}

#define SUM(column) ", CAST (SUM (" column ") AS BIGINT) AS " column
#define SUMS                                                                                       \
  SUM ("hosts")                                                                                    \
  SUM ("stale")                                                                                    \
  SUM ("unknown")                                                                                  \
  SUM ("affected")                                                                                 \
  SUM ("exposures")                                                                                \
  SUM ("fixable")                                                                                  \
  SUM ("exploited")                                                                                \
  SUM ("resolved")                                                                                 \
  SUM ("within_2")                                                                                 \
  SUM ("within_14")                                                                                \
  SUM ("within_30")                                                                                \
  SUM ("within_60")

GPtrArray *
sv_exposure_day_list (SvDb *db, const SvDayFilter *filter, gint64 before_us, gint64 limit,
                      GError **error)
{
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "SELECT day * 86400000000 AS day_us, MAX (at_us) AS at_us" SUMS FROM_DAYS
                   " AND day < :before GROUP BY day ORDER BY day DESC LIMIT :limit",
                   error);
  if (query == NULL)
    return NULL;
  bind_filter (query, filter);
  sv_query_bind_int64 (query, "before", before_us / SV_DAY_US);
  sv_query_bind_int64 (query, "limit", limit);
  return sv_rows_read_all (query, &sv_exposure_day_type, error);
}

gboolean
sv_exposure_day_count (SvDb *db, const SvDayFilter *filter, gint64 *ret_count, GError **error)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (DISTINCT day)" FROM_DAYS, error);
  if (query == NULL)
    return FALSE;
  bind_filter (query, filter);
  return sv_rows_read_int64 (query, ret_count, error);
}
