#include "pkg/build_stream.h"

#include <string.h>

/* Version markers of builds that compare only among themselves (traps 63 to 73). A marker counts
 * where it is followed by what `after` allows. */
static const struct {
  gint scheme;
  const char *marker;
  const char *stream;
} stream_marks[] = {
    {SV_SCHEME_RPM, ".module_", "module"},  {SV_SCHEME_RPM, ".module+", "module"},
    {SV_SCHEME_RPM, ".ksplice", "ksplice"}, {SV_SCHEME_RPM, "_fips", "fips"},
    {SV_SCHEME_RPM, ".cloud", "cloud"},     {SV_SCHEME_DEB, "~bpo", "bpo"},
    {SV_SCHEME_DEB, ".fips", "fips"},       {SV_SCHEME_DEB, "+esm", "esm"},
    {SV_SCHEME_DEB, "~esm", "esm"},         {SV_SCHEME_DEB, "+rpt", "rpt"},
    {SV_SCHEME_DEB, "+rpi", "rpt"},
};

/* "4.el8_6.1" is a build for minor release 6 only (trap 67). */
static char *
minor_stream (const char *version)
{
  const char *el = strstr (version, ".el");
  if (el == NULL)
    return NULL;
  const char *p = el + 3;
  while (g_ascii_isdigit (*p))
    p++;
  if (*p != '_' || !g_ascii_isdigit (p[1]))
    return NULL;
  return g_strdup_printf ("minor:%d", (int)g_ascii_strtoull (p + 1, NULL, 10));
}

char *
sv_stream_of_version (gint scheme, const char *version)
{
  for (gsize i = 0; version != NULL && i < G_N_ELEMENTS (stream_marks); i++)
    if (stream_marks[i].scheme == scheme && strstr (version, stream_marks[i].marker) != NULL)
      return g_strdup (stream_marks[i].stream);
  char *minor = version != NULL && scheme == SV_SCHEME_RPM ? minor_stream (version) : NULL;
  return minor != NULL ? minor : g_strdup ("");
}
