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

/* --- AMD --- */

/* A container is its magic, then sections of type, size and content: first the table, whose rows
 * say under which short name a processor goes, then patches that carry the short name. */
enum {
  AMD_MAGIC = 0x00414d44,
  AMD_TABLE = 0,
  AMD_PATCH = 1,
  AMD_HEAD_BYTES = 8,       /* of a section */
  AMD_ROW_BYTES = 16,       /* of the table: signature, two words on errata, short name */
  AMD_PATCH_BYTES = 64,     /* header of a patch */
  AMD_ROW_NAME = 12,        /* where the short name is in a row */
  AMD_PATCH_LEVEL_WORD = 1, /* and what is where in a patch */
  AMD_PATCH_NAME = 24
};

/* What is left to be read. */
typedef struct {
  const guint8 *data;
  gsize size;
} Rest;

static guint32
short_at (const guint8 *data, gsize offset)
{
  guint16 value;
  memcpy (&value, data + offset, sizeof value);
  return GUINT16_FROM_LE (value);
}

/* The short name of the processor; 0: the table does not know it. */
static guint32
find_short_name (const guint8 *table, gsize size, guint32 signature)
{
  for (; size >= AMD_ROW_BYTES; table += AMD_ROW_BYTES, size -= AMD_ROW_BYTES)
    if (word_at (table, 0) == signature)
      return short_at (table, AMD_ROW_NAME);
  return 0;
}

/* Cuts the next section of @type off the front; FALSE if something else comes. */
static gboolean
cut_section (Rest *rest, guint32 type, Rest *ret_section)
{
  if (rest->size < AMD_HEAD_BYTES || word_at (rest->data, 0) != type ||
      word_at (rest->data, 1) > rest->size - AMD_HEAD_BYTES)
    return FALSE;
  *ret_section = (Rest){rest->data + AMD_HEAD_BYTES, word_at (rest->data, 1)};
  rest->data += AMD_HEAD_BYTES + ret_section->size;
  rest->size -= AMD_HEAD_BYTES + ret_section->size;
  return TRUE;
}

static gboolean
cut_magic (Rest *rest)
{
  if (rest->size < sizeof (guint32) || word_at (rest->data, 0) != AMD_MAGIC)
    return FALSE;
  rest->data += sizeof (guint32);
  rest->size -= sizeof (guint32);
  return TRUE;
}

guint32
sv_microcode_find_amd_level (const guint8 *data, gsize size, guint32 signature)
{
  guint32 best = 0;
  Rest rest = {data, size}, section;
  while (cut_magic (&rest) && cut_section (&rest, AMD_TABLE, &section)) {
    guint32 name = find_short_name (section.data, section.size, signature);
    while (cut_section (&rest, AMD_PATCH, &section))
      if (name != 0 && section.size >= AMD_PATCH_BYTES &&
          short_at (section.data, AMD_PATCH_NAME) == name)
        best = MAX (best, word_at (section.data, AMD_PATCH_LEVEL_WORD));
  }
  return best;
}
