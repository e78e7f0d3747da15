/* What is asked of an OpenID provider itself, and remembered of it. */
#pragma once

#include "access/oidc.h"

typedef struct SvOidcCache SvOidcCache;
SvOidcCache *sv_oidc_cache_new (void);
void sv_oidc_cache_free (SvOidcCache *cache);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvOidcCache, sv_oidc_cache_free)

#define SV_OIDC_DISCOVERY_LIFE_US SV_HOUR_US

/* New: what the provider says of itself, asked anew after an hour. Waits for the network.
 * SV_ERROR_BUSY: it cannot be asked, or what it says cannot be trusted. */
SvDiscovery *sv_oidc_discover (SvOidcCache *cache, const SvProvider *provider, gint64 now_us,
                               GError **error);

typedef struct {
  const SvProvider *provider;
  const SvDiscovery *discovery;
  const char *secret; /* NULL: none is kept */
  const char *code;
  const SvOidcRound *round;
  gint64 now_us;
  gint64 proven_since_us; /* as in SvIdTokenWanted */
} SvOidcQuestion;

/**
 * sv_oidc_prove:
 *
 * New: who came back with @question->code. The code is exchanged, the ID token's signature looked
 * at by the provider's keys, which are asked for anew once if one is not known, and its claims
 * checked. Waits for the network. Errors: SV_ERROR_UNAUTHENTICATED (the code or the token is not
 * good), SV_ERROR_BUSY.
 */
SvArrival *sv_oidc_prove (SvOidcCache *cache, const SvOidcQuestion *question, GError **error);
