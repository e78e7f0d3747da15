#include "exposure/policy.h"

#include <string.h>

const char *const sv_phase_names[] = {"released", "included", "deferred", "unknown", NULL};

/* apt draws with the C++ library's seed_seq, minstd_rand and uniform_int_distribution. The words
 * of the first (ISO C++ [rand.util.seedseq]) for a request of four: */
enum { WORDS = 4, MINSTD_FACTOR = 48271, MINSTD_MODULUS = 2147483647 };

static guint32
mix (guint32 x)
{
  return x ^ (x >> 27);
}

static void
seed_words (const char *text, guint32 words[WORDS])
{
  guint32 size = (guint32)strlen (text), rounds = MAX (size + 1, WORDS);

  for (guint i = 0; i < WORDS; i++)
    words[i] = 0x8b8b8b8b;
  for (guint32 k = 0; k < rounds; k++) {
    guint32 *here = &words[k % WORDS], *next = &words[(k + 1) % WORDS];
    guint32 first = 1664525u * mix (*here ^ *next ^ words[(k + WORDS - 1) % WORDS]);
    guint32 add = k == 0 ? size : k % WORDS + (k <= size ? (guint32)(gint8)text[k - 1] : 0);
    *next += first;
    words[(k + 2) % WORDS] += first + add;
    *here = first + add;
  }
  for (guint32 k = rounds; k < rounds + WORDS; k++) {
    guint32 *here = &words[k % WORDS], *next = &words[(k + 1) % WORDS];
    guint32 third = 1566083941u * mix (*here + *next + words[(k + WORDS - 1) % WORDS]);
    guint32 fourth = third - k % WORDS;
    *next ^= third;
    words[(k + 2) % WORDS] ^= fourth;
    *here = fourth;
  }
}

/* 0 to 100, evenly. */
static guint
draw (const char *text)
{
  guint32 words[WORDS];
  guint64 state, range = MINSTD_MODULUS - 2, scale = range / 101;

  seed_words (text, words);
  state = words[WORDS - 1] % MINSTD_MODULUS;
  state = state == 0 ? 1 : state;
  do
    state = state * MINSTD_FACTOR % MINSTD_MODULUS;
  while (state - 1 >= scale * 101);
  return (guint)((state - 1) / scale);
}

SvPhase
sv_policy_phase (const SvCandidate *candidate, const char *machine_id)
{
  if (candidate->phased_percent >= 100)
    return SV_PHASE_RELEASED;
  if (sv_text_is_empty (machine_id))
    return SV_PHASE_UNKNOWN;
  g_autofree char *text =
      g_strdup_printf ("%s-%s-%s", candidate->source, candidate->source_version, machine_id);
  return draw (text) > (guint)candidate->phased_percent ? SV_PHASE_DEFERRED : SV_PHASE_INCLUDED;
}
