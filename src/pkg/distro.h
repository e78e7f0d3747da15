/* Which distribution and release a host runs, from os-release, and what follows from it. */
#pragma once

#include "pkg/version.h"

typedef struct {
  char *id;         /* "debian", "almalinux"; "centos-stream" apart from "centos"; never NULL,
                       "unknown" if the file names none */
  char *version_id; /* as the file has it: "12", "8.9", "3.19.1"; NULL if it gives none */
  char *codename;   /* "bookworm"; NULL if there is none */
  char *name;       /* PRETTY_NAME, for people */
  char *like;       /* ID_LIKE, words separated by ' '; may be NULL */
  char *family;     /* "debian", "ubuntu", "rhel", "fedora", "suse", "alpine", "amazon", "photon",
                       "azurelinux", "arch"; NULL if unknown: then nothing is ever "healthy" */
  char *release;    /* what feeds call the release within the family: "12", "22.04", "8",
                       "15.5", "3.19", "2023"; NULL if rolling or unknown */
  char *ecosystem;  /* OSV's name with suffix: "Debian:12", "Ubuntu:22.04:LTS", "AlmaLinux:8",
                       "Alpine:v3.19"; NULL if OSV has none */
  char *cpe;        /* CPE_NAME; may be NULL */
  gint scheme;      /* SvScheme of its packages, or -1 if not known */
} SvDistro;

extern const SvRecordType sv_distro_type;

void sv_distro_free (SvDistro *distro);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvDistro, sv_distro_free)

/**
 * sv_distro_parse:
 * @text: contents of os-release(5), also of the older redhat-release, centos-release,
 *        system-release, alpine-release or debian_version (one line without '=')
 *
 * Unquotes as the shell would, never runs anything; also reads lsb-release. Debian testing and sid
 * (no VERSION_ID) are told by codename. A derivative keeps its own id and takes its family from
 * ID_LIKE, but a release only from what names one of that family (UBUNTU_CODENAME,
 * DEBIAN_CODENAME, PLATFORM_ID), never from its own version number, and no ecosystem.
 * Errors: SV_ERROR_INVALID_DATA if nothing in it identifies a system.
 * Source: pitfalls 61, 73, 75.
 */
SvDistro *sv_distro_parse (const char *text, GError **error);

/* The Debian or Ubuntu release number of a codename ("bookworm" is "12"), or NULL. */
const char *sv_distro_find_release (const char *family, const char *codename);
/* The other way round. */
const char *sv_distro_find_codename (const char *family, const char *release);
