#include "access/access.h"

#include "db/test_store.h"

#define NOW (1000000 * SV_SECOND_US)

static void
assert_error (GError **error, SvError code)
{
  g_assert_error (*error, SV_ERROR, (int)code);
  g_clear_error (error);
}

/* -- Changes, each in its own transaction with its entry -- */

typedef gboolean (*Step) (SvDb *db, gpointer data, GError **error);

typedef struct {
  Step step;
  gpointer data;
} Work;

static gboolean
run_step (SvDb *db, SvAuditEntry *entry, gpointer data, GError **error)
{
  const Work *work = data;
  sv_audit_say (entry, "test", NULL, NULL);
  return work->step (db, work->data, error);
}

static gboolean
perform (SvDb *db, Step step, gpointer data, GError **error)
{
  Work work = {step, data};
  g_autoptr (SvAuditEntry) entry = sv_record_new (&sv_audit_entry_type);
  entry->at_us = NOW;
  return sv_audit_perform (db, entry, run_step, &work, error);
}

static gboolean
insert_person (SvDb *db, gpointer data, GError **error)
{
  return sv_person_insert (db, data, "hash", error);
}

static SvPerson *
add_person (SvDb *db, const char *login)
{
  g_autoptr (GError) error = NULL;
  SvPerson *person = sv_record_new (&sv_person_type);
  person->id = sv_id_new ();
  person->login = g_strdup (login);
  person->name = g_strdup (login);
  person->created_at_us = NOW;
  perform (db, insert_person, person, &error);
  g_assert_no_error (error);
  return person;
}

static gboolean
update_person (SvDb *db, gpointer data, GError **error)
{
  return sv_person_update (db, data, error);
}

static gboolean
count_entries (const SvAuditEntry *entry, gpointer data, GError **error)
{
  SvAuditCheck *check = data;
  return sv_audit_check_next (check, entry, error);
}

static gint64
assert_chain (SvDb *db)
{
  g_autoptr (GError) error = NULL;
  SvAuditCheck check = {0};
  sv_audit_load_head (db, &check.known, &error);
  g_assert_no_error (error);
  sv_audit_foreach (db, count_entries, &check, &error);
  g_assert_no_error (error);
  sv_audit_check_end (&check, &error);
  g_assert_no_error (error);
  g_assert_cmpint (check.head.sequence, ==, check.known.sequence);
  return check.head.sequence;
}

static void
test_people (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPerson) ann = add_person (store->db, "ann"), bob = add_person (store->db, "bob");
  g_autoptr (SvPerson) found = sv_person_load (store->db, ann->id, &error);
  g_assert_true (sv_record_equal (&sv_person_type, ann, found));
  g_autofree char *id = g_strdup (bob->id);
  bob->id[0] = 'x';
  g_assert_false (perform (store->db, insert_person, bob, &error));
  assert_error (&error, SV_ERROR_EXISTS);
  sv_text_set (&bob->id, id);
  g_assert_null (sv_person_load (store->db, "nobody", &error));
  assert_error (&error, SV_ERROR_NOT_FOUND);
  bob->disabled = TRUE;
  g_assert_true (perform (store->db, update_person, bob, &error));
  g_autoptr (SvCredentials) credentials = sv_credentials_find (store->db, "bob", &error);
  g_assert_true (credentials->disabled);
  g_assert_cmpstr (credentials->password, ==, "hash");
  g_assert_null (sv_credentials_find (store->db, "Bob", &error));
  g_assert_no_error (error);
  g_assert_cmpint (assert_chain (store->db), ==, 3); /* what failed left no entry */
}

static void
test_list (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  static const char *const logins[] = {"d", "a", "c", "b", "bb"};
  for (guint i = 0; i < G_N_ELEMENTS (logins); i++)
    sv_person_free (add_person (store->db, logins[i]));
  const SvPersonFilter any = {NULL, -1}, with_b = {"b", -1}, disabled = {NULL, 1};
  gint64 n;
  g_assert_true (sv_person_count (store->db, &any, &n, &error) && n == 5);
  g_assert_true (sv_person_count (store->db, &with_b, &n, &error) && n == 2);
  g_assert_true (sv_person_count (store->db, &disabled, &n, &error) && n == 0);
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autofree char *after = NULL;
  for (;;) {
    GPtrArray *page = sv_person_list (store->db, &any, after, 2, &error);
    g_assert_no_error (error);
    guint length = page->len;
    for (guint i = 0; i < length; i++) {
      SvPerson *person = page->pdata[i];
      g_string_append_printf (seen, "%s ", person->login);
      sv_text_set (&after, person->login);
      sv_person_free (person);
    }
    g_ptr_array_unref (page);
    if (length < 2)
      break;
  }
  g_assert_cmpstr (seen->str, ==, "a b bb c d ");
}

