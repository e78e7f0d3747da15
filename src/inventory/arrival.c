#include "inventory/arrival.h"

#include "inventory/agent_api.h"
#include "inventory/agent_store.h"

/* One report between its request and the commit. */
typedef struct {
  const SvCheckinService *service;
  const SvAgentService *agents; /* NULL: it does not come from an agent */
  SvDeferred *deferred;
  char *host;
  char *fingerprint; /* of the agent's certificate */
  SvCheckin *report;
  gint64 now_us;
  SvHostPlace place;
  gboolean forked;
} Arrival;

static void
arrival_free (Arrival *arrival)
{
  sv_checkin_free (arrival->report);
  g_free (arrival->host);
  g_free (arrival->fingerprint);
  g_free (arrival);
}

static gboolean
admit (SvDb *db, Arrival *arrival, GError **error)
{
  const SvAdmission admission = {arrival->fingerprint, arrival->report, arrival->now_us};
  return arrival->agents == NULL || sv_agent_admit (db, &admission, &arrival->forked, error);
}

static gboolean
write_report (SvDb *db, gpointer data, GError **error)
{
  Arrival *arrival = data;
  return admit (db, arrival, error) &&
         sv_host_check_in (arrival->service->dictionary, db, arrival->host, arrival->report,
                           arrival->now_us, &arrival->place, error);
}

/* A third of the interval sooner or later, by the host's id: a fleet that was switched on at once
 * does not come back at once. */
static gint64
next_in_s (const Arrival *arrival)
{
  gint64 interval_s = arrival->service->interval_s, spread_s = interval_s / 3;
  return interval_s - spread_s + g_str_hash (arrival->host) % (2 * spread_s + 1);
}

static SvCheckinAnswer *
new_answer (const Arrival *arrival)
{
  SvCheckinAnswer *answer = sv_record_new (&sv_checkin_answer_type);
  answer->set = g_strdup (arrival->report->set);
  answer->next_in_s = next_in_s (arrival);
  return answer;
}

/* Those who watch are told now; whoever comes later finds it in the store. */
static void
tell_quarantined (SvDb *db, const Arrival *arrival)
{
  g_autoptr (SvAgent) agent = sv_agent_load (db, arrival->host, NULL);
  if (agent == NULL || agent->quarantined_at_us == 0) /* it did not get as far as the disk */
    return;
  sv_agent_set_state (agent, arrival->now_us);
  arrival->agents->quarantined (arrival->agents->user_data, agent);
}

static void
acknowledge (SvDb *db, gpointer data, const GError *error)
{
  Arrival *arrival = data;
  const SvCheckinService *service = arrival->service;
  if (error == NULL && arrival->place.moved)
    service->moved (service->user_data, db, arrival->host, &arrival->place);
  if (arrival->forked && db != NULL)
    tell_quarantined (db, arrival);
  if (error == NULL)
    sv_call_resume (arrival->deferred, new_answer (arrival), NULL);
  else
    sv_call_resume (arrival->deferred, NULL, g_error_copy (error));
  arrival_free (arrival);
}

gboolean
sv_arrival_take (SvCall *call, const char *host, const char *fingerprint)
{
  const SvCheckinService *service = sv_call_get_service (call, SV_SERVICE_CHECKIN);
  Arrival *arrival = g_new0 (Arrival, 1);
  *arrival = (Arrival){.service = service,
                       .host = g_strdup (host),
                       .fingerprint = g_strdup (fingerprint),
                       .report = sv_call_take_body (call),
                       .now_us = sv_call_get_now (call)};
  if (fingerprint != NULL)
    arrival->agents = sv_call_get_service (call, SV_SERVICE_AGENTS);
  arrival->deferred = sv_call_defer (call);
  g_autoptr (GError) busy = NULL;
  if (!sv_writer_submit (service->writer, write_report, acknowledge, arrival, &busy)) {
    sv_call_resume (arrival->deferred, NULL, g_steal_pointer (&busy));
    arrival_free (arrival);
  }
  return TRUE;
}
