/* Baselines on both stores: a release is replaced whole, and all goes with its baseline. */
#include "inventory/baseline_store.h"

#include "db/test_store.h"

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)

static void
save (SvDb *db, const char *distro, SvBaselinePackage *packages, gsize n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) list = g_ptr_array_new (), services = sv_strings_new ();
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (list, &packages[i]);
  g_ptr_array_add (services, g_strdup ("tcp/22"));
  const SvBaseline baseline = {
      .name = "web", .services = services, .created_at_us = NOW, .changed_at_us = NOW};
  const SvBaselinePart part = {.distro = (char *)distro, .packages = (gint64)n, .at_us = NOW};
  g_autoptr (SvTx) tx = sv_db_begin (db, &error);
  g_assert_true (sv_baseline_save (db, &baseline, &error));
  g_assert_true (sv_baseline_save_part (db, "web", &part, list, &error));
  g_assert_true (sv_tx_commit (tx, &error));
  g_assert_no_error (error);
}

static char *
list_packages (SvDb *db, const char *distro)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *packages = sv_baseline_load_packages (db, "web", distro, &error);
  g_assert_no_error (error);
  if (packages == NULL)
    return NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < packages->len; i++)
    g_string_append_printf (text, "%s=%s ", ((SvBaselinePackage *)packages->pdata[i])->name,
                            ((SvBaselinePackage *)packages->pdata[i])->version);
  sv_rows_free (packages, &sv_baseline_package_type);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_packages (SvDb *db, const char *distro, const char *expected)
{
  g_autofree char *seen = list_packages (db, distro);
  g_assert_cmpstr (seen, ==, expected);
}

static void
test_releases (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvBaselinePackage old[] = {{"b", "1"}, {"a", "1"}, {"a", "2"}}, anew[] = {{"a", "3"}};
  save (store->db, "debian:12", old, 3);
  save (store->db, "debian:13", anew, 1);
  assert_packages (store->db, "debian:12", "a=1 b=1 "); /* of one name the first */
  save (store->db, "debian:12", anew, 1);
  assert_packages (store->db, "debian:12", "a=3 ");
  assert_packages (store->db, "alpine:3.19", NULL);
  g_autoptr (SvBaseline) baseline = sv_baseline_load (store->db, "web", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (baseline->parts->len, ==, 2);
  g_assert_cmpstr (baseline->services->pdata[0], ==, "tcp/22");
  g_assert_true (sv_baseline_delete (store->db, "web", &error));
  assert_packages (store->db, "debian:12", NULL);
  g_assert_false (sv_baseline_delete (store->db, "web", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
}

static guint
count_exemptions (SvDb *db)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *list = sv_baseline_list_exemptions (db, "web", &error);
  g_assert_no_error (error);
  guint n = list->len;
  sv_rows_free (list, &sv_baseline_exemption_type);
  return n;
}

static void
test_exemptions (SvTestStore *store)
{
  g_autoptr (GError) error = NULL;
  SvDb *db = store->db;
  SvBaselineExemption one = {.id = "1", .item = "a", .reason = "r", .owner = "o"};
  g_assert_false (sv_baseline_exempt (db, "web", &one, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
  g_clear_error (&error);
  save (db, "debian:12", NULL, 0);
  g_assert_true (sv_baseline_exempt (db, "web", &one, &error));
  one.id = "2";
  g_assert_true (sv_baseline_exempt (db, "web", &one, &error));
  save (db, "debian:12", NULL, 0); /* taken anew: who answers for what stays */
  g_assert_cmpuint (count_exemptions (db), ==, 2);
  g_assert_true (sv_baseline_end_exemption (db, "web", "1", &error));
  g_assert_cmpuint (count_exemptions (db), ==, 1);
  g_assert_false (sv_baseline_end_exemption (db, "other", "2", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/baseline/releases", test_releases);
  sv_test_store_add ("/baseline/exemptions", test_exemptions);
  return g_test_run ();
}
