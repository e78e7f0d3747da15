#include "advisory/archive.h"
#include "base/test_run.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- a scratch folder --- */

typedef struct {
  char *path;  /* of everything */
  char *lists; /* apt lists in it */
  char *root;  /* whose keyrings vouch */
} Scratch;

static char *
make_folder (const char *parent, const char *name)
{
  char *path = g_build_filename (parent, name, NULL);
  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  return path;
}

static void
scratch_init (Scratch *scratch)
{
  scratch->path = g_dir_make_tmp ("salve-test-XXXXXX", NULL);
  g_assert_nonnull (scratch->path);
  scratch->lists = make_folder (scratch->path, "lists");
  scratch->root = make_folder (scratch->path, "root");
  g_free (make_folder (scratch->root, "etc/apt/trusted.gpg.d"));
}

static void
scratch_clear (Scratch *scratch)
{
  SV_TEST_RUN ("rm", "-rf", scratch->path);
  g_free (scratch->path);
  g_free (scratch->lists);
  g_free (scratch->root);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scratch, scratch_clear)

static void
write_file (const char *folder, const char *name, const char *data, gssize size)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, data, size, NULL));
}

static SvArchive *
open_archive (const Scratch *scratch, const char *at)
{
  gint64 at_us;
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_time_parse (at, &at_us, NULL));
  SvArchiveOptions options = {.directory = scratch->lists, .root = scratch->root, .at_us = at_us};
  SvArchive *archive = sv_archive_open (&options, &error);
  g_assert_no_error (error);
  return archive;
}

static const SvRelease *
only_release (const SvArchive *archive)
{
  const GPtrArray *releases = sv_archive_get_releases (archive);
  g_assert_cmpuint (releases->len, ==, 1);
  const SvRelease *release = g_ptr_array_index (releases, 0);
  g_test_message ("%s: %s: %s", release->file, sv_authenticity_names[release->authenticity],
                  release->detail);
  return release;
}

static void
read_names (SvArchive *archive, const char *const *names)
{
  g_autoptr (GHashTable) set = g_hash_table_new (g_str_hash, g_str_equal);
  for (; *names != NULL; names++)
    g_hash_table_add (set, (gpointer)*names);
  SvArchiveQuery query = {.names = set};
  sv_archive_read (archive, &query);
}

#define READ(archive, ...) read_names (archive, (const char *const[]){__VA_ARGS__, NULL})

static const SvIndex *
index_at (const SvArchive *archive, guint position)
{
  const SvIndex *index = g_ptr_array_index (sv_archive_get_indexes (archive), position);
  g_test_message ("%s: %s: %s", index->file, sv_authenticity_names[index->authenticity],
                  index->detail);
  return index;
}

/* --- an archive of our own, signed by a key of our own --- */

static const char packages_text[] = "Package: alpha\n"
                                    "Source: alpha-src (1.0)\n"
                                    "Version: 1.0+b1\n"
                                    "Architecture: amd64\n"
                                    "Pre-Depends: libc6\n"
                                    "Depends: beta (>= 1), gamma | delta\n"
                                    "Breaks: omega (<< 2)\n"
                                    "Multi-Arch: same\n"
                                    "Phased-Update-Percentage: 30\n"
                                    "Installed-Size: 10\n"
                                    "Size: 2048\n"
                                    "SHA256: aa11\n"
                                    "Filename: pool/alpha.deb\n"
                                    "\n"
                                    "Package: beta\n"
                                    "Version: not a version\n"
                                    "Architecture: amd64\n"
                                    "\n"
                                    "Package: beta\n"
                                    "Version: 2\n"
                                    "Architecture: all\n"
                                    "Provides: virtual (= 2), other:any\n"
                                    "\n"
                                    "Package: gamma\n"
                                    "Architecture: amd64\n"
                                    "Version: 3\n";

static char *
release_for (const char *packages, const char *path)
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, packages, -1);
  return g_strdup_printf ("Origin: Example\nLabel: Example\nSuite: stable\nCodename: testing\n"
                          "Version: 1\nDate: Fri, 20 Nov 2026 00:00:00 UTC\nSHA256:\n %s %zu %s\n",
                          digest, strlen (packages), path);
}

