/* What the schemes share to write their keys. Private to version.c and version_*.c. */
#pragma once

#include "pkg/version.h"

/* Borrowed text without a NUL of its own. */
typedef struct {
  const char *at;
  const char *end;
} SvSpan;

/* A key on the stack. Every scheme holds the bound; so writing needs no checks. */
typedef struct {
  gsize size;
  guint8 bytes[SV_VERSION_KEY_MAX_BYTES];
} SvKeyDraft;

/* Writes the key of @text, which is not empty and within SV_LIMIT_VERSION_BYTES, or says in a
 * clause what is wrong with it. */
typedef gboolean (*SvVersionWrite) (SvSpan text, SvKeyDraft *key, GError **error);

gboolean sv_version_write_deb (SvSpan text, SvKeyDraft *key, GError **error);
gboolean sv_version_write_rpm (SvSpan text, SvKeyDraft *key, GError **error);
gboolean sv_version_write_apk (SvSpan text, SvKeyDraft *key, GError **error);
gboolean sv_version_write_pacman (SvSpan text, SvKeyDraft *key, GError **error);

/* [epoch:]version[-release]: the epoch ends at the first colon, the release begins behind the last
 * hyphen. A missing epoch is an empty span, which writes as the number 0. */
typedef struct {
  SvSpan epoch;
  SvSpan version;
  SvSpan release;
  gboolean has_release;
} SvEvr;

/* Refuses an epoch that is no number and any part that is there but empty. */
gboolean sv_evr_split (SvSpan text, SvEvr *ret_evr, GError **error);

/* The same for rpm and pacman, where further colons and hyphens, white space and control
 * characters are refused, too. */
gboolean sv_evr_split_strict (SvSpan text, SvEvr *ret_evr, GError **error);

/* Both set SV_ERROR_INVALID_DATA and are always FALSE; the second says "<what> must not hold
 * <byte>". */
gboolean sv_version_refuse (GError **error, const char *reason);
gboolean sv_version_refuse_byte (GError **error, const char *what, char byte);

/* Counts and numbers take first bytes from base to base + SV_KEY_COUNT_SPAN. They are free of
 * prefixes and sort by value. */
#define SV_KEY_COUNT_SPAN 60

void sv_key_put_count (SvKeyDraft *key, guint8 base, gsize count);

/* Decimal digits of any length as a number: without leading zeros, counted, then the digits. */
void sv_key_put_number (SvKeyDraft *key, guint8 base, SvSpan digits);

/* Text that sorts byte by byte, before any longer text that begins with it. */
void sv_key_put_word (SvKeyDraft *key, SvSpan word);

static inline void
sv_key_put (SvKeyDraft *key, guint8 byte)
{
  key->bytes[key->size++] = byte;
}

static inline gsize
sv_span_size (SvSpan span)
{
  return (gsize)(span.end - span.at);
}

static inline gboolean
sv_span_is_empty (SvSpan span)
{
  return span.at == span.end;
}

/* Takes the longest beginning of @text that is of @type. */
static inline SvSpan
sv_span_take (SvSpan *text, GAsciiType type)
{
  SvSpan taken = {text->at, text->at};
  while (taken.end < text->end && (g_ascii_table[(guchar)*taken.end] & type) != 0)
    taken.end++;
  text->at = taken.end;
  return taken;
}

/* Takes the longest beginning of @text that is not of @type. */
static inline SvSpan
sv_span_take_until (SvSpan *text, GAsciiType type)
{
  SvSpan taken = {text->at, text->at};
  while (taken.end < text->end && (g_ascii_table[(guchar)*taken.end] & type) == 0)
    taken.end++;
  text->at = taken.end;
  return taken;
}
