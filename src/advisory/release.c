#include "advisory/release.h"

#include "advisory/lists.h"

#include <string.h>

const char *const sv_authenticity_names[] = {"verified", "expired", "unverified", "bad", NULL};

static const SvField release_fields[] = {
    SV_FIELD (SvRelease, file, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "File in the directory of apt lists"),
    SV_FIELD (SvRelease, stem, SV_TYPE_STRING, .flags = SV_FIELD_HIDDEN,
              .doc = "What the names of its indexes begin with"),
    SV_FIELD (SvRelease, origin, SV_TYPE_STRING, .doc = "Origin of the archive, in its own words"),
    SV_FIELD (SvRelease, label, SV_TYPE_STRING, .doc = "Label of the archive"),
    SV_FIELD (SvRelease, suite, SV_TYPE_STRING, .doc = "Suite, as in \"stable\""),
    SV_FIELD (SvRelease, codename, SV_TYPE_STRING, .doc = "Codename, as in \"bookworm\""),
    SV_FIELD (SvRelease, version, SV_TYPE_STRING, .doc = "Version, as in \"12.15\""),
    SV_FIELD (SvRelease, issued_at_us, SV_TYPE_INSTANT, .doc = "Date of the Release file"),
    SV_FIELD (SvRelease, valid_until_us, SV_TYPE_INSTANT, .doc = "End of its validity, if any"),
    SV_FIELD (SvRelease, not_automatic, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "Nothing is installed from it without being asked for"),
    SV_FIELD (SvRelease, but_automatic_upgrades, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "What was installed from it is upgraded from it"),
    SV_FIELD (SvRelease, authenticity, SV_TYPE_ENUM, .values = sv_authenticity_names,
              .doc = "What checking its signature gave"),
    SV_FIELD (SvRelease, signer, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Fingerprint of the key that vouches for it"),
    SV_FIELD (SvRelease, keyring, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Keyring that holds this key"),
    SV_FIELD (SvRelease, detail, SV_TYPE_STRING, .doc = "Why it is not verified, or what is odd"),
};
SV_RECORD_TYPE (sv_release_type, SvRelease, "Release", release_fields,
                "One apt archive: its identity, validity and signature");

void
sv_release_free (SvRelease *release)
{
  sv_record_free (&sv_release_type, release);
}

void
sv_release_entry_free (SvReleaseEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->path);
  g_free (entry->sha256);
  g_free (entry);
}

/* --- fields --- */

typedef struct {
  const char *field;
  gsize offset;
} Row;

static const Row words[] = {
    {"Origin", G_STRUCT_OFFSET (SvRelease, origin)},
    {"Label", G_STRUCT_OFFSET (SvRelease, label)},
    {"Suite", G_STRUCT_OFFSET (SvRelease, suite)},
    {"Codename", G_STRUCT_OFFSET (SvRelease, codename)},
    {"Version", G_STRUCT_OFFSET (SvRelease, version)},
};
static const Row dates[] = {
    {"Date", G_STRUCT_OFFSET (SvRelease, issued_at_us)},
    {"Valid-Until", G_STRUCT_OFFSET (SvRelease, valid_until_us)},
};
static const Row switches[] = {
    {"NotAutomatic", G_STRUCT_OFFSET (SvRelease, not_automatic)},
    {"ButAutomaticUpgrades", G_STRUCT_OFFSET (SvRelease, but_automatic_upgrades)},
};

static void
read_words (const SvDeb822 *paragraph, SvRelease *release)
{
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++) {
    char **member = G_STRUCT_MEMBER_P (release, words[i].offset);
    const char *value = sv_deb822_find (paragraph, words[i].field);
    sv_text_set (member, sv_text_or_null (value));
  }
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++) {
    const char *value = sv_deb822_find (paragraph, switches[i].field);
    G_STRUCT_MEMBER (gboolean, release, switches[i].offset) =
        value != NULL && g_ascii_strcasecmp (value, "yes") == 0;
  }
}

