#include "advisory/lists.h"

#include <string.h>

static const char *const compressions[] = {".zst", ".lz4", ".xz", ".gz", ".bz2", ".lzma"};

typedef struct {
  const char *suffix;
  SvListKind kind;
} KindRow;

static const KindRow kind_rows[] = {
    {"InRelease", SV_LIST_INRELEASE},
    {"Release", SV_LIST_RELEASE},
    {"Release.gpg", SV_LIST_SIGNATURE},
    {"Packages", SV_LIST_PACKAGES},
};

SvListKind
sv_list_classify (const char *file, char **ret_stem)
{
  g_autofree char *name = g_strdup (file);

  for (gsize i = 0; i < G_N_ELEMENTS (compressions); i++)
    if (g_str_has_suffix (name, compressions[i]))
      name[strlen (name) - strlen (compressions[i])] = '\0';
  char *last = strrchr (name, '_');
  for (gsize i = 0; i < G_N_ELEMENTS (kind_rows); i++)
    if (strcmp (last != NULL ? last + 1 : name, kind_rows[i].suffix) == 0) {
      *ret_stem = g_strndup (name, last != NULL ? (gsize)(last - name) : 0);
      return kind_rows[i].kind;
    }
  *ret_stem = NULL;
  return SV_LIST_OTHER;
}

void
sv_list_place_clear (SvListPlace *place)
{
  g_clear_pointer (&place->site, g_free);
  g_clear_pointer (&place->suite, g_free);
  g_clear_pointer (&place->component, g_free);
  g_clear_pointer (&place->arch, g_free);
}

/* Cuts @text at the last @mark; what stands behind it is returned, NULL if @mark is not there. */
static char *
cut_last (char *text, const char *mark)
{
  char *at = g_strrstr (text, mark);
  if (at == NULL)
    return NULL;
  *at = '\0';
  return g_strdup (at + strlen (mark));
}

void
sv_list_guess_place (const char *stem, SvListPlace *ret_place)
{
  static const char dists[] = "_dists_";
  g_autofree char *rest = g_strdup (stem);
  char *suite;

  *ret_place = (SvListPlace){.arch = cut_last (rest, "_binary-")};
  if (ret_place->arch != NULL)
    ret_place->component = cut_last (rest, "_");
  suite = strstr (rest, dists);
  if (suite != NULL) {
    ret_place->site = g_strndup (rest, strcspn (rest, "_"));
    suite += strlen (dists);
  } else {
    suite = rest;
  }
  /* "_updates" of old security archives belongs to the component. */
  ret_place->suite = g_strndup (suite, strcspn (suite, "_"));
}

/* apt's own list of characters that may not stand in its file names. */
static const char quoted[] = "\\|{}[]<>\"^~_=!@#$%&*";

static void
append_quoted (GString *out, const char *text)
{
  for (; *text != '\0'; text++)
    if (strchr (quoted, *text) != NULL || (guchar)*text <= 0x20 || (guchar)*text >= 0x7f)
      g_string_append_printf (out, "%%%02x", (guchar)*text);
    else
      g_string_append_c (out, *text == '/' ? '_' : *text);
}

/* Behind "scheme://user@", or behind "scheme:" where there is no host. */
static const char *
skip_scheme (const char *uri)
{
  const char *colon = strchr (uri, ':');
  if (colon == NULL)
    return uri;
  if (!g_str_has_prefix (colon, "://"))
    return colon + 1;
  const char *host = colon + 3;
  gsize authority = strcspn (host, "/");
  const char *at = memrchr (host, '@', authority);
  return at != NULL ? at + 1 : host;
}

char *
sv_list_repository_stem (const char *uri, const char *suite)
{
  g_autoptr (GString) stem = g_string_new (NULL);
  g_autofree char *folder =
      g_str_has_suffix (uri, "/") ? g_strdup (uri) : g_strconcat (uri, "/", NULL);
  gboolean flat = g_str_has_suffix (suite, "/");

  append_quoted (stem, skip_scheme (folder));
  if (!flat)
    g_string_append (stem, "dists_");
  append_quoted (stem, suite);
  while (stem->len > 0 && stem->str[stem->len - 1] == '_')
    g_string_truncate (stem, stem->len - 1);
  return g_string_free (g_steal_pointer (&stem), FALSE);
}
