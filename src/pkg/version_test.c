#include "pkg/version.h"

typedef struct {
  const char *a;
  int order;
  const char *b;
} Pair;

static int
compare (SvScheme scheme, const char *a, const char *b)
{
  g_autoptr (GError) error = NULL;
  int order = 2;
  sv_version_compare (scheme, a, b, &order, &error);
  g_assert_no_error (error);
  return order;
}

static void
check_pair (SvScheme scheme, const char *a, int order, const char *b)
{
  g_autofree char *line = g_strdup_printf ("%s\t%s", a, b);
  g_autofree char *want = g_strdup_printf ("%s\t%s\t%d", a, b, order);
  g_autofree char *answer = sv_version_compare_line (scheme, line, NULL);
  g_autofree char *got = g_strdup_printf ("%s\t%s", line, answer);
  g_assert_cmpstr (got, ==, want);
  g_assert_cmpint (compare (scheme, b, a), ==, -order);
}

static void
check_pairs (SvScheme scheme, const Pair *pairs, gsize n_pairs)
{
  for (gsize i = 0; i < n_pairs; i++)
    check_pair (scheme, pairs[i].a, pairs[i].order, pairs[i].b);
}

/* Each version is older than all that follow. */
static void
check_ascending (SvScheme scheme, const char *const *versions)
{
  for (gsize i = 0; versions[i] != NULL; i++)
    for (gsize j = i + 1; versions[j] != NULL; j++)
      check_pair (scheme, versions[i], -1, versions[j]);
}

static void
check_equal (SvScheme scheme, const char *const *versions)
{
  for (gsize i = 0; versions[i] != NULL; i++) {
    g_autoptr (GBytes) first = sv_version_key (scheme, versions[0], NULL);
    g_autoptr (GBytes) key = sv_version_key (scheme, versions[i], NULL);
    g_assert_true (g_bytes_equal (first, key));
  }
}

static void
check_refused (SvScheme scheme, const char *text, const char *reason)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  g_byte_array_append (key, (const guint8 *)"kept", 4);
  g_autoptr (GError) error = NULL;
  if (sv_version_append_key (scheme, text, key, &error))
    g_error ("%s takes '%s'", sv_scheme_names[scheme], text);
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  if (strstr (error->message, reason) == NULL)
    g_error ("'%s' does not say '%s'", error->message, reason);
  g_assert_cmpmem (key->data, key->len, "kept", 4);
}

#define PAIRS(scheme, ...)                                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    static const Pair pairs[] = {__VA_ARGS__};                                                     \
    check_pairs (scheme, pairs, G_N_ELEMENTS (pairs));                                             \
  }                                                                                                \
  G_STMT_END
#define ASCENDING(scheme, ...) check_ascending (scheme, (const char *const[]){__VA_ARGS__, NULL})
#define EQUAL(scheme, ...) check_equal (scheme, (const char *const[]){__VA_ARGS__, NULL})

static void
test_epoch_is_a_number (void)
{
  PAIRS (SV_SCHEME_DEB, {"10:1-1", 1, "9:1-1"}, {"2:2.5", 1, "1:7.5"}, {"1:0", 1, "99999-9"});
  PAIRS (SV_SCHEME_RPM, {"10:1-1", 1, "9:1-1"}, {"1:0-0", 1, "99-9"});
  PAIRS (SV_SCHEME_PACMAN, {"10:1-1", 1, "9:1-1"}, {"1:0-1", 1, "99-9"});
  EQUAL (SV_SCHEME_DEB, "1:1", "01:1", "0000000000000000001:1");
  EQUAL (SV_SCHEME_RPM, "1:1-1", "01:1-1");
}

static void
test_missing_epoch (void)
{
  EQUAL (SV_SCHEME_DEB, "1.0-1", "0:1.0-1", "00:1.0-1");
  EQUAL (SV_SCHEME_RPM, "1.0-1", "0:1.0-1", "00:1.0-1");
  EQUAL (SV_SCHEME_PACMAN, "1.0-1", "0:1.0-1", "00:1.0-1");
}

static void
test_tilde (void)
{
  ASCENDING (SV_SCHEME_DEB, "0foo~~", "0foo~~a", "0foo~", "0foo~1", "0foo", "0fooa", "0foo+");
  ASCENDING (SV_SCHEME_DEB, "1~-0", "1-~~", "1-~", "1", "1-1~", "1-1", "1a");
  ASCENDING (SV_SCHEME_RPM, "1~~", "1~", "1~a", "1~1", "1", "1a", "1.0~rc1", "1.0");
}

