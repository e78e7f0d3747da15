/* Systems, their rules and their hosts, on both stores. */
#include "inventory/system_store.h"

#include "db/test_store.h"
#include "inventory/host_store.h"

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)

static void
add_system (SvDb *db, const char *id, const char *name, const char *line)
{
  g_autoptr (GError) error = NULL;
  const SvSystem system = {.id = (char *)id,
                           .name = (char *)name,
                           .line_of_business = (char *)line,
                           .criticality = name[0] == 'a' ? 1 : 3};
  sv_system_insert (db, &system, &error);
  g_assert_no_error (error);
}

/* A host that reports a package; hosts of other tests of this room report more. */
static void
add_host (SvDb *db, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDictionary) dictionary = sv_dictionary_new ();
  SvPackage package = {.name = (char *)"bash",
                       .arch = (char *)"amd64",
                       .version = (char *)"1",
                       .source = (char *)"bash",
                       .source_version = (char *)"1"};
  SvDistro debian = {.id = (char *)"debian", .release = (char *)"12"};
  g_autofree char *name = g_strconcat ("host-", id, NULL);
  SvInventory inventory = {.hostname = name, .distro = &debian, .packages = g_ptr_array_new ()};
  g_ptr_array_add (inventory.packages, &package);
  SvCheckin *checkin = sv_checkin_new (&inventory, NULL, TRUE);
  SvHostPlace place;
  g_autoptr (SvTx) tx = sv_db_begin (db, &error);
  g_assert_true (sv_host_check_in (dictionary, db, id, checkin, NOW, &place, &error));
  g_assert_true (sv_tx_commit (tx, &error));
  sv_checkin_free_lent (checkin);
  g_ptr_array_unref (inventory.packages);
}

static gint64
save_rules (SvDb *db, gint64 revision, SvSystemRule *rules, gsize n, GError **error)
{
  SvSystemRules list = {.revision = revision, .rules = g_ptr_array_new ()};
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (list.rules, &rules[i]);
  gboolean saved = sv_system_rules_save (db, &list, error);
  g_ptr_array_unref (list.rules);
  return saved ? list.revision : -1;
}

static void
place_all (SvDb *db)
{
  g_autoptr (GError) error = NULL;
  for (gboolean left = TRUE; left;) {
    sv_system_place_some (db, 1, NOW + 1, &left, &error);
    g_assert_no_error (error);
  }
}

static void
assert_system (SvDb *db, const char *host, const char *system)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvHost) of = sv_host_load (db, host, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (of->system, ==, system);
}

/* Rules place hosts, a hand goes before them, and what a rule no longer says is taken back. */
static void
test_place (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = store->db;
  add_system (db, "s1", "alpha", "bank");
  add_system (db, "s2", "beta", "grid");
  add_host (db, "1");
  add_host (db, "2");
  place_all (db);
  assert_system (db, "1", NULL);
  SvSystemRule rules[] = {{.system = (char *)"s1", .name = (char *)"host-1"},
                          {.system = (char *)"s2", .distro = (char *)"debian:*"}};
  g_assert_cmpint (save_rules (db, 0, rules, 2, &error), ==, 1);
  place_all (db);
  assert_system (db, "1", "alpha");
  assert_system (db, "2", "beta");
  g_assert_true (sv_system_place_by_hand (db, "1", "s2", NOW, &error));
  g_assert_cmpint (save_rules (db, 1, rules, 1, &error), ==, 2);
  place_all (db);
  assert_system (db, "1", "beta");
  assert_system (db, "2", NULL);
  g_assert_true (sv_system_place_by_hand (db, "1", NULL, NOW, &error));
  place_all (db);
  assert_system (db, "1", "alpha");
}

/* Two people at once: the second must look at what the first wrote. */
static void
test_revision (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  add_system (store->db, "s1", "alpha", NULL);
  SvSystemRule rule = {.system = (char *)"s1", .name = (char *)"*"};
  SvSystemRule strange = {.system = (char *)"s9", .name = (char *)"*"};
  g_assert_cmpint (save_rules (store->db, 0, &rule, 1, NULL), ==, 1);
  g_assert_cmpint (save_rules (store->db, 0, &rule, 1, &error), ==, -1);
  g_assert_true (sv_error_is (error, SV_ERROR_CONFLICT));
  g_clear_error (&error);
  g_assert_cmpint (save_rules (store->db, 1, &strange, 1, &error), ==, -1);
  g_assert_true (sv_error_is (error, SV_ERROR_NOT_FOUND));
}

