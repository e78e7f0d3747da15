#include "server/fleet_service.h"

#define PAUSE_US (200 * G_TIME_SPAN_MILLISECOND) /* hosts come in crowds: one match for a crowd */
#define RETRY_US (5 * G_TIME_SPAN_SECOND)
#define OVERLAP_US (30 * SV_SECOND_US) /* clocks of servers may differ, commits take time */
#define CHECKIN_S 900
#define SUM_EVERY_US (10 * 60 * G_TIME_SPAN_SECOND)
#define SUM_PAUSE_US G_TIME_SPAN_SECOND
#define SUM_SHARE 20       /* summing takes at most one part in so many of the thread's time */
#define PLACED_AT_ONCE 500 /* in one transaction: reports wait for it */

typedef enum { STOP, NOTHING, NEW_PARTS, EVERYTHING } Wanted;

struct SvFleetService {
  char *store;
  SvDictionary *dictionary;
  SvFleet *fleet;
  SvWriter *writer;
  SvCheckinService checkin;
  gint64 followed_us; /* hosts that moved before are known */
  GThread *thread;
  gint64 summed_at;    /* of that thread: when the day was summed up last, … */
  gint64 sum_pause_us; /* … for how long not again, … */
  gboolean unsummed;   /* … and whether something changed since */
  GMutex lock;         /* of what follows */
  GCond changed;
  Wanted wanted;
  gboolean loaded;
  gboolean stopping;
  gint placing;         /* atomic: hosts are being placed */
  gboolean placed_part; /* there are more; of the writer's thread */
};

static void
want (SvFleetService *service, Wanted wanted)
{
  g_mutex_lock (&service->lock);
  service->wanted = MAX (service->wanted, wanted);
  g_cond_signal (&service->changed);
  g_mutex_unlock (&service->lock);
}

/* --- matching, on a thread of its own --- */

static gboolean
match (SvFleetService *service, SvDb *db, Wanted wanted, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin_read (db, error); /* feeds of one moment */
  g_autoptr (SvStoreClaims) claims = tx != NULL ? sv_store_claims_new (db, error) : NULL;
  if (claims == NULL)
    return FALSE;
  const SvClaimSource source = sv_store_claims_get (claims);
  gint64 now_us = sv_time_now ();
  service->unsummed = TRUE;
  return wanted == EVERYTHING ? sv_fleet_match (service->fleet, &source, 1, now_us, error)
                              : sv_fleet_match_new (service->fleet, &source, 1, now_us, error);
}

static gint64
next_sum (const SvFleetService *service)
{
  return service->summed_at + (service->unsummed ? service->sum_pause_us : SUM_EVERY_US);
}

/* What the day adds up to. Another server may be summing up the same: then there is a next time,
 * and what was matched is not matched again for it. */
static gboolean
sum_up (SvFleetService *service, SvDb *db, GError **error)
{
  g_autoptr (GError) cause = NULL;
  gint64 begin = g_get_monotonic_time ();
  if (begin < next_sum (service))
    return TRUE;
  service->unsummed =
      !sv_exposure_day_keep (service->fleet, service->dictionary, db, sv_time_now (), &cause);
  service->summed_at = g_get_monotonic_time ();
  service->sum_pause_us = MAX ((service->summed_at - begin) * SUM_SHARE, SUM_PAUSE_US);
  if (sv_error_is (cause, SV_ERROR_UNREACHABLE)) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  if (cause != NULL)
    sv_log (SV_LOG_WARNING, "the day is not summed up yet: %s", cause->message);
  return TRUE;
}

static gboolean
load (SvFleetService *service, SvDb *db, GError **error)
{
  if (service->loaded)
    return TRUE;
  gboolean loaded = sv_fleet_load (service->fleet, db, error);
  g_mutex_lock (&service->lock);
  service->loaded = loaded;
  g_mutex_unlock (&service->lock);
  return loaded;
}

/* What is wanted next, STOP when it is time to end. */
static Wanted
wait_for_work (SvFleetService *service)
{
  gboolean in_time = TRUE;
  g_mutex_lock (&service->lock);
  while (service->wanted == NOTHING && !service->stopping && in_time)
    in_time = g_cond_wait_until (&service->changed, &service->lock, next_sum (service));
  if (!service->stopping && service->wanted == NEW_PARTS)
    g_cond_wait_until (&service->changed, &service->lock, g_get_monotonic_time () + PAUSE_US);
  Wanted wanted = service->stopping ? STOP : service->wanted;
  service->wanted = NOTHING;
  g_mutex_unlock (&service->lock);
  return wanted;
}

static void
rest (SvFleetService *service)
{
  gint64 until = g_get_monotonic_time () + RETRY_US;
  g_mutex_lock (&service->lock);
  while (!service->stopping && g_cond_wait_until (&service->changed, &service->lock, until))
    ;
  g_mutex_unlock (&service->lock);
}

static gboolean
do_work (SvFleetService *service, SvDb *db, Wanted wanted, GError **error)
{
  if (!load (service, db, error) ||
      (wanted != NOTHING && (!match (service, db, wanted, error) ||
                             !sv_fleet_record (service->fleet, db, sv_time_now (), error))))
    return FALSE;
  return sum_up (service, db, error);
}

static gpointer
work (gpointer data)
{
  SvFleetService *service = data;
  g_autoptr (SvDb) db = NULL;
  for (Wanted wanted; (wanted = wait_for_work (service)) != STOP;) {
    g_autoptr (GError) error = NULL;
    if (db == NULL)
      db = sv_db_open (service->store, &error);
    if (db != NULL && do_work (service, db, wanted, &error))
      continue;
    sv_log (SV_LOG_ERROR, "the fleet cannot be matched, what was known stays: %s", error->message);
    g_clear_pointer (&db, sv_db_free);
    want (service, wanted);
    rest (service);
  }
  return NULL;
}

