#include "base/deb822.h"

#include <string.h>

#include "base/error.h"
#include "base/limits.h"

enum { BLOCK_BYTES = 256 * 1024 };

/* Offsets count from the beginning of the paragraph, because the buffer moves while it is read. */
typedef struct {
  guint32 hash; /* of the name without case */
  guint32 name;
  guint32 name_length;
  guint32 value;
  guint32 value_end;
} Field;

struct SvDeb822 {
  SvStream *stream;
  char *buffer; /* one byte larger than capacity, for a terminator behind the last line */
  gsize capacity;
  gsize begin; /* of the current paragraph */
  gsize at;    /* of the next line */
  gsize end;   /* of the bytes read */
  gboolean ended;
  gboolean broken; /* nothing more can be read */
  guint64 line;    /* number of the line last taken */
  guint64 paragraph_line;
  guint n_fields;
  Field fields[SV_LIMIT_STANZA_FIELDS];
};

typedef struct {
  char *text; /* in the buffer, lent until the next line is taken */
  gsize length;
} Line;

SvDeb822 *
sv_deb822_new (SvStream *stream)
{
  SvDeb822 *reader = g_new0 (SvDeb822, 1);
  reader->stream = stream;
  reader->capacity = BLOCK_BYTES;
  reader->buffer = g_malloc (reader->capacity + 1);
  return reader;
}

void
sv_deb822_free (SvDeb822 *reader)
{
  if (reader == NULL)
    return;
  g_free (reader->buffer);
  g_free (reader);
}

guint64
sv_deb822_get_line (const SvDeb822 *reader)
{
  return reader->paragraph_line;
}

gboolean
sv_deb822_is_over (const SvDeb822 *reader)
{
  return reader->broken || (reader->ended && reader->at == reader->end);
}

/* Makes room behind the bytes read: moves the paragraph to the front if that frees half of the
 * buffer, else doubles it. So every byte moves only a few times, however short the reads are. */
static void
make_room (SvDeb822 *reader)
{
  if (reader->end < reader->capacity)
    return;
  if (reader->begin >= reader->capacity / 2) {
    memmove (reader->buffer, reader->buffer + reader->begin, reader->end - reader->begin);
    reader->at -= reader->begin;
    reader->end -= reader->begin;
    reader->begin = 0;
  } else {
    reader->capacity *= 2;
    reader->buffer = g_realloc (reader->buffer, reader->capacity + 1);
  }
}

static gboolean
fill (SvDeb822 *reader, GError **error)
{
  if (reader->end - reader->begin > SV_LIMIT_STANZA_BYTES) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
                 "'%s' line %" G_GUINT64_FORMAT ": paragraph is longer than %d bytes",
                 sv_stream_get_name (reader->stream), reader->line + 1, SV_LIMIT_STANZA_BYTES);
    reader->broken = TRUE;
    return FALSE;
  }
  make_room (reader);
  gssize got = sv_stream_read (reader->stream, reader->buffer + reader->end,
                               reader->capacity - reader->end, error);
  reader->broken = got < 0;
  reader->ended = got == 0;
  reader->end += (gsize)MAX (got, 0);
  return got >= 0;
}

/* The next line without its end; text is NULL behind the last one. */
static gboolean
take_line (SvDeb822 *reader, Line *ret_line, GError **error)
{
  gsize searched = 0;
  char *newline;
  while ((newline = memchr (reader->buffer + reader->at + searched, '\n',
                            reader->end - reader->at - searched)) == NULL &&
         !reader->ended) {
    searched = reader->end - reader->at;
    if (!fill (reader, error))
      return FALSE;
  }

  char *text = reader->buffer + reader->at;
  gsize length = newline != NULL ? (gsize)(newline - text) : reader->end - reader->at;
  gboolean none = newline == NULL && length == 0;
  *ret_line = (Line){.text = none ? NULL : text, .length = length};
  reader->at += length + (newline != NULL);
  reader->line += !none;
  return TRUE;
}

static gboolean
is_blank (const Line *line)
{
  return line->length == 0 || (line->length == 1 && line->text[0] == '\r');
}

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r';
}

static guint32
hash_step (guint32 hash, char c)
{
  return (hash ^ ((guint8)c | 0x20)) * 16777619u;
}

static gboolean
has_name (const SvDeb822 *reader, const Field *field, guint32 hash, const char *name, gsize length)
{
  return field->hash == hash && field->name_length == length &&
         g_ascii_strncasecmp (reader->buffer + reader->begin + field->name, name, length) == 0;
}