static void
test_caret (void)
{
  ASCENDING (SV_SCHEME_RPM, "1.0~rc1", "1.0~rc1^git1", "1.0", "1.0^~1", "1.0^", "1.0^git1~pre",
             "1.0^git1", "1.0^git1^2", "1.0^git2", "1.0^20160101", "1.0a", "1.0.1", "1.01");
}

static void
test_equal_values (void)
{
  EQUAL (SV_SCHEME_DEB, "1.0-1", "1.0000-1", "1.-1", "01.0-01", "0:1.0-1");
  EQUAL (SV_SCHEME_DEB, "0.0.0", "0.0.0-0", "0:0.0.0", "0.0.0-000", "00.00.00");
  EQUAL (SV_SCHEME_DEB, "1.09", "1.9");
  EQUAL (SV_SCHEME_DEB, "1.a0-b", "1.a-b0");
  EQUAL (SV_SCHEME_RPM, "10.0001-01", "10.1-1", "010.1-1");
  PAIRS (SV_SCHEME_DEB, {"1.0-1", -1, "1.0.-1"}, {"1.0-0", -1, "1.0-00a"});
}

static void
test_long_numbers (void)
{
  for (SvScheme scheme = 0; scheme < SV_N_SCHEMES; scheme++)
    ASCENDING (scheme, "1.99999999999999999998", "1.99999999999999999999",
               "1.100000000000000000000", "1.184467440737095516160");
}

/* Digit runs on both sides of where the count in the key grows longer. */
static void
test_run_lengths (void)
{
  for (SvScheme scheme = 0; scheme < SV_N_SCHEMES; scheme++) {
    g_autofree char *older = g_strdup ("9");
    for (gsize size = 2; size <= SV_LIMIT_VERSION_BYTES; size++) {
      g_autofree char *newer = g_strnfill (size, '9');
      check_pair (scheme, older, -1, newer);
      *newer = '1';
      check_pair (scheme, older, -1, newer);
      g_free (older);
      older = g_steal_pointer (&newer);
    }
  }
}

static void
test_letters_before_others (void)
{
  PAIRS (SV_SCHEME_DEB, {"0.25-3.1+0.riscv64.1", -1, "0.25-3.1+deb9u1"});
  ASCENDING (SV_SCHEME_DEB, "1~", "1", "1A", "1AA", "1A+", "1Z", "1a", "1aa", "1z", "1+", "1-~-1",
             "1--1", "1-a-1", "1.");
  ASCENDING (SV_SCHEME_DEB, "1a~-1", "1a-1", "1ab", "1a+");
}

static void
test_where_parts_end (void)
{
  ASCENDING (SV_SCHEME_DEB, "1-2-3", "1-2-4", "1-3-1", "1-10-1");
  ASCENDING (SV_SCHEME_DEB, "0:1:2", "0:1:10", "1:0:9");
  PAIRS (SV_SCHEME_DEB, {"12345+that-really-is-some-ver-0", -1, "12345+that-really-is-some-ver-10"},
         {"0foo-0", -1, "0foo-01"}, {"1-1-0", 0, "1-1-00"});
  check_refused (SV_SCHEME_DEB, "1-1:1", "epoch");
  check_refused (SV_SCHEME_RPM, "1-2-3", "must not hold '-'");
  check_refused (SV_SCHEME_PACMAN, "1-2-3", "must not hold '-'");
}

static void
test_rpm_separators (void)
{
  EQUAL (SV_SCHEME_RPM, "2.0", "2_0", "2..0", "_2.0", "2.0_", "2\303\2440");
  EQUAL (SV_SCHEME_RPM, "a", "a+", "a_", "+a");
  EQUAL (SV_SCHEME_RPM, "_", "+", "+_");
  ASCENDING (SV_SCHEME_RPM, "_", "xyz", "xyz.a", "xyz10", "2", "2.a", "2.0", "2.0.1", "10");
  PAIRS (SV_SCHEME_RPM, {"a.b", -1, "ab"}, {"1.2", -1, "12"}, {"1a1", -1, "1.1"},
         {"6.0.rc1", 1, "6.0"});
}

