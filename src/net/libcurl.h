/* libcurl, loaded by the first request. Private to the room. */
#pragma once

#include "base/base.h"

#include <curl/curl.h>

#define SV_CURL_SYMBOLS(X)                                                                         \
  X (curl_, easy_cleanup)                                                                          \
  X (curl_, easy_getinfo)                                                                          \
  X (curl_, easy_init)                                                                             \
  X (curl_, easy_perform)                                                                          \
  X (curl_, easy_setopt)                                                                           \
  X (curl_, easy_strerror)                                                                         \
  X (curl_, free)                                                                                  \
  X (curl_, slist_append)                                                                          \
  X (curl_, slist_free_all)                                                                        \
  X (curl_, url)                                                                                   \
  X (curl_, url_cleanup)                                                                           \
  X (curl_, url_get)                                                                               \
  X (curl_, url_set)

typedef struct {
  SV_CURL_SYMBOLS (SV_LATE_FIELD)
} SvCurl;

/* To be called only after sv_curl_load(). */
extern SvCurl sv_curl;

/* Errors: those of sv_late_load(). */
gboolean sv_curl_load (GError **error);
