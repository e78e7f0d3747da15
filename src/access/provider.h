/* Directories that say who somebody is: what is kept of them, and pure rules. */
#pragma once

#include "access/grant.h"

typedef enum { SV_PROVIDER_LDAP, SV_PROVIDER_OIDC } SvProviderKind;

/* What is kept of one. NULL members of the second half have no meaning for its kind. */
typedef struct {
  char *id; /* a word: a part of addresses */
  gint kind;
  char *name;
  char *address; /* "ldaps://dc.example"; of OIDC the issuer */
  char *ca_file; /* PEM; NULL: whom the system trusts */
  gboolean disabled;
  gboolean makes_people; /* of those who come for the first time */
  char *second_factor;   /* "*": each login counts as two factors; else the value of amr or acr
                            that says so; NULL: none does */
  char *account;         /* as whom it is asked: a distinguished name; of OIDC the client id */
  gboolean has_secret;
  char *secret;                                                          /* only in what comes in */
  char *subject_from, *login_from, *name_from, *mail_from, *groups_from; /* attributes or claims */
  gboolean start_tls;
  char *base, *filter, *bind_as, *group_base, *group_filter;
  char *own_address, *scopes;
} SvProvider;
extern const SvRecordType sv_provider_type;         /* without the secret */
extern const SvRecordType sv_provider_request_type; /* with it; without id */
void sv_provider_free (SvProvider *provider);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvProvider, sv_provider_free)

/* Sets what was left out and has a usual value. */
void sv_provider_fill (SvProvider *provider);
/* Whether it can be asked like that. SV_ERROR_USAGE says what is wrong. */
gboolean sv_provider_check (const SvProvider *provider, GError **error);
/* Whether a secret that is kept may go to where @now says, too: it was given for @before. */
gboolean sv_provider_is_same_place (const SvProvider *before, const SvProvider *now);
/* An address of the web, "https://login.example/path", or http to this machine; without a query. */
gboolean sv_provider_is_web_address (const char *url);

typedef enum { SV_FILL_FILTER, SV_FILL_NAME } SvFillKind;
/* New string: @pattern with each "{@name}" replaced by @value, which means nothing but itself
 * there.
 */
char *sv_provider_fill_in (const char *pattern, const char *name, const char *value,
                           SvFillKind kind);

/* -- Groups and roles -- */

typedef struct {
  char *id;
  char *provider;
  char *group_name; /* distinguished name, or value of the claim */
  gint role;        /* SvRole */
  gint scope_kind;  /* SvScopeKind */
  char *scope;      /* "" for everything */
} SvMapping;
extern const SvRecordType sv_mapping_type;
void sv_mapping_free (SvMapping *mapping);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvMapping, sv_mapping_free)

/* Whether @groups (strings) name that of @mapping: distinguished names whatever their case and the
 * spaces between their parts. */
gboolean sv_mapping_matches (const SvMapping *mapping, SvProviderKind kind,
                             const GPtrArray *groups);

/* -- Who somebody is there -- */

typedef struct {
  char *provider;
  char *subject; /* never given to somebody else there */
  char *person;
  char *login; /* there, when they came last; "": never */
  gint64 linked_at_us;
} SvLink;
extern const SvRecordType sv_link_type;
void sv_link_free (SvLink *link);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvLink, sv_link_free)

/* Somebody whom a provider vouches for, just now. */
typedef struct {
  char *subject;
  char *login;
  char *name;        /* NULL: not said */
  char *mail;        /* NULL: not said */
  GPtrArray *groups; /* strings */
  gboolean two_factors;
  gint64 proved_at_us; /* when they gave a password or the like; 0: not said */
} SvArrival;
void sv_arrival_free (SvArrival *arrival);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvArrival, sv_arrival_free)