static gboolean
has_gpg (void)
{
  g_autofree char *gpg = g_find_program_in_path ("gpg");
  g_autofree char *gpgv = g_find_program_in_path ("gpgv");
  if (gpg == NULL || gpgv == NULL)
    g_test_skip ("gpg or gpgv absent");
  return gpg != NULL && gpgv != NULL;
}

#define GPG(home) "gpg", "--homedir", home, "--batch", "--quiet", "--yes"
#define END_AGENT(home) SV_TEST_RUN ("gpgconf", "--homedir", home, "--kill", "gpg-agent")

/* A key that expires after @life ("1d", "never"); its public half goes to the host's keyrings. */
static char *
make_key (const Scratch *scratch, const char *name, const char *life, gboolean trusted)
{
  char *home = make_folder (scratch->path, name);
  g_autofree char *keyring =
      g_strdup_printf ("%s/etc/apt/trusted.gpg.d/%s.asc", scratch->root, name);

  SV_TEST_RUN (GPG (home), "--faked-system-time", "20261101T000000", "--passphrase", "",
               "--quick-generate-key", name, "ed25519", "sign", life);
  if (trusted)
    SV_TEST_RUN (GPG (home), "--armor", "--output", keyring, "--export");
  END_AGENT (home);
  return home;
}

static void
sign (const Scratch *scratch, const char *home, const char *release, const char *mode,
      const char *out)
{
  g_autofree char *in = g_build_filename (scratch->path, "Release", NULL);
  g_autofree char *path = g_build_filename (scratch->lists, out, NULL);
  g_assert_true (g_file_set_contents (in, release, -1, NULL));
  SV_TEST_RUN (GPG (home), "--faked-system-time", "20261101T120000", "--output", path, mode, in);
  END_AGENT (home);
}

static const char at_time[] = "2026-11-22T00:00:00Z";
static const char index_path[] = "main/binary-amd64/Packages";
static const char index_file[] = "mirror.example_repo_dists_stable_main_binary-amd64_Packages";
static const char inrelease_file[] = "mirror.example_repo_dists_stable_InRelease";

static void
make_archive (Scratch *scratch, gboolean trusted)
{
  scratch_init (scratch);
  g_autofree char *home = make_key (scratch, "good", "never", trusted);
  g_autofree char *release = release_for (packages_text, index_path);
  sign (scratch, home, release, "--clear-sign", inrelease_file);
  write_file (scratch->lists, index_file, packages_text, -1);
}

static void
test_candidates (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  make_archive (&scratch, TRUE);
  g_autoptr (SvArchive) archive = open_archive (&scratch, at_time);
  const SvRelease *release = only_release (archive);
  g_assert_cmpint (release->authenticity, ==, SV_AUTHENTICITY_VERIFIED);
  g_assert_true (g_str_has_suffix (release->keyring, "good.asc"));
  g_assert_cmpuint (strlen (release->signer), ==, 40);

  READ (archive, "alpha", "beta");
  const SvIndex *index = index_at (archive, 0);
  g_assert_cmpint (index->authenticity, ==, SV_AUTHENTICITY_VERIFIED);
  g_assert_cmpstr (index->component, ==, "main");
  g_assert_cmpstr (index->arch, ==, "amd64");
  g_assert_cmpstr (index->site, ==, "mirror.example");
  g_assert_cmpint (index->n_packages, ==, 4);
  g_assert_cmpint (index->n_skipped, ==, 1);
  g_assert_null (sv_archive_find_candidates (archive, "gamma"));

  const GPtrArray *list = sv_archive_find_candidates (archive, "alpha");
  g_assert_cmpuint (list->len, ==, 1);
  const SvCandidate *alpha = g_ptr_array_index (list, 0);
  g_assert_cmpstr (alpha->source, ==, "alpha-src");
  g_assert_cmpstr (alpha->source_version, ==, "1.0");
  g_assert_cmpstr (alpha->depends, ==, "libc6, beta (>= 1), gamma | delta");
  g_assert_cmpstr (alpha->conflicts, ==, "omega (<< 2)");
  g_assert_cmpint (alpha->phased_percent, ==, 30);
  g_assert_cmpint (alpha->installed_bytes, ==, 10240);
  g_assert_true (g_ptr_array_index (alpha->indexes, 0) == index);
  const SvCandidate *beta = g_ptr_array_index (sv_archive_find_candidates (archive, "beta"), 0);
  g_assert_cmpstr (beta->source, ==, "beta");
  g_assert_cmpstr (beta->source_version, ==, "2");
  g_assert_true (g_ptr_array_index (sv_archive_find_providers (archive, "virtual"), 0) == beta);
  g_assert_true (g_ptr_array_index (sv_archive_find_providers (archive, "other"), 0) == beta);
}

