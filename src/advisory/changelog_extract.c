#include "advisory/changelog_fetch.h"

typedef struct {
  const char *pattern;
  int rank; /* higher is better */
} MemberRow;

/* "changelog.gz" is upstream's own where there is a Debian one beside it. */
static const MemberRow member_rows[] = {
    {"*usr/share/doc/*/changelog.Debian.gz", 2},
    {"*usr/share/doc/*/changelog.Debian", 2},
    {"*usr/share/doc/*/changelog.gz", 1},
    {"*usr/share/doc/*/changelog", 1},
};

typedef struct {
  GBytes *text;
  int rank;
} Extract;

static int
rank_member (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (member_rows); i++)
    if (sv_text_glob (member_rows[i].pattern, name))
      return member_rows[i].rank;
  return 0;
}

/* Ends the walk with SV_ERROR_EXISTS once nothing better can come. */
static gboolean
take_member (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  Extract *extract = user_data;
  int rank = rank_member (name);

  if (rank <= extract->rank)
    return TRUE;
  GBytes *text = sv_stream_read_all (content, SV_LIMIT_CHANGELOG_BYTES, error);
  if (text == NULL)
    return FALSE;
  g_clear_pointer (&extract->text, g_bytes_unref);
  extract->text = text;
  extract->rank = rank;
  if (rank < member_rows[0].rank)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_EXISTS, "the changelog was found");
  return FALSE;
}

static gboolean
open_member (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  if (!g_str_has_prefix (name, "data.tar"))
    return TRUE;
  return sv_documents_foreach_stream (content, NULL, take_member, user_data, error);
}

GBytes *
sv_changelog_extract (const char *deb, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (deb, error);
  g_autoptr (GError) cause = NULL;
  Extract extract = {0};

  if (stream == NULL)
    return NULL;
  if (!sv_documents_foreach_stream (stream, NULL, open_member, &extract, &cause) &&
      !sv_error_is (cause, SV_ERROR_EXISTS)) {
    g_clear_pointer (&extract.text, g_bytes_unref);
    g_propagate_error (error, g_steal_pointer (&cause));
    return NULL;
  }
  if (extract.text == NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "'%s' holds no changelog", deb);
  return extract.text;
}