static const Field *
find_field (const SvDeb822 *reader, guint32 hash, const char *name, gsize length)
{
  for (guint i = 0; i < reader->n_fields; i++)
    if (has_name (reader, &reader->fields[i], hash, name, length))
      return &reader->fields[i];
  return NULL;
}

const char *
sv_deb822_find (const SvDeb822 *reader, const char *name)
{
  guint32 hash = 0;
  gsize length = 0;
  for (; name[length] != '\0'; length++)
    hash = hash_step (hash, name[length]);
  const Field *field = find_field (reader, hash, name, length);
  return field != NULL ? reader->buffer + reader->begin + field->value : NULL;
}

/* Ends the value before the white space at its end and terminates it in place: there is always a
 * byte, the line end or the spare one of the buffer. */
static void
end_value (SvDeb822 *reader, Field *field, gsize end)
{
  char *paragraph = reader->buffer + reader->begin;
  while (end > field->value && is_space (paragraph[end - 1]))
    end--;
  paragraph[end] = '\0';
  field->value_end = (guint32)end;
}

/* Returns NULL, or what is wrong with the line. */
static const char *
add_field (SvDeb822 *reader, const Line *line)
{
  guint32 hash = 0;
  gsize length = 0;
  for (; length < line->length && line->text[length] != ':'; length++) {
    if (!g_ascii_isgraph (line->text[length]))
      return "field name with a space or control character, or no colon";
    hash = hash_step (hash, line->text[length]);
  }
  if (length == 0 || length == line->length)
    return "no field name with a colon behind it";
  if (find_field (reader, hash, line->text, length) != NULL)
    return "field named twice in one paragraph";
  if (reader->n_fields == SV_LIMIT_STANZA_FIELDS)
    return "too many fields in one paragraph";

  gsize value = length + 1;
  while (value < line->length && is_space (line->text[value]))
    value++;
  guint32 base = (guint32)(line->text - reader->buffer - reader->begin);
  Field *field = &reader->fields[reader->n_fields++];
  *field = (Field){
      .hash = hash, .name = base, .name_length = (guint32)length, .value = base + (guint32)value};
  end_value (reader, field, base + line->length);
  return NULL;
}

/* Moves the line to the end of the value that it continues, which lies before it. */
static const char *
add_continuation (SvDeb822 *reader, const Line *line)
{
  if (reader->n_fields == 0)
    return "continuation line before any field";
  Field *field = &reader->fields[reader->n_fields - 1];
  char *paragraph = reader->buffer + reader->begin;
  gsize end = field->value_end;
  if (end > field->value)
    paragraph[end++] = '\n';
  memmove (paragraph + end, line->text + 1, line->length - 1);
  end_value (reader, field, end + line->length - 1);
  return NULL;
}

static const char *
add_line (SvDeb822 *reader, const Line *line)
{
  if (line->text[0] == '#')
    return NULL;
  if (memchr (line->text, '\0', line->length) != NULL)
    return "NUL byte";
  return is_space (line->text[0]) ? add_continuation (reader, line) : add_field (reader, line);
}

/* Between paragraphs, lines of white space and comments say nothing. */
static gboolean
is_filler (const Line *line)
{
  gsize i = 0;
  while (i < line->length && is_space (line->text[i]))
    i++;
  return i == line->length || line->text[0] == '#';
}

/* Takes the blank lines and comments between two paragraphs, and the line behind them. */
static gboolean
begin_paragraph (SvDeb822 *reader, Line *line, GError **error)
{
  reader->n_fields = 0;
  do {
    reader->begin = reader->at;
    if (!take_line (reader, line, error))
      return FALSE;
  } while (line->text != NULL && is_filler (line));
  reader->paragraph_line = reader->line;
  return TRUE;
}

/* After a bad line the rest of the paragraph is taken all the same, so that the next one can be
 * read. */
static gboolean
read_paragraph (SvDeb822 *reader, Line *line, GError **error)
{
  const char *wrong = NULL;
  guint64 wrong_line = 0;
  while (line->text != NULL && !is_blank (line)) {
    if (wrong == NULL) {
      wrong = add_line (reader, line);
      wrong_line = reader->line;
    }
    if (!take_line (reader, line, error))
      return FALSE;
  }
  if (wrong == NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' line %" G_GUINT64_FORMAT ": %s",
               sv_stream_get_name (reader->stream), wrong_line, wrong);
  return FALSE;
}

gboolean
sv_deb822_next (SvDeb822 *reader, gboolean *ret_found, GError **error)
{
  Line line;
  if (begin_paragraph (reader, &line, error) && read_paragraph (reader, &line, error)) {
    *ret_found = reader->n_fields > 0;
    return TRUE;
  }
  reader->n_fields = 0;
  return FALSE;
}
