#include "triage/rank.h"

/* Unknown sorts behind every known value, and NaN would break the order. */
static double
known (double value)
{
  return isnan (value) ? -1 : value;
}

static gint64
due_or_never (const SvRank *rank)
{
  return rank->due_at_us > 0 ? rank->due_at_us : G_MAXINT64;
}

void
sv_rank_add (SvRank *action, const SvRank *vulnerability)
{
  gint64 due_at_us = MIN (due_or_never (action), due_or_never (vulnerability));
  action->exploited = action->exploited || vulnerability->exploited;
  action->ssvc = MAX (action->ssvc, vulnerability->ssvc);
  action->due_at_us = due_at_us == G_MAXINT64 ? 0 : due_at_us;
  action->epss = fmax (action->epss, vulnerability->epss); /* fmax passes over NaN */
  action->cvss = fmax (action->cvss, vulnerability->cvss);
}

#define ORDER(x, y) (((x) > (y)) - ((x) < (y)))

int
sv_rank_compare (const SvRank *a, const SvRank *b)
{
  const int orders[] = {
      ORDER (!!b->exploited, !!a->exploited),
      ORDER (b->ssvc, a->ssvc),
      ORDER (due_or_never (a), due_or_never (b)),
      ORDER (known (b->epss), known (a->epss)),
      ORDER (known (b->cvss), known (a->cvss)),
      ORDER (b->reach, a->reach),
      ORDER (b->urgency, a->urgency),
      ORDER (b->n_healed, a->n_healed),
      g_strcmp0 (a->name, b->name),
  };
  for (gsize i = 0; i < G_N_ELEMENTS (orders); i++)
    if (orders[i] != 0)
      return orders[i];
  return 0;
}
