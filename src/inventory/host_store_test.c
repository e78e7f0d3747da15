/* What hosts report, on both stores. */
#include "inventory/host_store.h"

#include "db/test_store.h"

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)

/* One host as it is, and its agent's memory of what was acknowledged. */
typedef struct {
  const char *id;
  SvInventory inventory;
  GArray *known; /* digests; NULL: nothing was acknowledged */
} Machine;

static void
machine_init (Machine *machine, const char *id)
{
  static SvDistro debian = {.id = "debian", .release = "12", .name = "Debian 12", .scheme = 0};
  *machine = (Machine){.id = id};
  machine->inventory.hostname = g_strconcat ("host-", id, NULL);
  machine->inventory.distro = &debian;
  machine->inventory.collected_at_us = NOW;
  machine->inventory.packages = g_ptr_array_new ();
}

static void
machine_empty (Machine *machine)
{
  for (guint i = 0; i < machine->inventory.packages->len; i++)
    sv_record_free (&sv_package_type, machine->inventory.packages->pdata[i]);
  g_ptr_array_set_size (machine->inventory.packages, 0);
}

static void
machine_clear (Machine *machine)
{
  machine_empty (machine);
  g_ptr_array_unref (machine->inventory.packages);
  g_free (machine->inventory.hostname);
  g_clear_pointer (&machine->known, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Machine, machine_clear)

static SvPackage *
install (Machine *machine, const char *name, const char *version)
{
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (name);
  package->arch = g_strdup ("amd64");
  package->version = g_strdup (version);
  package->source = g_strdup (name);
  package->source_version = g_strdup (version);
  g_ptr_array_add (machine->inventory.packages, package);
  return package;
}

typedef struct {
  SvDb *db;
  SvDictionary *dictionary;
} Fleet;

static void
fleet_clear (Fleet *fleet)
{
  sv_dictionary_free (fleet->dictionary);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fleet, fleet_clear)

/* As a server does it: one transaction, then the dictionary learns of it. */
static gboolean
deliver (Fleet *fleet, const char *host, const SvCheckin *checkin, SvHostPlace *ret_place,
         GError **error)
{
  g_autoptr (SvTx) tx = sv_db_begin (fleet->db, error);
  g_assert_nonnull (tx);
  return sv_host_check_in (fleet->dictionary, fleet->db, host, checkin, NOW, ret_place, error) &&
         sv_tx_commit (tx, error) && sv_dictionary_refresh (fleet->dictionary, fleet->db, error);
}

/* As an agent does it: what was acknowledged is the next base. */
static gint64
report (Fleet *fleet, Machine *machine)
{
  g_autoptr (GError) error = NULL;
  SvHostPlace place = {0};
  SvCheckin *checkin = sv_checkin_new (&machine->inventory, machine->known, TRUE);
  deliver (fleet, machine->id, checkin, &place, &error);
  g_assert_no_error (error);
  sv_checkin_free_lent (checkin);
  g_clear_pointer (&machine->known, g_array_unref);
  machine->known = sv_package_list_digests (machine->inventory.packages);
  return place.set;
}

static void
assert_kept (Fleet *fleet, const Machine *machine)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) kept =
      sv_host_load_inventory (fleet->dictionary, fleet->db, machine->id, &error);
  g_assert_no_error (error);
  g_autoptr (GArray) have = sv_package_list_digests (kept->packages);
  g_autoptr (GArray) want = sv_package_list_digests (machine->inventory.packages);
  g_assert_cmpmem (have->data, have->len * sizeof (SvDigest), want->data,
                   want->len * sizeof (SvDigest));
  g_assert_cmpstr (kept->hostname, ==, machine->inventory.hostname);
  g_assert_cmpstr (kept->distro->id, ==, "debian");
}

static gint64
count_sets (SvDb *db)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*) FROM package_set", NULL);
  g_assert_cmpint (sv_query_step (query, NULL), ==, SV_STEP_ROW);
  return sv_query_get_int64 (query, 0);
}