static void
test_providers (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  make_archive (&scratch, TRUE);
  g_autoptr (SvArchive) archive = open_archive (&scratch, at_time);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  SvArchiveQuery query = {.names = names, .providers = TRUE};

  g_hash_table_add (names, (gpointer) "2"); /* a version, not a name */
  sv_archive_read (archive, &query);
  g_assert_null (sv_archive_find_candidates (archive, "beta"));
  g_hash_table_add (names, (gpointer) "other");
  sv_archive_read (archive, &query);
  g_assert_cmpuint (sv_archive_find_candidates (archive, "beta")->len, ==, 1);
  sv_archive_read (archive, &query);
  g_assert_cmpuint (sv_archive_find_candidates (archive, "beta")->len, ==, 1);
}

/* --- signatures that do not hold --- */

typedef struct {
  const char *name;
  gint expected;
  gboolean trusted;
  const char *life;
  const char *mode;
  const char *file;
} SignRow;

static const SignRow sign_rows[] = {
    {"clear-signed", SV_AUTHENTICITY_VERIFIED, TRUE, "never", "--clear-sign", "stable_InRelease"},
    {"unknown-key", SV_AUTHENTICITY_UNVERIFIED, FALSE, "never", "--clear-sign", "stable_InRelease"},
    {"expired-key", SV_AUTHENTICITY_BAD, TRUE, "1d", "--clear-sign", "stable_InRelease"},
    {"inline-message", SV_AUTHENTICITY_BAD, TRUE, "never", "--sign", "stable_InRelease"},
    {"signature-alone", SV_AUTHENTICITY_BAD, TRUE, "never", "--detach-sign", "stable_InRelease"},
};

/* Keys that have expired by the clock of this machine are what gpgv calls expired. */
static gboolean
clock_is_late (void)
{
  gint64 limit;
  g_assert_true (sv_time_parse ("2026-11-03T00:00:00Z", &limit, NULL));
  return sv_time_now () > limit;
}

static void
test_signed (gconstpointer data)
{
  const SignRow *row = data;
  g_auto (Scratch) scratch = {0};

  if (!has_gpg ())
    return;
  if (!clock_is_late ()) {
    g_test_skip ("the clock is before the test keys were made");
    return;
  }
  scratch_init (&scratch);
  g_autofree char *home = make_key (&scratch, "key", row->life, row->trusted);
  g_autofree char *release = release_for (packages_text, index_path);
  sign (&scratch, home, release, row->mode, row->file);
  write_file (scratch.lists, "stable_main_binary-amd64_Packages", packages_text, -1);
  g_autoptr (SvArchive) archive = open_archive (&scratch, at_time);
  g_assert_cmpint (only_release (archive)->authenticity, ==, row->expected);
  READ (archive, "alpha");
  gboolean verified = row->expected == SV_AUTHENTICITY_VERIFIED;
  g_assert_true ((sv_archive_find_candidates (archive, "alpha") != NULL) == verified);
}

/* The same expired key, asked about a day on which it still was good. */
static void
test_expired_since (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  if (!clock_is_late ()) {
    g_test_skip ("the clock is before the test keys were made");
    return;
  }
  scratch_init (&scratch);
  g_autofree char *home = make_key (&scratch, "key", "1d", TRUE);
  g_autofree char *release = release_for (packages_text, index_path);
  sign (&scratch, home, release, "--clear-sign", "stable_InRelease");
  g_autoptr (SvArchive) then = open_archive (&scratch, "2026-11-01T18:00:00Z");
  g_assert_cmpint (only_release (then)->authenticity, ==, SV_AUTHENTICITY_VERIFIED);
  g_autoptr (SvArchive) later = open_archive (&scratch, "2026-11-03T00:00:00Z");
  g_assert_cmpint (only_release (later)->authenticity, ==, SV_AUTHENTICITY_BAD);
}

