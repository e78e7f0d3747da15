#include "advisory/gpgv.h"
#include "advisory/lists.h"
#include "advisory/release.h"

#include <string.h>

/* --- Release files --- */

static const char release_text[] =
    "Origin: Debian\n"
    "Label: Debian-Security\n"
    "Suite: oldstable-security\n"
    "Version: 12\n"
    "Codename: bookworm-security\n"
    "Date: Fri, 20 Nov 2026 00:12:41 UTC\n"
    "Valid-Until: Fri, 27 Nov 2026 00:12:41 UTC\n"
    "NotAutomatic: yes\n"
    "ButAutomaticUpgrades: no\n"
    "MD5Sum:\n"
    " d41d8cd98f00b204e9800998ecf8427e 0 main/binary-amd64/Packages\n"
    "SHA256:\n"
    " AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "       17 main/binary-amd64/Packages\n"
    " bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
    "  9 main/binary-amd64/Packages.xz\n";

static gboolean
parse (const char *text, SvRelease *release, GPtrArray *entries, GError **error)
{
  return sv_release_parse ("Release", text, strlen (text), release, entries, error);
}

static void
test_fields (void)
{
  g_autoptr (SvRelease) release = sv_record_new (&sv_release_type);
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sv_release_entry_free);
  g_autoptr (GError) error = NULL;

  g_assert_true (parse (release_text, release, entries, &error));
  g_assert_cmpstr (release->label, ==, "Debian-Security");
  g_assert_cmpstr (release->suite, ==, "oldstable-security");
  g_assert_cmpstr (release->version, ==, "12");
  g_assert_true (release->not_automatic);
  g_assert_false (release->but_automatic_upgrades);
  g_assert_cmpint (release->valid_until_us - release->issued_at_us, ==, 7 * SV_DAY_US);
  g_assert_cmpuint (entries->len, ==, 2);
  g_assert_cmpstr (((SvReleaseEntry *)entries->pdata[1])->path, ==,
                   "main/binary-amd64/Packages.xz");
  const SvReleaseEntry *entry = g_ptr_array_index (entries, 0);
  g_assert_cmpstr (entry->path, ==, "main/binary-amd64/Packages");
  g_assert_cmpint (entry->size_bytes, ==, 17);
  g_assert_true (g_str_has_prefix (entry->sha256, "aaaa"));
}

