/* Inventory audits on both stores: every host that comes or goes is accounted for. */
#include "inventory/inventory_audit_store.h"

#include "db/test_store.h"
#include "inventory/host_store.h"

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)
#define DAY (86400 * SV_SECOND_US)
#define WEEK_S (7 * 86400)

static void
report (SvDb *db, const char *id, gint64 at_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvDictionary) dictionary = sv_dictionary_new ();
  SvPackage package = {
      .name = "bash", .arch = "amd64", .version = "1", .source = "bash", .source_version = "1"};
  SvDistro debian = {.id = "debian", .release = "12"};
  SvInventory inventory = {
      .hostname = (char *)id, .distro = &debian, .packages = g_ptr_array_new ()};
  g_ptr_array_add (inventory.packages, &package);
  SvCheckin *checkin = sv_checkin_new (&inventory, NULL, TRUE);
  SvHostPlace place;
  g_autoptr (SvTx) tx = sv_db_begin (db, &error);
  g_assert_true (sv_host_check_in (dictionary, db, id, checkin, at_us, &place, &error));
  g_assert_true (sv_tx_commit (tx, &error));
  sv_checkin_free_lent (checkin);
  g_ptr_array_unref (inventory.packages);
}

static void
retire (SvDb *db, const char *id, gint64 at_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvTx) tx = sv_db_begin (db, &error);
  g_assert_true (sv_host_retire (db, id, at_us, &error));
  g_assert_true (sv_tx_commit (tx, &error));
}

static SvInventoryAudit *
run (SvDb *db, gint64 at_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvTx) tx = sv_db_begin (db, &error);
  SvInventoryAudit *audit = sv_inventory_audit_run (db, WEEK_S, at_us, &error);
  g_assert_no_error (error);
  g_assert_true (sv_tx_commit (tx, &error));
  g_assert_cmpint (audit->unaccounted, ==, 0);
  g_autoptr (SvInventoryAudit) kept = sv_inventory_audit_load (db, audit->id, &error);
  g_assert_no_error (error);
  g_assert_true (sv_record_equal (&sv_inventory_audit_type, kept, audit));
  return audit;
}

/* "host:kind" of every difference, joined. */
static char *
list_differences (SvDb *db, gint64 audit, const char *kind)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *cursor = NULL;
  const SvAuditedFilter filter = {.audit = audit, .kind = kind};
  gint64 total, seen = 0;
  g_assert_true (sv_audited_host_count (db, &filter, &total, &error));
  do {
    char *next;
    GPtrArray *hosts = sv_audited_host_list (db, &filter, cursor, 2, &next, &error);
    g_assert_no_error (error);
    for (guint i = 0; i < hosts->len; i++, seen++) {
      const SvAuditedHost *host = hosts->pdata[i];
      g_string_append_printf (text, "%s:%s ", host->host, sv_audited_kind_names[host->kind]);
    }
    sv_rows_free (hosts, &sv_audited_host_type);
    sv_text_take (&cursor, next);
  } while (cursor != NULL);
  g_assert_cmpint (seen, ==, total);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_differences (SvDb *db, gint64 audit, const char *kind, const char *expected)
{
  g_autofree char *found = list_differences (db, audit, kind);
  g_assert_cmpstr (found, ==, expected);
}

static gint64
count_silent (SvDb *db, gint64 audits)
{
  g_autoptr (GError) error = NULL;
  const SvHostFilter filter = {.silent_audits = audits};
  gint64 count;
  g_assert_true (sv_host_count (db, &filter, &count, &error));
  g_assert_no_error (error);
  return count;
}