/* --- hosts --- */

static gboolean
is_loaded (SvFleetService *service)
{
  g_mutex_lock (&service->lock);
  gboolean loaded = service->loaded;
  g_mutex_unlock (&service->lock);
  return loaded;
}

/* Before the index is loaded there is nothing to move: loading takes in all there is, and
 * sv_fleet_service_follow() what came meanwhile. */
static void
move_host (SvFleetService *service, SvDb *db, const char *host, const SvHostPlace *place)
{
  g_autoptr (GError) error = NULL;
  if (!is_loaded (service))
    return;
  if (place->set == 0)
    sv_fleet_remove (service->fleet, host);
  else if (sv_fleet_move (service->fleet, db, host, place, &error))
    want (service, NEW_PARTS);
  else if (!sv_error_is (error, SV_ERROR_NOT_FOUND)) /* it moved on already */
    sv_log (SV_LOG_ERROR, "host '%s' cannot be moved in the index: %s", host, error->message);
}

static void
on_moved (gpointer user_data, SvDb *db, const char *host, const SvHostPlace *place)
{
  move_host (user_data, db, host, place);
}

typedef struct {
  SvFleetService *service;
  SvDb *db;
  GPtrArray *hosts; /* strings */
  GArray *places;   /* SvHostPlace of each */
} Following;

static gboolean
note_moved (const char *host, const SvHostPlace *place, gpointer user_data, GError **error)
{
  Following *following = user_data;
  g_ptr_array_add (following->hosts, g_strdup (host));
  g_array_append_val (following->places, *place);
  return TRUE;
}

void
sv_fleet_service_follow (SvFleetService *service, SvDb *db)
{
  if (!is_loaded (service))
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) hosts = sv_strings_new ();
  g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (SvHostPlace));
  Following following = {service, db, hosts, places};
  gint64 now_us = sv_time_now ();
  if (!sv_host_foreach_moved (db, service->followed_us - OVERLAP_US, note_moved, &following,
                              &error)) {
    sv_log (SV_LOG_WARNING, "cannot look which hosts moved: %s", error->message);
    return;
  }
  service->followed_us = now_us;
  for (guint i = 0; i < hosts->len; i++)
    move_host (service, db, hosts->pdata[i], &g_array_index (places, SvHostPlace, i));
}

/* --- which system hosts belong to --- */

static gboolean
write_places (SvDb *db, gpointer data, GError **error)
{
  SvFleetService *service = data;
  return sv_system_place_some (db, PLACED_AT_ONCE, sv_time_now (), &service->placed_part, error);
}

static void place_hosts (SvFleetService *service);

/* What could not be written is tried again with the next look at the store. */
static void
finish_places (SvDb *db, gpointer data, const GError *error)
{
  SvFleetService *service = data;
  if (error != NULL)
    sv_log (SV_LOG_WARNING, "hosts cannot be placed in systems: %s", error->message);
  if (error == NULL && service->placed_part)
    place_hosts (service);
  else
    g_atomic_int_set (&service->placing, FALSE);
}

static void
place_hosts (SvFleetService *service)
{
  if (!sv_writer_submit (service->writer, write_places, finish_places, service, NULL))
    g_atomic_int_set (&service->placing, FALSE);
}

void
sv_fleet_service_place (SvFleetService *service, SvDb *db)
{
  gboolean must = FALSE;
  g_autoptr (GError) error = NULL;
  if (!sv_system_must_place (db, &must, &error))
    sv_log (SV_LOG_WARNING, "cannot look which hosts are to be placed: %s", error->message);
  if (must && g_atomic_int_compare_and_exchange (&service->placing, FALSE, TRUE))
    place_hosts (service);
}

/* --- its life --- */

SvFleetService *
sv_fleet_service_new (const char *store, GError **error)
{
  SvWriter *writer = sv_writer_new (store, error);
  if (writer == NULL)
    return NULL;
  SvFleetService *service = g_new0 (SvFleetService, 1);
  service->store = g_strdup (store);
  service->dictionary = sv_dictionary_new ();
  service->fleet = sv_fleet_new (service->dictionary);
  service->writer = writer;
  service->followed_us = sv_time_now ();
  service->checkin = (SvCheckinService){.writer = writer,
                                        .dictionary = service->dictionary,
                                        .interval_s = CHECKIN_S,
                                        .moved = on_moved,
                                        .user_data = service};
  g_mutex_init (&service->lock);
  g_cond_init (&service->changed);
  service->wanted = EVERYTHING;
  service->thread = g_thread_new ("fleet", work, service);
  return service;
}

void
sv_fleet_service_free (SvFleetService *service)
{
  if (service == NULL)
    return;
  sv_writer_free (service->writer);
  g_mutex_lock (&service->lock);
  service->stopping = TRUE;
  g_cond_signal (&service->changed);
  g_mutex_unlock (&service->lock);
  g_thread_join (service->thread);
  sv_fleet_free (service->fleet);
  sv_dictionary_free (service->dictionary);
  g_mutex_clear (&service->lock);
  g_cond_clear (&service->changed);
  g_free (service->store);
  g_free (service);
}

SvFleet *
sv_fleet_service_get_fleet (SvFleetService *service)
{
  return service->fleet;
}

SvDictionary *
sv_fleet_service_get_dictionary (SvFleetService *service)
{
  return service->dictionary;
}

SvCheckinService *
sv_fleet_service_get_checkin (SvFleetService *service)
{
  return &service->checkin;
}

void
sv_fleet_service_match (SvFleetService *service)
{
  want (service, EVERYTHING);
}
