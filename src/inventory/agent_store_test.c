/* Enrolment, certificates in force and admission of reports, on both stores. */
#include "inventory/agent_api.h"
#include "inventory/agent_store.h"
#include "inventory/authority_store.h"

#include "db/test_store.h"

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)

static SvEnrolTokenGrant *
grant (SvDb *db, gint64 quota, gint64 lifetime_s)
{
  g_autoptr (GError) error = NULL;
  const SvEnrolTokenWish wish = {"test", quota, lifetime_s};
  g_autoptr (SvAuditEntry) entry = sv_record_new (&sv_audit_entry_type);
  entry->at_us = NOW;
  SvEnrolTokenGrant *granted = sv_enrol_token_grant (db, &wish, entry, &error);
  g_assert_no_error (error);
  return granted;
}

static void
grant_free (SvEnrolTokenGrant *granted)
{
  sv_record_free (&sv_enrol_token_grant_type, granted);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvEnrolTokenGrant, grant_free)

/* One host that enrols: its certificate is named by its id. */
static gboolean
enrol (SvDb *db, const char *secret, const char *host, const char *key, GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  g_autofree char *fingerprint = g_strconcat ("cert-", host, NULL);
  SvAgent agent = {.host = (char *)host,
                   .hostname = "same-name",
                   .fingerprint = fingerprint,
                   .enrolled_at_us = NOW,
                   .expires_at_us = NOW + SV_DAY_US};
  gboolean done =
      tx != NULL && sv_agent_enrol (db, secret, &agent, key, error) && sv_tx_commit (tx, error);
  g_free (agent.token);
  return done;
}

static void
expect (gboolean done, GError **error, SvError code)
{
  g_assert_false (done);
  if (!sv_error_is (*error, code))
    g_error ("%s", (*error)->message);
  g_clear_error (error);
}

static void
test_enrol (SvTestStore *store)
{
  GError *error = NULL;
  g_autoptr (SvEnrolTokenGrant) two = grant (store->db, 2, 60);
  expect (enrol (store->db, "nonsense", "0", "k0", &error), &error, SV_ERROR_DENIED);
  g_assert_true (enrol (store->db, two->secret, "1", "k1", NULL));
  expect (enrol (store->db, two->secret, "2", "k1", &error), &error,
          SV_ERROR_EXISTS); /* the same key twice */
  g_assert_true (enrol (store->db, two->secret, "2", "k2", NULL));
  expect (enrol (store->db, two->secret, "3", "k3", &error), &error, SV_ERROR_DENIED);
  g_autoptr (SvAgent) agent = sv_agent_find (store->db, "cert-2", NULL);
  g_assert_cmpstr (agent->host, ==, "2");
  g_assert_cmpstr (agent->token, ==, two->id);
  g_autoptr (SvEnrolToken) token = sv_enrol_token_find (store->db, two->secret, NULL);
  g_assert_cmpint (token->used, ==, 2);

  g_autoptr (SvEnrolTokenGrant) other = grant (store->db, 5, 60);
  g_assert_true (sv_enrol_token_revoke (store->db, other->id, NOW, NULL));
  expect (enrol (store->db, other->secret, "4", "k4", &error), &error, SV_ERROR_DENIED);
  expect (sv_enrol_token_revoke (store->db, "none", NOW, &error), &error, SV_ERROR_NOT_FOUND);
  g_autoptr (GPtrArray) tokens = sv_enrol_token_list (store->db, NULL, 10, NULL);
  g_assert_cmpuint (tokens->len, ==, 2);
  for (guint i = 0; i < tokens->len; i++)
    sv_enrol_token_free (tokens->pdata[i]);
}

/* The secret itself is nowhere in the store. */
static void
test_secret_is_not_kept (SvTestStore *store)
{
  g_autoptr (SvEnrolTokenGrant) granted = grant (store->db, 1, 60);
  g_autoptr (SvQuery) query =
      sv_db_query (store->db, "SELECT id, digest, note FROM enrol_token", NULL);
  g_assert_cmpint (sv_query_step (query, NULL), ==, SV_STEP_ROW);
  gsize size;
  const char *digest = sv_query_get_blob (query, 1, &size);
  g_autofree char *expected =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, granted->secret, -1);
  g_autofree char *kept = sv_digest_format ((const SvDigest *)(gconstpointer)digest);
  g_assert_cmpstr (kept, ==, expected);
}

/* --- many at once --- */

