#include "exposure/policy.h"

#include <string.h>

typedef struct {
  const char *origin; /* patterns; NULL: anything, absence included */
  const char *label;
  const char *suite; /* or codename */
} SecurityRow;

static const SecurityRow security_rows[] = {
    {"Debian", "Debian-Security", NULL},
    {"Debian", NULL, "*-security"},
    {"Ubuntu", NULL, "*-security"},
    {"UbuntuESM*", NULL, "*-security"},
    {"Devuan", "Devuan-Security", NULL},
    {"Devuan", NULL, "*-security"},
    {"PureOS", NULL, "*-security"},
    {"", NULL, "*-security"}, /* no Release file here: all that is known is the name */
};

gboolean
sv_policy_is_security (const SvIndex *index)
{
  const char *origin = index->origin != NULL ? index->origin : "";
  for (gsize i = 0; i < G_N_ELEMENTS (security_rows); i++) {
    const SecurityRow *row = &security_rows[i];
    if (sv_text_glob (row->origin, origin) &&
        (row->label == NULL || g_strcmp0 (row->label, index->label) == 0) &&
        (row->suite == NULL || (index->suite != NULL && sv_text_glob (row->suite, index->suite)) ||
         (index->codename != NULL && sv_text_glob (row->suite, index->codename))))
      return TRUE;
  }
  return FALSE;
}

/* --- as apt prints it --- */

/* apt prints archives of one label and version once. */
static gboolean
was_printed (const GPtrArray *indexes, guint position)
{
  const SvIndex *index = g_ptr_array_index (indexes, position);
  for (guint i = 0; index->label != NULL && i < position; i++) {
    const SvIndex *other = g_ptr_array_index (indexes, i);
    if (g_strcmp0 (other->label, index->label) == 0 &&
        g_strcmp0 (other->version, index->version) == 0)
      return TRUE;
  }
  return FALSE;
}

static void
append_origin (GString *out, const SvIndex *index)
{
  if (index->label != NULL)
    g_string_append_printf (out, "%s:", index->label);
  if (index->suite == NULL)
    g_string_append (out, !sv_text_is_empty (index->site) ? index->site : "localhost");
  else if (index->version == NULL)
    g_string_append (out, index->suite);
  else
    g_string_append_printf (out, "%s/%s", index->version, index->suite);
}

char *
sv_policy_format_origin (const GPtrArray *indexes)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (guint i = 0; i < indexes->len; i++) {
    if (was_printed (indexes, i))
      continue;
    if (out->len > 0)
      g_string_append (out, ", ");
    append_origin (out, g_ptr_array_index (indexes, i));
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
