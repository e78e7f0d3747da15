/* Who did what: a log in which each entry holds the hash of all before it, so that a later change
 * shows. Pure rules; access/audit_store.h keeps it.
 *
 * The hash of an entry is SHA-256 over: "salve audit 1\n", the hash before it (32 zero bytes for
 * the first), sequence and instant as 64 bits each, the actor's kind as 32 bits; then actor,
 * actor_name, action, subject, detail, request and address, each as its length plus one in 32 bits
 * and its bytes; a 0 alone stands for none. All numbers are big-endian.
 *
 * What it shows: any edit, insertion, change of order, and deletion before the end. A log cut at
 * its end, or written anew from some point on, shows against a head that was noted elsewhere. */
#pragma once

#include "trust/trust.h"

typedef enum {
  SV_ACTOR_NOBODY, /* not logged in */
  SV_ACTOR_PERSON,
  SV_ACTOR_TOKEN,  /* an API token of a person */
  SV_ACTOR_MACHINE /* the server itself, or who sits at it without logging in */
} SvActorKind;
extern const char *const sv_actor_names[];

typedef struct {
  gint64 sequence; /* from 1 */
  gint64 at_us;
  gint actor_kind;  /* SvActorKind */
  char *actor;      /* id of the person */
  char *actor_name; /* as it was then */
  char *action;     /* "person.create" */
  char *subject;    /* id of what it was done to */
  char *detail;     /* a JSON object */
  char *request;    /* id of the request */
  char *address;    /* where it came from */
  GBytes *hash;
} SvAuditEntry;
extern const SvRecordType sv_audit_entry_type;
void sv_audit_entry_free (SvAuditEntry *entry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvAuditEntry, sv_audit_entry_free)

/* Where a log ends. All zeros: it is empty. */
typedef struct {
  gint64 sequence;
  guint8 hash[SV_SHA256_BYTES];
} SvAuditHead;
/* New string: "17:<hexadecimal>"; and back, SV_ERROR_USAGE. */
char *sv_audit_head_format (const SvAuditHead *head);
gboolean sv_audit_head_parse (const char *text, SvAuditHead *ret_head, GError **error);

/* Gives @entry its sequence and hash behind @head, and moves @head to it. */
void sv_audit_chain (SvAuditHead *head, SvAuditEntry *entry);

typedef struct {
  const char *key, *value; /* @value may be NULL */
} SvAuditFact;
#define SV_AUDIT_FACTS(...) ((const SvAuditFact[]){__VA_ARGS__, {NULL, NULL}})

/* Sets what was done to what: sv_audit_say (entry, "person.create", id, SV_AUDIT_FACTS ({"login",
 * login})). @subject and @facts may be NULL. */
void sv_audit_say (SvAuditEntry *entry, const char *action, const char *subject,
                   const SvAuditFact *facts);

typedef struct {
  SvAuditHead head;
  SvAuditHead known; /* noted elsewhere; sequence 0: none was */
} SvAuditCheck;

/* Whether @entry is the next one. SV_ERROR_UNTRUSTED says which entry is not what it was. */
gboolean sv_audit_check_next (SvAuditCheck *check, const SvAuditEntry *entry, GError **error);
/* Whether the log reaches the known head. */
gboolean sv_audit_check_end (const SvAuditCheck *check, GError **error);
