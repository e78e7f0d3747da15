#include "advisory/osv_range.h"

#include <string.h>

const char *const sv_osv_event_names[] = {"introduced", "fixed", "last_affected", "limit", NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (sv_osv_event_names) == SV_N_OSV_EVENTS + 1);

void
sv_osv_event_free (gpointer data)
{
  SvOsvEvent *event = data;
  g_free (event->version);
  g_clear_pointer (&event->key, g_bytes_unref);
  g_free (event);
}

static gboolean
set_keys (SvScheme scheme, GPtrArray *events, GError **error)
{
  for (guint i = 0; i < events->len; i++) {
    SvOsvEvent *event = events->pdata[i];
    if (strcmp (event->version, "0") == 0)
      continue;
    event->key = sv_version_key (scheme, event->version, error);
    if (event->key == NULL)
      return FALSE;
  }
  return TRUE;
}

static int
compare_keys (GBytes *a, GBytes *b)
{
  if (a == NULL || b == NULL)
    return (a != NULL) - (b != NULL);
  return sv_key_bytes_compare (a, b);
}

static gint
compare_events (gconstpointer a, gconstpointer b)
{
  return compare_keys ((*(SvOsvEvent *const *)a)->key, (*(SvOsvEvent *const *)b)->key);
}

/* "*" stands for no limit at all. */
static void
drop_endless_limits (GPtrArray *events)
{
  for (guint i = events->len; i-- > 0;) {
    const SvOsvEvent *event = events->pdata[i];
    if (event->kind == SV_OSV_LIMIT && strcmp (event->version, "*") == 0)
      g_ptr_array_remove_index (events, i);
  }
}

/* The highest limit of the range, or NULL. */
static const SvOsvEvent *
find_limit (const GPtrArray *events)
{
  for (guint i = events->len; i-- > 0;) {
    const SvOsvEvent *event = events->pdata[i];
    if (event->kind == SV_OSV_LIMIT)
      return event;
  }
  return NULL;
}

static gboolean
begins_behind (const SvOsvInterval *interval, const SvOsvEvent *limit)
{
  return limit != NULL && compare_keys (interval->introduced->key, limit->key) >= 0;
}

gboolean
sv_osv_add_range (SvScheme scheme, GPtrArray *events, GArray *intervals, GError **error)
{
  drop_endless_limits (events);
  if (!set_keys (scheme, events, error))
    return FALSE;
  g_ptr_array_sort (events, compare_events); /* stable: ties keep the order of the document */
  const SvOsvEvent *limit = find_limit (events);
  SvOsvInterval open = {0};
  for (guint i = 0; i < events->len; i++) {
    const SvOsvEvent *event = events->pdata[i];
    if (event->kind == SV_OSV_INTRODUCED) {
      if (open.introduced == NULL)
        open.introduced = event;
      continue;
    }
    if (open.introduced == NULL || event->kind == SV_OSV_LIMIT)
      continue;
    *(event->kind == SV_OSV_FIXED ? &open.fixed : &open.last_affected) = event;
    g_array_append_val (intervals, open);
    open = (SvOsvInterval){0};
  }
  if (open.introduced != NULL && !begins_behind (&open, limit)) {
    open.fixed = limit;
    g_array_append_val (intervals, open);
  }
  return TRUE;
}

#define MAX_COMPARISONS 10000000

static gboolean
covers (const SvOsvInterval *interval, GBytes *key)
{
  return compare_keys (interval->introduced->key, key) <= 0 &&
         (interval->fixed == NULL || compare_keys (key, interval->fixed->key) < 0) &&
         (interval->last_affected == NULL || compare_keys (key, interval->last_affected->key) <= 0);
}

gboolean
sv_osv_add_versions (SvScheme scheme, GPtrArray *versions, GArray *intervals, GError **error)
{
  guint n_ranges = intervals->len;
  if ((guint64)n_ranges * versions->len > MAX_COMPARISONS) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "%u ranges and %u versions: too many",
                 n_ranges, versions->len);
    return FALSE;
  }
  if (!set_keys (scheme, versions, error))
    return FALSE;
  for (guint i = 0; i < versions->len; i++) {
    const SvOsvEvent *version = versions->pdata[i];
    gboolean covered = FALSE;
    for (guint k = 0; k < n_ranges && !covered; k++)
      covered = covers (&g_array_index (intervals, SvOsvInterval, k), version->key);
    SvOsvInterval itself = {.introduced = version, .last_affected = version};
    if (!covered)
      g_array_append_val (intervals, itself);
  }
  return TRUE;
}
