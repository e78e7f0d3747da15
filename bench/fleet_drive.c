/* Agents of a made-up fleet report to a real salved over TLS, each by its own certificate and on a
 * new connection: at a steady pace, and all at once. Who asks meanwhile must not notice. */
#include "fleet_model.h"
#include "table.h"

#include "net/net.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_PACKAGES 1500
#define N_WORKERS 8
#define MANY_MS 60000
#define STEADY_BAR (5.0 * 100000 / 900) /* five times what 100,000 hosts send in 15 minutes */

typedef struct {
  char *identity; /* path of its certificate and key */
  char *host;
  char *set; /* that was acknowledged */
  gint64 counter;
} Agent;

typedef struct {
  const char *salved, *folder;
  char *store, *url, *ca, *token;
  guint n_agents;
  guint seconds;
  GPid server;
  Agent *agents;
  FleetModel *model;
  BenchTable *table;
  gint next;   /* atomic: agent that is taken next */
  gint done;   /* atomic */
  gint stop;   /* atomic: enough */
  gint failed; /* atomic */
  GMutex lock; /* of what follows */
  GCond all;   /* everybody is there */
  guint ready;
  GArray *waits; /* double: seconds of each question asked meanwhile */
} Drive;

static void
die (const GError *error)
{
  if (error == NULL)
    return;
  g_printerr ("fleet-drive: %s\n", error->message);
  exit (1);
}

static double
seconds_since (gint64 begin_us)
{
  return (double)(g_get_monotonic_time () - begin_us) / G_TIME_SPAN_SECOND;
}

/* --- the server --- */

static char *
ask_salved (const Drive *drive, const char *flag, const char *value)
{
  g_autoptr (GError) error = NULL;
  const char *const argv[] = {drive->salved, "--store", drive->store, flag, value, NULL};
  g_auto (SvRunResult) result = {0};
  const SvRunOptions options = {.timeout_ms = MANY_MS};
  sv_run (argv, &options, &result, &error);
  die (error);
  return g_strstrip (g_strdup (result.output->str));
}

static void
start_server (Drive *drive)
{
  g_autoptr (GError) error = NULL;
  guint port = 20000 + (guint)getpid () % 20000;
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *pem = ask_salved (drive, "--print-ca", NULL);
  g_autofree char *quota = g_strdup_printf ("%u", drive->n_agents);
  drive->ca = g_build_filename (drive->folder, "ca.pem", NULL);
  g_file_set_contents (drive->ca, pem, -1, &error);
  die (error);
  drive->token = ask_salved (drive, "--new-enrol-token", quota);
  drive->url = g_strdup_printf ("https://127.0.0.1:%u", port);
  const char *argv[] = {drive->salved, "--store", drive->store,          "--listen", listen,
                        "--tls",       "auto",    "--insecure-no-login", NULL};
  g_spawn_async (NULL, (char **)argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDERR_TO_DEV_NULL,
                 NULL, NULL, &drive->server, &error);
  die (error);
}

/* Of the server, in seconds. */
static double
server_cpu (const Drive *drive)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int)drive->server);
  g_autofree char *text = NULL;
  unsigned long user = 0, kernel = 0;
  if (g_file_get_contents (path, &text, NULL, NULL))
    sscanf (strrchr (text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
            &kernel);
  return (double)(user + kernel) / (double)sysconf (_SC_CLK_TCK);
}

static double
server_memory_mib (const Drive *drive)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int)drive->server);
  g_autofree char *text = NULL;
  g_file_get_contents (path, &text, NULL, NULL);
  const char *peak = text != NULL ? strstr (text, "VmHWM:") : NULL;
  return peak != NULL ? g_ascii_strtod (peak + strlen ("VmHWM:"), NULL) / 1024 : NAN;
}

static SvClient *
connect_as (const Drive *drive, const Agent *agent)
{
  g_autoptr (GError) error = NULL;
  const SvClientOptions options = {.url = drive->url,
                                   .ca_file = drive->ca,
                                   .certificate = agent != NULL ? agent->identity : NULL,
                                   .key = agent != NULL ? agent->identity : NULL,
                                   .timeout_ms = MANY_MS};
  SvClient *client = sv_client_new (&options, &error);
  die (error);
  return client;
}

static void
wait_for_server (const Drive *drive)
{
  const SvClientCall call = {.method = "GET", .path = "/readyz"};
  for (int i = 0; i < 300; i++) {
    g_autoptr (SvClient) client = connect_as (drive, NULL);
    if (sv_client_call (client, &call, NULL, NULL))
      return;
    g_usleep (100 * 1000);
  }
  g_printerr ("fleet-drive: salved does not answer\n");
  exit (1);
}

/* --- one agent --- */