static void
test_detached (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  scratch_init (&scratch);
  g_autofree char *home = make_key (&scratch, "key", "never", TRUE);
  g_autofree char *release = release_for (packages_text, index_path);
  write_file (scratch.lists, "stable_Release", release, -1);
  g_autoptr (SvArchive) unsigned_archive = open_archive (&scratch, at_time);
  const SvRelease *first = only_release (unsigned_archive);
  g_assert_cmpint (first->authenticity, ==, SV_AUTHENTICITY_UNVERIFIED);
  g_assert_cmpstr (first->label, ==, "Example");

  sign (&scratch, home, release, "--detach-sign", "stable_Release.gpg");
  g_autoptr (SvArchive) good = open_archive (&scratch, at_time);
  g_assert_cmpint (only_release (good)->authenticity, ==, SV_AUTHENTICITY_VERIFIED);

  g_autofree char *longer = g_strconcat (release, "Extra: yes\n", NULL);
  write_file (scratch.lists, "stable_Release", longer, -1);
  g_autoptr (SvArchive) bad = open_archive (&scratch, at_time);
  g_assert_cmpint (only_release (bad)->authenticity, ==, SV_AUTHENTICITY_BAD);
}

typedef char *(*Tamper) (const char *text);

static char *
flip (const char *text)
{
  char *copy = g_strdup (text);
  *strstr (copy, "stable") = 'S';
  return copy;
}

static char *
prepend (const char *text)
{
  return g_strconcat ("Suite: evil\n", text, NULL);
}

static char *
append (const char *text)
{
  return g_strconcat (text, "\nSuite: evil\n", NULL);
}

static char *
add_header (const char *text)
{
  const char *end = strstr (text, "\n\n");
  return g_strdup_printf ("%.*s\nSuite: evil%s", (int)(end - text), text, end);
}

static char *
take_signature_off (const char *text)
{
  const char *begin = strstr (text, "\n\n") + 2;
  return g_strndup (begin, (gsize)(strstr (begin, "-----BEGIN") - begin));
}

static char *
empty_signature (const char *text)
{
  const char *begin = strstr (text, "-----BEGIN PGP SIGNATURE");
  return g_strdup_printf ("%.*s-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
                          (int)(begin - text), text);
}

static char *
empty_file (const char *text)
{
  return g_strdup ("");
}

static const Tamper tampers[] = {
    flip, prepend, append, add_header, take_signature_off, empty_signature, empty_file};

static void
test_tampered (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  make_archive (&scratch, TRUE);
  g_autofree char *path = g_build_filename (scratch.lists, inrelease_file, NULL);
  g_autofree char *text = NULL;
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (tampers); i++) {
    g_autofree char *changed = tampers[i](text);
    write_file (scratch.lists, inrelease_file, changed, -1);
    g_autoptr (SvArchive) archive = open_archive (&scratch, at_time);
    g_assert_cmpint (only_release (archive)->authenticity, ==, SV_AUTHENTICITY_BAD);
    READ (archive, "alpha");
    g_assert_cmpint (index_at (archive, 0)->authenticity, ==, SV_AUTHENTICITY_BAD);
    g_assert_null (sv_archive_find_candidates (archive, "alpha"));
  }
}

/* A repository may name its key: then the others of the host do not count. */
static void
test_signed_by (void)
{
  static const struct {
    const char *signed_by;
    gint expected;
  } rows[] = {{"/etc/apt/trusted.gpg.d/good.asc", SV_AUTHENTICITY_VERIFIED},
              {"/etc/apt/trusted.gpg.d/other.asc", SV_AUTHENTICITY_UNVERIFIED},
              {"/etc/apt/absent.gpg", SV_AUTHENTICITY_UNVERIFIED},
              {"0000000000000000000000000000000000000000", SV_AUTHENTICITY_UNVERIFIED},
              {NULL, SV_AUTHENTICITY_VERIFIED}};
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  make_archive (&scratch, TRUE);
  g_free (make_key (&scratch, "other", "never", TRUE));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    SvRepository repository = {.type = (char *)"deb",
                               .uri = (char *)"http://mirror.example/repo",
                               .suite = (char *)"stable",
                               .enabled = TRUE,
                               .signed_by = (char *)rows[i].signed_by};
    g_autoptr (GPtrArray) repositories = g_ptr_array_new ();
    g_ptr_array_add (repositories, &repository);
    SvArchiveOptions options = {.directory = scratch.lists,
                                .root = scratch.root,
                                .at_us = 1795305600 * SV_SECOND_US,
                                .repositories = repositories};
    g_autoptr (SvArchive) archive = sv_archive_open (&options, NULL);
    g_assert_cmpint (only_release (archive)->authenticity, ==, rows[i].expected);
    g_assert_true (index_at (archive, 0)->enabled);
  }
}

