/* Paragraphs of "Field: value" lines: dpkg status, apt Packages, Release, Sources, preferences. */
#pragma once

#include "base/stream.h"

typedef struct SvDeb822 SvDeb822;

/* @stream is borrowed. Clear-signature armour must have been taken off before. */
SvDeb822 *sv_deb822_new (SvStream *stream);
void sv_deb822_free (SvDeb822 *reader);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvDeb822, sv_deb822_free)

/**
 * sv_deb822_next:
 * @ret_found: (out): FALSE at the end
 *
 * Reads the next paragraph. Lines that start with '#' are comments. A malformed line (no colon, a
 * continuation before any field, a field named twice, a NUL byte, more than SV_LIMIT_STANZA_FIELDS)
 * is SV_ERROR_INVALID_DATA with the line number; reading may go on behind that paragraph, so that
 * one broken record hides no other. A paragraph past SV_LIMIT_STANZA_BYTES is SV_ERROR_LIMIT and
 * ends the reading, as an error of the stream does.
 */
gboolean sv_deb822_next (SvDeb822 *reader, gboolean *ret_found, GError **error);

/* Value of a field of the current paragraph, trimmed, continuation lines joined with '\n' and
 * without their leading space; NULL if absent. Field names compare without case. Lent until the
 * next sv_deb822_next(). */
const char *sv_deb822_find (const SvDeb822 *reader, const char *name);

/* TRUE once no further paragraph can come: at the end, or after an error of the stream itself. Who
 * passes over broken paragraphs stops when this is TRUE. */
gboolean sv_deb822_is_over (const SvDeb822 *reader);

/* Line on which the current paragraph begins, from 1. */
guint64 sv_deb822_get_line (const SvDeb822 *reader);