static gboolean
read_dates (const SvDeb822 *paragraph, SvRelease *release, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (dates); i++) {
    const char *value = sv_deb822_find (paragraph, dates[i].field);
    gint64 *member = G_STRUCT_MEMBER_P (release, dates[i].offset);
    *member = 0;
    if (value != NULL && !sv_time_parse_mail (value, member, error)) {
      g_prefix_error (error, "field '%s': ", dates[i].field);
      return FALSE;
    }
  }
  return TRUE;
}

/* --- digests --- */

static gboolean
is_sha256 (const char *text)
{
  gsize digits = strspn (text, "0123456789abcdefABCDEF");
  return digits == 64 && text[digits] == '\0';
}

static gboolean
is_package_index (const char *path)
{
  const char *slash = strrchr (path, '/');
  g_autofree char *stem = NULL;
  return sv_list_classify (slash != NULL ? slash + 1 : path, &stem) == SV_LIST_PACKAGES;
}

/* The next word of a line, words being divided by blanks; @at moves behind it. New string. */
static char *
take_word (const char **at)
{
  const char *begin = *at + strspn (*at, " \t");
  gsize length = strcspn (begin, " \t");
  *at = begin + length;
  return g_strndup (begin, length);
}

/* "<digest> <size> <path>" */
static gboolean
read_entry (const char *line, GPtrArray *entries, GError **error)
{
  g_autofree char *digest = take_word (&line);
  g_autofree char *size = take_word (&line);
  g_autofree char *path = take_word (&line);
  gint64 size_bytes;

  if (*digest == '\0')
    return TRUE;
  if (*path == '\0' || !is_sha256 (digest) || !sv_text_parse_int64 (size, &size_bytes, NULL)) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "field 'SHA256': '%s' does not begin a line of digest, size and path", digest);
    return FALSE;
  }
  if (!is_package_index (path))
    return TRUE;
  SvReleaseEntry *entry = g_new0 (SvReleaseEntry, 1);
  entry->path = g_steal_pointer (&path);
  entry->sha256 = g_ascii_strdown (digest, -1);
  entry->size_bytes = size_bytes;
  g_ptr_array_add (entries, entry);
  return TRUE;
}

static gboolean
read_entries (const SvDeb822 *paragraph, GPtrArray *entries, GError **error)
{
  const char *list = sv_deb822_find (paragraph, "SHA256");
  g_auto (GStrv) lines = g_strsplit (list != NULL ? list : "", "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    if (!read_entry (*line, entries, error))
      return FALSE;
  return TRUE;
}

static gboolean
read_paragraph (const SvDeb822 *paragraph, SvRelease *release, GPtrArray *entries, GError **error)
{
  read_words (paragraph, release);
  return read_dates (paragraph, release, error) &&
         (entries == NULL || read_entries (paragraph, entries, error));
}

gboolean
sv_release_parse (const char *name, const char *text, gsize size, SvRelease *release,
                  GPtrArray *entries, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_new_memory (name, text, size);
  g_autoptr (SvDeb822) reader = sv_deb822_new (stream);
  gboolean found;

  if (!sv_deb822_next (reader, &found, error))
    return FALSE;
  if (!found) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is empty", name);
    return FALSE;
  }
  if (!read_paragraph (reader, release, entries, error) ||
      !sv_deb822_next (reader, &found, error)) {
    g_prefix_error (error, "'%s': ", name);
    return FALSE;
  }
  if (found) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' holds more than one paragraph",
                 name);
    return FALSE;
  }
  return TRUE;
}

void
sv_release_judge_time (SvRelease *release, gint64 at_us)
{
  g_autofree char *issued = sv_time_format (release->issued_at_us);
  g_autofree char *until = sv_time_format (release->valid_until_us);

  if (release->authenticity != SV_AUTHENTICITY_VERIFIED)
    return;
  if (release->valid_until_us != 0 && release->valid_until_us < at_us) {
    release->authenticity = SV_AUTHENTICITY_EXPIRED;
    g_free (release->detail);
    release->detail = g_strdup_printf ("valid until %s: run apt-get update", until);
  } else if (release->issued_at_us > at_us) {
    g_free (release->detail);
    release->detail = g_strdup_printf ("issued %s, after the time asked for", issued);
  }
}
