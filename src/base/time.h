/* Instants are microseconds since 1970-01-01T00:00:00Z in a gint64; 0 means "not known". */
#pragma once

#include <glib.h>

#define SV_SECOND_US G_GINT64_CONSTANT (1000000)
#define SV_HOUR_US (3600 * SV_SECOND_US)
#define SV_DAY_US (24 * SV_HOUR_US)

/* RFC 3339 ("2026-11-22T10:00:00Z", offsets and fractions allowed), a bare date (midnight UTC), or
 * "@SECONDS". SV_ERROR_INVALID_DATA otherwise. */
gboolean sv_time_parse (const char *text, gint64 *ret_instant_us, GError **error);

/* RFC 5322 as in Release files and changelogs: "Fri, 20 Nov 2026 00:12:41 UTC" or "+0100". */
gboolean sv_time_parse_mail (const char *text, gint64 *ret_instant_us, GError **error);

/* New string, "2026-11-22T10:00:00Z"; microseconds only when there are any. */
char *sv_time_format (gint64 instant_us);
/* New string, "2026-11-22". */
char *sv_time_format_date (gint64 instant_us);
/* New string for people: "3 d 4 h", "12 min", "45 s". Negative spans get a leading "-". */
char *sv_time_format_span (gint64 span_us);

/* Wall clock. Rules never call this: programs pass the result down. */
gint64 sv_time_now (void);