static void
test_delete (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = store->db;
  add_system (db, "s1", "alpha", NULL);
  add_host (db, "1");
  SvSystemRule rule = {.system = (char *)"s1", .name = (char *)"*"};
  g_assert_cmpint (save_rules (db, 0, &rule, 1, NULL), ==, 1);
  place_all (db);
  assert_system (db, "1", "alpha");
  g_assert_true (sv_system_delete (db, "s1", NOW, &error));
  place_all (db);
  assert_system (db, "1", NULL);
  g_autoptr (SvSystemRules) rules = sv_system_rules_load (db, &error);
  g_assert_cmpuint (rules->rules->len, ==, 0);
}

/* Count and rows by the same words; what is to be protected first comes first; pages meet. */
static void
test_list (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = store->db;
  add_system (db, "s1", "alpha", "bank");
  add_system (db, "s2", "beta", "grid");
  add_system (db, "s3", "gamma", "bank");
  add_host (db, "1");
  g_assert_true (sv_system_place_by_hand (db, "1", "s2", NOW, &error));
  static const char *const expected[] = {"beta", "gamma", "alpha"};
  const SvSystemFilter all = {0}, bank = {.line_of_business = "bank"};
  g_autofree char *cursor = NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++) {
    g_autofree char *after = g_steal_pointer (&cursor);
    GPtrArray *page = sv_system_list (db, &all, after, 1, &cursor, &error);
    g_assert_no_error (error);
    const SvSystem *system = page->pdata[0];
    g_assert_cmpstr (system->name, ==, expected[i]);
    g_assert_cmpint (system->hosts, ==, i == 0);
    sv_rows_free (page, &sv_system_type);
  }
  g_assert_null (cursor);
  gint64 n;
  g_assert_true (sv_system_count (db, &bank, &n, NULL) && n == 2);
  const SvSystem again = {.id = (char *)"s4", .name = (char *)"beta"};
  g_assert_false (sv_system_insert (db, &again, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_EXISTS));
}

static void
grant (SvDb *db, const char *kind, const char *scope)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvQuery) query =
      sv_db_query (db,
                   "INSERT INTO role_grant (id, person, role, scope_kind, scope, granted_at_us)"
                   " VALUES (:scope, 'p', 'system-owner', :kind, :scope, 0)",
                   &error);
  sv_query_bind_text (query, "kind", kind);
  sv_query_bind_text (query, "scope", scope);
  sv_query_run (query, &error);
  g_assert_no_error (error);
}

static void
assert_reach (SvDb *db, const char *joined)
{
  g_autoptr (GError) error = NULL;
  const SvSystemFilter filter = {.reach = "p"};
  g_autoptr (GPtrArray) ids = sv_system_list_ids (db, &filter, &error);
  g_assert_no_error (error);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < ids->len; i++)
    g_string_append (text, ids->pdata[i]);
  g_assert_cmpstr (text->str, ==, joined);
}

/* Who has a role for a part sees the hosts of that part, and only those. */
static void
test_reach (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = store->db;
  add_system (db, "s1", "alpha", "bank");
  add_system (db, "s2", "beta", "grid");
  add_system (db, "s3", "gamma", "grid");
  add_host (db, "1");
  add_host (db, "2");
  g_assert_true (sv_system_place_by_hand (db, "1", "s1", NOW, &error));
  assert_reach (db, "");
  grant (db, "system", "s1");
  assert_reach (db, "s1");
  grant (db, "line-of-business", "grid");
  assert_reach (db, "s1s2s3");
  const SvHostFilter theirs = {.reach = "p"};
  gint64 n;
  g_assert_true (sv_host_count (db, &theirs, &n, &error));
  g_assert_cmpint (n, ==, 1);
  g_assert_null (sv_host_load (db, "2", "p", &error));
  g_assert_true (sv_error_is (error, SV_ERROR_NOT_FOUND));
}

/* A host that is retired is in no list; if it reports again, it is back, and placed. */
static void
test_retire (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = store->db;
  add_system (db, "s1", "alpha", NULL);
  add_host (db, "1");
  SvSystemRule rule = {.system = (char *)"s1", .name = (char *)"*"};
  g_assert_cmpint (save_rules (db, 0, &rule, 1, NULL), ==, 1);
  place_all (db);
  g_assert_true (sv_host_retire (db, "1", NOW, &error));
  g_assert_false (sv_host_retire (db, "1", NOW, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_NOT_FOUND));
  const SvHostFilter all = {0};
  gint64 n;
  g_assert_true (sv_host_count (db, &all, &n, NULL) && n == 0);
  add_host (db, "1");
  place_all (db);
  assert_system (db, "1", "alpha");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/system/place", test_place);
  sv_test_store_add ("/system/revision", test_revision);
  sv_test_store_add ("/system/delete", test_delete);
  sv_test_store_add ("/system/list", test_list);
  sv_test_store_add ("/system/reach", test_reach);
  sv_test_store_add ("/system/retire", test_retire);
  return g_test_run ();
}
