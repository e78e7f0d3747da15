#include "evidence/exposure_day.h"

#include "evidence/exposure_day_store.h"

#define COUNT(member, text) SV_FIELD (SvExposureDay, member, SV_TYPE_INT64, .doc = text)
static const SvField fields[] = {
    SV_FIELD (SvExposureDay, day_us, SV_TYPE_INSTANT, .doc = "Its midnight, UTC."),
    SV_FIELD (SvExposureDay, at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was looked at last."),
    COUNT (hosts, "Hosts there were."),
    COUNT (stale, "Hosts of which nothing was heard for three days."),
    COUNT (unknown, "Hosts of a release that no source speaks of: nothing below counts them."),
    COUNT (affected, "Hosts that something affected, in code that can run."),
    COUNT (exposures, "Pairs of a host and a vulnerability that affected it."),
    COUNT (fixable, "Of them, those for which a fixed version was named."),
    COUNT (exploited, "Of them, those known to be exploited."),
    COUNT (resolved, "Exposures that ended on this day."),
    COUNT (within_2, "Of them, those that ended within 2 days of a fix being named."),
    COUNT (within_14, "Within 14 days."),
    COUNT (within_30, "Within 30 days."),
    COUNT (within_60, "Within 60 days."),
};
SV_RECORD_TYPE (sv_exposure_day_type, SvExposureDay, "ExposureDay", fields,
                "How exposed hosts were on one day.");

/* What nobody named a fix for ended otherwise: it counts as resolved, in no time. */
void
sv_exposure_day_add (SvExposureDay *day, const SvExposureInterval *interval)
{
  gint64 *const buckets[] = {&day->within_2, &day->within_14, &day->within_30, &day->within_60};
  static const gint64 days[G_N_ELEMENTS (buckets)] = {2, 14, 30, 60};
  day->resolved++;
  if (interval->fix_available_us == 0)
    return;
  gint64 took_us = interval->resolved_us - interval->fix_available_us;
  for (gsize i = 0; i < G_N_ELEMENTS (buckets); i++)
    *buckets[i] += took_us <= days[i] * SV_DAY_US;
}

/* --- what ended --- */

typedef struct {
  SvDictionary *dictionary;
  SvDb *db;
  gint64 from_us, until_us;
  GHashTable *days; /* id of a system -> SvExposureDay */
} Looking;

static SvExposureDay *
day_of (const Looking *looking, const char *system)
{
  SvExposureDay *day = g_hash_table_lookup (looking->days, system);
  if (day == NULL) {
    day = g_new0 (SvExposureDay, 1);
    day->day_us = looking->from_us;
    g_hash_table_insert (looking->days, g_strdup (system), day);
  }
  return day;
}

static void
add_ended (const Looking *looking, const char *system, const GPtrArray *intervals)
{
  for (guint i = 0; i < intervals->len; i++) {
    const SvExposureInterval *interval = intervals->pdata[i];
    if (interval->resolved_us >= looking->from_us && interval->resolved_us < looking->until_us)
      sv_exposure_day_add (day_of (looking, system), interval);
  }
}

static gboolean
look_at_host (const Looking *looking, SvPartFlaws *flaws, const char *id, GError **error)
{
  g_autoptr (SvHost) host = sv_host_load (looking->db, id, NULL, error);
  GPtrArray *intervals =
      host != NULL ? sv_history_load (looking->dictionary, looking->db, flaws, id, error) : NULL;
  if (intervals == NULL)
    return FALSE;
  add_ended (looking, host->system_id != NULL ? host->system_id : "", intervals);
  sv_rows_free (intervals, &sv_exposure_interval_type);
  return TRUE;
}

/* Exposures end where hosts move. What ends because a source takes back its word shows as fewer
 * exposures, not as something that was resolved. */
static gboolean
look_at_ended (const Looking *looking, GError **error)
{
  g_autoptr (GPtrArray) moved =
      sv_host_list_moved (looking->db, looking->from_us, looking->until_us, error);
  if (moved == NULL)
    return FALSE;
  g_autoptr (SvPartFlaws) flaws = sv_part_flaws_new (looking->db);
  for (guint i = 0; i < moved->len; i++)
    if (!look_at_host (looking, flaws, moved->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* --- one day --- */

static gboolean
add_size (const char *system, gint64 hosts, gint64 stale, gpointer user_data, GError **error)
{
  SvExposureDay *day = day_of (user_data, system);
  day->hosts = hosts;
  day->stale = stale;
  return TRUE;
}

static gboolean
add_sums (const Looking *looking, SvFleet *fleet, GError **error)
{
  g_autoptr (GHashTable) exploited = sv_kev_list (looking->db, error);
  if (exploited == NULL)
    return FALSE;
  g_autoptr (GHashTable) sums = sv_fleet_sum_systems (fleet, exploited);
  GHashTableIter iter;
  gpointer system, sum;
  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, &system, &sum)) {
    const SvFleetTotal *total = sum;
    if (total->exposures == 0 && total->unknown == 0)
      continue;
    SvExposureDay *day = day_of (looking, system);
    day->unknown = total->unknown;
    day->affected = total->affected;
    day->exposures = total->exposures;
    day->fixable = total->fixable;
    day->exploited = total->exploited;
  }
  return TRUE;
}

static Looking
begin_looking (SvDictionary *dictionary, SvDb *db, gint64 at_us)
{
  gint64 from_us = at_us - at_us % SV_DAY_US;
  return (Looking){dictionary, db, from_us, from_us + SV_DAY_US,
                   g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free)};
}

static gboolean
keep_ended (SvDictionary *dictionary, SvDb *db, gint64 at_us, GError **error)
{
  Looking looking = begin_looking (dictionary, db, at_us);
  g_autoptr (GHashTable) days = looking.days;
  return look_at_ended (&looking, error) && sv_exposure_day_save (db, days, SV_DAY_ENDED, error);
}

static gboolean
keep_all (SvFleet *fleet, SvDictionary *dictionary, SvDb *db, gint64 now_us, GError **error)
{
  Looking looking = begin_looking (dictionary, db, now_us);
  g_autoptr (GHashTable) days = looking.days;
  gint64 seen_us = now_us - SV_HOST_STALE_US;
  if (!sv_host_foreach_system_size (db, seen_us, add_size, &looking, error) ||
      !add_sums (&looking, fleet, error) || !look_at_ended (&looking, error))
    return FALSE;
  GHashTableIter iter;
  gpointer day;
  g_hash_table_iter_init (&iter, days);
  while (g_hash_table_iter_next (&iter, NULL, &day))
    ((SvExposureDay *)day)->at_us = now_us;
  return sv_exposure_day_save (db, days, SV_DAY_ALL, error);
}

gboolean
sv_exposure_day_keep (SvFleet *fleet, SvDictionary *dictionary, SvDb *db, gint64 now_us,
                      GError **error)
{
  gint64 before_us = now_us - SV_HOUR_US;
  gboolean of_yesterday = before_us / SV_DAY_US != now_us / SV_DAY_US;
  return (!of_yesterday || keep_ended (dictionary, db, before_us, error)) &&
         keep_all (fleet, dictionary, db, now_us, error);
}
