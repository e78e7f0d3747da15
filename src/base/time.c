#include "base/time.h"

#include "base/error.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static gboolean
invalid (const char *text, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%.64s' is no time: write 2026-11-22T10:00:00Z, 2026-11-22 or @SECONDS", text);
  return FALSE;
}

static gboolean
instant_of (GDateTime *when, const char *text, gint64 *ret_instant_us, GError **error)
{
  if (when == NULL)
    return invalid (text, error);
  *ret_instant_us = g_date_time_to_unix (when) * SV_SECOND_US + g_date_time_get_microsecond (when);
  return TRUE;
}

gboolean
sv_time_parse (const char *text, gint64 *ret_instant_us, GError **error)
{
  if (text[0] == '@') {
    gint64 seconds;
    if (!sv_text_parse_int64 (text + 1, &seconds, NULL) ||
        ABS (seconds) > G_MAXINT64 / SV_SECOND_US)
      return invalid (text, error);
    *ret_instant_us = seconds * SV_SECOND_US;
    return TRUE;
  }
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  gboolean bare_date = strlen (text) == 10 && text[4] == '-' && text[7] == '-';
  g_autofree char *full = bare_date ? g_strconcat (text, "T00:00:00Z", NULL) : g_strdup (text);
  if (strlen (full) < 16 || !isdigit ((guchar)full[0]))
    return invalid (text, error);
  if (full[10] == ' ') /* RFC 3339 allows a space for readability */
    full[10] = 'T';
  g_autoptr (GDateTime) when = g_date_time_new_from_iso8601 (full, utc);
  return instant_of (when, text, ret_instant_us, error);
}

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static int
month_of (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (months); i++)
    if (g_ascii_strncasecmp (name, months[i], 3) == 0)
      return (int)i + 1;
  return 0;
}

gboolean
sv_time_parse_mail (const char *text, gint64 *ret_instant_us, GError **error)
{
  const char *comma = strchr (text, ',');
  int day, year, hour, minute, second;
  char month[4] = "", zone[8] = "";
  const char *rest = comma != NULL ? comma + 1 : text;
  if (sscanf (rest, " %2d %3[A-Za-z] %4d %2d:%2d:%2d %7s", &day, month, &year, &hour, &minute,
              &second, zone) != 7)
    return invalid (text, error);
  gboolean named_utc = strcmp (zone, "UTC") == 0 || strcmp (zone, "GMT") == 0;
  g_autoptr (GTimeZone) tz = named_utc ? g_time_zone_new_utc () : g_time_zone_new_identifier (zone);
  if (tz == NULL || month_of (month) == 0)
    return invalid (text, error);
  g_autoptr (GDateTime) when =
      g_date_time_new (tz, year, month_of (month), day, hour, minute, second);
  return instant_of (when, text, ret_instant_us, error);
}

char *
sv_time_format (gint64 instant_us)
{
  gint64 seconds = instant_us / SV_SECOND_US, rest = instant_us % SV_SECOND_US;
  if (rest < 0) {
    seconds -= 1;
    rest += SV_SECOND_US;
  }
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc (seconds);
  if (when == NULL)
    return g_strdup_printf ("@%" G_GINT64_FORMAT, seconds);
  g_autofree char *whole = g_date_time_format (when, "%Y-%m-%dT%H:%M:%S");
  return rest == 0 ? g_strconcat (whole, "Z", NULL)
                   : g_strdup_printf ("%s.%06dZ", whole, (int)rest);
}

char *
sv_time_format_date (gint64 instant_us)
{
  char *text = sv_time_format (instant_us);
  if (strlen (text) > 10 && text[0] != '@')
    text[10] = '\0';
  return text;
}

static const struct {
  gint64 us;
  const char *unit;
} span_units[] = {
    {SV_DAY_US, "d"}, {SV_HOUR_US, "h"}, {60 * SV_SECOND_US, "min"}, {SV_SECOND_US, "s"}};

char *
sv_time_format_span (gint64 span_us)
{
  const char *sign = span_us < 0 ? "-" : "";
  gint64 left = span_us < 0 ? -span_us : span_us;
  for (guint i = 0; i < G_N_ELEMENTS (span_units); i++) {
    gint64 count = left / span_units[i].us;
    if (count == 0 && i + 1 < G_N_ELEMENTS (span_units))
      continue;
    gint64 hours = left % SV_DAY_US / SV_HOUR_US;
    if (i == 0 && count < 14 && hours > 0)
      return g_strdup_printf ("%s%" G_GINT64_FORMAT " d %" G_GINT64_FORMAT " h", sign, count,
                              hours);
    return g_strdup_printf ("%s%" G_GINT64_FORMAT " %s", sign, count, span_units[i].unit);
  }
  return g_strdup ("0 s");
}

gint64
sv_time_now (void)
{
  return g_get_real_time ();
}
