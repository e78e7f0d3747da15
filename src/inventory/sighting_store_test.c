/* Sightings on both stores: a source is replaced whole, and notes outlive it. */
#include "inventory/sighting_store.h"

#include "db/test_store.h"

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)

static void
replace (SvDb *db, const char *source, SvSightingKind kind, const char *csv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text = g_bytes_new_static (csv, strlen (csv));
  g_auto (SvSightings) sightings = {0};
  g_assert_true (sv_sightings_read (source, text, kind, &sightings, &error));
  const SvSightingSource of = {
      .source = (char *)source, .kind = (gint)kind, .at_us = NOW, .sightings = sightings.list->len};
  g_autoptr (SvTx) tx = sv_db_begin (db, &error);
  g_assert_true (sv_sighting_replace (db, &of, &sightings, &error));
  g_assert_true (sv_tx_commit (tx, &error));
  g_assert_no_error (error);
}

static guint
count_seen (SvDb *db, gint kind)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *seen = sv_sighting_list_seen (db, kind, &error);
  g_assert_no_error (error);
  guint n = seen->len;
  sv_rows_free (seen, &sv_seen_type);
  return n;
}

static void
test_replaced_whole (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = store->db;
  replace (db, "a", SV_SEEN_BY_DNS, "name,address\nx,192.0.2.1\ny,192.0.2.2\n");
  replace (db, "b", SV_SEEN_BY_DHCP, "name\nz\n");
  g_assert_cmpuint (count_seen (db, -1), ==, 3);
  g_assert_cmpuint (count_seen (db, SV_SEEN_BY_DNS), ==, 2);
  replace (db, "a", SV_SEEN_BY_AD, "name\nx\n");
  g_assert_cmpuint (count_seen (db, SV_SEEN_BY_DNS), ==, 0);
  g_assert_cmpuint (count_seen (db, SV_SEEN_BY_AD), ==, 1);
  GPtrArray *sources = sv_sighting_list_sources (db, &error);
  g_assert_cmpuint (sources->len, ==, 2);
  g_assert_cmpint (((SvSightingSource *)sources->pdata[0])->kind, ==, SV_SEEN_BY_AD);
  sv_rows_free (sources, &sv_sighting_source_type);
  g_assert_true (sv_sighting_delete (db, "a", &error));
  g_assert_cmpuint (count_seen (db, -1), ==, 1);
  g_assert_false (sv_sighting_delete (db, "a", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
}

static guint
count_notes (SvDb *db)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *notes = sv_sighting_list_notes (db, &error);
  g_assert_no_error (error);
  guint n = notes->len;
  sv_rows_free (notes, &sv_computer_note_type);
  return n;
}

static void
test_notes (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvComputerNote note = {.computer = "name:x", .owner = "anna"};
  g_assert_true (sv_sighting_save_note (store->db, &note, NOW, &error));
  note.owner = "bert";
  g_assert_true (sv_sighting_save_note (store->db, &note, NOW, &error));
  g_assert_cmpuint (count_notes (store->db), ==, 1);
  note.owner = NULL;
  g_assert_true (sv_sighting_save_note (store->db, &note, NOW, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (count_notes (store->db), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/sighting/replaced-whole", test_replaced_whole);
  sv_test_store_add ("/sighting/notes", test_notes);
  return g_test_run ();
}
