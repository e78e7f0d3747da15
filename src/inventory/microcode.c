#include "inventory/microcode.h"

#include <string.h>

#define HEADER_BYTES 48
#define DEFAULT_BYTES 2048 /* size of an update whose header says 0 */
#define SIGNATURE_BYTES 12 /* of each entry in the extended table */
#define TABLE_BYTES 20     /* before them */

/* Words of the header, as Intel's manual numbers them. */
enum { REVISION = 1, SIGNATURE = 3, PLATFORMS = 6, DATA_SIZE = 7, TOTAL_SIZE = 8 };

static guint32
word_at (const guint8 *data, gsize index)
{
  guint32 word;
  memcpy (&word, data + index * sizeof word, sizeof word);
  return GUINT32_FROM_LE (word);
}

static gboolean
is_match (const guint8 *entry, gsize signature_index, gsize platform_index, guint32 signature,
          guint32 platform)
{
  guint32 platforms = word_at (entry, platform_index);
  return word_at (entry, signature_index) == signature &&
         (platforms == 0 || (platforms & platform) != 0);
}

/* One update may serve several processors, listed behind its data. */
static gboolean
is_for (const guint8 *update, gsize total, guint32 signature, guint32 platform)
{
  if (is_match (update, SIGNATURE, PLATFORMS, signature, platform))
    return TRUE;
  gsize data = word_at (update, DATA_SIZE);
  gsize table = HEADER_BYTES + (data != 0 ? data : DEFAULT_BYTES - HEADER_BYTES);
  if (table + TABLE_BYTES > total)
    return FALSE;
  gsize n = MIN (word_at (update + table, 0), (total - table - TABLE_BYTES) / SIGNATURE_BYTES);
  for (gsize i = 0; i < n; i++)
    if (is_match (update + table + TABLE_BYTES + i * SIGNATURE_BYTES, 0, 1, signature, platform))
      return TRUE;
  return FALSE;
}

guint32
sv_microcode_find_revision (const guint8 *data, gsize size, guint32 signature, guint32 platform)
{
  guint32 best = 0;
  while (size >= HEADER_BYTES) {
    gsize total = word_at (data, TOTAL_SIZE);
    total = total != 0 ? total : DEFAULT_BYTES;
    if (word_at (data, 0) != 1 || total < HEADER_BYTES || total > size)
      break;
    if (is_for (data, total, signature, platform))
      best = MAX (best, word_at (data, REVISION));
    data += total;
    size -= total;
  }
  return best;
}