/* --- indexes that are not what the Release names --- */

static void
test_index_digest (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  make_archive (&scratch, TRUE);
  g_autoptr (SvArchive) archive = open_archive (&scratch, at_time);
  READ (archive, "alpha");
  g_assert_cmpuint (sv_archive_find_candidates (archive, "alpha")->len, ==, 1);

  /* Exchanged between two readings: nothing of the new bytes is taken. */
  g_autofree char *evil = g_strdup (packages_text);
  memcpy (strstr (evil, "1.0+b1"), "6.6+66", 6);
  write_file (scratch.lists, index_file, evil, -1);
  READ (archive, "alpha", "gamma");
  g_assert_cmpint (index_at (archive, 0)->authenticity, ==, SV_AUTHENTICITY_BAD);
  g_assert_cmpuint (sv_archive_find_candidates (archive, "alpha")->len, ==, 1);
  g_assert_null (sv_archive_find_candidates (archive, "gamma"));
}

static void
test_index_by_digest_not_by_name (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  make_archive (&scratch, TRUE);
  g_autofree char *path = g_build_filename (scratch.lists, index_file, NULL);
  g_assert_cmpint (g_unlink (path), ==, 0);
  write_file (scratch.lists, "copy_of_it_binary-any_Packages", packages_text, -1);
  write_file (scratch.lists, "foreign_main_binary-amd64_Packages", "Package: alpha\n", -1);
  g_autoptr (SvArchive) archive = open_archive (&scratch, at_time);
  READ (archive, "alpha");
  const SvIndex *copy = index_at (archive, 0), *foreign = index_at (archive, 1);
  g_assert_cmpint (copy->authenticity, ==, SV_AUTHENTICITY_VERIFIED);
  g_assert_cmpstr (copy->component, ==, "main");
  g_assert_cmpstr (copy->release, ==, inrelease_file);
  g_assert_cmpint (foreign->authenticity, ==, SV_AUTHENTICITY_UNVERIFIED);
  g_assert_cmpuint (sv_archive_find_candidates (archive, "alpha")->len, ==, 1);
}

static void
test_index_truncated (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  make_archive (&scratch, TRUE);
  g_autofree char *path = g_build_filename (scratch.lists, index_file, NULL);
  g_autofree char *packed = g_strconcat (path, ".gz", NULL);
  g_autofree char *bytes = NULL;
  gsize size;
  SV_TEST_RUN ("gzip", path);
  g_assert_true (g_file_get_contents (packed, &bytes, &size, NULL));
  for (gssize cut = 0; cut < 12; cut += 4) {
    g_assert_true (g_file_set_contents (packed, bytes, (gssize)size - cut, NULL));
    g_autoptr (SvArchive) archive = open_archive (&scratch, at_time);
    READ (archive, "alpha");
    g_assert_true ((sv_archive_find_candidates (archive, "alpha") != NULL) == (cut == 0));
    g_assert_cmpint (index_at (archive, 0)->authenticity, ==,
                     cut == 0 ? SV_AUTHENTICITY_VERIFIED : SV_AUTHENTICITY_BAD);
  }
}