static void
test_what_came_and_went (SvTestStore *store)
{
  SvDb *db = store->db;
  report (db, "a", NOW);
  report (db, "b", NOW);
  report (db, "old", NOW - 30 * DAY); /* before there were audits: absent, and no difference */
  g_autoptr (SvInventoryAudit) first = run (db, NOW + 1);
  g_assert_cmpint (first->hosts, ==, 2);
  g_assert_cmpint (first->new_hosts, ==, 2);
  assert_differences (db, 1, NULL, "a:new b:new ");
  g_autoptr (SvInventoryAudit) same = run (db, NOW + DAY);
  g_assert_cmpint (same->hosts_before, ==, 2);
  assert_differences (db, 2, NULL, "");
  report (db, "c", NOW + 9 * DAY);
  report (db, "old", NOW + 9 * DAY);
  retire (db, "a", NOW + 9 * DAY);
  g_autoptr (SvInventoryAudit) third = run (db, NOW + 10 * DAY);
  g_assert_cmpint (third->hosts, ==, 2);
  assert_differences (db, 3, NULL, "a:retired b:silent c:new old:returned ");
  assert_differences (db, 3, "silent", "b:silent ");
  report (db, "a", NOW + 10 * DAY); /* retired, and back */
  retire (db, "b", NOW + 10 * DAY); /* it was not counted any more: no difference */
  g_autoptr (SvInventoryAudit) fourth = run (db, NOW + 10 * DAY + 1);
  g_assert_cmpint (fourth->hosts, ==, 3);
  assert_differences (db, 4, NULL, "a:returned ");
}

static void
test_offered_to_be_retired (SvTestStore *store)
{
  SvDb *db = store->db;
  report (db, "a", NOW);
  report (db, "old", NOW - 30 * DAY);
  g_assert_cmpint (count_silent (db, 0), ==, 2);
  g_assert_cmpint (count_silent (db, 1), ==, 0); /* no audit, no answer */
  sv_inventory_audit_free (run (db, NOW + 1));
  g_assert_cmpint (count_silent (db, 1), ==, 1);
  g_assert_cmpint (count_silent (db, 2), ==, 0);
  sv_inventory_audit_free (run (db, NOW + 10 * DAY));
  g_assert_cmpint (count_silent (db, 1), ==, 2);
  g_assert_cmpint (count_silent (db, 2), ==, 1);
  report (db, "old", NOW + 11 * DAY);
  g_assert_cmpint (count_silent (db, 1), ==, 1); /* it is back, though no audit saw it yet */
  retire (db, "a", NOW + 11 * DAY);
  g_assert_cmpint (count_silent (db, 1), ==, 0);
}

static gboolean
is_present (SvDb *db, const char *id, gint64 at_us)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvHost) host = sv_host_load (db, id, NULL, &error);
  return host != NULL && host->packages > 0 && host->last_seen_us > at_us - 7 * DAY;
}

/* Whatever hosts do between audits, each count is explained; and who is present is told by the
 * hosts themselves. */
static void
test_nothing_is_unaccounted (SvTestStore *store)
{
  static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
  gboolean retired[G_N_ELEMENTS (ids)] = {FALSE}, known[G_N_ELEMENTS (ids)] = {FALSE};
  gint64 now_us = NOW;
  for (guint round = 0; round < 40; round++) {
    now_us += g_test_rand_int_range (0, 5) * DAY;
    for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
      int what = g_test_rand_int_range (0, 6);
      gboolean goes = what == 0 && known[i] && !retired[i];
      if (!goes && what != 1)
        continue;
      (goes ? retire : report) (store->db, ids[i], now_us);
      retired[i] = goes;
      known[i] = TRUE;
    }
    g_autoptr (SvInventoryAudit) audit = run (store->db, now_us + 1);
    gint64 present = 0;
    for (guint i = 0; i < G_N_ELEMENTS (ids); i++)
      present += !retired[i] && is_present (store->db, ids[i], now_us + 1);
    g_assert_cmpint (audit->hosts, ==, present);
  }
}

/* A row that a hand took out of the store is what `unaccounted` is for. */
static void
test_a_hand_in_the_store (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  report (store->db, "a", NOW);
  sv_inventory_audit_free (run (store->db, NOW + 1));
  g_assert_true (sv_db_exec (store->db, "DELETE FROM host", &error));
  g_autoptr (SvTx) tx = sv_db_begin (store->db, &error);
  g_autoptr (SvInventoryAudit) audit = sv_inventory_audit_run (store->db, WEEK_S, NOW + 2, &error);
  g_assert_no_error (error);
  g_assert_cmpint (audit->unaccounted, ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/inventory-audit/what-came-and-went", test_what_came_and_went);
  sv_test_store_add ("/inventory-audit/offered-to-be-retired", test_offered_to_be_retired);
  sv_test_store_add ("/inventory-audit/nothing-is-unaccounted", test_nothing_is_unaccounted);
  sv_test_store_add ("/inventory-audit/a-hand-in-the-store", test_a_hand_in_the_store);
  return g_test_run ();
}
