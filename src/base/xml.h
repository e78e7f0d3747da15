/* XML as feeds and scanners use it: elements, attributes and text. DTDs are refused, so there are
 * no entities to expand and nothing to fetch. */
#pragma once

#include "base/stream.h"

typedef struct {
  const char *name;
  const char *parent;      /* "" for the root */
  const char **attributes; /* names and values in turn, NULL-terminated; NULL at the end tag */
  guint64 line;
} SvXmlElement;

/* NULL if the element has none of that name. */
const char *sv_xml_find_attribute (const SvXmlElement *element, const char *name);

typedef struct {
  const char *root;      /* name of the document's root element: another one is refused */
  gboolean bare_doctype; /* <!DOCTYPE root> is passed over: it names the root and no more */
  gboolean (*begin) (gpointer user_data, const SvXmlElement *element, GError **error);
  /* @text is the element's own text, trimmed, if wants_text said so; else "" */
  gboolean (*end) (gpointer user_data, const SvXmlElement *element, const char *text,
                   GError **error);
  gboolean (*wants_text) (gpointer user_data, const SvXmlElement *element);
  gpointer user_data;
} SvXmlHandler;

/**
 * sv_xml_read:
 * Reads a whole document. Errors: SV_ERROR_INVALID_DATA with the line for malformed XML, another
 * root element or any document type declaration that is not passed over; SV_ERROR_LIMIT past
 * SV_LIMIT_XML_DEPTH and SV_LIMIT_XML_TEXT_BYTES. Source: promise S41.
 */
gboolean sv_xml_read (SvStream *stream, const SvXmlHandler *handler, GError **error);