/* A Release that names the compressed index alone vouches for those bytes, and for no others. */
static void
test_packed_only (void)
{
  g_auto (Scratch) scratch = {0};
  if (!has_gpg ())
    return;
  scratch_init (&scratch);
  g_autofree char *home = make_key (&scratch, "good", "never", TRUE);
  g_autofree char *path = g_build_filename (scratch.lists, index_file, NULL);
  g_autofree char *packed = g_strconcat (path, ".xz", NULL);
  g_autofree char *bytes = NULL;
  gsize size;
  write_file (scratch.lists, index_file, packages_text, -1);
  SV_TEST_RUN ("xz", path);
  g_assert_true (g_file_get_contents (packed, &bytes, &size, NULL));
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guint8 *)bytes, size);
  g_autofree char *release = g_strdup_printf (
      "Origin: Test\nSuite: stable\nCodename: bookworm\nDate: Fri, 20 Nov 2026 00:00:00 UTC\n"
      "SHA256:\n %s %zu %s.xz\n",
      digest, size, index_path);
  sign (&scratch, home, release, "--clear-sign", inrelease_file);

  g_autoptr (SvArchive) kept = open_archive (&scratch, at_time);
  READ (kept, "alpha");
  g_assert_cmpint (index_at (kept, 0)->authenticity, ==, SV_AUTHENTICITY_VERIFIED);
  g_assert_cmpstr (index_at (kept, 0)->component, ==, "main");
  g_assert_nonnull (sv_archive_find_candidates (kept, "alpha"));

  SV_TEST_RUN ("unxz", packed); /* as apt leaves it mostly */
  g_autoptr (SvArchive) unpacked = open_archive (&scratch, at_time);
  READ (unpacked, "alpha");
  g_assert_cmpint (index_at (unpacked, 0)->authenticity, ==, SV_AUTHENTICITY_UNVERIFIED);
  g_assert_nonnull (strstr (index_at (unpacked, 0)->detail, "only the compressed index"));
  g_assert_null (sv_archive_find_candidates (unpacked, "alpha"));

  SV_TEST_RUN ("gzip", path); /* and packed anew */
  g_autoptr (SvArchive) anew = open_archive (&scratch, at_time);
  READ (anew, "alpha");
  g_assert_cmpint (index_at (anew, 0)->authenticity, ==, SV_AUTHENTICITY_UNVERIFIED);
}

static void
test_unverified_on_request (void)
{
  g_auto (Scratch) scratch = {0};
  scratch_init (&scratch);
  write_file (scratch.lists, "stable-security_main_binary-amd64_Packages", packages_text, -1);
  for (int allowed = 0; allowed < 2; allowed++) {
    SvArchiveOptions options = {
        .directory = scratch.lists, .root = scratch.root, .allow_unverified = allowed};
    g_autoptr (SvArchive) archive = sv_archive_open (&options, NULL);
    READ (archive, "alpha");
    const SvIndex *index = index_at (archive, 0);
    g_assert_cmpint (index->authenticity, ==, SV_AUTHENTICITY_UNVERIFIED);
    g_assert_cmpstr (index->suite, ==, "stable-security");
    g_assert_true ((sv_archive_find_candidates (archive, "alpha") != NULL) == allowed);
  }
}

static void
test_repositories (void)
{
  g_auto (Scratch) scratch = {0};
  scratch_init (&scratch);
  write_file (scratch.lists, index_file, packages_text, -1);
  g_autoptr (GPtrArray) components = g_ptr_array_new ();
  g_ptr_array_add (components, (gpointer) "contrib");
  SvRepository repository = {.type = (char *)"deb",
                             .uri = (char *)"https://mirror.example/repo/",
                             .suite = (char *)"stable",
                             .components = components,
                             .enabled = TRUE};
  g_autoptr (GPtrArray) repositories = g_ptr_array_new ();
  g_ptr_array_add (repositories, &repository);
  SvArchiveOptions options = {
      .directory = scratch.lists, .root = scratch.root, .repositories = repositories};
  g_autoptr (SvArchive) other = sv_archive_open (&options, NULL);
  g_assert_false (index_at (other, 0)->enabled);
  g_ptr_array_add (components, (gpointer) "main");
  g_autoptr (SvArchive) named = sv_archive_open (&options, NULL);
  g_assert_true (index_at (named, 0)->enabled);
  repository.enabled = FALSE;
  g_autoptr (SvArchive) disabled = sv_archive_open (&options, NULL);
  g_assert_false (index_at (disabled, 0)->enabled);
}

