/* What is counted of requests, for Prometheus. Safe on any thread.
 * Source: Prometheus text exposition format 0.0.4. */
#pragma once

#include "net/net.h"

typedef struct SvMetrics SvMetrics;

/* @tables must outlive it. */
SvMetrics *sv_metrics_new (const SvRouteTable *const *tables, gsize n_tables);
void sv_metrics_free (SvMetrics *metrics);

/* @route: NULL for what no route was found for; @status: 0 if the client went before the answer. */
void sv_metrics_observe (SvMetrics *metrics, const SvRoute *route, guint status,
                         gint64 duration_us);

/* Appends the counters and histograms of requests. */
void sv_metrics_append (const SvMetrics *metrics, GString *out);

/* "# HELP", "# TYPE" of a metric; then its samples follow. */
void sv_metrics_append_heading (GString *out, const char *name, const char *type, const char *help);
/* One sample with one label (nullable), whose value may be anything. */
void sv_metrics_append_sample (GString *out, const char *name, const char *label,
                               const char *label_value, double value);
