/* What a decision table answered, from which inputs, and where those came from: for people, JSON
 * and the record. */
#pragma once

#include "triage/decision.h"

/* What is known of one point, before the table is asked. */
typedef struct {
  SvValueSet possible; /* 0: unknown */
  guint assumed;       /* stands in while several are possible; 0: as the point says */
  const char *origin;  /* who says so ("flag"), or why nothing is known; NULL: "no source" */
} SvDecisionFact;

typedef struct {
  char *point;         /* option name: "human-impact" */
  char *version;       /* of the point */
  char *value;         /* "open", "small or controlled", "unknown" */
  GPtrArray *possible; /* strings: every value that may hold */
  char *assumed;       /* value that stands in while it is unknown */
  char *origin;
} SvDecisionInput;
extern const SvRecordType sv_decision_input_type;

typedef struct {
  char *table;         /* "Deployer Patch Application Priority" */
  char *version;       /* "1.0.0" */
  char *best;          /* outcome if every unknown turns out well */
  char *worst;         /* outcome if every unknown turns out badly */
  char *assumed;       /* outcome under the assumed values of the inputs */
  gboolean certain;    /* best and worst are the same */
  GPtrArray *outcomes; /* strings: every outcome that may hold */
  gint64 rows;         /* rows of the table that are still possible */
  char *best_path;     /* "exploitation none, exposure small, ...: defer" */
  char *worst_path;
  char *assumed_path;
  GPtrArray *inputs; /* SvDecisionInput */
} SvDecisionAnswer;
extern const SvRecordType sv_decision_answer_type;

void sv_decision_answer_free (SvDecisionAnswer *answer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvDecisionAnswer, sv_decision_answer_free)

/* The outcomes by number. */
typedef struct {
  guint best, worst, assumed;
} SvDecisionRange;

/* Asks @table with one fact per point. Never NULL; @ret_range may be. */
SvDecisionAnswer *sv_decision_ask (const SvDecisionTable *table, const SvDecisionFact facts[],
                                   SvDecisionRange *ret_range);

/* What @table makes of @facts as an input of another table. */
SvDecisionFact sv_decision_derive (const SvDecisionTable *table, const SvDecisionFact facts[],
                                   const char *origin);

/* Adds an input that led to another one (the impacts behind Human Impact). */
void sv_decision_answer_add_input (SvDecisionAnswer *answer, const SvDecisionPoint *point,
                                   SvDecisionFact fact);

/* New string for people: "exposure=open from flag", "automatable unknown: no source (taken as
 * yes)", "exposure=small or controlled from zone internal (taken as controlled)". */
char *sv_decision_input_format (const SvDecisionInput *input);
