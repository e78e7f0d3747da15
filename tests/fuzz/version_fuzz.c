/* Three versions of one scheme, a line each behind a byte that picks the scheme. Whatever they are,
 * their keys are bounded, canonical and in a total order, and known rewritings move them as they
 * must. */
#include "pkg/version.h"

#include <stdint.h>

typedef enum { OLDER, SAME, NEWER } Move;

/* A suffix that moves a version in a known way. One with '-' is a release, for versions without. */
typedef struct {
  SvScheme scheme;
  const char *suffix;
  Move move;
} Rewriting;

static const Rewriting rewritings[] = {
    {SV_SCHEME_DEB, "~", OLDER},     {SV_SCHEME_DEB, "-0", SAME},
    {SV_SCHEME_DEB, "-1", NEWER},    {SV_SCHEME_RPM, "~", OLDER},
    {SV_SCHEME_RPM, "_", SAME},      {SV_SCHEME_RPM, "^", NEWER},
    {SV_SCHEME_RPM, "-0", NEWER},    {SV_SCHEME_APK, "_rc", OLDER},
    {SV_SCHEME_APK, "_p", NEWER},    {SV_SCHEME_APK, "-r0", NEWER},
    {SV_SCHEME_PACMAN, "-1", SAME},  {SV_SCHEME_PACMAN, "-0", OLDER},
    {SV_SCHEME_PACMAN, "-2", NEWER},
};

static int
compare (GByteArray *a, GByteArray *b)
{
  int order = sv_key_compare (a->data, a->len, b->data, b->len);
  return (order > 0) - (order < 0);
}

static GByteArray *
build_key (SvScheme scheme, const char *text)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  if (sv_version_append_key (scheme, text, key, &error)) {
    g_assert (error == NULL && key->len > 0 && key->len <= SV_VERSION_KEY_MAX_BYTES);
    return g_steal_pointer (&key);
  }
  g_assert (key->len == 0);
  g_assert (sv_error_is (error, SV_ERROR_INVALID_DATA));
  g_assert (g_utf8_validate (error->message, -1, NULL));
  return NULL;
}

static void
check_rewritings (SvScheme scheme, const char *text, GByteArray *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rewritings); i++) {
    gboolean has_release = strchr (text, '-') != NULL;
    if (rewritings[i].scheme != scheme || (*rewritings[i].suffix == '-' && has_release))
      continue;
    g_autofree char *rewritten = g_strconcat (text, rewritings[i].suffix, NULL);
    g_autoptr (GByteArray) moved = build_key (scheme, rewritten);
    if (moved != NULL)
      g_assert (compare (moved, key) == (int)rewritings[i].move - (int)SAME);
  }
}

static void
check_epoch (SvScheme scheme, const char *text, GByteArray *key)
{
  if (scheme == SV_SCHEME_APK || strchr (text, ':') != NULL)
    return;
  g_autofree char *zero = g_strconcat ("00:", text, NULL), *one = g_strconcat ("1:", text, NULL);
  g_autoptr (GByteArray) same = build_key (scheme, zero), newer = build_key (scheme, one);
  if (same != NULL)
    g_assert (compare (same, key) == 0);
  if (newer != NULL)
    g_assert (compare (newer, key) == 1);
}

static void
check_pair (SvScheme scheme, char **texts, GByteArray **keys)
{
  int order;
  g_assert (sv_version_compare (scheme, texts[0], texts[1], &order, NULL));
  g_assert (order == compare (keys[0], keys[1]) && order == -compare (keys[1], keys[0]));
  g_autofree char *line = g_strconcat (texts[0], "\t", texts[1], NULL);
  g_autofree char *want = g_strdup_printf ("%d", order);
  g_autofree char *got = sv_version_compare_line (scheme, line, NULL);
  g_assert (g_str_equal (got, want));
}

static void
check_triple (GByteArray **keys)
{
  if (compare (keys[0], keys[1]) <= 0 && compare (keys[1], keys[2]) <= 0)
    g_assert (compare (keys[0], keys[2]) <= 0);
}

static void
check_texts (SvScheme scheme, char **texts)
{
  GByteArray *keys[3] = {NULL};
  gsize n = 0;
  for (gsize i = 0; i < 3 && texts[i] != NULL; i++) {
    keys[n] = build_key (scheme, texts[i]);
    if (keys[n] == NULL)
      continue;
    texts[n] = texts[i];
    check_rewritings (scheme, texts[n], keys[n]);
    check_epoch (scheme, texts[n], keys[n]);
    n++;
  }
  if (n >= 2)
    check_pair (scheme, texts, keys);
  if (n == 3)
    check_triple (keys);
  for (gsize i = 0; i < n; i++)
    g_byte_array_unref (keys[i]);
}

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  if (size == 0)
    return 0;
  g_autofree char *input = g_strndup ((const char *)data + 1, size - 1);
  g_auto (GStrv) texts = g_strsplit (input, "\n", 4);
  g_autofree char **borrowed = g_memdup2 (texts, (g_strv_length (texts) + 1) * sizeof *texts);
  check_texts (data[0] % SV_N_SCHEMES, borrowed);
  return 0;
}
