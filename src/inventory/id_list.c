#include "inventory/id_list.h"

#define ID(list, i) g_array_index (list, guint32, i)

static void
append_number (GByteArray *out, guint32 number)
{
  do {
    guint8 byte = number & 0x7f;
    number >>= 7;
    byte |= number != 0 ? 0x80 : 0;
    g_byte_array_append (out, &byte, 1);
  } while (number != 0);
}

GBytes *
sv_id_list_encode (const GArray *ids)
{
  GByteArray *out = g_byte_array_sized_new (ids->len + ids->len / 4);
  guint32 last = 0;
  for (guint i = 0; i < ids->len; i++) {
    append_number (out, ID (ids, i) - last);
    last = ID (ids, i);
  }
  return g_byte_array_free_to_bytes (out);
}

/* One number at *@at; FALSE: cut off, too large, or longer than it need be. */
static gboolean
read_number (const guint8 **at, const guint8 *end, guint32 *ret_number)
{
  guint64 number = 0;
  for (guint shift = 0; *at < end && shift < 35; shift += 7) {
    guint8 byte = *(*at)++;
    number |= (guint64)(byte & 0x7f) << shift;
    if ((byte & 0x80) != 0)
      continue;
    *ret_number = (guint32)number;
    return number <= G_MAXUINT32 && (byte != 0 || shift == 0);
  }
  return FALSE;
}

gboolean
sv_id_list_decode (const void *data, gsize size, GArray *ids, GError **error)
{
  const guint8 *at = data, *end = at + size;
  guint64 last = 0;
  for (gboolean first = TRUE; at < end; first = FALSE) {
    guint32 gap;
    if (!read_number (&at, end, &gap) || (gap == 0 && !first) || last + gap > G_MAXUINT32) {
      g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA, "a list of ids is damaged");
      return FALSE;
    }
    last += gap;
    guint32 id = (guint32)last;
    g_array_append_val (ids, id);
  }
  return TRUE;
}

GArray *
sv_id_list_subtract (const GArray *ids, const GArray *others)
{
  GArray *rest = g_array_sized_new (FALSE, FALSE, sizeof (guint32), ids->len);
  for (guint i = 0, o = 0; i < ids->len; i++) {
    while (o < others->len && ID (others, o) < ID (ids, i))
      o++;
    if (o == others->len || ID (others, o) != ID (ids, i))
      g_array_append_val (rest, ID (ids, i));
  }
  return rest;
}

GArray *
sv_id_list_apply (const GArray *ids, const GArray *removed, const GArray *added)
{
  g_autoptr (GArray) kept = sv_id_list_subtract (ids, removed);
  GArray *all = g_array_sized_new (FALSE, FALSE, sizeof (guint32), kept->len + added->len);
  guint k = 0, a = 0;
  while (k < kept->len || a < added->len) {
    gboolean take_added = k == kept->len || (a < added->len && ID (added, a) <= ID (kept, k));
    guint32 id = take_added ? ID (added, a) : ID (kept, k);
    a += take_added;
    k += !take_added || (k < kept->len && ID (kept, k) == id);
    g_array_append_val (all, id);
  }
  return all;
}
