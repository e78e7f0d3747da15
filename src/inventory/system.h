/* What hosts are for: systems, and the rules by which hosts belong to them. Pure rules. */
#pragma once

#include "inventory/checkin.h"

/* Names of values; the first is what is not known. The decision tables have the same
 * (triage/host_facts.h). */
extern const char *const sv_system_zone_names[];
extern const char *const sv_system_criticality_names[];
extern const char *const sv_system_mission_names[];
extern const char *const sv_system_safety_names[];
extern const char *const sv_system_yes_no_names[];

typedef struct {
  char *id;
  char *name; /* unique */
  char *owner;
  char *line_of_business;
  char *role;            /* what it does: "payroll database" */
  gint criticality;      /* of the business */
  gint mission_impact;   /* worst effect of its loss on mission essential functions */
  gint safety_impact;    /* worst effect of its loss on safety */
  gint national;         /* whether the nation depends on it */
  gint targeted;         /* whether it was attacked in the past */
  gint zone;             /* of the network */
  gint64 link_mbps;      /* slowest link to it, megabit a second; 0: not known */
  gboolean remote;       /* reached from outside the organisation's sites */
  gboolean intermittent; /* not always connected */
  char *maintenance;     /* when it may be changed, for people */
  char *baseline;        /* class of the baseline its hosts are held against */
  gboolean hardening;    /* legacy: kept under the regime for what gets no updates */
  gint64 hosts;          /* that belong to it; only read */
  gint64 created_at_us;
  gint64 changed_at_us;
} SvSystem;
extern const SvRecordType sv_system_type;
void sv_system_free (SvSystem *system);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvSystem, sv_system_free)

/* Which systems are to be protected first (NISCC 2, 3.1.4): what the nation depends on, then by
 * mission, safety, business and how near the attacker is. What is not known counts as the middle:
 * it is neither first nor forgotten. Higher comes first. */
gint64 sv_system_rank (const SvSystem *system);

/* One rule: all conditions that it names must hold, at least one. */
typedef struct {
  char *system;         /* id */
  char *name;           /* pattern of the host's name, "web-*" */
  char *address;        /* "192.0.2.0/24", "2001:db8::/32" or one address */
  char *distro;         /* pattern, "debian:*" */
  char *hardware_class; /* "portable" */
} SvSystemRule;
extern const SvRecordType sv_system_rule_type;

/* The rules, in the order in which they are asked. */
typedef struct {
  gint64 revision;  /* of the list that is kept; to change it one must have read it */
  GPtrArray *rules; /* SvSystemRule */
} SvSystemRules;
extern const SvRecordType sv_system_rules_type;
void sv_system_rules_free (SvSystemRules *rules);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvSystemRules, sv_system_rules_free)

/* SV_ERROR_USAGE: which rule, and what is wrong with it. */
gboolean sv_system_rules_check (const SvSystemRules *rules, GError **error);

/* What rules look at. */
typedef struct {
  const char *name, *distro, *hardware_class;
  const char *addresses; /* separated by ' ' */
} SvPlaceFacts;

/* Id of the system of the first rule that fits, lent; NULL: none does. */
const char *sv_system_rules_find (const SvSystemRules *rules, const SvPlaceFacts *facts);

/* Whether @address is in @network, "192.0.2.0/24". FALSE if one of them is none. */
gboolean sv_address_is_in (const char *address, const char *network);

/* Neither loopback nor link-local, nor no address at all. */
gboolean sv_address_is_known_to_others (const char *address);

/* Addresses by which others may know the host, separated by ' ': neither loopback nor link-local.
 * New string. */
char *sv_facts_list_addresses (const SvInventory *facts);
/* The same of its network cards, "52:54:00:12:34:56"; virtual ones are nobody's. New string. */
char *sv_facts_list_macs (const SvInventory *facts);
