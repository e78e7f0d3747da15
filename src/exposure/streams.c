#include "exposure/streams.h"

#include "advisory/advisory.h"

#include <string.h>

struct SvStreams {
  GHashTable *labels;  /* tag of a module build -> label; "" where labels contradict each other */
  GHashTable *enabled; /* set of labels; NULL: not known */
};

static char *
dup_tag (const char *version)
{
  gsize length;
  const char *tag = version != NULL ? sv_module_find_build (version, &length) : NULL;
  return tag != NULL ? g_strndup (tag, length) : NULL;
}

static void
learn (SvStreams *streams, const SvPackage *package)
{
  g_autofree char *tag = dup_tag (package->version);
  if (tag == NULL || sv_text_is_empty (package->module))
    return;
  const char *known = g_hash_table_lookup (streams->labels, tag);
  if (known == NULL)
    g_hash_table_insert (streams->labels, g_steal_pointer (&tag), package->module);
  else if (strcmp (known, package->module) != 0)
    g_hash_table_insert (streams->labels, g_steal_pointer (&tag), (gpointer) "");
}

SvStreams *
sv_streams_new (const SvInventory *inventory)
{
  SvStreams *streams = g_new0 (SvStreams, 1);
  const GPtrArray *modules = inventory->modules;
  streams->labels = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < inventory->packages->len; i++)
    learn (streams, inventory->packages->pdata[i]);
  if (modules == NULL || modules->len == 0)
    return streams;
  streams->enabled = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < modules->len; i++)
    g_hash_table_add (streams->enabled, modules->pdata[i]);
  return streams;
}

void
sv_streams_free (SvStreams *streams)
{
  if (streams == NULL)
    return;
  g_hash_table_unref (streams->labels);
  g_clear_pointer (&streams->enabled, g_hash_table_unref);
  g_free (streams);
}

const char *
sv_streams_find (const SvStreams *streams, const char *version)
{
  g_autofree char *tag = streams != NULL ? dup_tag (version) : NULL;
  const char *label = tag != NULL ? g_hash_table_lookup (streams->labels, tag) : NULL;
  return sv_text_or_null (label);
}

gboolean
sv_streams_is_off (const SvStreams *streams, const char *label)
{
  return streams != NULL && streams->enabled != NULL &&
         !g_hash_table_contains (streams->enabled, label);
}
