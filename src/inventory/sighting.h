/* What others saw of computers: name servers, directories, leases, scanners, hypervisors. Readers
 * of their files; pure, bounded. */
#pragma once

#include "base/base.h"

typedef enum {
  SV_SEEN_BY_DNS,
  SV_SEEN_BY_AD, /* Active Directory or another LDAP directory */
  SV_SEEN_BY_DHCP,
  SV_SEEN_BY_SCAN,
  SV_SEEN_BY_HYPERVISOR,
  SV_SEEN_BY_OTHER
} SvSightingKind;
extern const char *const sv_sighting_kind_names[];

/* One computer under one address; at least one of name, address and mac is known. */
typedef struct {
  char *name;          /* lower case, without a final dot; NULL: not known */
  char *address;       /* as inet_ntop() writes it; neither loopback nor link-local */
  char *mac;           /* "52:54:00:12:34:56" */
  char *os;            /* as the source calls it */
  gint64 last_seen_us; /* as the source says; 0: it does not */
} SvSighting;
extern const SvRecordType sv_sighting_type;

/* What one document holds. */
typedef struct {
  GPtrArray *list;    /* SvSighting, owned */
  gint64 passed_over; /* records that name no computer, or that cannot be read */
} SvSightings;
void sv_sightings_clear (SvSightings *sightings);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvSightings, sv_sightings_clear)

/**
 * sv_sightings_read:
 * @name: what messages call it
 * @text: at most SV_LIMIT_SIGHTING_BYTES
 *
 * Reads what sources of @kind write; the form is told by the content (inventory/README.md). Records
 * that cannot be read are passed over and counted. Errors: SV_ERROR_INVALID_DATA if it has none of
 * the forms, is malformed as a whole, or names no computer at all; SV_ERROR_LIMIT past
 * SV_LIMIT_SIGHTINGS.
 */
gboolean sv_sightings_read (const char *name, GBytes *text, SvSightingKind kind,
                            SvSightings *ret_sightings, GError **error);

/* "52:54:00:12:34:56" of any common spelling, new; NULL if it is none, or nobody's (all zeros, a
 * group's). */
char *sv_mac_normalize (const char *text);
/* Lower case, without a final dot, new; NULL if it cannot be a computer's name. */
char *sv_computer_name_normalize (const char *text);
