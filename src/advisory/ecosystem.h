/* OSV's names of ecosystems, as far as they are distributions. */
#pragma once

#include "pkg/pkg.h"

typedef struct {
  char *release;      /* "debian:12", "ubuntu-pro:16.04", "wolfi:" where there are no releases */
  gint scheme;        /* SvScheme */
  gboolean is_source; /* package names are names of source packages */
  gboolean modular;   /* RPM modules exist there (trap 64) */
} SvEcosystem;

void sv_ecosystem_clear (SvEcosystem *ecosystem);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvEcosystem, sv_ecosystem_clear)

/**
 * sv_ecosystem_parse:
 * @text: "Debian:12", "Ubuntu:Pro:16.04:LTS", "Rocky Linux:9", "SUSE:Linux Enterprise Server 15
 * SP5"
 *
 * FALSE for ecosystems that are no distribution, and for a distribution with releases that is named
 * without one: that must never match every release (trap 61). Streams of updates that only some
 * hosts are entitled to stay apart, as releases of their own: "ubuntu-pro", "ubuntu-pro-fips",
 * "rhel-eus", "sles-ltss" (traps 67 to 70).
 */
gboolean sv_ecosystem_parse (const char *text, SvEcosystem *ret_ecosystem);
