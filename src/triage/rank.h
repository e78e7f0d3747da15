/* In what order to do things. */
#pragma once

#include "triage/points.h"

#include <math.h>

/* How near an attacker is to the code, as far as it was seen. */
typedef enum {
  SV_REACH_NOT_SEEN, /* nothing of it was seen to listen */
  SV_REACH_LOCAL,    /* it listens on this host's own addresses only */
  SV_REACH_NETWORK   /* it listens on the network */
} SvReach;

/* What one update action is ranked by. */
typedef struct {
  gboolean exploited; /* closes something known to be exploited */
  gint ssvc;          /* SvSsvcOutcome: worst of the range */
  gint64 due_at_us;   /* earliest; 0: no date */
  double epss;        /* highest; NaN: not known */
  double cvss;        /* highest; NaN: not known */
  gint reach;         /* SvReach */
  gint urgency;       /* the sources' own word as a number, graver is higher; 0: none */
  guint n_healed;     /* vulnerabilities that it heals */
  const char *name;   /* of the action, unique in the list; borrowed */
} SvRank;

/* A rank that holds nothing yet. */
#define SV_RANK_INIT(action_name)                                                                  \
  {                                                                                                \
    .epss = NAN, .cvss = NAN, .name = (action_name)                                                \
  }

/* Takes the graver of each part of @vulnerability into @action, whose name stays. */
void sv_rank_add (SvRank *action, const SvRank *vulnerability);

/**
 * sv_rank_compare:
 *
 * Negative if @a comes first: known exploited, then graver SSVC outcome, then earlier due (no date
 * last), then higher EPSS, then higher CVSS (unknown last), then what listens on the network, then
 * the sources' own urgency, then how many it heals, then the name in byte order. A total
 * order, and strict where names differ, whatever the order of arrival. Source: pitfall 106.
 */
int sv_rank_compare (const SvRank *a, const SvRank *b);