static void
test_directory_absent (void)
{
  g_autoptr (GError) error = NULL;
  SvArchiveOptions options = {.directory = "/nonexistent/lists"};
  g_assert_null (sv_archive_open (&options, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_NOT_FOUND);
}

static void
test_shape (void)
{
  g_autofree char *kernel = sv_archive_shape ("linux-image-6.1.0-56-amd64", 26);
  g_autofree char *plain = sv_archive_shape ("bash", 4);
  g_assert_cmpstr (kernel, ==, "linux-image-#.#.#-#-amd#");
  g_assert_cmpstr (plain, ==, "bash");
}

/* --- the real thing --- */

static char *
debian_archive (void)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path =
      g_build_filename (data != NULL ? data : "/nonexistent", "debian", "archive", NULL);
  g_autofree char *gpgv = g_find_program_in_path ("gpgv");
  if (g_file_test (path, G_FILE_TEST_IS_DIR) && gpgv != NULL &&
      g_file_test ("/usr/share/keyrings/debian-archive-keyring.gpg", G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("debian/archive, gpgv or Debian's keyring absent");
  return NULL;
}

static SvArchive *
open_debian (const char *path, const char *at)
{
  SvArchiveOptions options = {.directory = path};
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_time_parse (at, &options.at_us, NULL));
  SvArchive *archive = sv_archive_open (&options, &error);
  g_assert_no_error (error);
  return archive;
}

static void
test_debian (void)
{
  g_autofree char *path = debian_archive ();
  if (path == NULL)
    return;
  g_autoptr (SvArchive) archive = open_debian (path, "2026-11-22T00:00:00Z");
  const GPtrArray *releases = sv_archive_get_releases (archive);
  for (guint i = 0; i < releases->len; i++) {
    const SvRelease *release = g_ptr_array_index (releases, i);
    g_test_message ("%s: %s", release->file, release->detail);
    g_assert_cmpint (release->authenticity, ==, SV_AUTHENTICITY_VERIFIED);
  }
  READ (archive, "bash", "openssl");
  const GPtrArray *indexes = sv_archive_get_indexes (archive);
  for (guint i = 0; i < indexes->len; i++) {
    const SvIndex *index = index_at (archive, i);
    gboolean unsigned_one = strstr (index->file, "-updates_") != NULL;
    g_assert_cmpint (index->authenticity, ==,
                     unsigned_one ? SV_AUTHENTICITY_UNVERIFIED : SV_AUTHENTICITY_VERIFIED);
    g_assert_cmpint (index->n_skipped, ==, 0);
    g_assert_cmpint (index->n_packages, >, 30);
  }
  g_assert_nonnull (sv_archive_find_candidates (archive, "openssl"));
}

static void
test_debian_expired (void)
{
  g_autofree char *path = debian_archive ();
  if (path == NULL)
    return;
  g_autoptr (SvArchive) archive = open_debian (path, "2026-11-28T00:00:00Z");
  const GPtrArray *releases = sv_archive_get_releases (archive);
  for (guint i = 0; i < releases->len; i++) {
    const SvRelease *release = g_ptr_array_index (releases, i);
    gboolean over = strcmp (release->codename, "bookworm-security") == 0;
    g_assert_cmpint (release->authenticity, ==,
                     over ? SV_AUTHENTICITY_EXPIRED : SV_AUTHENTICITY_VERIFIED);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/archive/candidates", test_candidates);
  g_test_add_func ("/archive/providers", test_providers);
  for (gsize i = 0; i < G_N_ELEMENTS (sign_rows); i++) {
    g_autofree char *path = g_strconcat ("/archive/promise-S3-", sign_rows[i].name, NULL);
    g_test_add_data_func (path, &sign_rows[i], test_signed);
  }
  g_test_add_func ("/archive/promise-S3-detached", test_detached);
  g_test_add_func ("/archive/promise-S3-tampered", test_tampered);
  g_test_add_func ("/archive/promise-S3-signed-by", test_signed_by);
  g_test_add_func ("/archive/key-expired-since", test_expired_since);
  g_test_add_func ("/archive/promise-S4-exchanged-between-readings", test_index_digest);
  g_test_add_func ("/archive/promise-S4-by-digest-not-by-name", test_index_by_digest_not_by_name);
  g_test_add_func ("/archive/promise-S4-truncated", test_index_truncated);
  g_test_add_func ("/archive/promise-S4-packed-only", test_packed_only);
  g_test_add_func ("/archive/unverified-on-request", test_unverified_on_request);
  g_test_add_func ("/archive/pitfall-41-repositories", test_repositories);
  g_test_add_func ("/archive/directory-absent", test_directory_absent);
  g_test_add_func ("/archive/shape", test_shape);
  g_test_add_func ("/archive/debian", test_debian);
  g_test_add_func ("/archive/pitfall-109-debian-expired", test_debian_expired);
  return g_test_run ();
}
