#include "net/libcurl.h"

SvCurl sv_curl;
static const char *const symbols[] = {SV_CURL_SYMBOLS (SV_LATE_NAME) NULL};
G_STATIC_ASSERT (sizeof sv_curl / sizeof (gpointer) + 1 == G_N_ELEMENTS (symbols));

gboolean
sv_curl_load (GError **error)
{
  static SvLateLibrary library = {.library = "libcurl-gnutls.so.4",
                                  .purpose = "requests to other hosts",
                                  .symbols = symbols,
                                  .table = (gpointer *)&sv_curl};
  return sv_late_load (&library, error);
}