static void
test_missing_release (void)
{
  ASCENDING (SV_SCHEME_RPM, "1~", "1", "1-~~", "1-~", "1-_", "1-a", "1-0", "1-1", "1.0");
  g_autoptr (GBytes) version = sv_version_key (SV_SCHEME_RPM, "1:1.0", NULL);
  g_autoptr (GBytes) release = sv_version_key (SV_SCHEME_RPM, "1:1.0-5.el8", NULL);
  gsize size;
  const void *prefix = g_bytes_get_data (version, &size);
  g_assert_cmpmem (prefix, size, g_bytes_get_data (release, NULL), size);
  EQUAL (SV_SCHEME_DEB, "1.0", "1.0-0");
  EQUAL (SV_SCHEME_PACMAN, "1.0", "1.0-1");
  PAIRS (SV_SCHEME_APK, {"1.0", -1, "1.0-r0"});
}

typedef struct {
  SvScheme scheme;
  const char *text;
  const char *reason;
} Refusal;

static const Refusal refusals[] = {
    {SV_SCHEME_DEB, "1:", "no version"},
    {SV_SCHEME_DEB, ":1", "epoch"},
    {SV_SCHEME_DEB, "a:1", "epoch"},
    {SV_SCHEME_DEB, "-1:1", "epoch"},
    {SV_SCHEME_DEB, "+1:1", "epoch"},
    {SV_SCHEME_DEB, "1.:1", "epoch"},
    {SV_SCHEME_DEB, "2147483648:1", "epoch"},
    {SV_SCHEME_DEB, "11111111111:1", "epoch"},
    {SV_SCHEME_DEB, "1-", "last '-'"},
    {SV_SCHEME_DEB, "1-1-", "last '-'"},
    {SV_SCHEME_DEB, "-1", "no version"},
    {SV_SCHEME_DEB, "1:-1", "no version"},
    {SV_SCHEME_DEB, "1 2", "byte 0x20"},
    {SV_SCHEME_DEB, " 1", "byte 0x20"},
    {SV_SCHEME_DEB, "1 ", "byte 0x20"},
    {SV_SCHEME_DEB, "1\r", "byte 0x0D"},
    {SV_SCHEME_DEB, "1_1", "'_'"},
    {SV_SCHEME_DEB, "1-1_1", "the revision"},
    {SV_SCHEME_DEB, "1:1-1:1", "the revision"},
    {SV_SCHEME_DEB, "1\303\251", "byte 0xC3"},
    {SV_SCHEME_DEB, "a1", "with a digit"},
    {SV_SCHEME_DEB, "~1", "with a digit"},
    {SV_SCHEME_RPM, "1:", "no version"},
    {SV_SCHEME_RPM, ":1", "epoch"},
    {SV_SCHEME_RPM, "(none):1-1", "epoch"},
    {SV_SCHEME_RPM, "1:2:3", "':'"},
    {SV_SCHEME_RPM, "1-", "last '-'"},
    {SV_SCHEME_RPM, "-1", "no version"},
    {SV_SCHEME_RPM, "1 2", "byte 0x20"},
    {SV_SCHEME_RPM, "1-1\n", "byte 0x0A"},
    {SV_SCHEME_PACMAN, "1:", "no version"},
    {SV_SCHEME_PACMAN, "a:1-1", "epoch"},
    {SV_SCHEME_PACMAN, "1-", "last '-'"},
    {SV_SCHEME_PACMAN, "1 2", "byte 0x20"},
    {SV_SCHEME_APK, "a", "with a digit"},
    {SV_SCHEME_APK, ".1", "with a digit"},
    {SV_SCHEME_APK, "1.", "each '.'"},
    {SV_SCHEME_APK, "1..1", "each '.'"},
    {SV_SCHEME_APK, "1.0bc", "'c'"},
    {SV_SCHEME_APK, "1.0A", "'A'"},
    {SV_SCHEME_APK, "1.0a1", "'1'"},
    {SV_SCHEME_APK, "1.0b.1", "'.'"},
    {SV_SCHEME_APK, "23_foo", "suffix"},
    {SV_SCHEME_APK, "1_", "suffix"},
    {SV_SCHEME_APK, "1_alphax", "suffix"},
    {SV_SCHEME_APK, "1_p1a", "'a'"},
    {SV_SCHEME_APK, "1~", "hexadecimal"},
    {SV_SCHEME_APK, "1~ABC", "hexadecimal"},
    {SV_SCHEME_APK, "1~g", "hexadecimal"},
    {SV_SCHEME_APK, "1-r", "'-r'"},
    {SV_SCHEME_APK, "1-1", "'-'"},
    {SV_SCHEME_APK, "1-r1-r1", "'-'"},
    {SV_SCHEME_APK, "1-r1~a", "'~'"},
    {SV_SCHEME_APK, "1~a_p1", "'_'"},
    {SV_SCHEME_APK, "1 ", "byte 0x20"},
    {SV_SCHEME_APK, "1:1", "':'"},
};