#define N_THREADS 8
#define N_TRIES 12
#define QUOTA 17

typedef struct {
  const char *url;
  const char *secret;
  guint number;
  guint n_enrolled;
} Crowd;

static gpointer
enrol_many (gpointer data)
{
  Crowd *crowd = data;
  g_autoptr (SvDb) db = sv_db_open (crowd->url, NULL);
  g_assert_nonnull (db);
  for (guint i = 0; i < N_TRIES; i++) {
    g_autofree char *host = g_strdup_printf ("%u-%u", crowd->number, i);
    g_autofree char *key = g_strconcat ("key-", host, NULL);
    for (gboolean again = TRUE; again;) {
      g_autoptr (GError) error = NULL;
      gboolean done = enrol (db, crowd->secret, host, key, &error);
      crowd->n_enrolled += done;
      again = sv_error_is (error, SV_ERROR_CONFLICT) || sv_error_is (error, SV_ERROR_BUSY);
      g_assert_true (done || again || sv_error_is (error, SV_ERROR_DENIED));
    }
  }
  return NULL;
}

static void
test_crowd (SvTestStore *store)
{
  g_autoptr (SvEnrolTokenGrant) granted = grant (store->db, QUOTA, 60);
  Crowd crowds[N_THREADS];
  GThread *threads[N_THREADS];
  guint total = 0;
  for (guint i = 0; i < N_THREADS; i++) {
    crowds[i] = (Crowd){store->url, granted->secret, i, 0};
    threads[i] = g_thread_new ("crowd", enrol_many, &crowds[i]);
  }
  for (guint i = 0; i < N_THREADS; i++) {
    g_thread_join (threads[i]);
    total += crowds[i].n_enrolled;
  }
  gint64 count;
  g_assert_cmpuint (total, ==, QUOTA);
  g_assert_true (sv_agent_count (store->db, &count, NULL));
  g_assert_cmpint (count, ==, QUOTA);
}

typedef struct {
  const char *url;
  SvIdentity ca;
} Server;

static gpointer
load_authority (gpointer data)
{
  Server *server = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) db = sv_db_open (server->url, &error);
  sv_authority_load (db, NOW, &server->ca, &error);
  g_assert_no_error (error);
  return NULL;
}

static void
test_authority (SvTestStore *store)
{
  Server servers[N_THREADS];
  GThread *threads[N_THREADS];
  for (guint i = 0; i < N_THREADS; i++) {
    servers[i] = (Server){.url = store->url};
    threads[i] = g_thread_new ("server", load_authority, &servers[i]);
  }
  for (guint i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);
  for (guint i = 1; i < N_THREADS; i++) {
    g_assert_true (g_bytes_equal (servers[0].ca.certificate, servers[i].ca.certificate));
    g_assert_true (g_bytes_equal (servers[0].ca.key, servers[i].ca.key));
  }
  for (guint i = 0; i < N_THREADS; i++)
    sv_identity_clear (&servers[i].ca);
}

/* --- certificates in force --- */

static gboolean
renew (SvDb *db, const char *with, const char *fingerprint, const char *key, GError **error)
{
  const SvCertificate certificate = {
      .fingerprint = (char *)fingerprint, .key_id = (char *)key, .ends_at_us = NOW + 2 * SV_DAY_US};
  g_autoptr (SvTx) tx = sv_db_begin (db, error);
  return sv_agent_renew (db, with, &certificate, NOW, error) && sv_tx_commit (tx, error);
}

/* As the server does it: what was written before the error stays. */
static gboolean
admit (SvDb *db, const char *with, gint64 counter, const char *nonce, GError **error)
{
  gboolean forked;
  SvCheckin report = {.counter = counter, .nonce = (char *)nonce};
  const SvAdmission admission = {with, &report, NOW};
  g_autoptr (SvTx) tx = sv_db_begin (db, NULL);
  gboolean admitted = sv_agent_admit (db, &admission, &forked, error);
  g_assert_true (sv_tx_commit (tx, NULL));
  return admitted;
}

static gboolean
is_known (SvDb *db, const char *fingerprint)
{
  g_autoptr (SvAgent) agent = sv_agent_find (db, fingerprint, NULL);
  return agent != NULL;
}

