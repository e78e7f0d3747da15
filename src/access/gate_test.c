#include "access/gate.h"

#include "net/test_api.h"

#define N_CALLS (SV_LIMIT_GATE_QUEUE + 20)
#define N_THREADS 2

typedef struct {
  SvGate *gate;
  GMutex lock; /* of what follows */
  GCond changed;
  gboolean open;       /* errands may end */
  guint running, most; /* at one time */
  guint knocked, run, freed;
} Door;

static gboolean
pass (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  Door *door = data;
  g_assert_nonnull (db);
  g_mutex_lock (&door->lock);
  door->run++;
  door->running++;
  door->most = MAX (door->most, door->running);
  g_cond_broadcast (&door->changed);
  while (!door->open)
    g_cond_wait (&door->changed, &door->lock);
  door->running--;
  g_mutex_unlock (&door->lock);
  return TRUE;
}

static void
note_free (gpointer data)
{
  Door *door = data;
  g_mutex_lock (&door->lock);
  door->freed++;
  g_mutex_unlock (&door->lock);
}

static gboolean
knock (SvCall *call, GError **error)
{
  Door *door = sv_call_get_context (call);
  const SvErrand errand = {pass, door, note_free};
  gboolean deferred = sv_gate_defer (door->gate, call, &errand, error);
  g_mutex_lock (&door->lock);
  door->knocked++;
  g_cond_broadcast (&door->changed);
  g_mutex_unlock (&door->lock);
  return deferred;
}

static const SvRoute routes[] = {
    {SV_METHOD_POST, "/knock", "public", "Knock", .tag = "Door", .handle = knock},
    {SV_METHOD_DELETE, "/knock", "public", "Answer at once", .tag = "Door", .handle = knock},
};
static const SvRouteTable table = {routes, G_N_ELEMENTS (routes), "A door."};

static void
set_open (Door *door, gboolean open)
{
  g_mutex_lock (&door->lock);
  door->open = open;
  g_cond_broadcast (&door->changed);
  g_mutex_unlock (&door->lock);
}

static void
wait_for (Door *door, const guint *number, guint n)
{
  g_mutex_lock (&door->lock);
  while (*number < n)
    g_cond_wait (&door->changed, &door->lock);
  g_mutex_unlock (&door->lock);
}

static guint
count_answers (const int *fds, guint n, int status)
{
  guint found = 0;
  for (guint i = 0; i < n; i++) {
    g_autofree char *answer = test_api_receive (fds[i], NULL);
    g_assert_true (test_api_status (answer) == 204 || test_api_status (answer) == 503);
    found += test_api_status (answer) == status;
    close (fds[i]);
  }
  return found;
}

/* However many knock, no more are let through at one time than there are threads, no more wait than
 * the queue takes, and the others hear it at once. */
static void
test_flood (void)
{
  Door door = {.gate = sv_gate_new ("sqlite::memory:", N_THREADS)};
  const SvRouterHooks hooks = {.user_data = &door};
  int fds[N_CALLS];
  TestApi api;
  test_api_start (&api, &table, &hooks, &(SvServerOptions){0});
  for (guint i = 0; i < N_CALLS; i++) {
    if (i == N_THREADS)
      wait_for (&door, &door.running, N_THREADS);
    fds[i] = test_api_connect (&api);
    test_api_send (fds[i], "POST /knock HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                           "Content-Length: 0\r\n\r\n");
  }
  wait_for (&door, &door.knocked, N_CALLS);
  g_autofree char *refused = test_api_call (&api, "DELETE /knock", "", NULL);
  test_api_assert (refused, 503, "knock at one time");
  set_open (&door, TRUE);
  guint passed = count_answers (fds, N_CALLS, 204);
  g_test_message ("%u of %u passed", passed, N_CALLS);
  g_assert_cmpuint (passed, ==, SV_LIMIT_GATE_QUEUE + N_THREADS);
  test_api_stop (&api);
  sv_gate_free (door.gate);
  g_assert_cmpuint (door.most, ==, N_THREADS);
  g_assert_cmpuint (door.run, ==, passed);
  g_assert_cmpuint (door.freed, ==, N_CALLS + 1);
}

/* What nobody waits for is done, or forgotten when there is much else; freed in any case. */
static void
test_left (void)
{
  Door door = {.gate = sv_gate_new ("sqlite::memory:", N_THREADS)};
  const SvErrand errand = {pass, &door, note_free};
  for (guint i = 0; i < N_CALLS; i++)
    sv_gate_leave (door.gate, &errand);
  set_open (&door, TRUE);
  sv_gate_free (door.gate); /* finishes what waits */
  g_assert_cmpuint (door.freed, ==, N_CALLS);
  g_assert_cmpuint (door.run, >=, SV_LIMIT_GATE_QUEUE / 2);
  g_assert_cmpuint (door.run, <=, SV_LIMIT_GATE_QUEUE / 2 + N_THREADS);
}

static gboolean
never (gpointer data, SvDb *db, SvDeferred *deferred, gpointer *ret_record, GError **error)
{
  g_assert_not_reached ();
}

/* A store that is not there is an error of the call, not the end of the thread. */
static void
test_no_store (void)
{
  Door door = {.gate = sv_gate_new ("/nonexistent/folder/store.db", N_THREADS)};
  const SvErrand errand = {never, &door, note_free};
  for (guint i = 0; i < 3; i++)
    sv_gate_leave (door.gate, &errand);
  const SvRouterHooks hooks = {.user_data = &door};
  TestApi api;
  test_api_start (&api, &table, &hooks, &(SvServerOptions){0});
  g_autofree char *answer = test_api_call (&api, "DELETE /knock", "", NULL);
  test_api_assert (answer, 404, "store.db");
  test_api_stop (&api);
  sv_gate_free (door.gate);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gate/promise-s50-flood", test_flood);
  g_test_add_func ("/gate/left", test_left);
  g_test_add_func ("/gate/no-store", test_no_store);
  return g_test_run ();
}
