#include "advisory/settled.h"

#include <string.h>

static gboolean
begins_at_first (const SvStatement *statement)
{
  return sv_text_is_empty (statement->introduced) || strcmp (statement->introduced, "0") == 0;
}

static gboolean
is_of_main_stream (const SvStatement *statement)
{
  g_autofree char *stream = sv_stream_of_version (statement->scheme, statement->fixed);
  return *stream == '\0';
}

gboolean
sv_statement_append_settled_key (const SvStatement *statement, GByteArray *key)
{
  static const guint8 any_version = 0;
  if (!sv_text_is_empty (statement->arch) || !sv_text_is_empty (statement->module) ||
      !begins_at_first (statement))
    return FALSE;
  if (statement->status == SV_STATUS_NOT_AFFECTED) {
    g_byte_array_append (key, &any_version, 1);
    return TRUE;
  }
  return statement->status == SV_STATUS_AFFECTED && statement->fixed != NULL &&
         is_of_main_stream (statement) &&
         sv_version_append_key ((SvScheme)statement->scheme, statement->fixed, key, NULL);
}
