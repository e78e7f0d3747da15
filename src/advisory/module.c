#include "advisory/module.h"

#include "base/base.h"

#include <string.h>

static gboolean
is_tag_byte (char c)
{
  return g_ascii_isalnum (c) || strchr ("+_.~^", c) != NULL;
}

const char *
sv_module_find_build (const char *version, gsize *ret_length)
{
  const char *tag = strstr (version, ".module_");
  if (tag == NULL)
    tag = strstr (version, ".module+");
  if (tag == NULL)
    return NULL;
  tag++;
  gsize length = 0;
  while (tag[length] != '\0' && is_tag_byte (tag[length]))
    length++;
  if (ret_length != NULL)
    *ret_length = length;
  return tag;
}

static gsize
name_length (const char *text)
{
  gsize length = 0;
  while (g_ascii_isalnum (text[length]) || (text[length] != '\0' && strchr ("_.+-", text[length])))
    length++;
  return length;
}

/* Bytes of the NAME:STREAM that the word at @word is, or 0. */
static gsize
stream_length (const char *word)
{
  gsize name = name_length (word);
  if (name == 0 || word[name] != ':')
    return 0;
  gsize stream = name_length (word + name + 1);
  while (stream > 0 && word[name + stream] == '.') /* the end of a sentence */
    stream--;
  const char *end = word + name + 1 + stream;
  gboolean whole = *end == '\0' || strchr (" \t,;.)/", *end) != NULL;
  return stream > 0 && whole ? (gsize)(end - word) : 0;
}

#define MAX_STREAMS 16 /* a title that names more is none */

void
sv_module_collect_streams (const char *title, GPtrArray *list)
{
  for (const char *word = title; *word != '\0' && list->len < MAX_STREAMS;) {
    gsize length = stream_length (word);
    if (length > 0) {
      g_autofree char *stream = g_strndup (word, length);
      sv_strings_add_distinct (list, stream);
    }
    word += strcspn (word, " \t");
    word += strspn (word, " \t");
  }
}