static void
test_life (SvTestStore *store)
{
  g_auto (Fleet) fleet = {store->db, sv_dictionary_new ()};
  g_auto (Machine) machine;
  machine_init (&machine, "1");
  install (&machine, "openssl", "3.0.1-1");
  install (&machine, "bash", "5.2-1")->held = TRUE;
  gint64 first = report (&fleet, &machine);
  assert_kept (&fleet, &machine);
  g_assert_cmpint (report (&fleet, &machine), ==, first);
  g_autoptr (SvInventory) kept = sv_host_load_inventory (fleet.dictionary, fleet.db, "1", NULL);
  g_assert_true (((SvPackage *)kept->packages->pdata[0])->held); /* bash comes first */
  g_assert_false (((SvPackage *)kept->packages->pdata[1])->held);
  SvPackage *openssl = machine.inventory.packages->pdata[0];
  sv_text_set (&openssl->version, "3.0.2-1");
  sv_text_set (&openssl->source_version, "3.0.2-1");
  g_assert_cmpint (report (&fleet, &machine), !=, first);
  assert_kept (&fleet, &machine);
  g_assert_cmpint (count_sets (fleet.db), ==, 1); /* nobody has the first one any more */
}

static void
test_shared (SvTestStore *store)
{
  g_auto (Fleet) fleet = {store->db, sv_dictionary_new ()};
  g_auto (Machine) one, two;
  machine_init (&one, "1");
  machine_init (&two, "2");
  for (int i = 0; i < 40; i++) {
    g_autofree char *name = g_strdup_printf ("package-%d", i);
    install (&one, name, "1-1");
    install (&two, name, "1-1");
  }
  g_assert_cmpint (report (&fleet, &one), ==, report (&fleet, &two));
  install (&two, "more", "1-1");
  report (&fleet, &two);
  assert_kept (&fleet, &one);
  assert_kept (&fleet, &two);
  g_autoptr (SvQuery) query =
      sv_db_query (fleet.db, "SELECT MAX (base) FROM package_set WHERE size = 41", NULL);
  g_assert_cmpint (sv_query_step (query, NULL), ==, SV_STEP_ROW);
  g_assert_cmpint (sv_query_get_int64 (query, 0), >, 0); /* kept as the one package it has more */
}

static gint64
count_entries (SvDb *db)
{
  g_autoptr (SvQuery) query = sv_db_query (db, "SELECT COUNT (*) FROM package_entry", NULL);
  g_assert_cmpint (sv_query_step (query, NULL), ==, SV_STEP_ROW);
  return sv_query_get_int64 (query, 0);
}

/* The reports of others are committed with it: it must leave nothing behind. */
static void
expect_refused (Fleet *fleet, const char *host, const SvCheckin *checkin, SvError code)
{
  g_autoptr (GError) error = NULL;
  SvHostPlace place;
  gint64 before = count_entries (fleet->db);
  g_autoptr (SvTx) tx = sv_db_begin (fleet->db, NULL);
  g_assert_false (
      sv_host_check_in (fleet->dictionary, fleet->db, host, checkin, NOW, &place, &error));
  if (!sv_error_is (error, code))
    g_error ("%s", error->message);
  g_assert_true (sv_tx_commit (tx, NULL));
  g_assert_cmpint (count_entries (fleet->db), ==, before);
}

static void
test_refused (SvTestStore *store)
{
  g_auto (Fleet) fleet = {store->db, sv_dictionary_new ()};
  g_auto (Machine) honest, evil;
  machine_init (&honest, "1");
  machine_init (&evil, "2");
  install (&honest, "openssl", "3.0.1-1");
  install (&evil, "openssl", "1.0.0-1");
  report (&fleet, &honest);
  g_autoptr (GArray) foreign = sv_package_list_digests (honest.inventory.packages);
  SvDigest digest = sv_package_set_digest (foreign);
  g_autofree char *name = sv_digest_format (&digest);

  /* somebody else's set, under other content (S46) */
  SvCheckin *lie = sv_checkin_new (&evil.inventory, NULL, TRUE);
  g_autofree char *own = g_steal_pointer (&lie->set);
  lie->set = g_strdup (name);
  expect_refused (&fleet, "2", lie, SV_ERROR_INVALID_DATA);
  /* somebody else's set as a base, without ever having described it */
  sv_text_set (&lie->base, name);
  sv_text_set (&lie->set, own);
  expect_refused (&fleet, "2", lie, SV_ERROR_CONFLICT);
  sv_text_set (&lie->set, "zz");
  sv_text_take (&lie->base, NULL);
  expect_refused (&fleet, "2", lie, SV_ERROR_INVALID_DATA);
  sv_checkin_free_lent (lie);

  SvCheckin *bare = sv_checkin_new (&evil.inventory, NULL, FALSE);
  expect_refused (&fleet, "2", bare, SV_ERROR_CONFLICT); /* new, and says nothing of itself */
  sv_checkin_free_lent (bare);
  assert_kept (&fleet, &honest);
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_host_load (fleet.db, "2", NULL, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_NOT_FOUND));
}

