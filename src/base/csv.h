/* Rows of comma (or semicolon) separated values, RFC 4180: fields may be quoted, and quoted fields
 * may hold delimiters, doubled quotes and line ends. */
#pragma once

#include "base/stream.h"

typedef struct SvCsv SvCsv;

/* @stream is borrowed. */
SvCsv *sv_csv_new (SvStream *stream);
void sv_csv_free (SvCsv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvCsv, sv_csv_free)

/**
 * sv_csv_next:
 * @ret_found: (out): FALSE at the end
 *
 * Reads the next row; empty lines are passed over. Errors: SV_ERROR_INVALID_DATA for a quote that
 * never closes, a NUL byte, or text behind a closing quote; SV_ERROR_LIMIT past
 * SV_LIMIT_CSV_ROW_BYTES or SV_LIMIT_CSV_FIELDS. No reading behind an error.
 */
gboolean sv_csv_next (SvCsv *csv, gboolean *ret_found, GError **error);

/* Of the current row, lent until the next. */
guint sv_csv_get_n_fields (const SvCsv *csv);
const char *sv_csv_find (const SvCsv *csv, guint field); /* NULL behind the last */

/* The current row, which came out as one field, and all behind it are split by @delimiter instead
 * of ','. */
void sv_csv_resplit (SvCsv *csv, char delimiter);

/* Line on which the current row begins, from 1. */
guint64 sv_csv_get_line (const SvCsv *csv);