static void
test_refusals (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (refusals); i++)
    check_refused (refusals[i].scheme, refusals[i].text, refusals[i].reason);
  g_autofree char *over = g_strnfill (SV_LIMIT_VERSION_BYTES + 1, '1');
  for (SvScheme scheme = 0; scheme < SV_N_SCHEMES; scheme++) {
    check_refused (scheme, "", "empty");
    check_refused (scheme, "1\t2", "byte 0x09");
    check_refused (scheme, over, "longer than 512 bytes");
    over[SV_LIMIT_VERSION_BYTES] = '\0';
    g_assert_cmpint (compare (scheme, over, over), ==, 0);
    over[SV_LIMIT_VERSION_BYTES] = '1';
  }
}

static void
test_accepted_oddities (void)
{
  EQUAL (SV_SCHEME_DEB, "2147483647:1", "0002147483647:1");
  ASCENDING (SV_SCHEME_RPM, "1-1.el8_4.1", "1-1.module+el8.3.0+1+a", "4294967296:1-1");
  ASCENDING (SV_SCHEME_DEB, "1-~", "1--1");
}

static void
test_apk (void)
{
  ASCENDING (SV_SCHEME_APK, "1_alpha_pre", "1_alpha", "1_alpha-r1", "1_alpha1", "1_alpha1_p",
             "1_alpha_p", "1_beta", "1_pre", "1_rc", "1_rc1", "1", "1-r0", "1-r1", "1-r10", "1~0a",
             "1~0a-r1", "1~0ab", "1~f", "1_cvs", "1_cvs~0", "1_cvs0", "1_cvs9", "1_cvs10", "1_svn",
             "1_git", "1_hg", "1_p", "1_p_p", "1a_rc", "1a", "1a-r1", "1b", "1.0", "1.1", "2");
  ASCENDING (SV_SCHEME_APK, "8.2.0", "8.2.00", "8.2.0015", "8.2.002", "8.2.02", "8.2.1", "8.2.15");
  EQUAL (SV_SCHEME_APK, "006.1_p01-r02", "6.1_p1-r2");
}

static void
test_pacman (void)
{
  ASCENDING (SV_SCHEME_PACMAN, "1.0a", "1.0alpha", "1.0b", "1.0beta", "1.0p", "1.0pre", "1.0rc",
             "1.0", "1.0.a", "1.0.b", "1.0.", "1.0.1", "1.0..a", "1.0..1", "1.1");
  ASCENDING (SV_SCHEME_PACMAN, "1-0.1", "1-1", "1-1.1", "1-2", "1-10");
  EQUAL (SV_SCHEME_PACMAN, "1.0+1-1", "01_00.001", "0:1~0^1-01");
  ASCENDING (SV_SCHEME_PACMAN, "a", "1a", "1a1", "1a.b", "1a.", "1a..", "1", "_1");
}