static void
enrol (const Drive *drive, Agent *agent, guint number)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) key = sv_key_new (&error);
  g_autoptr (GBytes) csr = key != NULL ? sv_csr_new (key, NULL, &error) : NULL;
  die (error);
  g_autofree char *text = g_strndup (g_bytes_get_data (csr, NULL), g_bytes_get_size (csr));
  g_autofree char *pem = g_strndup (g_bytes_get_data (key, NULL), g_bytes_get_size (key));
  const SvEnrolment enrolment = {drive->token, text, (char *)"driven"};
  const SvClientCall call = {.method = "POST",
                             .path = "/api/v1/agent/enrol",
                             .body_type = &sv_enrolment_type,
                             .body = &enrolment,
                             .answer_type = &sv_enrolled_type};
  g_autoptr (SvClient) client = connect_as (drive, NULL);
  gpointer answer = NULL;
  sv_client_call (client, &call, &answer, &error);
  die (error);
  SvEnrolled *enrolled = answer;
  g_autofree char *both = g_strconcat (enrolled->certificate, pem, NULL);
  agent->identity = g_strdup_printf ("%s/agent-%u.pem", drive->folder, number);
  agent->host = g_strdup (enrolled->host);
  g_file_set_contents_full (agent->identity, both, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  die (error);
  sv_record_free (&sv_enrolled_type, enrolled);
}

static gboolean
send_report (const Drive *drive, Agent *agent, SvCheckin *checkin)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvClient) client = connect_as (drive, agent);
  g_autofree char *nonce = sv_id_new ();
  checkin->counter = agent->counter + 1;
  checkin->nonce = nonce;
  const SvClientCall call = {.method = "POST",
                             .path = "/api/v1/agent/report",
                             .body_type = &sv_checkin_type,
                             .body = checkin,
                             .answer_type = &sv_checkin_answer_type};
  gpointer answer = NULL;
  gboolean sent = sv_client_call (client, &call, &answer, &error);
  sv_record_free (&sv_checkin_answer_type, answer);
  checkin->nonce = NULL;
  if (sent) {
    agent->counter++;
    sv_text_set (&agent->set, checkin->set);
  } else {
    g_printerr ("fleet-drive: %s\n", error->message);
  }
  return sent;
}

static gboolean
send_first (const Drive *drive, Agent *agent, guint number)
{
  g_autoptr (SvInventory) inventory = fleet_model_make_host (drive->model, number);
  SvCheckin *checkin = sv_checkin_new (inventory, NULL, TRUE);
  gboolean sent = send_report (drive, agent, checkin);
  sv_checkin_free_lent (checkin);
  return sent;
}

/* Nothing changed: what most reports say. */
static gboolean
send_unchanged (const Drive *drive, Agent *agent)
{
  SvCheckin checkin = {.set = agent->set, .base = agent->set};
  g_autofree char *set = g_strdup (agent->set);
  checkin.set = checkin.base = set;
  return send_report (drive, agent, &checkin);
}

/* --- many --- */

static gpointer
make_agents (gpointer data)
{
  Drive *drive = data;
  for (guint i; (i = (guint)g_atomic_int_add (&drive->next, 1)) < drive->n_agents;) {
    enrol (drive, &drive->agents[i], i);
    if (!send_first (drive, &drive->agents[i], i))
      g_atomic_int_inc (&drive->failed);
  }
  return NULL;
}

/* Each worker has agents of its own, so that reports of one come in order. */
typedef struct {
  Drive *drive;
  guint number;
} Worker;

static gpointer
report_all_the_time (gpointer data)
{
  const Worker *worker = data;
  Drive *drive = worker->drive;
  guint n_own = drive->n_agents / N_WORKERS;
  for (guint k = 0; !g_atomic_int_get (&drive->stop); k++) {
    Agent *agent = &drive->agents[worker->number + k % n_own * N_WORKERS];
    g_atomic_int_inc (send_unchanged (drive, agent) ? &drive->done : &drive->failed);
  }
  return NULL;
}

static gpointer
report_once (gpointer data)
{
  const Worker *worker = data;
  Drive *drive = worker->drive;
  g_mutex_lock (&drive->lock);
  drive->ready++;
  g_cond_broadcast (&drive->all);
  while (drive->ready < drive->n_agents)
    g_cond_wait (&drive->all, &drive->lock);
  g_mutex_unlock (&drive->lock);
  gboolean sent = send_unchanged (drive, &drive->agents[worker->number]);
  g_atomic_int_inc (sent ? &drive->done : &drive->failed);
  return NULL;
}

/* Somebody looks at lists all the time, on one connection. */
static gpointer
look_all_the_time (gpointer data)
{
  Drive *drive = data;
  g_autoptr (SvClient) client = connect_as (drive, NULL);
  const SvClientCall call = {.method = "GET", .path = "/api/v1/hosts?limit=100"};
  while (!g_atomic_int_get (&drive->stop)) {
    gint64 begin_us = g_get_monotonic_time ();
    if (!sv_client_call (client, &call, NULL, NULL))
      g_atomic_int_inc (&drive->failed);
    double wait = seconds_since (begin_us);
    g_array_append_val (drive->waits, wait);
    g_usleep (50 * 1000);
  }
  return NULL;
}