/* -- Grants -- */

static gboolean
insert_grant (SvDb *db, gpointer data, GError **error)
{
  return sv_grant_insert (db, data, error);
}

static gboolean
delete_grant (SvDb *db, gpointer data, GError **error)
{
  return sv_grant_delete (db, data, error);
}

static void
test_grants (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPerson) ann = add_person (store->db, "ann");
  SvGrant grant = {
      .id = "g1", .person = ann->id, .role = SV_ROLE_ADMINISTRATOR, .granted_at_us = NOW};
  SvGrant again = grant;
  again.id = "g2";
  gint64 n;
  g_assert_true (perform (store->db, insert_grant, &grant, &error));
  g_assert_false (perform (store->db, insert_grant, &again, &error));
  assert_error (&error, SV_ERROR_EXISTS);
  again.scope_kind = SV_SCOPE_SYSTEM;
  again.scope = "mail";
  g_assert_true (perform (store->db, insert_grant, &again, &error));
  GPtrArray *list = sv_grant_list (store->db, ann->id, &error);
  g_assert_cmpuint (list->len, ==, 2);
  g_ptr_array_set_free_func (list, (GDestroyNotify)sv_grant_free);
  g_ptr_array_unref (list);
  /* one for a system keeps no people */
  g_assert_true (sv_grant_count_holders (store->db, SV_ROLE_ADMINISTRATOR, &n, &error) && n == 1);
  g_assert_true (perform (store->db, delete_grant, (gpointer) "g1", &error));
  g_assert_true (sv_grant_count_holders (store->db, SV_ROLE_ADMINISTRATOR, &n, &error) && n == 0);
  g_assert_null (sv_grant_load (store->db, "somebody else", "g2", &error));
  assert_error (&error, SV_ERROR_NOT_FOUND);
}

/* -- Sessions -- */

typedef struct {
  const char *person, *secret, *other;
  gint64 now_us;
} Login;

static gboolean
insert_session (SvDb *db, gpointer data, GError **error)
{
  const Login *login = data;
  g_autoptr (GBytes) digest = sv_token_digest (login->secret);
  const SvSession session = {.digest = digest,
                             .person = (char *)login->person,
                             .created_at_us = login->now_us,
                             .seen_at_us = login->now_us,
                             .proved_at_us = login->now_us};
  return sv_session_insert (db, &session, error);
}

static gboolean
renew_session (SvDb *db, gpointer data, GError **error)
{
  const Login *login = data;
  g_autoptr (GBytes) from = sv_token_digest (login->secret), to = sv_token_digest (login->other);
  return sv_session_renew (db, from, to, login->now_us, error);
}

static gboolean
delete_sessions (SvDb *db, gpointer data, GError **error)
{
  return sv_session_delete_all (db, ((Login *)data)->person, NULL, error);
}

static gboolean
is_in (SvDb *db, const char *secret, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPrincipal) principal = sv_session_find_principal (db, secret, now_us, &error);
  if (principal == NULL)
    assert_error (&error, SV_ERROR_UNAUTHENTICATED);
  return principal != NULL;
}

static void
test_sessions (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPerson) ann = add_person (store->db, "ann");
  Login login = {ann->id, "secret", "another", NOW};
  g_assert_true (perform (store->db, insert_session, &login, &error));
  g_assert_true (is_in (store->db, "secret", NOW));
  g_assert_false (is_in (store->db, "Secret", NOW));
  g_assert_true (is_in (store->db, "secret", NOW + SV_SESSION_IDLE_US - 1));
  g_assert_false (is_in (store->db, "secret", NOW + SV_SESSION_IDLE_US));
  /* a new secret, and the old one is worth nothing */
  g_assert_true (perform (store->db, renew_session, &login, &error));
  g_assert_false (is_in (store->db, "secret", NOW));
  g_assert_true (is_in (store->db, "another", NOW));
  g_assert_false (perform (store->db, renew_session, &login, &error));
  assert_error (&error, SV_ERROR_UNAUTHENTICATED);
  /* disabled people are out at once */
  ann->disabled = TRUE;
  g_assert_true (perform (store->db, update_person, ann, &error));
  g_assert_false (is_in (store->db, "another", NOW));
  ann->disabled = FALSE;
  g_assert_true (perform (store->db, update_person, ann, &error));
  g_assert_true (perform (store->db, delete_sessions, &login, &error));
  g_assert_false (is_in (store->db, "another", NOW));
}

static void
test_session_touch (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPerson) ann = add_person (store->db, "ann");
  Login login = {ann->id, "secret", NULL, NOW};
  g_autoptr (GBytes) digest = sv_token_digest ("secret");
  g_assert_true (perform (store->db, insert_session, &login, &error));
  gint64 now = NOW;
  for (; now < NOW + SV_SESSION_LIFE_US; now += SV_SESSION_IDLE_US / 2) {
    g_assert_true (is_in (store->db, "secret", now));
    g_assert_true (sv_session_touch (store->db, digest, now, &error));
  }
  g_assert_false (is_in (store->db, "secret", NOW + SV_SESSION_LIFE_US));
}

