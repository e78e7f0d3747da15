#include "base/xml.h"

#include "base/error.h"
#include "base/limits.h"
#include "base/strings.h"

#include <expat.h>
#include <string.h>

#define CHUNK_BYTES (64 * 1024)

typedef struct {
  SvStream *stream;
  const SvXmlHandler *handler;
  XML_Parser parser;
  GPtrArray *names; /* of the open elements */
  GString *text;    /* of the innermost open element that wants it */
  guint text_depth; /* how deep that one is; 0: none */
  GError *error;    /* why the parser was stopped */
} Reading;

typedef struct XML_ParserStruct XmlParser;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (XmlParser, XML_ParserFree)

const char *
sv_xml_find_attribute (const SvXmlElement *element, const char *name)
{
  for (const char **pair = element->attributes; pair != NULL && *pair != NULL; pair += 2)
    if (strcmp (pair[0], name) == 0)
      return pair[1];
  return NULL;
}

static guint64
current_line (const Reading *reading)
{
  return (guint64)XML_GetCurrentLineNumber (reading->parser);
}

/* Stops the parser; the first reason stays. */
static void
stop (Reading *reading, SvError code, const char *why)
{
  if (reading->error == NULL)
    g_set_error (&reading->error, SV_ERROR, (int)code, "'%s' line %" G_GUINT64_FORMAT ": %s",
                 sv_stream_get_name (reading->stream), current_line (reading), why);
  XML_StopParser (reading->parser, XML_FALSE);
}

static SvXmlElement
describe (const Reading *reading, const char **attributes)
{
  guint depth = reading->names->len;
  return (SvXmlElement){.name = reading->names->pdata[depth - 1],
                        .parent = depth > 1 ? reading->names->pdata[depth - 2] : "",
                        .attributes = attributes,
                        .line = current_line (reading)};
}

static gboolean
fits (Reading *reading, const char *name, const char **attributes)
{
  if (reading->names->len == 0 && strcmp (name, reading->handler->root) != 0) {
    g_autofree char *why = g_strdup_printf ("the document is not <%s>", reading->handler->root);
    stop (reading, SV_ERROR_INVALID_DATA, why);
    return FALSE;
  }
  if (reading->names->len >= SV_LIMIT_XML_DEPTH) {
    stop (reading, SV_ERROR_LIMIT, "elements are nested too deep");
    return FALSE;
  }
  for (const char **value = attributes; *value != NULL; value++)
    if (strlen (*value) > SV_LIMIT_LINE_BYTES) {
      stop (reading, SV_ERROR_LIMIT, "an attribute is too long");
      return FALSE;
    }
  return TRUE;
}

static void
on_begin (void *user_data, const char *name, const char **attributes)
{
  Reading *reading = user_data;
  if (reading->error != NULL || !fits (reading, name, attributes))
    return;
  g_ptr_array_add (reading->names, g_strdup (name));
  SvXmlElement element = describe (reading, attributes);
  if (!reading->handler->begin (reading->handler->user_data, &element, &reading->error))
    XML_StopParser (reading->parser, XML_FALSE);
  if (!reading->handler->wants_text (reading->handler->user_data, &element))
    return;
  g_string_truncate (reading->text, 0);
  reading->text_depth = reading->names->len;
}

static void
on_end (void *user_data, const char *name)
{
  Reading *reading = user_data;
  if (reading->error != NULL)
    return;
  SvXmlElement element = describe (reading, NULL);
  gboolean own = reading->text_depth == reading->names->len;
  if (!reading->handler->end (reading->handler->user_data, &element,
                              own ? g_strstrip (reading->text->str) : "", &reading->error))
    XML_StopParser (reading->parser, XML_FALSE);
  if (own)
    reading->text_depth = 0;
  g_ptr_array_set_size (reading->names, (int)reading->names->len - 1);
}

static void
on_text (void *user_data, const char *text, int length)
{
  Reading *reading = user_data;
  if (reading->text_depth != reading->names->len || reading->error != NULL)
    return;
  if (reading->text->len + (gsize)length > SV_LIMIT_XML_TEXT_BYTES)
    stop (reading, SV_ERROR_LIMIT, "a text is too long");
  else
    g_string_append_len (reading->text, text, length);
}

static void
on_doctype (void *user_data, const char *name, const char *system_id, const char *public_id,
            int has_internal_subset)
{
  Reading *reading = user_data;
  if (reading->handler->bare_doctype && system_id == NULL && public_id == NULL &&
      !has_internal_subset)
    return;
  stop (reading, SV_ERROR_INVALID_DATA,
        "a document type declaration: refused, it could make the reader expand or fetch things");
}

static gboolean
fail (Reading *reading, GError **error)
{
  if (reading->error == NULL)
    stop (reading, SV_ERROR_INVALID_DATA, XML_ErrorString (XML_GetErrorCode (reading->parser)));
  g_propagate_error (error, g_steal_pointer (&reading->error));
  return FALSE;
}

/* A tag that does not end keeps the parser from moving on while it buffers: that is bounded too. */
static gboolean
check_progress (Reading *reading, guint64 fed)
{
  if (fed - (guint64)XML_GetCurrentByteIndex (reading->parser) <=
      SV_LIMIT_XML_TEXT_BYTES + CHUNK_BYTES)
    return TRUE;
  stop (reading, SV_ERROR_LIMIT, "a tag is too long");
  return FALSE;
}

static gboolean
feed (Reading *reading, GError **error)
{
  for (guint64 fed = 0;;) {
    void *buffer = XML_GetBuffer (reading->parser, CHUNK_BYTES);
    if (buffer == NULL)
      return fail (reading, error);
    gssize n = sv_stream_read (reading->stream, buffer, CHUNK_BYTES, error);
    if (n < 0)
      return FALSE;
    if (XML_ParseBuffer (reading->parser, (int)n, n == 0) != XML_STATUS_OK)
      return fail (reading, error);
    fed += (guint64)n;
    if (n == 0)
      return TRUE;
    if (!check_progress (reading, fed))
      return fail (reading, error);
  }
}

gboolean
sv_xml_read (SvStream *stream, const SvXmlHandler *handler, GError **error)
{
  g_autoptr (XmlParser) parser = XML_ParserCreate (NULL);
  g_autoptr (GPtrArray) names = sv_strings_new ();
  Reading reading = {.stream = stream,
                     .handler = handler,
                     .parser = parser,
                     .names = names,
                     .text = g_string_new (NULL)};
  XML_SetUserData (parser, &reading);
  XML_SetElementHandler (parser, on_begin, on_end);
  XML_SetCharacterDataHandler (parser, on_text);
  XML_SetStartDoctypeDeclHandler (parser, on_doctype);
  gboolean read = feed (&reading, error);
  g_clear_error (&reading.error);
  g_string_free (reading.text, TRUE);
  return read;
}
