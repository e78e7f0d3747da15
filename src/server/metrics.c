#include "server/metrics.h"

#include <stdatomic.h>

/* Upper bounds of the buckets of durations, microseconds. */
static const gint64 bounds_us[] = {1000,   2500,   5000,   10000,   25000,   50000,
                                   100000, 250000, 500000, 1000000, 2500000, 10000000};
#define N_BOUNDS G_N_ELEMENTS (bounds_us)
#define N_CLASSES 6 /* 0: no answer, then 1xx to 5xx */

static const char *const class_names[N_CLASSES] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};

typedef struct {
  const SvRoute *route; /* NULL: none was found */
  _Atomic guint64 classes[N_CLASSES];
  _Atomic guint64 buckets[N_BOUNDS + 1];
  _Atomic guint64 sum_us;
} Entry;

struct SvMetrics {
  GHashTable *by_route; /* Entry; not changed after the start */
  GPtrArray *entries;   /* in the order of the tables */
};

static void
add_entry (SvMetrics *metrics, const SvRoute *route)
{
  Entry *entry = g_new0 (Entry, 1);
  entry->route = route;
  g_ptr_array_add (metrics->entries, entry);
  g_hash_table_insert (metrics->by_route, (gpointer)route, entry);
}

SvMetrics *
sv_metrics_new (const SvRouteTable *const *tables, gsize n_tables)
{
  SvMetrics *metrics = g_new0 (SvMetrics, 1);
  metrics->by_route = g_hash_table_new (NULL, NULL);
  metrics->entries = g_ptr_array_new_with_free_func (g_free);
  add_entry (metrics, NULL);
  for (gsize i = 0; i < n_tables; i++)
    for (gsize k = 0; k < tables[i]->n; k++)
      add_entry (metrics, &tables[i]->routes[k]);
  return metrics;
}

void
sv_metrics_free (SvMetrics *metrics)
{
  if (metrics == NULL)
    return;
  g_hash_table_unref (metrics->by_route);
  g_ptr_array_unref (metrics->entries);
  g_free (metrics);
}

void
sv_metrics_observe (SvMetrics *metrics, const SvRoute *route, guint status, gint64 duration_us)
{
  Entry *entry = g_hash_table_lookup (metrics->by_route, route);
  gsize bucket = 0;
  while (bucket < N_BOUNDS && duration_us > bounds_us[bucket])
    bucket++;
  atomic_fetch_add (&entry->classes[MIN (status / 100, N_CLASSES - 1)], 1);
  atomic_fetch_add (&entry->buckets[bucket], 1);
  atomic_fetch_add (&entry->sum_us, (guint64)duration_us);
}

/* -- Text -- */

void
sv_metrics_append_heading (GString *out, const char *name, const char *type, const char *help)
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
append_escaped (GString *out, const char *text)
{
  for (const char *p = text; *p != '\0'; p++) {
    if (*p == '\\' || *p == '"')
      g_string_append_c (out, '\\');
    g_string_append (out, *p == '\n' ? "\\n" : (char[]){*p, '\0'});
  }
}

static void
append_number (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append (out, g_ascii_formatd (text, sizeof text, "%.15g", value));
}

void
sv_metrics_append_sample (GString *out, const char *name, const char *label,
                          const char *label_value, double value)
{
  g_string_append (out, name);
  if (label != NULL) {
    g_string_append_printf (out, "{%s=\"", label);
    append_escaped (out, label_value);
    g_string_append (out, "\"}");
  }
  g_string_append_c (out, ' ');
  append_number (out, value);
  g_string_append_c (out, '\n');
}

/* Paths and methods of the tables need no escapes. */
static void
append_labels (GString *out, const Entry *entry)
{
  g_string_append_printf (out, "{route=\"%s\",method=\"%s\"",
                          entry->route != NULL ? entry->route->path : "none",
                          entry->route != NULL ? sv_method_names[entry->route->method] : "any");
}

static guint64
count_of (const Entry *entry)
{
  guint64 count = 0;
  for (guint i = 0; i <= N_BOUNDS; i++)
    count += atomic_load (&entry->buckets[i]);
  return count;
}

static void
append_classes (GString *out, const Entry *entry)
{
  for (guint i = 0; i < N_CLASSES; i++) {
    guint64 count = atomic_load (&entry->classes[i]);
    if (count == 0)
      continue;
    g_string_append (out, "salve_http_requests_total");
    append_labels (out, entry);
    g_string_append_printf (out, ",code=\"%s\"} %" G_GUINT64_FORMAT "\n", class_names[i], count);
  }
}

static void
append_histogram (GString *out, const Entry *entry)
{
  guint64 count = 0;
  for (guint i = 0; i <= N_BOUNDS; i++) {
    count += atomic_load (&entry->buckets[i]);
    g_string_append (out, "salve_http_request_duration_seconds_bucket");
    append_labels (out, entry);
    g_string_append (out, ",le=\"");
    if (i < N_BOUNDS)
      append_number (out, (double)bounds_us[i] / 1e6);
    else
      g_string_append (out, "+Inf");
    g_string_append_printf (out, "\"} %" G_GUINT64_FORMAT "\n", count);
  }
  g_string_append (out, "salve_http_request_duration_seconds_sum");
  append_labels (out, entry);
  g_string_append (out, "} ");
  append_number (out, (double)atomic_load (&entry->sum_us) / 1e6);
  g_string_append (out, "\nsalve_http_request_duration_seconds_count");
  append_labels (out, entry);
  g_string_append_printf (out, "} %" G_GUINT64_FORMAT "\n", count);
}

static void
append_each (const SvMetrics *metrics, GString *out, void (*append) (GString *, const Entry *))
{
  for (guint i = 0; i < metrics->entries->len; i++)
    if (count_of (metrics->entries->pdata[i]) > 0)
      append (out, metrics->entries->pdata[i]);
}

void
sv_metrics_append (const SvMetrics *metrics, GString *out)
{
  sv_metrics_append_heading (out, "salve_http_requests_total", "counter",
                             "Requests, by route and class of status.");
  append_each (metrics, out, append_classes);
  sv_metrics_append_heading (out, "salve_http_request_duration_seconds", "histogram",
                             "From the request line to the last byte of the answer.");
  append_each (metrics, out, append_histogram);
}
