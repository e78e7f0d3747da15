#include "advisory/index.h"

#include <string.h>

static const SvField index_fields[] = {
    SV_FIELD (SvIndex, file, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "File in the directory of apt lists"),
    SV_FIELD (SvIndex, release, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Release file whose digests name it"),
    SV_FIELD (SvIndex, origin, SV_TYPE_STRING, .doc = "Origin of the archive"),
    SV_FIELD (SvIndex, label, SV_TYPE_STRING, .doc = "Label of the archive"),
    SV_FIELD (SvIndex, suite, SV_TYPE_STRING, .doc = "Suite of the archive"),
    SV_FIELD (SvIndex, codename, SV_TYPE_STRING, .doc = "Codename of the archive"),
    SV_FIELD (SvIndex, version, SV_TYPE_STRING, .doc = "Version of the archive"),
    SV_FIELD (SvIndex, component, SV_TYPE_STRING, .doc = "Component, as in \"main\""),
    SV_FIELD (SvIndex, arch, SV_TYPE_STRING, .doc = "Architecture"),
    SV_FIELD (SvIndex, site, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Host it came from"),
    SV_FIELD (SvIndex, not_automatic, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "Nothing is installed from it without being asked for"),
    SV_FIELD (SvIndex, but_automatic_upgrades, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "What was installed from it is upgraded from it"),
    SV_FIELD (SvIndex, enabled, SV_TYPE_BOOL, .doc = "The host's configuration names it"),
    SV_FIELD (SvIndex, authenticity, SV_TYPE_ENUM, .values = sv_authenticity_names,
              .doc = "What comparing its digest with the signed Release gave"),
    SV_FIELD (SvIndex, detail, SV_TYPE_STRING, .doc = "Why it is not verified or not enabled"),
    SV_FIELD (SvIndex, sha256, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "SHA-256 of the decompressed index"),
    SV_FIELD (SvIndex, size_bytes, SV_TYPE_INT64, .doc = "Size of the decompressed index, bytes"),
    SV_FIELD (SvIndex, n_packages, SV_TYPE_INT64, .doc = "Package versions in it"),
    SV_FIELD (SvIndex, n_skipped, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Malformed package versions in it"),
};
SV_RECORD_TYPE (sv_index_type, SvIndex, "Index", index_fields, "One index of an apt archive");

void
sv_candidate_free (SvCandidate *candidate)
{
  if (candidate == NULL)
    return;
  g_clear_pointer (&candidate->key, g_bytes_unref);
  g_clear_pointer (&candidate->indexes, g_ptr_array_unref);
  g_free (candidate);
}

/* --- one paragraph --- */

typedef struct {
  const char *field;
  gsize offset;
  gboolean required;
} TextRow;

static const TextRow text_rows[] = {
    {"Package", G_STRUCT_OFFSET (SvCandidate, name), TRUE},
    {"Architecture", G_STRUCT_OFFSET (SvCandidate, arch), TRUE},
    {"Version", G_STRUCT_OFFSET (SvCandidate, version), TRUE},
    {"Provides", G_STRUCT_OFFSET (SvCandidate, provides), FALSE},
    {"Replaces", G_STRUCT_OFFSET (SvCandidate, replaces), FALSE},
    {"Multi-Arch", G_STRUCT_OFFSET (SvCandidate, multi_arch), FALSE},
    {"SHA256", G_STRUCT_OFFSET (SvCandidate, sha256), FALSE},
    {"Filename", G_STRUCT_OFFSET (SvCandidate, filename), FALSE},
};

typedef struct {
  const char *field;
  gsize offset;
  gint64 unit;
} NumberRow;

static const NumberRow number_rows[] = {
    {"Size", G_STRUCT_OFFSET (SvCandidate, size_bytes), 1},
    {"Installed-Size", G_STRUCT_OFFSET (SvCandidate, installed_bytes), 1024},
};

static gboolean
read_texts (const SvDeb822 *paragraph, GStringChunk *strings, SvCandidate *candidate)
{
  for (gsize i = 0; i < G_N_ELEMENTS (text_rows); i++) {
    const char *value = sv_deb822_find (paragraph, text_rows[i].field);
    if (text_rows[i].required && sv_text_is_empty (value))
      return FALSE;
    if (value != NULL)
      G_STRUCT_MEMBER (const char *, candidate, text_rows[i].offset) =
          g_string_chunk_insert_const (strings, value);
  }
  return TRUE;
}

static gboolean
read_numbers (const SvDeb822 *paragraph, SvCandidate *candidate)
{
  for (gsize i = 0; i < G_N_ELEMENTS (number_rows); i++) {
    const char *value = sv_deb822_find (paragraph, number_rows[i].field);
    gint64 number = 0;
    if (value != NULL && (!sv_text_parse_int64 (value, &number, NULL) || number < 0 ||
                          number > G_MAXINT64 / number_rows[i].unit))
      return FALSE;
    G_STRUCT_MEMBER (gint64, candidate, number_rows[i].offset) = number * number_rows[i].unit;
  }
  return TRUE;
}

static const char *
join_fields (const SvDeb822 *paragraph, const char *first, const char *second,
             GStringChunk *strings)
{
  const char *a = sv_deb822_find (paragraph, first), *b = sv_deb822_find (paragraph, second);

  if (a == NULL || b == NULL)
    return a == NULL && b == NULL ? NULL : g_string_chunk_insert (strings, a != NULL ? a : b);
  g_autofree char *both = g_strconcat (a, ", ", b, NULL);
  return g_string_chunk_insert (strings, both);
}

/* "Source: name (version)"; both default to the binary's own (traps 17 to 19). */
static gboolean
read_source (const SvDeb822 *paragraph, GStringChunk *strings, SvCandidate *candidate)
{
  const char *value = sv_deb822_find (paragraph, "Source");
  const char *open = value != NULL ? strchr (value, '(') : NULL;
  const char *close = open != NULL ? strchr (open, ')') : NULL;

  candidate->source = candidate->name;
  candidate->source_version = candidate->version;
  if (value == NULL)
    return TRUE;
  g_autofree char *name = g_strndup (value, strcspn (value, " ("));
  candidate->source = g_string_chunk_insert_const (strings, name);
  if (open == NULL)
    return *name != '\0';
  if (close == NULL || close == open + 1)
    return FALSE;
  g_autofree char *version = g_strndup (open + 1, (gsize)(close - open - 1));
  candidate->source_version = g_string_chunk_insert_const (strings, version);
  return *name != '\0';
}

static void
read_marks (const SvDeb822 *paragraph, SvCandidate *candidate)
{
  const char *phased = sv_deb822_find (paragraph, "Phased-Update-Percentage");
  const char *essential = sv_deb822_find (paragraph, "Essential");
  gint64 percent = 100;

  if (phased != NULL && !sv_text_parse_int64 (phased, &percent, NULL))
    percent = 100;
  candidate->phased_percent = (gint)CLAMP (percent, 0, 100);
  candidate->essential = g_strcmp0 (essential, "yes") == 0;
}

static SvCandidate *
read_candidate (const SvDeb822 *paragraph, GStringChunk *strings)
{
  g_autoptr (SvCandidate) candidate = g_new0 (SvCandidate, 1);

  candidate->indexes = g_ptr_array_new ();
  if (!read_texts (paragraph, strings, candidate) || !read_numbers (paragraph, candidate) ||
      !read_source (paragraph, strings, candidate))
    return NULL;
  candidate->depends = join_fields (paragraph, "Pre-Depends", "Depends", strings);
  candidate->conflicts = join_fields (paragraph, "Conflicts", "Breaks", strings);
  read_marks (paragraph, candidate);
  candidate->key = sv_version_key (SV_SCHEME_DEB, candidate->version, NULL);
  return candidate->key != NULL ? g_steal_pointer (&candidate) : NULL;
}

/* --- all paragraphs --- */

enum { READ_BYTES = 256 * 1024 };

typedef struct {
  SvIndex *index;
  const SvIndexQuery *query;
  GPtrArray *candidates;
} Reader;

/* The value of @field in one paragraph, NULL if it is not there. @field begins with the '\n' that
 * ends the line before it, and ends with ':'. */
static const char *
find_value (const char *text, gsize size, const char *field, gsize *ret_length)
{
  gsize length = strlen (field);
  const char *at = NULL, *line = memmem (text, size, field, length);

  if (size >= length - 1 && memcmp (text, field + 1, length - 1) == 0)
    at = text + length - 1;
  else if (line != NULL)
    at = line + length;
  if (at == NULL)
    return NULL;
  const char *stop = text + size, *end = memchr (at, '\n', (gsize)(stop - at));
  end = end != NULL ? end : stop;
  while (at < end && *at == ' ')
    at++;
  *ret_length = (gsize)(end - at);
  return at;
}

static gboolean
provides_wanted (const SvIndexQuery *query, const char *text, gsize size)
{
  gsize left;
  const char *at = find_value (text, size, "\nProvides:", &left);

  for (gboolean in_name = FALSE; at != NULL && left > 0;) {
    gsize length = 0;
    while (length < left && strchr (" ,(:", at[length]) == NULL)
      length++;
    if (!in_name && length > 0 && query->wanted (at, length, query->user_data))
      return TRUE;
    in_name = in_name || length > 0; /* a version may follow it, up to the next comma */
    length += length < left;
    in_name = in_name && at[length - 1] != ',';
    at += length;
    left -= length;
  }
  return FALSE;
}

static void
read_paragraph (Reader *reader, const char *text, gsize size)
{
  const SvIndexQuery *query = reader->query;
  gsize length;
  const char *name = find_value (text, size, "\nPackage:", &length);
  gboolean found;

  reader->index->n_packages++;
  if (name == NULL) {
    reader->index->n_skipped++;
    return;
  }
  if (!query->wanted (name, length, query->user_data) &&
      !(query->providers && provides_wanted (query, text, size)))
    return;
  g_autoptr (SvStream) stream = sv_stream_new_memory (reader->index->file, text, size);
  g_autoptr (SvDeb822) deb822 = sv_deb822_new (stream);
  SvCandidate *candidate = sv_deb822_next (deb822, &found, NULL) && found
                               ? read_candidate (deb822, query->strings)
                               : NULL;
  if (candidate != NULL)
    g_ptr_array_add (reader->candidates, candidate);
  else
    reader->index->n_skipped++;
}

/* Takes the whole paragraphs out of @buffer; what is left begins a paragraph. */
static void
read_buffer (Reader *reader, GByteArray *buffer, gboolean at_end)
{
  const char *data = (const char *)buffer->data;
  gsize at = 0, size = buffer->len;

  while (at < size) {
    if (data[at] == '\n') {
      at++;
      continue;
    }
    const char *end = memmem (data + at, size - at, "\n\n", 2);
    if (end == NULL && !at_end)
      break;
    gsize next = end != NULL ? (gsize)(end - data) : size;
    read_paragraph (reader, data + at, next - at);
    at = next;
  }
  g_byte_array_remove_range (buffer, 0, (guint)at);
}

static gboolean
read_stream (Reader *reader, SvStream *stream, GError **error)
{
  g_autoptr (GByteArray) buffer = g_byte_array_sized_new (2 * READ_BYTES);
  gssize got;

  do {
    guint used = buffer->len;
    g_byte_array_set_size (buffer, used + READ_BYTES);
    got = sv_stream_read (stream, buffer->data + used, READ_BYTES, error);
    g_byte_array_set_size (buffer, used + (guint)MAX (got, 0));
    if (got < 0)
      return FALSE;
    read_buffer (reader, buffer, got == 0);
    if (buffer->len > SV_LIMIT_STANZA_BYTES) {
      g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "a package takes more than %d bytes",
                   SV_LIMIT_STANZA_BYTES);
      return FALSE;
    }
  } while (got > 0);
  return TRUE;
}

gboolean
sv_index_read (SvIndex *index, SvStream *stream, const SvIndexQuery *query, GPtrArray *candidates,
               GError **error)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  Reader reader = {.index = index, .query = query, .candidates = candidates};

  index->n_packages = index->n_skipped = 0;
  sv_stream_set_checksum (stream, checksum);
  gboolean done = read_stream (&reader, stream, error);
  sv_stream_set_checksum (stream, NULL);
  if (!done)
    return FALSE;
  sv_text_set (&index->sha256, g_checksum_get_string (checksum));
  index->size_bytes = (gint64)sv_stream_get_offset (stream);
  return TRUE;
}
