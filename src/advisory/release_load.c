#include "advisory/release_load.h"

#include "advisory/gpgv.h"
#include "advisory/lists.h"

#include <string.h>

/* --- who may vouch --- */

static gboolean
is_fingerprint (const char *word)
{
  gsize digits = strspn (word, "0123456789abcdefABCDEF");
  return digits >= 40 && (word[digits] == '\0' || strcmp (word + digits, "!") == 0);
}

static gboolean
is_named (const char *fingerprint, const char *word)
{
  return fingerprint != NULL && g_ascii_strncasecmp (fingerprint, word, strlen (fingerprint)) == 0;
}

static void
add_holders (const GPtrArray *keyrings, const char *word, GPtrArray *out)
{
  g_autofree char *fingerprint = g_ascii_strup (word, (gssize)strcspn (word, "!"));
  for (guint i = 0; i < keyrings->len; i++) {
    SvKeyring *keyring = g_ptr_array_index (keyrings, i);
    if (g_hash_table_contains (keyring->fingerprints, fingerprint))
      g_ptr_array_add (out, keyring);
  }
}

static void
add_named (const SvReleaseSource *source, const char *word, GPtrArray *out)
{
  if (is_fingerprint (word)) {
    add_holders (source->keyrings, word, out);
    return;
  }
  g_autofree char *path = g_build_filename (source->root, word, NULL);
  const SvKeyring *keyring = sv_keyrings_find (source->keyrings, path);
  if (keyring != NULL)
    g_ptr_array_add (out, (gpointer)keyring);
}

static char **
split_signed_by (const SvReleaseSource *source)
{
  const char *signed_by = source->repository != NULL ? source->repository->signed_by : NULL;
  return g_strsplit_set (signed_by != NULL ? signed_by : "", " ,\t\n", -1);
}

/* apt's rule: the keys that the repository names, else those trusted by default. Where the host's
 * repositories are not known, every archive keyring of the host. */
static GPtrArray *
choose_keyrings (const SvReleaseSource *source)
{
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_auto (GStrv) words = split_signed_by (source);
  gboolean named = FALSE;

  for (char **word = words; *word != NULL; word++)
    if (**word != '\0') {
      add_named (source, *word, chosen);
      named = TRUE;
    }
  for (guint i = 0; !named && i < source->keyrings->len; i++) {
    SvKeyring *keyring = g_ptr_array_index (source->keyrings, i);
    if (keyring->by_default || source->repository == NULL)
      g_ptr_array_add (chosen, keyring);
  }
  return g_steal_pointer (&chosen);
}

/* Where the repository names fingerprints, another key of the same keyring is not enough. */
static gboolean
is_allowed_signer (const SvReleaseSource *source, const SvGpgvVerdict *verdict)
{
  g_auto (GStrv) words = split_signed_by (source);
  gboolean restricted = FALSE;

  for (char **word = words; *word != NULL; word++) {
    if (**word == '/' || is_named (verdict->signer, *word) || is_named (verdict->primary, *word))
      return TRUE;
    restricted = restricted || is_fingerprint (*word);
  }
  return !restricted;
}

static const char *
find_holder (const GPtrArray *keyrings, const char *fingerprint)
{
  for (guint i = 0; i < keyrings->len; i++) {
    const SvKeyring *keyring = g_ptr_array_index (keyrings, i);
    if (g_hash_table_contains (keyring->fingerprints, fingerprint))
      return keyring->path;
  }
  return NULL;
}

/* --- reading --- */

typedef struct {
  const SvReleaseSource *source;
  SvRelease *release;
  GBytes *text;
  GBytes *signature; /* NULL for clear-signed ones */
} Load;

static gboolean
refuse (SvRelease *release, SvAuthenticity authenticity, const char *detail)
{
  release->authenticity = authenticity;
  sv_text_set (&release->detail, detail);
  return FALSE;
}

static GBytes *
read_file (const SvReleaseSource *source, const char *file, GError **error)
{
  g_autofree char *path = g_build_filename (source->directory, file, NULL);
  return sv_file_read (path, SV_LIMIT_RELEASE_BYTES, error);
}

