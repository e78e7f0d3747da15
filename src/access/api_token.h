/* Tokens by which programs act for a person. Pure rules. */
#pragma once

#include "access/principal.h"

#define SV_API_TOKEN_LIFE_US (366 * SV_DAY_US) /* at most */
#define SV_API_TOKEN_TOUCH_US (5 * 60 * SV_SECOND_US)

typedef struct {
  char *id;
  char *person;
  char *name;
  GPtrArray *permissions; /* strings */
  gint64 created_at_us;
  gint64 expires_at_us;
  gint64 last_used_at_us;
  gint64 revoked_at_us;
  char *secret; /* in the answer to its making alone */
} SvApiToken;
extern const SvRecordType sv_api_token_type;
void sv_api_token_free (SvApiToken *token);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvApiToken, sv_api_token_free)

gboolean sv_api_token_is_over (const SvApiToken *token, gint64 now_us);

/* Whether @owner may make @token: a name, an end within SV_API_TOKEN_LIFE_US, permissions that the
 * owner has and tokens may have. SV_ERROR_USAGE, SV_ERROR_DENIED. */
gboolean sv_api_token_check (const SvApiToken *token, const SvPrincipal *owner, gint64 now_us,
                             GError **error);