/* What could not be judged, or not be read back, is refused before anything is kept. */
static void
test_unfit (SvTestStore *store)
{
  g_auto (Fleet) fleet = {store->db, sv_dictionary_new ()};
  g_auto (Machine) evil;
  machine_init (&evil, "2");
  SvPackage *broken = install (&evil, "broken", "1-1");
  char **const texts[] = {&broken->name, &broken->version, &broken->source};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = g_steal_pointer (texts[i]);
    SvCheckin *lacking = sv_checkin_new (&evil.inventory, NULL, TRUE);
    expect_refused (&fleet, "2", lacking, SV_ERROR_INVALID_DATA);
    sv_checkin_free_lent (lacking);
    *texts[i] = g_steal_pointer (&text);
  }
  evil.inventory.vendor = g_strnfill (SV_LIMIT_FACTS_BYTES, 'x');
  SvCheckin *huge = sv_checkin_new (&evil.inventory, NULL, TRUE);
  expect_refused (&fleet, "2", huge, SV_ERROR_LIMIT);
  sv_checkin_free_lent (huge);
  g_clear_pointer (&evil.inventory.vendor, g_free);
  g_assert_null (sv_host_load (fleet.db, "2", NULL, NULL));
}

/* A server that was restored from a backup asks for everything again. */
static void
test_lost_base (SvTestStore *store)
{
  g_auto (Fleet) fleet = {store->db, sv_dictionary_new ()};
  g_auto (Machine) machine;
  machine_init (&machine, "1");
  install (&machine, "openssl", "3.0.1-1");
  report (&fleet, &machine);
  install (&machine, "bash", "5.2-1");
  g_autoptr (GArray) ahead = sv_package_list_digests (machine.inventory.packages);
  install (&machine, "curl", "8-1");
  SvCheckin *checkin = sv_checkin_new (&machine.inventory, ahead, FALSE);
  expect_refused (&fleet, "1", checkin, SV_ERROR_CONFLICT);
  sv_checkin_free_lent (checkin);
}

/* --- many hosts at random, against what they really have --- */

static void
drift (Machine *machine)
{
  if (g_test_rand_int_range (0, 12) == 0)
    machine_empty (machine);
  for (int i = g_test_rand_int_range (0, 5); i > 0; i--) {
    g_autofree char *name = g_strdup_printf ("p%d", g_test_rand_int_range (0, 60));
    g_autofree char *version = g_strdup_printf ("%d-1", g_test_rand_int_range (1, 4));
    install (machine, name, version);
  }
  GPtrArray *packages = machine->inventory.packages;
  for (int i = g_test_rand_int_range (0, 4); i > 0 && packages->len > 0; i--) {
    guint at = (guint)g_test_rand_int_range (0, (gint32)packages->len);
    sv_record_free (&sv_package_type, g_ptr_array_remove_index_fast (packages, at));
  }
  if (g_test_rand_int_range (0, 9) == 0)
    g_clear_pointer (&machine->known, g_array_unref); /* the agent lost its memory */
}

