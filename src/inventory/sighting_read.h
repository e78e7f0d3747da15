/* What the readers of sightings share. Private to this room. */
#pragma once

#include "inventory/collect.h"
#include "inventory/sighting.h"

typedef struct {
  const char *name; /* of the document */
  SvSightings *sightings;
} SvSightingReading;

/* As the source writes it; NULL: not known. */
typedef struct {
  const char *name, *address, *mac, *os;
  gint64 last_seen_us;
} SvSightingWords;

/* What is no name, address or mac counts as not known; without any it is passed over. FALSE if the
 * document holds too many: stop. */
gboolean sv_sighting_add (SvSightingReading *reading, const SvSightingWords *words, GError **error);
void sv_sighting_pass_over (SvSightingReading *reading);

/* Each reads a whole document; @text is cut in place. */
gboolean sv_sighting_read_zone (SvSightingReading *reading, char *text, GError **error);
gboolean sv_sighting_read_ldif (SvSightingReading *reading, char *text, GError **error);
gboolean sv_sighting_read_isc (SvSightingReading *reading, char *text, GError **error);
gboolean sv_sighting_read_dnsmasq (SvSightingReading *reading, char *text, GError **error);
gboolean sv_sighting_read_nmap (SvSightingReading *reading, char *text, GError **error);
gboolean sv_sighting_read_libvirt (SvSightingReading *reading, char *text, GError **error);
gboolean sv_sighting_read_virsh (SvSightingReading *reading, char *text, GError **error);
gboolean sv_sighting_read_csv (SvSightingReading *reading, char *text, GError **error);
gboolean sv_sighting_read_json (SvSightingReading *reading, char *text, GError **error);

/* Whether the first line of a table names a column that is read. */
gboolean sv_sighting_is_csv (const char *text);
