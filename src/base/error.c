#include "base/error.h"

#include "base/text.h"

#include <errno.h>

static const SvErrorInfo table[SV_N_ERRORS] = {
    {SV_ERROR_FAILED, "failed", "The operation failed.", 500, 1},
    {SV_ERROR_USAGE, "usage", "The request makes no sense as it stands.", 400, 2},
    {SV_ERROR_INVALID_DATA, "invalid_data", "The input breaks its own format.", 422, 1},
    {SV_ERROR_NOT_FOUND, "not_found", "There is no such thing.", 404, 3},
    {SV_ERROR_EXISTS, "exists", "There is one already.", 409, 1},
    {SV_ERROR_CONFLICT, "conflict", "It was changed meanwhile: read it again.", 409, 1},
    {SV_ERROR_UNAUTHENTICATED, "unauthenticated", "Log in first.", 401, 4},
    {SV_ERROR_DENIED, "denied", "You may not do this.", 403, 4},
    {SV_ERROR_UNREACHABLE, "unreachable", "The other side did not answer.", 503, 5},
    {SV_ERROR_TIMEOUT, "timeout", "The other side did not answer in time.", 504, 5},
    {SV_ERROR_PARTIAL, "partial", "Only a part of it was done.", 207, 6},
    {SV_ERROR_LIMIT, "limit", "The input is larger than the limits allow.", 413, 1},
    {SV_ERROR_UNTRUSTED, "untrusted", "A signature or digest does not hold.", 422, 1},
    {SV_ERROR_STALE, "stale", "The data is too old to answer from.", 503, 11},
    {SV_ERROR_UNSUPPORTED, "unsupported", "This cannot be done here.", 501, 1},
    {SV_ERROR_BUSY, "busy", "Try again later.", 503, 1},
    {SV_ERROR_FULL, "full", "There is no room left: nothing was written.", 507, 1},
    {SV_ERROR_RATE, "rate", "Too many tries: wait.", 429, 1},
};

G_DEFINE_QUARK (sv_error, sv_error)

const SvErrorInfo *
sv_error_info_by_code (SvError code)
{
  return &table[(guint)code < SV_N_ERRORS ? code : SV_ERROR_FAILED];
}

const SvErrorInfo *
sv_error_info (const GError *error)
{
  if (error == NULL || error->domain != SV_ERROR)
    return &table[SV_ERROR_FAILED];
  return sv_error_info_by_code ((SvError)error->code);
}

gboolean
sv_error_is (const GError *error, SvError code)
{
  return error != NULL && g_error_matches (error, SV_ERROR, (int)code);
}

static SvError
code_of_errno (int errno_value)
{
  switch (errno_value) {
  case ENOENT:
    return SV_ERROR_NOT_FOUND;
  case EEXIST:
    return SV_ERROR_EXISTS;
  case EACCES:
  case EPERM:
    return SV_ERROR_DENIED;
  default:
    return SV_ERROR_FAILED;
  }
}

gboolean
sv_error_set_errno (GError **error, int errno_value, const char *what, const char *subject)
{
  g_set_error (error, SV_ERROR, (int)code_of_errno (errno_value), "cannot %s '%s': %s", what,
               subject, g_strerror (errno_value));
  return FALSE;
}

gboolean
sv_error_set_invalid (GError **error, const char *what, const char *subject)
{
  g_autofree char *shown = sv_text_printable (subject);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%s '%s'", what, shown);
  return FALSE;
}