static void
test_session_limit (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPerson) ann = add_person (store->db, "ann"), bob = add_person (store->db, "bob");
  Login of_bob = {bob->id, "bob", NULL, NOW};
  g_assert_true (perform (store->db, insert_session, &of_bob, &error));
  for (gint i = 0; i <= SV_LIMIT_SESSIONS_PER_PERSON; i++) {
    g_autofree char *secret = g_strdup_printf ("secret %d", i);
    Login login = {ann->id, secret, NULL, NOW + i};
    g_assert_true (perform (store->db, insert_session, &login, &error));
  }
  g_assert_false (is_in (store->db, "secret 0", NOW + 100));
  g_assert_true (is_in (store->db, "secret 1", NOW + 100));
  g_assert_true (is_in (store->db, "bob", NOW + 100));
}

/* -- API tokens -- */

static gboolean
insert_token (SvDb *db, gpointer data, GError **error)
{
  const SvApiToken *token = data;
  g_autoptr (GBytes) digest = sv_token_digest (token->secret);
  return sv_api_token_insert (db, token, digest, error);
}

static gboolean
revoke_token (SvDb *db, gpointer data, GError **error)
{
  const SvApiToken *token = data;
  return sv_api_token_revoke (db, token->person, token->id, NOW, error);
}

static gboolean
is_good (SvDb *db, const char *secret, gint64 now_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPrincipal) principal = sv_api_token_find_principal (db, secret, now_us, &error);
  if (principal == NULL)
    assert_error (&error, SV_ERROR_UNAUTHENTICATED);
  else
    g_assert_true (sv_strings_contain (principal->permissions, "host:read"));
  return principal != NULL;
}

static void
test_tokens (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvPerson) ann = add_person (store->db, "ann");
  g_autoptr (GPtrArray) permissions = sv_strings_new ();
  sv_strings_add_distinct (permissions, "host:read");
  SvApiToken token = {.id = "t1",
                      .person = ann->id,
                      .name = "name",
                      .permissions = permissions,
                      .created_at_us = NOW,
                      .expires_at_us = NOW + 10,
                      .secret = "secret"};
  gint64 n;
  g_assert_true (perform (store->db, insert_token, &token, &error));
  g_assert_true (is_good (store->db, "secret", NOW));
  g_assert_false (is_good (store->db, "secret", NOW + 10));
  g_assert_false (is_good (store->db, "other", NOW));
  g_assert_true (sv_api_token_count (store->db, ann->id, NOW, &n, &error) && n == 1);
  ann->disabled = TRUE;
  g_assert_true (perform (store->db, update_person, ann, &error));
  g_assert_false (is_good (store->db, "secret", NOW));
  ann->disabled = FALSE;
  g_assert_true (perform (store->db, update_person, ann, &error));
  token.person = (char *)"somebody else";
  g_assert_false (perform (store->db, revoke_token, &token, &error));
  assert_error (&error, SV_ERROR_NOT_FOUND);
  token.person = ann->id;
  g_assert_true (is_good (store->db, "secret", NOW));
  g_assert_true (perform (store->db, revoke_token, &token, &error));
  g_assert_false (is_good (store->db, "secret", NOW));
}

/* -- The setup link -- */

static gboolean
use_link (SvDb *db, gpointer data, GError **error)
{
  return sv_setup_use (db, data, NOW, error);
}

typedef struct {
  const char *secret;
  gint64 now_us;
} Offer;

static gboolean
offer_link (SvDb *db, gpointer data, GError **error)
{
  const Offer *offer = data;
  return sv_setup_offer (db, offer->secret, offer->now_us, error);
}

static gboolean
offer (SvDb *db, const char *secret, gint64 now_us, GError **error)
{
  Offer made = {secret, now_us};
  return perform (db, offer_link, &made, error);
}

static void
assert_unusable (SvDb *db, const char *secret)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (perform (db, use_link, (gpointer)secret, &error));
  assert_error (&error, SV_ERROR_UNAUTHENTICATED);
}

static void
test_setup (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  assert_unusable (store->db, "first");
  g_assert_true (offer (store->db, "first", NOW - 5, &error));
  g_assert_true (offer (store->db, "second", NOW - 5, &error));
  assert_unusable (store->db, "first");
  g_assert_true (perform (store->db, use_link, (gpointer) "second", &error));
  assert_unusable (store->db, "second");
  g_assert_true (offer (store->db, "late", NOW - SV_SETUP_LIFE_US, &error));
  assert_unusable (store->db, "late");
  g_assert_true (offer (store->db, "third", NOW, &error));
  sv_person_free (add_person (store->db, "ann"));
  assert_unusable (store->db, "third");
  g_assert_false (offer (store->db, "fourth", NOW, &error));
  assert_error (&error, SV_ERROR_EXISTS);
}

