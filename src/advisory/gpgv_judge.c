#include "advisory/gpgv.h"

#include <string.h>

/* --- the frame of a clear-signed message (RFC 4880 section 7) --- */

static gboolean
untrusted (GError **error, const char *why)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNTRUSTED, why);
  return FALSE;
}

/* Takes the next line, without its end; NULL behind the last. */
static char *
take_line (char **at)
{
  char *line = *at, *end;
  if (line == NULL || *line == '\0')
    return NULL;
  end = strchr (line, '\n');
  *at = end != NULL ? end + 1 : NULL;
  if (end != NULL)
    *end = '\0';
  return g_strchomp (line);
}

static gboolean
skip_headers (char **at, GError **error)
{
  for (char *line; (line = take_line (at)) != NULL;) {
    if (*line == '\0')
      return TRUE;
    if (!g_str_has_prefix (line, "Hash: "))
      return untrusted (error, "a header other than 'Hash' stands before the signed text");
  }
  return untrusted (error, "the signed text is missing");
}

/* @marker ends the part. Inside signed text a line that begins with '-' is escaped as "- ". */
static gboolean
skip_part (char **at, const char *marker, gboolean escaped, GError **error)
{
  for (char *line; (line = take_line (at)) != NULL;) {
    if (strcmp (line, marker) == 0)
      return TRUE;
    if (line[0] == '-' && !(escaped && line[1] == ' '))
      return untrusted (error, "a line of dashes stands where none may be");
  }
  g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED, "the line '%s' is missing", marker);
  return FALSE;
}

gboolean
sv_gpgv_check_clearsigned (const char *text, gsize size, GError **error)
{
  g_autofree char *copy = g_strndup (text != NULL ? text : "", size);
  char *at = copy, *line;

  if (strlen (copy) != size)
    return untrusted (error, "it holds a NUL byte");
  line = take_line (&at);
  if (line == NULL || strcmp (line, "-----BEGIN PGP SIGNED MESSAGE-----") != 0)
    return untrusted (error, "it is not clear-signed");
  if (!skip_headers (&at, error) ||
      !skip_part (&at, "-----BEGIN PGP SIGNATURE-----", TRUE, error) ||
      !skip_part (&at, "-----END PGP SIGNATURE-----", FALSE, error))
    return FALSE;
  while ((line = take_line (&at)) != NULL)
    if (*line != '\0')
      return untrusted (error, "text stands behind the signature");
  return TRUE;
}

/* --- gpgv's status lines --- */

typedef enum { LINE_OTHER, LINE_GOOD, LINE_BAD, LINE_UNKNOWN, LINE_WEAK } LineKind;

typedef struct {
  const char *keyword;
  LineKind kind;
  const char *reason; /* why this signature counts for nothing */
} StatusRow;

static const StatusRow status_rows[] = {
    {"GOODSIG", LINE_GOOD, NULL},
    {"BADSIG", LINE_BAD, "the signature does not fit the content"},
    {"NO_PUBKEY", LINE_UNKNOWN, "this host has no key of its signer"},
    {"EXPSIG", LINE_WEAK, "the signature has expired"},
    {"EXPKEYSIG", LINE_WEAK, "the signing key has expired"},
    {"REVKEYSIG", LINE_WEAK, "the signing key was revoked"},
    {"NODATA", LINE_WEAK, "there is no signature"},
};

/* OpenPGP numbers of digests that no longer prove anything: MD5, SHA-1, RIPEMD-160. */
static gboolean
is_weak_digest (gint64 algorithm)
{
  return algorithm >= 1 && algorithm <= 3;
}

typedef struct {
  gint64 at_us;
  guint good, bad, unknown, weak;
  gboolean pending;     /* the signature at hand looks good so far */
  const char *reason;   /* of the last signature that counts for nothing */
  char *subject;        /* key id that it names */
  gint64 expired_at_us; /* of the key at hand; 0 if it has not */
  SvGpgvVerdict *verdict;
} Tally;

static const StatusRow *
find_row (const char *keyword)
{
  for (gsize i = 0; i < G_N_ELEMENTS (status_rows); i++)
    if (strcmp (keyword, status_rows[i].keyword) == 0)
      return &status_rows[i];
  return NULL;
}

