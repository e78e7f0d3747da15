/* The keys of one open JSON object, to refuse a second of the same name. Private to the reader. */
#pragma once

#include <glib.h>

enum { SV_JSON_KEYS_FEW = 16 };

/* Keyed hashes stand for the keys, so that memory does not grow with their length. Two different
 * keys are taken for one with a chance of 2^-64 per pair, and the document is then refused; nobody
 * can provoke that, since the hash key is random. */
typedef struct {
  guint64 few[SV_JSON_KEYS_FEW];
  guint64 *table; /* open addressing, 0 is free; NULL while `few` is enough */
  gsize capacity; /* a power of two, at least twice n */
  gsize n;
} SvJsonKeys;

typedef struct {
  guint64 seed[2];
} SvJsonKeysSeed;

void sv_json_keys_seed (SvJsonKeysSeed *ret_seed);
void sv_json_keys_clear (SvJsonKeys *keys);

/* FALSE if the key is there already. */
gboolean sv_json_keys_add (SvJsonKeys *keys, const SvJsonKeysSeed *seed, const char *key,
                           gsize length);
