/* The door of access: people, roles, sessions, API tokens, the audit. */
#pragma once

#include "access/audit_lines.h"
#include "access/audit_store.h"
#include "access/deed.h"
#include "access/person_store.h"
#include "access/provider_store.h"
#include "access/service.h"
#include "access/session_store.h"

/* Routes: setup and sessions, logins by OpenID Connect, one's own account, people, grants and
 * roles, identity providers, API tokens, the audit. */
extern const SvRouteTable sv_session_routes;
extern const SvRouteTable sv_oidc_routes;
extern const SvRouteTable sv_account_routes;
extern const SvRouteTable sv_people_routes;
extern const SvRouteTable sv_grant_routes;
extern const SvRouteTable sv_provider_routes;
extern const SvRouteTable sv_token_routes;
extern const SvRouteTable sv_audit_routes;
