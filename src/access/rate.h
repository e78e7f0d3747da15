/* How often something may be tried: token buckets in a table of one size, whatever comes. Safe on
 * any thread; time is an argument. */
#pragma once

#include "base/base.h"

typedef struct SvRate SvRate;

typedef struct {
  guint burst;      /* tries that are free at first */
  gint64 refill_us; /* for one more try */
  guint n_buckets;  /* 0: SV_LIMIT_RATE_BUCKETS */
} SvRateOptions;

/* Keys share a bucket by a keyed hash that nobody outside can foresee: who floods the table with
 * names makes others wait at worst, and frees nobody. */
SvRate *sv_rate_new (const SvRateOptions *options);
void sv_rate_free (SvRate *rate);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvRate, sv_rate_free)

/* Takes one try of @key. Returns 0, or the microseconds until there is one again. */
gint64 sv_rate_take (SvRate *rate, const char *key, gint64 now_us);
/* Gives one back: it went well. */
void sv_rate_give_back (SvRate *rate, const char *key);
