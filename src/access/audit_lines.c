#include "access/audit_lines.h"

#include <string.h>

void
sv_audit_append_line (const SvAuditEntry *entry, GString *out)
{
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (out, 0);
  sv_record_write_json (&sv_audit_entry_type, entry, writer, NULL);
  g_string_append_c (out, '\n');
}

static gboolean
check_line (const char *line, gsize size, SvAuditCheck *check, GError **error)
{
  g_autoptr (SvAuditEntry) entry = sv_record_new (&sv_audit_entry_type);
  g_autoptr (SvStream) stream = sv_stream_new_memory ("entry", line, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  return sv_record_read_json (&sv_audit_entry_type, reader, SV_RECORD_STRICT, entry, error) &&
         sv_json_next (reader, error) == SV_JSON_END && sv_audit_check_next (check, entry, error);
}

/* Takes the whole lines from the front of @pending. A last line without its end is one, too. */
static gboolean
check_pending (GString *pending, gboolean is_last, SvAuditCheck *check, GError **error)
{
  const char *begin = pending->str, *end = pending->str + pending->len;
  while (begin < end) {
    const char *stop = memchr (begin, '\n', (gsize)(end - begin));
    if (stop == NULL && !is_last)
      break;
    gsize size = (gsize)((stop != NULL ? stop : end) - begin);
    if (!check_line (begin, size, check, error)) {
      g_prefix_error (error, "behind line %" G_GINT64_FORMAT ": ", check->head.sequence);
      return FALSE;
    }
    begin = stop != NULL ? stop + 1 : end;
  }
  g_string_erase (pending, 0, begin - pending->str);
  return TRUE;
}

gboolean
sv_audit_check_lines (SvStream *stream, SvAuditCheck *check, GError **error)
{
  g_autoptr (GString) pending = g_string_new (NULL);
  g_autofree char *buffer = g_malloc (SV_LIMIT_LINE_BYTES);
  gssize n;
  while ((n = sv_stream_read (stream, buffer, SV_LIMIT_LINE_BYTES, error)) > 0) {
    g_string_append_len (pending, buffer, n);
    if (!check_pending (pending, FALSE, check, error))
      return FALSE;
    if (pending->len > SV_LIMIT_RECORD_BYTES) {
      g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "a line is longer than %d bytes",
                   SV_LIMIT_RECORD_BYTES);
      return FALSE;
    }
  }
  return n == 0 && check_pending (pending, TRUE, check, error) && sv_audit_check_end (check, error);
}
