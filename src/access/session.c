#include "access/session.h"

#include "trust/trust.h"

#include <string.h>

static const SvField session_fields[] = {
    SV_FIELD (SvSession, digest, SV_TYPE_BLOB, .doc = "SHA-256 of the secret."),
    SV_FIELD (SvSession, person, SV_TYPE_STRING, .doc = "Id of whose it is."),
    SV_FIELD (SvSession, created_at_us, SV_TYPE_INSTANT, .doc = "When they logged in."),
    SV_FIELD (SvSession, seen_at_us, SV_TYPE_INSTANT, .doc = "When it was used last."),
    SV_FIELD (SvSession, proved_at_us, SV_TYPE_INSTANT, .doc = "When they proved who they are."),
    SV_FIELD (SvSession, address, SV_TYPE_STRING, .doc = "Where they logged in from."),
};
SV_RECORD_TYPE (sv_session_type, SvSession, "StoredSession", session_fields,
                "A session as it is kept.");

void
sv_session_free (SvSession *session)
{
  sv_record_free (&sv_session_type, session);
}

gboolean
sv_session_is_over (const SvSession *session, gint64 now_us)
{
  return now_us - session->seen_at_us >= SV_SESSION_IDLE_US ||
         now_us - session->created_at_us >= SV_SESSION_LIFE_US;
}

gboolean
sv_session_is_proved (gint64 proved_at_us, gint64 now_us)
{
  return now_us - proved_at_us < SV_SESSION_PROOF_US;
}

GBytes *
sv_session_parse_id (const char *id)
{
  guint8 bytes[SV_SHA256_BYTES];
  if (strlen (id) != 2 * sizeof bytes || strspn (id, "0123456789abcdef") != 2 * sizeof bytes)
    return NULL;
  for (gsize i = 0; i < sizeof bytes; i++)
    bytes[i] =
        (guint8)(g_ascii_xdigit_value (id[2 * i]) << 4 | g_ascii_xdigit_value (id[2 * i + 1]));
  return g_bytes_new (bytes, sizeof bytes);
}

const char *
sv_session_cookie_name (gboolean secure)
{
  return secure ? "__Host-salve" : "salve";
}

char *
sv_session_format_cookie (const char *secret, gboolean secure)
{
  return g_strdup_printf ("%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
                          sv_session_cookie_name (secure), secret != NULL ? secret : "",
                          secure ? "; Secure" : "", secret != NULL ? "" : "; Max-Age=0");
}

char *
sv_session_csrf (const char *secret)
{
  return sv_token_derive (secret, "salve csrf");
}
