#include "base/json_keys.h"

#include <string.h>

void
sv_json_keys_seed (SvJsonKeysSeed *ret_seed)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ret_seed->seed); i++)
    ret_seed->seed[i] = (guint64)g_random_int () << 32 | g_random_int ();
}

void
sv_json_keys_clear (SvJsonKeys *keys)
{
  g_clear_pointer (&keys->table, g_free);
  keys->capacity = 0;
  keys->n = 0;
}

static inline guint64
rotate (guint64 word, guint bits)
{
  return word << bits | word >> (64 - bits);
}

static inline void
sip_round (guint64 v[4])
{
  v[0] += v[1];
  v[2] += v[3];
  v[1] = rotate (v[1], 13) ^ v[0];
  v[3] = rotate (v[3], 16) ^ v[2];
  v[0] = rotate (v[0], 32) + v[3];
  v[2] += v[1];
  v[3] = rotate (v[3], 21) ^ v[0];
  v[1] = rotate (v[1], 17) ^ v[2];
  v[2] = rotate (v[2], 32);
}

static inline void
sip_add (guint64 v[4], guint64 word)
{
  v[3] ^= word;
  sip_round (v);
  v[0] ^= word;
}

static inline guint64
load_word (const char *bytes, gsize size)
{
  guint64 word = 0;
  memcpy (&word, bytes, size);
  return GUINT64_FROM_LE (word);
}

/* SipHash-1-3. Never 0, which marks a free place. */
static guint64
hash_key (const SvJsonKeysSeed *seed, const char *key, gsize length)
{
  guint64 v[4] = {seed->seed[0] ^ G_GUINT64_CONSTANT (0x736f6d6570736575),
                  seed->seed[1] ^ G_GUINT64_CONSTANT (0x646f72616e646f6d),
                  seed->seed[0] ^ G_GUINT64_CONSTANT (0x6c7967656e657261),
                  seed->seed[1] ^ G_GUINT64_CONSTANT (0x7465646279746573)};
  gsize at = 0;
  for (; length - at >= 8; at += 8)
    sip_add (v, load_word (key + at, 8));
  sip_add (v, load_word (key + at, length - at) | (guint64)length << 56);
  v[2] ^= 0xff;
  for (guint i = 0; i < 3; i++)
    sip_round (v);
  guint64 hash = v[0] ^ v[1] ^ v[2] ^ v[3];
  return hash != 0 ? hash : 1;
}

/* The place where @hash is or belongs. */
static guint64 *
find_place (SvJsonKeys *keys, guint64 hash)
{
  gsize mask = keys->capacity - 1;
  gsize place = hash & mask;
  while (keys->table[place] != 0 && keys->table[place] != hash)
    place = (place + 1) & mask;
  return &keys->table[place];
}

static void
grow (SvJsonKeys *keys)
{
  g_autofree guint64 *old = g_steal_pointer (&keys->table);
  const guint64 *hashes = old != NULL ? old : keys->few;
  gsize n = old != NULL ? keys->capacity : keys->n;
  keys->capacity = MAX (2 * keys->capacity, 4 * SV_JSON_KEYS_FEW);
  keys->table = g_new0 (guint64, keys->capacity);
  for (gsize i = 0; i < n; i++)
    if (hashes[i] != 0)
      *find_place (keys, hashes[i]) = hashes[i];
}

static gboolean
add_to_few (SvJsonKeys *keys, guint64 hash)
{
  for (gsize i = 0; i < keys->n; i++)
    if (keys->few[i] == hash)
      return FALSE;
  keys->few[keys->n++] = hash;
  return TRUE;
}

gboolean
sv_json_keys_add (SvJsonKeys *keys, const SvJsonKeysSeed *seed, const char *key, gsize length)
{
  guint64 hash = hash_key (seed, key, length);
  if (keys->table == NULL && keys->n < SV_JSON_KEYS_FEW)
    return add_to_few (keys, hash);
  if (keys->table == NULL || 2 * (keys->n + 1) > keys->capacity)
    grow (keys);
  guint64 *place = find_place (keys, hash);
  if (*place != 0)
    return FALSE;
  *place = hash;
  keys->n++;
  return TRUE;
}