static gint
compare_doubles (gconstpointer a, gconstpointer b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static void
add_waits (Drive *drive)
{
  g_array_sort (drive->waits, compare_doubles);
  if (drive->waits->len == 0)
    return;
  double worst = g_array_index (drive->waits, double, drive->waits->len * 99 / 100);
  bench_table_add (drive->table, "a list of hosts meanwhile, 99 of 100 within",
                   g_strdup_printf ("%.0f ms", worst * 1000), NULL, NULL, "1 s",
                   worst <= 1 ? BENCH_MET : BENCH_MISSED);
  g_array_set_size (drive->waits, 0);
}

static void
reset (Drive *drive)
{
  drive->next = drive->done = drive->stop = 0;
  drive->ready = 0;
}

static void
run_workers (Drive *drive, GThreadFunc func, guint n)
{
  g_autofree Worker *workers = g_new (Worker, n);
  g_autofree GThread **threads = g_new (GThread *, n);
  for (guint i = 0; i < n; i++) {
    workers[i] = (Worker){drive, i};
    threads[i] = g_thread_new ("agents", func, &workers[i]);
  }
  if (func == report_all_the_time) {
    g_usleep (drive->seconds * G_TIME_SPAN_SECOND);
    g_atomic_int_set (&drive->stop, TRUE);
  }
  for (guint i = 0; i < n; i++)
    g_thread_join (threads[i]);
}

/* --- what is measured --- */

static void
make_fleet (Drive *drive)
{
  gint64 begin_us = g_get_monotonic_time ();
  GThread *threads[N_WORKERS];
  reset (drive);
  for (guint i = 0; i < N_WORKERS; i++)
    threads[i] = g_thread_new ("agents", make_agents, drive);
  for (guint i = 0; i < N_WORKERS; i++)
    g_thread_join (threads[i]);
  bench_table_add (drive->table, "enrolments with a first report",
                   g_strdup_printf ("%.0f a second", drive->n_agents / seconds_since (begin_us)),
                   NULL, NULL, "", BENCH_NO_BAR);
}

/* Both cores are shared with the agents: what the server takes of a processor for one report says
 * how many it can take by itself. */
static void
go_steadily (Drive *drive)
{
  reset (drive);
  GThread *viewer = g_thread_new ("viewer", look_all_the_time, drive);
  double cpu = server_cpu (drive);
  gint64 begin_us = g_get_monotonic_time ();
  run_workers (drive, report_all_the_time, N_WORKERS);
  double seconds = seconds_since (begin_us), each = (server_cpu (drive) - cpu) / drive->done;
  g_thread_join (viewer);
  bench_table_add (drive->table, "reports, each on a new TLS connection, agents on the same cores",
                   g_strdup_printf ("%.0f a second", drive->done / seconds), NULL, NULL, "",
                   BENCH_NO_BAR);
  double able = g_get_num_processors () / each;
  bench_table_add (drive->table, "processor time of salved for one",
                   g_strdup_printf ("%.2f ms: %.0f a second", each * 1000, able), NULL, NULL,
                   "555 a second", able >= STEADY_BAR ? BENCH_MET : BENCH_MISSED);
  add_waits (drive);
}

static void
come_at_once (Drive *drive)
{
  reset (drive);
  GThread *viewer = g_thread_new ("viewer", look_all_the_time, drive);
  gint64 begin_us = g_get_monotonic_time ();
  run_workers (drive, report_once, drive->n_agents);
  double seconds = seconds_since (begin_us);
  g_atomic_int_set (&drive->stop, TRUE);
  g_thread_join (viewer);
  g_autofree char *what = g_strdup_printf ("%u agents reconnect at once", drive->n_agents);
  bench_table_add (drive->table, what, g_strdup_printf ("%.1f s", seconds), NULL, NULL, "15 s",
                   seconds <= 15 && drive->done == (gint)drive->n_agents ? BENCH_MET
                                                                         : BENCH_MISSED);
  add_waits (drive);
}

int
main (int argc, char **argv)
{
  if (argc != 5) {
    g_printerr ("usage: fleet-drive SALVED DIRECTORY AGENTS SECONDS\n");
    return 2;
  }
  g_autoptr (BenchTable) table = bench_table_new ();
  Drive drive = {.salved = argv[1],
                 .folder = argv[2],
                 .n_agents = (guint)g_ascii_strtoull (argv[3], NULL, 10) / N_WORKERS * N_WORKERS,
                 .seconds = (guint)g_ascii_strtoull (argv[4], NULL, 10),
                 .waits = g_array_new (FALSE, FALSE, sizeof (double)),
                 .table = table};
  g_mkdir_with_parents (drive.folder, 0700);
  drive.store = g_build_filename (drive.folder, "store.db", NULL);
  drive.agents = g_new0 (Agent, drive.n_agents);
  drive.model = fleet_model_new (N_PACKAGES);
  bench_table_add_part (table, "agents over TLS");
  start_server (&drive);
  wait_for_server (&drive);
  make_fleet (&drive);
  go_steadily (&drive);
  come_at_once (&drive);
  bench_table_add_note (table, "%d reports failed; salved had %.0f MiB at most", drive.failed,
                        server_memory_mib (&drive));
  kill (drive.server, SIGTERM);
  waitpid (drive.server, NULL, 0);
  bench_table_print (table);
  fleet_model_free (drive.model);
  return drive.failed == 0 ? 0 : 1;
}
