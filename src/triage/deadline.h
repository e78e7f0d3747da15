/* By when must this vulnerability be closed on this host, and who says so. */
#pragma once

#include "triage/bod.h"
#include "triage/priority.h"

typedef enum { SV_DUE_NISCC, SV_DUE_BOD, SV_DUE_KEV, SV_N_DUES } SvDueKind;
extern const char *const sv_due_names[]; /* "niscc", "bod-26-04", "kev" */

typedef struct {
  gint kind;        /* SvDueKind */
  gint64 due_at_us; /* 0: this rule names no date */
  gboolean binding; /* the earliest of all: the one that counts */
  char *reason;     /* "priority high: within 1 week" */
  char *origin;     /* "NISCC 3.3.1.1 table 1", "kev due date" */
} SvDue;
extern const SvRecordType sv_due_type;

typedef struct {
  gint64 known_since_us; /* since when the flaw is known here; 0: not known, then only KEV counts */
  SvPriorityLevel priority;
  SvBodTimeline timeline; /* SV_BOD_UNKNOWN: the directive is not looked at */
  gint64 kev_due_at_us;   /* 0: none */
} SvDueCase;

typedef struct {
  gint64 due_at_us;    /* 0: nobody names a date */
  gint64 target_at_us; /* shorter end of the NISCC time frame, never after due_at_us; 0: none */
  char *reason;        /* of the binding date */
  char *origin;
  GPtrArray *dues; /* SvDue: every date, the binding one marked */
} SvDeadline;
extern const SvRecordType sv_deadline_type;

void sv_deadline_free (SvDeadline *deadline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvDeadline, sv_deadline_free)

/**
 * sv_deadline_judge:
 *
 * The earliest of the NISCC time frame and the BOD 26-04 timeline, both counted from
 * known_since_us, and the KEV due date, which is a hard cap: it counts as it stands, also when it
 * is long past. Pure. Source: requirements P8, P16, P17.
 */
SvDeadline *sv_deadline_judge (const SvDueCase *the_case);