static void
refuse (Tally *tally, guint *counter, const char *reason, const char *subject)
{
  (*counter)++;
  tally->reason = reason;
  sv_text_set (&tally->subject, subject);
}

/* "VALIDSIG <fingerprint> <date> <made> <expires> <version> <reserved> <key> <digest> <class>
 * <primary>" comes behind the GOODSIG that it completes. */
static void
tally_valid (Tally *tally, char **words)
{
  gint64 digest;
  gboolean complete = g_strv_length (words) >= 11 && sv_text_parse_int64 (words[8], &digest, NULL);

  if (!tally->pending)
    return;
  tally->pending = FALSE;
  if (!complete || is_weak_digest (digest)) {
    refuse (tally, &tally->weak, "the signature uses a broken digest",
            words[1] != NULL ? words[1] : "");
    return;
  }
  tally->good++;
  if (tally->verdict->signer != NULL)
    return;
  tally->verdict->signer = g_strdup (words[1]);
  tally->verdict->primary = g_strdup (words[10]);
}

/* gpgv knows only today: as of an earlier time the key may still have been good. */
static void
tally_signature (Tally *tally, const StatusRow *row, const char *subject)
{
  gboolean good_then =
      strcmp (row->keyword, "EXPKEYSIG") == 0 && tally->expired_at_us > tally->at_us;

  if (row->kind == LINE_GOOD || good_then)
    tally->pending = TRUE;
  else if (row->kind == LINE_BAD)
    refuse (tally, &tally->bad, row->reason, subject);
  else if (row->kind == LINE_UNKNOWN)
    refuse (tally, &tally->unknown, row->reason, subject);
  else
    refuse (tally, &tally->weak, row->reason, subject);
}

static void
tally_line (Tally *tally, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  const char *keyword = words[0] != NULL ? words[0] : "";
  const char *subject = *keyword != '\0' && words[1] != NULL ? words[1] : "";
  const StatusRow *row = find_row (keyword);
  gint64 seconds;

  if (strcmp (keyword, "NEWSIG") == 0) {
    tally->pending = FALSE;
    tally->expired_at_us = 0;
  } else if (strcmp (keyword, "KEYEXPIRED") == 0) {
    if (sv_text_parse_int64 (subject, &seconds, NULL) && seconds < G_MAXINT64 / SV_SECOND_US)
      tally->expired_at_us = seconds * SV_SECOND_US;
  } else if (strcmp (keyword, "VALIDSIG") == 0) {
    tally_valid (tally, words);
  } else if (row != NULL) {
    tally_signature (tally, row, subject);
  }
}

static void
set_verdict (const Tally *tally)
{
  SvGpgvVerdict *verdict = tally->verdict;
  gboolean good = tally->good > 0 && tally->bad == 0;
  gboolean unknown = tally->bad == 0 && tally->weak == 0;

  if (good) {
    verdict->authenticity = SV_AUTHENTICITY_VERIFIED;
    return;
  }
  sv_gpgv_verdict_clear (verdict);
  verdict->authenticity = unknown ? SV_AUTHENTICITY_UNVERIFIED : SV_AUTHENTICITY_BAD;
  if (tally->reason == NULL)
    verdict->detail = g_strdup ("gpgv names no signature");
  else
    verdict->detail = g_strdup_printf ("%s (%s)", tally->reason, tally->subject);
}

void
sv_gpgv_judge (const char *status, gint64 at_us, SvGpgvVerdict *ret_verdict)
{
  static const char prefix[] = "[GNUPG:] ";
  g_auto (GStrv) lines = g_strsplit (status, "\n", -1);
  Tally tally = {.at_us = at_us, .verdict = ret_verdict};

  *ret_verdict = (SvGpgvVerdict){.authenticity = SV_AUTHENTICITY_UNVERIFIED};
  for (char **line = lines; *line != NULL; line++)
    if (g_str_has_prefix (*line, prefix))
      tally_line (&tally, g_strchomp (*line + strlen (prefix)));
  set_verdict (&tally);
  g_free (tally.subject);
}
