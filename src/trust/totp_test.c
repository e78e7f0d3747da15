#include "trust/totp.h"

#include <string.h>

#define RFC_SECRET                                                                                 \
  "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" /* base32 of the RFCs' "12345678901234567890" */
#define AT(seconds) ((seconds)*SV_SECOND_US)

/* RFC 4226, appendix D. */
static void
test_hotp (void)
{
  static const guint32 codes[] = {755224, 287082, 359152, 969429, 338314,
                                  254676, 287922, 162583, 399871, 520489};
  g_autoptr (GBytes) secret = g_bytes_new_static ("12345678901234567890", 20);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_cmpuint (sv_totp_code (secret, i), ==, codes[i]);
}

/* RFC 6238, appendix B (SHA-1), the last six digits. */
static void
test_rfc6238 (void)
{
  static const struct {
    gint64 seconds;
    const char *code;
  } rows[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
              {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gint64 step = 0;
    g_assert_true (sv_totp_accept (RFC_SECRET, rows[i].code, AT (rows[i].seconds), 0, &step));
    g_assert_cmpint (step, ==, rows[i].seconds / 30);
  }
}

static void
test_window (void)
{
  const gint64 step_of_code = 59 / 30;
  for (gint64 seconds = 0; seconds < 150; seconds++) {
    gint64 distance = seconds / 30 - step_of_code, step;
    g_assert_cmpint (sv_totp_accept (RFC_SECRET, "287082", AT (seconds), 0, &step), ==,
                     ABS (distance) <= SV_TOTP_WINDOW);
  }
}

static void
test_replay (void)
{
  gint64 step = 0, again;
  g_assert_true (sv_totp_accept (RFC_SECRET, "005924", AT (1234567890), 0, &step));
  g_assert_false (sv_totp_accept (RFC_SECRET, "005924", AT (1234567890), step, &again));
  g_assert_false (sv_totp_accept (RFC_SECRET, "005924", AT (1234567890), step + 1, &again));
  g_assert_true (sv_totp_accept (RFC_SECRET, "005924", AT (1234567890), step - 1, &again));
}

static void
test_no_codes (void)
{
  static const char *const wrong[] = {"", "0", "00592", "0059240", "00592a", " 05924", "-05924"};
  gint64 step;
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    g_assert_false (sv_totp_accept (RFC_SECRET, wrong[i], AT (1234567890), 0, &step));
  g_assert_false (sv_totp_accept (RFC_SECRET, NULL, AT (1234567890), 0, &step));
  g_assert_false (sv_totp_accept (NULL, "005924", AT (1234567890), 0, &step));
  g_assert_false (sv_totp_accept ("no base 1", "005924", AT (1234567890), 0, &step));
}

/* RFC 4648, chapter 10, without padding. */
static void
test_base32 (void)
{
  static const char *const rows[][2] = {{"", ""},
                                        {"f", "MY"},
                                        {"fo", "MZXQ"},
                                        {"foo", "MZXW6"},
                                        {"foob", "MZXW6YQ"},
                                        {"fooba", "MZXW6YTB"},
                                        {"foobar", "MZXW6YTBOI"}};
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gsize size = strlen (rows[i][0]);
    g_autofree char *text = sv_base32_encode ((const guint8 *)rows[i][0], size);
    g_assert_cmpstr (text, ==, rows[i][1]);
    g_autofree char *lower = g_ascii_strdown (text, -1);
    g_autoptr (GBytes) back = sv_base32_decode (lower, NULL);
    g_assert_cmpmem (g_bytes_get_data (back, NULL), g_bytes_get_size (back), rows[i][0], size);
  }
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_base32_decode ("M1", &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
}

static void
test_secret (void)
{
  g_autofree char *secret = sv_totp_secret_new (), *other = sv_totp_secret_new ();
  g_autoptr (GBytes) bytes = sv_base32_decode (secret, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, SV_TOTP_SECRET_BYTES);
  g_assert_cmpstr (secret, !=, other);
  g_autofree char *uri = sv_totp_uri ("ABC", "salve", "a b&c");
  g_assert_cmpstr (uri, ==,
                   "otpauth://totp/salve:a%20b%26c?secret=ABC&issuer=salve&algorithm=SHA1"
                   "&digits=6&period=30");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/totp/hotp", test_hotp);
  g_test_add_func ("/totp/rfc6238", test_rfc6238);
  g_test_add_func ("/totp/window", test_window);
  g_test_add_func ("/totp/replay", test_replay);
  g_test_add_func ("/totp/no-codes", test_no_codes);
  g_test_add_func ("/totp/base32", test_base32);
  g_test_add_func ("/totp/secret", test_secret);
  return g_test_run ();
}