/* -- At one time -- */

#define N_THREADS 4
#define N_EACH 15

typedef struct {
  const char *url;
  const char *id;
  guint first, done;
} Racer;

static gboolean
use_code (SvDb *db, gpointer data, GError **error)
{
  return sv_person_use_totp (db, data, 77, error);
}

static gpointer
race_for_code (gpointer data)
{
  Racer *racer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) db = sv_db_open (racer->url, &error);
  g_assert_no_error (error);
  racer->done = perform (db, use_code, (gpointer)racer->id, &error);
  if (!racer->done)
    assert_error (&error, SV_ERROR_UNAUTHENTICATED);
  return NULL;
}

static gpointer
write_entries (gpointer data)
{
  Racer *racer = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDb) db = sv_db_open (racer->url, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_EACH; i++) {
    g_autofree char *login = g_strdup_printf ("p%u", racer->first + i);
    sv_person_free (add_person (db, login));
    racer->done++;
  }
  return NULL;
}

static guint
race (SvTestStore *store, GThreadFunc run, const char *id)
{
  Racer racers[N_THREADS] = {0};
  GThread *threads[N_THREADS];
  guint done = 0;
  for (guint i = 0; i < N_THREADS; i++) {
    racers[i] = (Racer){store->url, id, i * N_EACH, 0};
    threads[i] = g_thread_new ("racer", run, &racers[i]);
  }
  for (guint i = 0; i < N_THREADS; i++) {
    g_thread_join (threads[i]);
    done += racers[i].done;
  }
  return done;
}

/* A code is good once, however many logins come with it at one time. */
static void
test_one_code_once (SvTestStore *store)
{
  g_autoptr (SvPerson) ann = add_person (store->db, "ann");
  g_assert_cmpuint (race (store, race_for_code, ann->id), ==, 1);
  g_assert_cmpint (assert_chain (store->db), ==, 2);
}

/* Writers at one time make one chain, without gaps. */
static void
test_one_chain (SvTestStore *store)
{
  g_assert_cmpuint (race (store, write_entries, NULL), ==, N_THREADS * N_EACH);
  g_assert_cmpint (assert_chain (store->db), ==, N_THREADS * N_EACH);
}

/* A hand in the store is found. */
static void
test_tampering (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < 5; i++) {
    g_autofree char *login = g_strdup_printf ("p%u", i);
    sv_person_free (add_person (store->db, login));
  }
  g_assert_cmpint (assert_chain (store->db), ==, 5);
  g_assert_true (
      sv_db_exec (store->db, "UPDATE audit_entry SET action = 'other' WHERE sequence = 3", &error));
  SvAuditCheck check = {0};
  g_assert_false (sv_audit_foreach (store->db, count_entries, &check, &error));
  assert_error (&error, SV_ERROR_UNTRUSTED);
  g_assert_cmpint (check.head.sequence, ==, 2);
}

static void
test_audit_list (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  for (guint i = 0; i < 5; i++) {
    g_autofree char *login = g_strdup_printf ("p%u", i);
    sv_person_free (add_person (store->db, login));
  }
  const SvAuditFilter all = {0}, none = {.action = "nothing"};
  gint64 n;
  g_assert_true (sv_audit_count (store->db, &all, &n, &error) && n == 5);
  g_assert_true (sv_audit_count (store->db, &none, &n, &error) && n == 0);
  GPtrArray *page = sv_audit_list (store->db, &all, 5, 3, &error);
  g_assert_cmpuint (page->len, ==, 3);
  for (guint i = 0; i < page->len; i++) {
    SvAuditEntry *entry = page->pdata[i];
    g_assert_cmpint (entry->sequence, ==, 4 - (gint)i);
    sv_audit_entry_free (entry);
  }
  g_ptr_array_unref (page);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/access/people", test_people);
  sv_test_store_add ("/access/list", test_list);
  sv_test_store_add ("/access/grants", test_grants);
  sv_test_store_add ("/access/sessions", test_sessions);
  sv_test_store_add ("/access/session-touch", test_session_touch);
  sv_test_store_add ("/access/session-limit", test_session_limit);
  sv_test_store_add ("/access/tokens", test_tokens);
  sv_test_store_add ("/access/setup", test_setup);
  sv_test_store_add ("/access/one-code-once", test_one_code_once);
  sv_test_store_add ("/access/one-chain", test_one_chain);
  sv_test_store_add ("/access/tampering", test_tampering);
  sv_test_store_add ("/access/audit-list", test_audit_list);
  return g_test_run ();
}
