#include "access/rate.h"

#include "trust/trust.h"

#include <string.h>

typedef struct {
  double left;  /* tries, as of @at_us */
  gint64 at_us; /* 0: never used */
} Bucket;

struct SvRate {
  SvRateOptions options;
  GMutex lock;
  char *salt;
  Bucket *buckets;
};

SvRate *
sv_rate_new (const SvRateOptions *options)
{
  SvRate *rate = g_new0 (SvRate, 1);
  rate->options = *options;
  if (rate->options.n_buckets == 0)
    rate->options.n_buckets = SV_LIMIT_RATE_BUCKETS;
  g_mutex_init (&rate->lock);
  rate->salt = sv_token_new ("rate");
  rate->buckets = g_new0 (Bucket, rate->options.n_buckets);
  return rate;
}

void
sv_rate_free (SvRate *rate)
{
  if (rate == NULL)
    return;
  g_mutex_clear (&rate->lock);
  g_free (rate->salt);
  g_free (rate->buckets);
  g_free (rate);
}

static Bucket *
bucket_of (const SvRate *rate, const char *key)
{
  guint64 number;
  g_autofree char *salted = g_strconcat (rate->salt, key, NULL);
  g_autoptr (GBytes) digest = sv_token_digest (salted);
  memcpy (&number, g_bytes_get_data (digest, NULL), sizeof number);
  return &rate->buckets[number % rate->options.n_buckets];
}

/* A clock that steps back takes nothing away and gives nothing. */
static void
refill (const SvRate *rate, Bucket *bucket, gint64 now_us)
{
  double burst = rate->options.burst;
  if (bucket->at_us == 0)
    bucket->left = burst;
  else if (now_us > bucket->at_us)
    bucket->left += (double)(now_us - bucket->at_us) / (double)rate->options.refill_us;
  bucket->left = MIN (bucket->left, burst);
  bucket->at_us = MAX (now_us, bucket->at_us);
}

gint64
sv_rate_take (SvRate *rate, const char *key, gint64 now_us)
{
  Bucket *bucket = bucket_of (rate, key);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rate->lock);
  refill (rate, bucket, now_us);
  if (bucket->left < 1)
    return 1 + (gint64)((1 - bucket->left) * (double)rate->options.refill_us);
  bucket->left -= 1;
  return 0;
}

void
sv_rate_give_back (SvRate *rate, const char *key)
{
  Bucket *bucket = bucket_of (rate, key);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&rate->lock);
  bucket->left = MIN (bucket->left + 1, rate->options.burst);
}
