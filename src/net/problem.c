#include "net/problem.h"

static const SvField problem_fields[] = {
    SV_FIELD (SvProblem, type, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Name of the kind of problem, a URN."),
    SV_FIELD (SvProblem, title, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "What that kind means."),
    SV_FIELD (SvProblem, status, SV_TYPE_INT64, .flags = SV_FIELD_REQUIRED, .doc = "HTTP status."),
    SV_FIELD (SvProblem, code, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Stable name of the error."),
    SV_FIELD (SvProblem, detail, SV_TYPE_STRING, .doc = "What went wrong in this very case."),
    SV_FIELD (SvProblem, hint, SV_TYPE_STRING, .doc = "What would help."),
    SV_FIELD (SvProblem, request_id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "Id of the request, by which logs name it."),
};
SV_RECORD_TYPE (sv_problem_type, SvProblem, "Problem", problem_fields,
                "Why a request failed (RFC 9457).");

/* What nobody foresaw is for the log: it may tell of the inside (ASVS 16.5.1). */
#define UNFORESEEN "why is in the log of the server, under this request_id"

static const struct {
  SvError code;
  const char *hint;
} hints[] = {
    {SV_ERROR_CONFLICT, "Read it again, look at what changed, then send the change anew."},
    {SV_ERROR_UNAUTHENTICATED, "Log in, or send a token: \"Authorization: Bearer …\"."},
    {SV_ERROR_DENIED, "Ask an administrator for a role that holds the permission."},
    {SV_ERROR_STALE, "Bring the sources up to date."},
    {SV_ERROR_FULL, "Free some room where the store is; nothing needs to be started again."},
    {SV_ERROR_RATE, "Wait as many seconds as Retry-After says."},
    {SV_ERROR_UNREACHABLE, "Wait a moment, then send the request again."},
    {SV_ERROR_BUSY, "Wait a moment, then send the request again."},
};

static const char *
find_hint (SvError code)
{
  for (guint i = 0; i < G_N_ELEMENTS (hints); i++)
    if (hints[i].code == code)
      return hints[i].hint;
  return NULL;
}

SvProblem *
sv_problem_new (const GError *error, guint status, const char *request_id)
{
  const SvErrorInfo *info = sv_error_info (error);
  SvProblem *problem = sv_record_new (&sv_problem_type);
  problem->type = g_strconcat ("urn:salve:problem:", info->name, NULL);
  problem->title = g_strdup (info->sentence);
  problem->status = status != 0 ? (gint64)status : info->http_status;
  problem->code = g_strdup (info->name);
  problem->detail = sv_text_printable (problem->status == 500 ? UNFORESEEN : error->message);
  problem->hint = g_strdup (find_hint (info->code));
  problem->request_id = g_strdup (request_id);
  return problem;
}

void
sv_problem_free (SvProblem *problem)
{
  sv_record_free (&sv_problem_type, problem);
}