static void
test_renew (SvTestStore *store)
{
  SvDb *db = store->db;
  GError *error = NULL;
  g_autoptr (SvEnrolTokenGrant) granted = grant (db, 2, 60);
  g_assert_true (enrol (db, granted->secret, "1", "k1", NULL));
  g_assert_true (enrol (db, granted->secret, "2", "k2", NULL));
  g_assert_true (renew (db, "cert-1", "new", "k1b", NULL));
  g_assert_true (is_known (db, "cert-1") && is_known (db, "new"));
  g_assert_true (admit (db, "cert-1", 1, "a", NULL)); /* the answer was lost: it goes on */
  g_assert_true (renew (db, "cert-1", "newer", "k1c", NULL));
  g_assert_true (is_known (db, "cert-1") && is_known (db, "newer"));
  g_assert_false (is_known (db, "new"));
  g_assert_true (admit (db, "newer", 2, "b", NULL));
  g_assert_false (is_known (db, "cert-1")); /* now it is used */
  expect (admit (db, "cert-1", 3, "c", &error), &error, SV_ERROR_UNAUTHENTICATED);
  expect (renew (db, "newer", "x", "k2", &error), &error, SV_ERROR_EXISTS);
  g_assert_true (renew (db, "newer", "newest", "k1c", NULL)); /* its own key again is its own */
}

static void
test_admit (SvTestStore *store)
{
  SvDb *db = store->db;
  GError *error = NULL;
  g_autoptr (SvEnrolTokenGrant) granted = grant (db, 3, 60);
  g_assert_true (enrol (db, granted->secret, "1", "k1", NULL));
  g_assert_true (enrol (db, granted->secret, "2", "k2", NULL));
  expect (admit (db, "cert-1", 0, "a", &error), &error, SV_ERROR_INVALID_DATA);
  expect (admit (db, "cert-1", G_MAXINT64, "a", &error), &error, SV_ERROR_INVALID_DATA);
  expect (admit (db, "cert-1", 1, NULL, &error), &error, SV_ERROR_INVALID_DATA);
  g_assert_true (admit (db, "cert-1", 1, "a", NULL));
  g_assert_true (admit (db, "cert-1", 1, "a", NULL));
  g_assert_true (admit (db, "cert-1", 2, "b", NULL));
  expect (admit (db, "cert-1", 2, "c", &error), &error, SV_ERROR_DENIED);
  expect (admit (db, "cert-1", 3, "d", &error), &error, SV_ERROR_DENIED);
  g_autoptr (SvAgent) agent = sv_agent_load (db, "1", NULL);
  g_assert_cmpint (agent->quarantined_at_us, ==, NOW);
  g_assert_nonnull (strstr (agent->reason, "report 2"));
  g_assert_true (admit (db, "cert-2", 1, "a", NULL)); /* its neighbour is not touched */
  g_assert_true (sv_agent_revoke (db, "2", NOW, NULL));
  expect (admit (db, "cert-2", 2, "b", &error), &error, SV_ERROR_DENIED);
  expect (sv_agent_revoke (db, "none", NOW, &error), &error, SV_ERROR_NOT_FOUND);
}

static void
test_list (SvTestStore *store)
{
  g_autoptr (SvEnrolTokenGrant) granted = grant (store->db, 10, 60);
  for (guint i = 0; i < 10; i++) {
    g_autofree char *host = g_strdup_printf ("h%u", i);
    g_assert_true (enrol (store->db, granted->secret, host, host, NULL));
  }
  guint seen = 0;
  g_autofree char *after = NULL;
  for (guint n = 4; n == 4;) {
    const SvAgentPage page = {after, 4, NOW};
    g_autoptr (GPtrArray) agents = sv_agent_list (store->db, &page, NULL);
    n = agents->len;
    for (guint i = 0; i < n; i++) {
      SvAgent *agent = agents->pdata[i];
      g_assert_true (after == NULL || strcmp (agent->host, after) > 0);
      g_assert_cmpint (agent->state, ==, SV_AGENT_ACTIVE);
      sv_text_set (&after, agent->host);
      sv_agent_free (agent);
      seen++;
    }
  }
  g_assert_cmpuint (seen, ==, 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/agent/enrol", test_enrol);
  sv_test_store_add ("/agent/secret-is-not-kept", test_secret_is_not_kept);
  sv_test_store_add ("/agent/crowd", test_crowd);
  sv_test_store_add ("/agent/authority", test_authority);
  sv_test_store_add ("/agent/renew", test_renew);
  sv_test_store_add ("/agent/admit", test_admit);
  sv_test_store_add ("/agent/list", test_list);
  return g_test_run ();
}
