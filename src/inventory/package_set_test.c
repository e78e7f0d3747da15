#include "inventory/id_list.h"
#include "inventory/package_set.h"

#include <string.h>

static SvPackage
package_of (const char *name, const char *version)
{
  return (SvPackage){.name = (char *)name,
                     .arch = "amd64",
                     .version = (char *)version,
                     .source = (char *)name,
                     .source_version = (char *)version};
}

static void
expect_other (SvPackage *package, char **member, const char *value)
{
  SvDigest before = sv_package_digest (package);
  char *old = *member;
  *member = (char *)value;
  SvDigest after = sv_package_digest (package);
  *member = old;
  g_assert_cmpint (sv_digest_compare (&before, &after), !=, 0);
}

/* Whatever tells two packages apart must tell their digests apart. */
static void
test_digest (void)
{
  SvPackage package = package_of ("a", "1");
  char **const members[] = {&package.name,   &package.arch,           &package.version,
                            &package.source, &package.source_version, &package.module,
                            &package.vendor, &package.origin,         &package.ecosystem};
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    expect_other (&package, members[i], "x");
  expect_other (&package, &package.origin, ""); /* "" is unmanaged, NULL not looked at (72) */
  SvPackage moved = package_of ("a\nb", ""), other = package_of ("a", "\nb");
  SvDigest one = sv_package_digest (&moved), two = sv_package_digest (&other);
  g_assert_cmpint (sv_digest_compare (&one, &two), !=, 0);
  SvPackage held = package;
  held.held = held.automatic = TRUE;
  one = sv_package_digest (&package);
  two = sv_package_digest (&held);
  g_assert_cmpint (sv_digest_compare (&one, &two), ==, 0);
}

static void
test_text (void)
{
  SvPackage package = package_of ("a", "1");
  SvDigest digest = sv_package_digest (&package), back;
  g_autofree char *text = sv_digest_format (&digest);
  g_assert_true (sv_digest_parse (text, &back, NULL));
  g_assert_cmpint (sv_digest_compare (&digest, &back), ==, 0);
  text[3] = 'G';
  g_assert_false (sv_digest_parse (text, &back, NULL));
  g_assert_false (sv_digest_parse ("00", &back, NULL));
  memset (text, 'A', 64);
  g_assert_false (sv_digest_parse (text, &back, NULL)); /* one digest, one text */
}

static void
test_set (void)
{
  SvPackage a = package_of ("a", "1"), b = package_of ("b", "1"), gone = package_of ("c", "1");
  gone.state = SV_PACKAGE_CONFIG_FILES;
  g_autoptr (GPtrArray) one = g_ptr_array_new (), two = g_ptr_array_new ();
  g_ptr_array_add (one, &a);
  g_ptr_array_add (one, &b);
  g_ptr_array_add (two, &b);
  g_ptr_array_add (two, &gone);
  g_ptr_array_add (two, &a);
  g_ptr_array_add (two, &a);
  g_autoptr (GArray) first = sv_package_list_digests (one), second = sv_package_list_digests (two);
  g_assert_cmpuint (second->len, ==, 2);
  SvDigest x = sv_package_set_digest (first), y = sv_package_set_digest (second);
  g_assert_cmpint (sv_digest_compare (&x, &y), ==, 0);
}

static void
test_diff (void)
{
  SvPackage a = package_of ("a", "1"), b = package_of ("b", "1"), b2 = package_of ("b", "2");
  g_autoptr (GPtrArray) old = g_ptr_array_new (), now = g_ptr_array_new ();
  g_ptr_array_add (old, &a);
  g_ptr_array_add (old, &b);
  g_ptr_array_add (now, &b2);
  g_ptr_array_add (now, &a);
  g_autoptr (GArray) known = sv_package_list_digests (old);
  g_autoptr (GArray) wanted = sv_package_list_digests (now);
  SvDigest set = sv_package_set_digest (wanted);
  g_auto (SvPackageDelta) delta;
  sv_package_set_diff (now, known, &delta);
  g_assert_cmpint (sv_digest_compare (&delta.set, &set), ==, 0);
  g_assert_cmpuint (delta.added->len, ==, 1);
  g_assert_true (delta.added->pdata[0] == &b2);
  SvDigest digest = sv_package_digest (&b);
  g_autofree char *text = sv_digest_format (&digest);
  g_assert_cmpuint (delta.removed->len, ==, 1);
  g_assert_cmpstr (delta.removed->pdata[0], ==, text);
}

/* -- lists of ids -- */

static GArray *
random_ids (guint n, gint32 max)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < n; i++)
    g_hash_table_add (seen, GINT_TO_POINTER (g_test_rand_int_range (1, max)));
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (gint32 id = 1; id < max; id++)
    if (g_hash_table_contains (seen, GINT_TO_POINTER (id)))
      g_array_append_val (ids, id);
  return ids;
}

static void
assert_same (const GArray *a, const GArray *b)
{
  g_assert_cmpmem (a->data, a->len * sizeof (guint32), b->data, b->len * sizeof (guint32));
}

static void
test_id_lists (void)
{
  for (guint round = 0; round < 200; round++) {
    g_autoptr (GArray) from = random_ids (round, 2000), to = random_ids (round, 2000);
    g_autoptr (GBytes) bytes = sv_id_list_encode (from);
    gsize size;
    const void *data = g_bytes_get_data (bytes, &size);
    g_autoptr (GArray) back = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_assert_true (sv_id_list_decode (data, size, back, NULL));
    assert_same (from, back);
    g_autoptr (GArray) removed = sv_id_list_subtract (from, to);
    g_autoptr (GArray) added = sv_id_list_subtract (to, from);
    g_autoptr (GArray) applied = sv_id_list_apply (from, removed, added);
    assert_same (to, applied);
  }
}

static void
test_damaged (void)
{
  static const struct {
    guint8 bytes[6];
    gsize size;
  } bad[] = {
      {{0x80}, 1},                               /* cut off */
      {{0x05, 0x00}, 2},                         /* the same once more */
      {{0x85, 0x00}, 2},                         /* longer than it need be */
      {{0xff, 0xff, 0xff, 0xff, 0x7f}, 5},       /* over 32 bits */
      {{0xff, 0xff, 0xff, 0xff, 0x0f, 0x01}, 6}, /* the sum over 32 bits */
  };
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_autoptr (GError) error = NULL;
    g_assert_false (sv_id_list_decode (bad[i].bytes, bad[i].size, ids, &error));
    g_assert_true (sv_error_is (error, SV_ERROR_INVALID_DATA));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/package-set/digest", test_digest);
  g_test_add_func ("/package-set/text", test_text);
  g_test_add_func ("/package-set/set", test_set);
  g_test_add_func ("/package-set/diff", test_diff);
  g_test_add_func ("/id-list/round-trip", test_id_lists);
  g_test_add_func ("/id-list/damaged", test_damaged);
  return g_test_run ();
}
