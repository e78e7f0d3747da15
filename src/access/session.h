/* Sessions of people in a browser, and the cookie that carries them. Pure rules.
 * Source: OWASP ASVS 5.0, chapters 3 and 7. */
#pragma once

#include "base/base.h"

#define SV_SESSION_IDLE_US (30 * 60 * SV_SECOND_US)
#define SV_SESSION_LIFE_US (12 * SV_HOUR_US)
#define SV_SESSION_PROOF_US (10 * 60 * SV_SECOND_US) /* for what needs a fresh proof */
#define SV_SESSION_TOUCH_US (60 * SV_SECOND_US)      /* how exactly "seen" is kept */

typedef struct {
  GBytes *digest; /* of the cookie's secret */
  char *person;
  gint64 created_at_us;
  gint64 seen_at_us;
  gint64 proved_at_us; /* when a password or code was given last */
  char *address;
} SvSession;
extern const SvRecordType sv_session_type; /* for the store, never for answers */
void sv_session_free (SvSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvSession, sv_session_free)

gboolean sv_session_is_over (const SvSession *session, gint64 now_us);
gboolean sv_session_is_proved (gint64 proved_at_us, gint64 now_us);

/* The digest in hexadecimal is the session's id: it opens nothing. New, or NULL if it is none. */
GBytes *sv_session_parse_id (const char *id);

/* "__Host-salve", which browsers take over TLS only, for this very host; on plain HTTP, which is
 * for loopback alone, "salve". */
const char *sv_session_cookie_name (gboolean secure);
/* New string, a Set-Cookie header; @secret NULL takes the cookie away. */
char *sv_session_format_cookie (const char *secret, gboolean secure);

/* New string: what a request that changes something must repeat in X-Salve-CSRF. It follows from
 * the cookie's secret, so that nothing more is kept; a page of another site can have the cookie
 * sent, but cannot read it, nor this. */
char *sv_session_csrf (const char *secret);
#define SV_CSRF_HEADER "X-Salve-CSRF"