static void
test_lines (void)
{
  g_autofree char *less = sv_version_compare_line (SV_SCHEME_DEB, "1\t2", NULL);
  g_assert_cmpstr (less, ==, "-1");
  static const char *const bad[] = {"", "1", "1\t", "\t1", "1\t2\t3", "1\t\t2", "1 2", NULL};
  for (gsize i = 0; bad[i] != NULL; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *answer = sv_version_compare_line (SV_SCHEME_RPM, bad[i], &error);
    g_assert_cmpstr (answer, ==, "error");
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

static void
test_message (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_version_key (SV_SCHEME_DEB, "1\033[2J", &error));
  g_assert_cmpstr (error->message, ==,
                   "deb version '1\\x1B[2J': the upstream version must not hold byte 0x1B");
}

/* The database keeps keys: a change of these bytes needs a migration. */
static void
test_stored_bytes (void)
{
  static const struct {
    SvScheme scheme;
    const char *text;
    const char *bytes;
  } keys[] = {
      {SV_SCHEME_DEB, "1:2.0~a-10", "01310332ae020161020204313002"},
      {SV_SCHEME_RPM, "2.0^a-10", "008132800361000282313002"},
      {SV_SCHEME_APK, "1.02a_p3~f-r4", "81317f303200610d08013307660006013405"},
      {SV_SCHEME_PACMAN, "1:2.a-3", "013104328101610002043302"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (GBytes) key = sv_version_key (keys[i].scheme, keys[i].text, NULL);
    g_autoptr (GString) hex = g_string_new (NULL);
    gsize size;
    const guint8 *bytes = g_bytes_get_data (key, &size);
    for (gsize j = 0; j < size; j++)
      g_string_append_printf (hex, "%02x", bytes[j]);
    g_assert_cmpstr (hex->str, ==, keys[i].bytes);
  }
}

/* What coarse keys mix up: late differences, numbers beyond any machine word, large epochs. */
static void
test_keys_lose_nothing (void)
{
  for (SvScheme scheme = 0; scheme < SV_N_SCHEMES; scheme++) {
    g_autofree char *a = g_strnfill (SV_LIMIT_VERSION_BYTES, '7');
    g_autofree char *b = g_strdup (a);
    b[SV_LIMIT_VERSION_BYTES - 1] = '8';
    check_pair (scheme, a, -1, b);
    ASCENDING (scheme, "1.1.1.1.1.1.1.1.1.1.1.1", "1.1.1.1.1.1.1.1.1.1.1.2");
  }
  ASCENDING (SV_SCHEME_DEB, "2147483646:9", "2147483647:1");
  ASCENDING (SV_SCHEME_RPM, "18446744073709551615:9", "18446744073709551616:1");
}

/* The worst text of every scheme still fits the promised bound. */
static void
test_bound (void)
{
  static const char *const units[] = {"a0", "0a", ".0", ".a",  "~", "^",
                                      "+",  "1.", "_p", "..a", "a+"};
  for (SvScheme scheme = 0; scheme < SV_N_SCHEMES; scheme++)
    for (gsize i = 0; i < G_N_ELEMENTS (units); i++) {
      g_autoptr (GString) text = g_string_new ("1");
      while (text->len + strlen (units[i]) <= SV_LIMIT_VERSION_BYTES)
        g_string_append (text, units[i]);
      g_autoptr (GBytes) key = sv_version_key (scheme, text->str, NULL);
      if (key != NULL)
        g_assert_cmpuint (g_bytes_get_size (key), <=, SV_VERSION_KEY_MAX_BYTES);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/version/pitfall-01-epoch-is-a-number", test_epoch_is_a_number);
  g_test_add_func ("/version/pitfall-02-missing-epoch-is-0", test_missing_epoch);
  g_test_add_func ("/version/pitfall-03-tilde-before-end", test_tilde);
  g_test_add_func ("/version/pitfall-04-rpm-caret", test_caret);
  g_test_add_func ("/version/pitfall-05-different-text-equal-value", test_equal_values);
  g_test_add_func ("/version/pitfall-06-numbers-over-64-bit", test_long_numbers);
  g_test_add_func ("/version/pitfall-06-every-run-length", test_run_lengths);
  g_test_add_func ("/version/pitfall-07-letters-before-other", test_letters_before_others);
  g_test_add_func ("/version/pitfall-08-where-parts-end", test_where_parts_end);
  g_test_add_func ("/version/pitfall-09-rpm-separators", test_rpm_separators);
  g_test_add_func ("/version/pitfall-10-missing-release", test_missing_release);
  g_test_add_func ("/version/pitfall-11-refusals", test_refusals);
  g_test_add_func ("/version/pitfall-11-refusal-says-which-and-why", test_message);
  g_test_add_func ("/version/pitfall-11-bad-lines", test_lines);
  g_test_add_func ("/version/pitfall-11-odd-but-valid", test_accepted_oddities);
  g_test_add_func ("/version/pitfall-12-apk", test_apk);
  g_test_add_func ("/version/pitfall-14-keys-lose-nothing", test_keys_lose_nothing);
  g_test_add_func ("/version/pacman", test_pacman);
  g_test_add_func ("/version/key-bytes-as-stored", test_stored_bytes);
  g_test_add_func ("/version/key-length-bound", test_bound);
  return g_test_run ();
}
