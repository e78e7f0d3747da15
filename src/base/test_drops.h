/* Bytes that arrive a few at a time, as a SvStreamRead. Tests only. */
#pragma once

#include "base/stream.h"

#include <string.h>

typedef struct {
  const void *at;
  gsize left;
  gsize at_once;
} SvTestDrops;

static inline gssize
sv_test_drops_read (gpointer source, void *buffer, gsize size, GError **error)
{
  SvTestDrops *drops = source;
  gsize n = MIN (MIN (size, drops->at_once), drops->left);
  if (n > 0)
    memcpy (buffer, drops->at, n);
  drops->at = (const guint8 *)drops->at + n;
  drops->left -= n;
  return (gssize)n;
}
