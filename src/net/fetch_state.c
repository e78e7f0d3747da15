#include "net/fetch_state.h"

#include <string.h>
#include <unistd.h>

static const struct {
  const char *name;
  gsize offset;
} lines[] = {{"URL", G_STRUCT_OFFSET (SvFetchState, url)},
             {"ETag", G_STRUCT_OFFSET (SvFetchState, etag)},
             {"Last-Modified", G_STRUCT_OFFSET (SvFetchState, last_modified)}};

static char **
member_of (SvFetchState *state, guint line)
{
  return &G_STRUCT_MEMBER (char *, state, lines[line].offset);
}

void
sv_fetch_state_clear (SvFetchState *state)
{
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_clear_pointer (member_of (state, i), g_free);
}

static void
parse_line (SvFetchState *state, const char *text)
{
  const char *colon = strchr (text, ':');
  for (guint i = 0; colon != NULL && i < G_N_ELEMENTS (lines); i++) {
    char **member = member_of (state, i);
    gsize length = strlen (lines[i].name);
    if ((gsize)(colon - text) == length && strncmp (text, lines[i].name, length) == 0 &&
        *member == NULL)
      *member = g_strstrip (g_strdup (colon + 1));
  }
}

static char *
state_path (const char *path)
{
  return g_strconcat (path, ".meta", NULL);
}

void
sv_fetch_state_load (const char *path, const char *url, SvFetchState *ret_state)
{
  g_autofree char *file = state_path (path);
  g_autoptr (GBytes) bytes = sv_file_read (file, SV_LIMIT_LINE_BYTES, NULL);
  *ret_state = (SvFetchState){0};
  if (bytes == NULL)
    return;
  g_auto (GStrv) texts = g_strsplit (g_bytes_get_data (bytes, NULL), "\n", -1);
  for (guint i = 0; texts[i] != NULL; i++)
    parse_line (ret_state, texts[i]);
  if (g_strcmp0 (ret_state->url, url) != 0)
    sv_fetch_state_clear (ret_state);
}

gboolean
sv_fetch_state_save (const char *path, const SvFetchState *state, GError **error)
{
  g_autofree char *file = state_path (path);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) cause = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    char *value = *member_of ((SvFetchState *)state, i);
    if (value != NULL)
      g_string_append_printf (text, "%s: %s\n", lines[i].name, value);
  }
  if (g_file_set_contents_full (file, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                                0600, &cause))
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "cannot write '%s': %s", file, cause->message);
  return FALSE;
}

void
sv_fetch_state_remove (const char *path)
{
  g_autofree char *file = state_path (path);
  unlink (file);
}

const char *
sv_fetch_state_find_strong (const SvFetchState *state)
{
  if (state->etag != NULL && !g_str_has_prefix (state->etag, "W/"))
    return state->etag;
  return state->last_modified;
}