#define DIGEST "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void
test_refused (void)
{
  static const char *const wrong[] = {
      "",
      "Suite: a\n\nSuite: b\n",
      "Suite: a\nDate: yesterday\n",
      "Suite: a\nValid-Until: never\n",
      "Suite: a\nSHA256:\n abc 1 main/binary-amd64/Packages\n",
      "Suite: a\nSHA256:\n " DIGEST " x Packages\n",
      "Suite: a\nSHA256:\n " DIGEST " 1\n",
      "no field\n",
  };
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (SvRelease) release = sv_record_new (&sv_release_type);
    g_autoptr (GPtrArray) entries =
        g_ptr_array_new_with_free_func ((GDestroyNotify)sv_release_entry_free);
    g_autoptr (GError) error = NULL;
    g_assert_false (parse (wrong[i], release, entries, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  }
}

static gint
judged_at (const char *at)
{
  g_autoptr (SvRelease) release = sv_record_new (&sv_release_type);
  gint64 at_us;

  g_assert_true (parse (release_text, release, NULL, NULL));
  g_assert_true (sv_time_parse (at, &at_us, NULL));
  release->authenticity = SV_AUTHENTICITY_VERIFIED;
  sv_release_judge_time (release, at_us);
  g_assert_true ((release->detail == NULL) == (strcmp (at, "2026-11-22T00:00:00Z") == 0 ||
                                               strcmp (at, "2026-11-27T00:12:41Z") == 0));
  return release->authenticity;
}

static void
test_valid_until (void)
{
  g_assert_cmpint (judged_at ("2026-11-22T00:00:00Z"), ==, SV_AUTHENTICITY_VERIFIED);
  g_assert_cmpint (judged_at ("2026-11-27T00:12:41Z"), ==, SV_AUTHENTICITY_VERIFIED);
  g_assert_cmpint (judged_at ("2026-11-27T00:12:42Z"), ==, SV_AUTHENTICITY_EXPIRED);
  g_assert_cmpint (judged_at ("2026-11-01T00:00:00Z"), ==, SV_AUTHENTICITY_VERIFIED);
}

/* --- the frame of clear-signed text --- */

#define BEGIN "-----BEGIN PGP SIGNED MESSAGE-----\n"
#define SIGNATURE "-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n"

static void
test_frame (void)
{
  static const struct {
    const char *text;
    gboolean fine;
  } rows[] = {
      {BEGIN "Hash: SHA256\n\nSuite: a\n" SIGNATURE, TRUE},
      {BEGIN "Hash: SHA256\nHash: SHA512\n\nSuite: a\n- - dash\n" SIGNATURE "\n\n", TRUE},
      {BEGIN "Hash: SHA256\r\n\r\nSuite: a\r\n" SIGNATURE, TRUE},
      {"", FALSE},
      {"Suite: a\n", FALSE},
      {"\n" BEGIN "Hash: SHA256\n\nSuite: a\n" SIGNATURE, FALSE},
      {"Suite: b\n" BEGIN "Hash: SHA256\n\nSuite: a\n" SIGNATURE, FALSE},
      {BEGIN "Hash: SHA256\n\nSuite: a\n" SIGNATURE "Suite: b\n", FALSE},
      {BEGIN "Hash: SHA256\n\nSuite: a\n" SIGNATURE SIGNATURE, FALSE},
      {BEGIN "Hash: SHA256\nSuite: b\n\nSuite: a\n" SIGNATURE, FALSE},
      {BEGIN "Hash: SHA256\nNotDashEscaped: yes\n\nSuite: a\n" SIGNATURE, FALSE},
      {BEGIN "Hash: SHA256\n\nSuite: a\n" BEGIN "\nSuite: b\n" SIGNATURE, FALSE},
      {BEGIN "Hash: SHA256\n\nSuite: a\n", FALSE},
      {BEGIN "Hash: SHA256\n\nSuite: a\n-----BEGIN PGP SIGNATURE-----\n\nabcd\n", FALSE},
      {"-----BEGIN PGP MESSAGE-----\n\nabcd\n-----END PGP MESSAGE-----\n", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    gboolean fine = sv_gpgv_check_clearsigned (rows[i].text, strlen (rows[i].text), &error);
    g_test_message ("row %zu: %s", i, error != NULL ? error->message : "fine");
    g_assert_cmpint (fine, ==, rows[i].fine);
    if (!fine)
      g_assert_error (error, SV_ERROR, SV_ERROR_UNTRUSTED);
  }
  g_assert_false (sv_gpgv_check_clearsigned (BEGIN "\0", sizeof BEGIN, NULL));
}

/* --- gpgv's status lines --- */

#define S "[GNUPG:] "
#define NEW S "NEWSIG\n"
#define VALID(digest) S "VALIDSIG AAAA 2026-11-20 1795133563 0 4 0 1 " digest " 01 BBBB\n"
#define GOOD NEW S "GOODSIG 5440 somebody\n" VALID ("8")

static void
test_status (void)
{
  static const struct {
    const char *status;
    gint authenticity;
  } rows[] = {
      {GOOD, SV_AUTHENTICITY_VERIFIED},
      {GOOD NEW S "NO_PUBKEY BDE6\n", SV_AUTHENTICITY_VERIFIED},
      {NEW S "NO_PUBKEY BDE6\n" GOOD, SV_AUTHENTICITY_VERIFIED},
      {GOOD NEW S "EXPKEYSIG BDE6 x\n" VALID ("8"), SV_AUTHENTICITY_VERIFIED},
      {GOOD NEW S "BADSIG BDE6 x\n", SV_AUTHENTICITY_BAD},
      {NEW S "BADSIG BDE6 x\n" GOOD, SV_AUTHENTICITY_BAD},
      {NEW S "BADSIG BDE6 x\n", SV_AUTHENTICITY_BAD},
      {NEW S "NO_PUBKEY BDE6\n", SV_AUTHENTICITY_UNVERIFIED},
      {NEW S "EXPSIG BDE6 x\n" VALID ("8"), SV_AUTHENTICITY_BAD},
      {NEW S "KEYEXPIRED 1000\n" S "EXPKEYSIG BDE6 x\n" VALID ("8"), SV_AUTHENTICITY_BAD},
      {NEW S "EXPKEYSIG BDE6 x\n" VALID ("8"), SV_AUTHENTICITY_BAD},
      {NEW S "REVKEYSIG BDE6 x\n" VALID ("8"), SV_AUTHENTICITY_BAD},
      {NEW S "GOODSIG 5440 x\n" VALID ("1"), SV_AUTHENTICITY_BAD},
      {NEW S "GOODSIG 5440 x\n" VALID ("2"), SV_AUTHENTICITY_BAD},
      {NEW S "GOODSIG 5440 x\n" VALID ("3"), SV_AUTHENTICITY_BAD},
      {NEW S "GOODSIG 5440 x\n", SV_AUTHENTICITY_UNVERIFIED},
      {NEW VALID ("8"), SV_AUTHENTICITY_UNVERIFIED},
      {NEW S "GOODSIG 5440 x\n" NEW VALID ("8"), SV_AUTHENTICITY_UNVERIFIED},
      {S "NODATA 1\n", SV_AUTHENTICITY_BAD},
      {"gpgv: GOODSIG 5440 x\nVALIDSIG\n", SV_AUTHENTICITY_UNVERIFIED},
      {"", SV_AUTHENTICITY_UNVERIFIED},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (SvGpgvVerdict) verdict = {0};
    sv_gpgv_judge (rows[i].status, SV_DAY_US, &verdict);
    gboolean verified = rows[i].authenticity == SV_AUTHENTICITY_VERIFIED;
    g_test_message ("row %zu: %s", i, verdict.detail);
    g_assert_cmpint (verdict.authenticity, ==, rows[i].authenticity);
    g_assert_cmpstr (verdict.signer, ==, verified ? "AAAA" : NULL);
    g_assert_cmpstr (verdict.primary, ==, verified ? "BBBB" : NULL);
    g_assert_true (verified == (verdict.detail == NULL));
  }
}

/* Judged as of an earlier day, a key that has expired since was still good. */
static void
test_expired_since (void)
{
  g_auto (SvGpgvVerdict) verdict = {0};
  sv_gpgv_judge (NEW S "KEYEXPIRED 172800\n" S "EXPKEYSIG BDE6 x\n" VALID ("8"), SV_DAY_US,
                 &verdict);
  g_assert_cmpint (verdict.authenticity, ==, SV_AUTHENTICITY_VERIFIED);
}

/* --- names of list files --- */

static void
test_list_names (void)
{
  static const struct {
    const char *file;
    SvListKind kind;
    const char *stem;
  } rows[] = {
      {"bookworm-security_InRelease", SV_LIST_INRELEASE, "bookworm-security"},
      {"bookworm_InRelease.zst", SV_LIST_INRELEASE, "bookworm"},
      {"mirror.example_debian_dists_bookworm_Release", SV_LIST_RELEASE,
       "mirror.example_debian_dists_bookworm"},
      {"mirror.example_debian_dists_bookworm_Release.gpg", SV_LIST_SIGNATURE,
       "mirror.example_debian_dists_bookworm"},
      {"bookworm_main_binary-amd64_Packages.lz4", SV_LIST_PACKAGES, "bookworm_main_binary-amd64"},
      {"mirror.example_repo_._Packages", SV_LIST_PACKAGES, "mirror.example_repo_."},
      {"bookworm_main_source_Sources.zst", SV_LIST_OTHER, NULL},
      {"bookworm_main_i18n_Translation-en", SV_LIST_OTHER, NULL},
      {"lock", SV_LIST_OTHER, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *stem = NULL;
    g_assert_cmpint (sv_list_classify (rows[i].file, &stem), ==, rows[i].kind);
    g_assert_cmpstr (stem, ==, rows[i].stem);
  }
}

static void
test_list_places (void)
{
  static const struct {
    const char *stem, *site, *suite, *component, *arch;
  } rows[] = {
      {"bookworm-updates_main_binary-amd64", NULL, "bookworm-updates", "main", "amd64"},
      {"mirror.example_debian_dists_bookworm_non-free-firmware_binary-i386", "mirror.example",
       "bookworm", "non-free-firmware", "i386"},
      {"mirror.example_security_dists_buster_updates_main_binary-all", "mirror.example", "buster",
       "main", "all"},
      {"_srv_repo_dists_bookworm_main_binary-amd64", "", "bookworm", "main", "amd64"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_auto (SvListPlace) place = {0};
    sv_list_guess_place (rows[i].stem, &place);
    g_assert_cmpstr (place.site, ==, rows[i].site);
    g_assert_cmpstr (place.suite, ==, rows[i].suite);
    g_assert_cmpstr (place.component, ==, rows[i].component);
    g_assert_cmpstr (place.arch, ==, rows[i].arch);
  }
}

static void
test_repository_stems (void)
{
  static const char *const rows[][3] = {
      {"http://mirror.example/debian", "bookworm", "mirror.example_debian_dists_bookworm"},
      {"https://me:pw@mirror.example/debian/", "bookworm-security",
       "mirror.example_debian_dists_bookworm-security"},
      {"file:/srv/my_repo", "bookworm", "_srv_my%5frepo_dists_bookworm"},
      {"http://mirror.example/repo", "./", "mirror.example_repo_."},
      {"http://mirror.example:8080/debian", "bookworm/updates",
       "mirror.example:8080_debian_dists_bookworm_updates"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *stem = sv_list_repository_stem (rows[i][0], rows[i][1]);
    g_assert_cmpstr (stem, ==, rows[i][2]);
  }
}

/* --- keyrings --- */

/* A version 4 public key packet of six octets, and one of version 3, which gets no fingerprint. */
static const guint8 binary_keys[] = {0x99, 0, 6, 4, 1, 2, 3, 4, 5, 0xc6, 6, 3, 1, 2, 3, 4, 5};

static void
test_keyring (void)
{
  g_autofree char *base64 = g_base64_encode (binary_keys, sizeof binary_keys);
  g_autofree char *armoured =
      g_strdup_printf ("-----BEGIN PGP PUBLIC KEY BLOCK-----\nComment: x\n\n%s\n=abcd\n"
                       "-----END PGP PUBLIC KEY BLOCK-----\n",
                       base64);
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  g_checksum_update (sum, binary_keys, 9);
  g_autofree char *fingerprint = g_ascii_strup (g_checksum_get_string (sum), -1);
  g_autoptr (SvKeyring) binary = sv_keyring_parse ("a", binary_keys, sizeof binary_keys, NULL);
  g_autoptr (SvKeyring) ascii = sv_keyring_parse ("b", armoured, strlen (armoured), NULL);

  g_assert_nonnull (binary);
  g_assert_nonnull (ascii);
  g_assert_true (g_bytes_equal (binary->keys, ascii->keys));
  g_assert_cmpuint (g_hash_table_size (binary->fingerprints), ==, 1);
  g_assert_true (g_hash_table_contains (ascii->fingerprints, fingerprint));
}

static void
test_keyring_refused (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (sv_keyring_parse ("a", binary_keys, sizeof binary_keys - 1, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_INVALID_DATA);
  g_assert_null (sv_keyring_parse ("a", "hello", 5, NULL));
  g_assert_null (sv_keyring_parse ("a", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nAA", 40, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/release/fields", test_fields);
  g_test_add_func ("/release/refused", test_refused);
  g_test_add_func ("/release/pitfall-109-valid-until", test_valid_until);
  g_test_add_func ("/gpgv/promise-S3-frame", test_frame);
  g_test_add_func ("/gpgv/promise-S3-status", test_status);
  g_test_add_func ("/gpgv/key-expired-since", test_expired_since);
  g_test_add_func ("/lists/names", test_list_names);
  g_test_add_func ("/lists/places", test_list_places);
  g_test_add_func ("/lists/repository-stems", test_repository_stems);
  g_test_add_func ("/keyring/armoured-and-binary", test_keyring);
  g_test_add_func ("/keyring/refused", test_keyring_refused);
  return g_test_run ();
}
