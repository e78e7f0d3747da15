/* The audit as a file: one entry a line, JSON. */
#pragma once

#include "access/audit.h"

/* Appends @entry and a line end. */
void sv_audit_append_line (const SvAuditEntry *entry, GString *out);

/* Checks every line of @stream, to the end. SV_ERROR_UNTRUSTED for an entry that is not what it
 * was, SV_ERROR_INVALID_DATA for a line that is none, with its number; SV_ERROR_LIMIT for a line
 * past SV_LIMIT_RECORD_BYTES. */
gboolean sv_audit_check_lines (SvStream *stream, SvAuditCheck *check, GError **error);