static void
test_drift (SvTestStore *store)
{
  static const char *const ids[] = {"a", "b", "c", "d", "e"};
  g_auto (Fleet) fleet = {store->db, sv_dictionary_new ()};
  Machine machines[G_N_ELEMENTS (ids)];
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
    machine_init (&machines[i], ids[i]);
  for (int round = 0; round < 150; round++) {
    Machine *machine = &machines[g_test_rand_int_range (0, G_N_ELEMENTS (ids))];
    drift (machine);
    report (&fleet, machine);
    if (round % 10 == 9)
      for (gsize i = 0; i < G_N_ELEMENTS (ids); i++)
        if (machines[i].known != NULL)
          assert_kept (&fleet, &machines[i]);
  }
  /* a server that starts now reads the same */
  g_auto (Fleet) fresh = {store->db, sv_dictionary_new ()};
  g_assert_true (sv_dictionary_refresh (fresh.dictionary, fresh.db, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (ids); i++) {
    if (machines[i].known != NULL)
      assert_kept (&fresh, &machines[i]);
    machine_clear (&machines[i]);
  }
  g_assert_cmpint (count_sets (fleet.db), <, 40); /* old ones went */
}

/* --- lists --- */

static void
add_hosts (Fleet *fleet, guint n)
{
  for (guint i = 0; i < n; i++) {
    g_autofree char *id = g_strdup_printf ("%03u", i);
    g_auto (Machine) machine;
    machine_init (&machine, id);
    g_free (machine.inventory.hostname);
    machine.inventory.hostname = g_strdup_printf ("%s%u", i % 2 == 0 ? "web" : "db", i / 4);
    g_autoptr (GPtrArray) reasons = sv_strings_new ();
    if (i % 5 == 0)
      g_ptr_array_add (reasons, g_strdup ("a new kernel"));
    machine.inventory.reboot_reasons = reasons;
    install (&machine, "a", "1-1");
    report (fleet, &machine);
  }
}

/* Walks all pages of @filter; every host comes once, as many as were counted. */
static guint
walk (Fleet *fleet, const SvHostFilter *filter, gint64 limit)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *cursor = NULL;
  do {
    g_autoptr (GError) error = NULL;
    g_autofree char *next = NULL;
    g_autoptr (GPtrArray) page = sv_host_list (fleet->db, filter, cursor, limit, &next, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (page->len, <=, (guint)limit);
    for (guint i = 0; i < page->len; i++) {
      SvHost *host = page->pdata[i];
      g_assert_true (g_hash_table_add (seen, g_strdup (host->id)));
      sv_host_free (host);
    }
    g_free (cursor);
    cursor = g_steal_pointer (&next);
  } while (cursor != NULL);
  gint64 count;
  g_assert_true (sv_host_count (fleet->db, filter, &count, NULL));
  g_assert_cmpint (count, ==, g_hash_table_size (seen));
  return (guint)count;
}

static void
test_lists (SvTestStore *store)
{
  g_auto (Fleet) fleet = {store->db, sv_dictionary_new ()};
  add_hosts (&fleet, 25);
  g_assert_cmpuint (walk (&fleet, &(SvHostFilter){0}, 7), ==, 25);
  g_assert_cmpuint (walk (&fleet, &(SvHostFilter){0}, 25), ==, 25);
  g_assert_cmpuint (walk (&fleet, &(SvHostFilter){.reboot = "needed"}, 2), ==, 5);
  g_assert_cmpuint (walk (&fleet, &(SvHostFilter){.name = "web"}, 3), ==, 13);
  g_assert_cmpuint (walk (&fleet, &(SvHostFilter){.distro = "debian:12"}, 10), ==, 25);
  g_assert_cmpuint (walk (&fleet, &(SvHostFilter){.distro = "debian:13"}, 10), ==, 0);
  g_assert_cmpuint (walk (&fleet, &(SvHostFilter){.seen_after_us = NOW}, 10), ==, 0);
  g_assert_cmpuint (walk (&fleet, &(SvHostFilter){.seen_before_us = NOW + 1}, 10), ==, 25);
  g_autoptr (GError) error = NULL;
  g_autofree char *next = NULL;
  g_assert_null (sv_host_list (fleet.db, &(SvHostFilter){0}, "nonsense", 10, &next, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_INVALID_DATA));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/host/life", test_life);
  sv_test_store_add ("/host/shared", test_shared);
  sv_test_store_add ("/host/refused", test_refused);
  sv_test_store_add ("/host/unfit", test_unfit);
  sv_test_store_add ("/host/lost-base", test_lost_base);
  sv_test_store_add ("/host/drift", test_drift);
  sv_test_store_add ("/host/lists", test_lists);
  return g_test_run ();
}
