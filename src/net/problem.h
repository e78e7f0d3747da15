/* What a failed call answers: application/problem+json.
 * Source: RFC 9457. */
#pragma once

#include "base/base.h"

typedef struct {
  char *type;       /* "urn:salve:problem:not_found" */
  char *title;      /* the sentence of the code */
  gint64 status;    /* HTTP */
  char *code;       /* stable name of the error, see base/error.h */
  char *detail;     /* this very case */
  char *hint;       /* what would help; may be NULL */
  char *request_id; /* to find it in the logs */
} SvProblem;
extern const SvRecordType sv_problem_type;

#define SV_PROBLEM_CONTENT_TYPE "application/problem+json"

/* New; @status 0 takes the code's own. A 500 does not say why. Free with sv_problem_free(). */
SvProblem *sv_problem_new (const GError *error, guint status, const char *request_id);
void sv_problem_free (SvProblem *problem);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvProblem, sv_problem_free)
