/* Build streams: versions of one package that compare only among themselves. */
#pragma once

#include "pkg/version.h"

/**
 * sv_stream_of_version:
 * New string naming the build stream that a version belongs to, "" for the main one: versions of
 * different streams do not compare ("module", "ksplice", "fips", "cloud", "bpo", "esm",
 * "minor:6", "rpt"). Source: traps 63 to 73.
 */
char *sv_stream_of_version (gint scheme, const char *version);