/* FALSE if there is nothing to check: the release then says why. */
static gboolean
read_files (Load *load, SvListKind kind)
{
  g_autoptr (GError) error = NULL;

  load->text = read_file (load->source, load->release->file, &error);
  if (load->text == NULL)
    return refuse (load->release, SV_AUTHENTICITY_UNVERIFIED, error->message);
  if (kind == SV_LIST_INRELEASE)
    return TRUE;
  g_autofree char *name = g_strconcat (load->release->file, ".gpg", NULL);
  load->signature = read_file (load->source, name, &error);
  if (sv_error_is (error, SV_ERROR_NOT_FOUND))
    return refuse (load->release, SV_AUTHENTICITY_UNVERIFIED, "it is not signed");
  return load->signature != NULL ||
         refuse (load->release, SV_AUTHENTICITY_UNVERIFIED, error->message);
}

static void
take_verdict (const SvReleaseSource *source, const GPtrArray *keyrings, SvGpgvVerdict *verdict,
              SvRelease *release)
{
  release->authenticity = verdict->authenticity;
  release->signer = g_steal_pointer (&verdict->signer);
  release->detail = g_steal_pointer (&verdict->detail);
  if (release->signer != NULL)
    release->keyring = g_strdup (find_holder (keyrings, release->signer));
}

/* *ret_payload stays NULL unless the release is verified. */
static gboolean
verify (const Load *load, GBytes **ret_payload, GError **error)
{
  g_autoptr (GPtrArray) keyrings = choose_keyrings (load->source);
  g_auto (SvGpgvVerdict) verdict = {0};
  SvGpgvRequest request = {
      .name = load->release->file, .keyrings = keyrings, .at_us = load->source->at_us};

  request.data = g_bytes_get_data (load->text, &request.size);
  if (load->signature != NULL)
    request.signature = g_bytes_get_data (load->signature, &request.signature_size);
  if (!sv_gpgv_verify (&request, &verdict, ret_payload, error))
    return FALSE;
  if (verdict.authenticity == SV_AUTHENTICITY_VERIFIED &&
      !is_allowed_signer (load->source, &verdict)) {
    g_clear_pointer (ret_payload, g_bytes_unref);
    refuse (load->release, SV_AUTHENTICITY_BAD, "its signer is not the one the repository names");
    return TRUE;
  }
  take_verdict (load->source, keyrings, &verdict, load->release);
  return TRUE;
}

/* What an archive that could not be verified says of itself: for people, without digests. */
static void
parse_unverified (const Load *load)
{
  static const char armour[] = "-----BEGIN PGP SIGNATURE-----";
  gsize size;
  const char *data = g_bytes_get_data (load->text, &size);
  const char *begin = load->signature != NULL ? NULL : memmem (data, size, "\n\n", 2);
  g_autoptr (GString) text = g_string_new_len (data, (gssize)size);

  if (begin != NULL)
    g_string_erase (text, 0, begin + 2 - data);
  char *end = strstr (text->str, armour);
  if (end != NULL)
    g_string_truncate (text, (gsize)(end - text->str));
  sv_release_parse (load->release->file, text->str, text->len, load->release, NULL, NULL);
}

static void
parse_verified (const Load *load, GBytes *payload, GPtrArray *entries)
{
  g_autoptr (GError) error = NULL;
  gsize size;
  const char *text = g_bytes_get_data (payload, &size);

  if (sv_release_parse (load->release->file, text, size, load->release, entries, &error)) {
    sv_release_judge_time (load->release, load->source->at_us);
    return;
  }
  g_ptr_array_set_size (entries, 0);
  refuse (load->release, SV_AUTHENTICITY_BAD, error->message);
}

static gboolean
load_release (Load *load, SvListKind kind, GPtrArray *entries, GError **error)
{
  g_autoptr (GBytes) payload = NULL;
  gboolean checkable = read_files (load, kind);

  if (checkable && !verify (load, &payload, error))
    return FALSE;
  if (payload != NULL)
    parse_verified (load, payload, entries);
  else if (load->text != NULL)
    parse_unverified (load);
  return TRUE;
}

SvRelease *
sv_release_load (const char *file, const SvReleaseSource *source, GPtrArray **ret_entries,
                 GError **error)
{
  g_autoptr (SvRelease) release = sv_record_new (&sv_release_type);
  g_autoptr (GPtrArray) entries =
      g_ptr_array_new_with_free_func ((GDestroyNotify)sv_release_entry_free);
  Load load = {.source = source, .release = release};

  release->file = g_strdup (file);
  SvListKind kind = sv_list_classify (file, &release->stem);
  gboolean done = load_release (&load, kind, entries, error);
  g_clear_pointer (&load.text, g_bytes_unref);
  g_clear_pointer (&load.signature, g_bytes_unref);
  if (!done)
    return NULL;
  *ret_entries = g_steal_pointer (&entries);
  return g_steal_pointer (&release);
}
