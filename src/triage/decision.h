/* A decision table: points with ordered values, one row per combination, one outcome per row. */
#pragma once

#include "base/base.h"

#define SV_DECISION_POINTS 4 /* most inputs of one table */

/* Values are numbered from 1 in ascending gravity, as published; 0 is "unknown". So a value is also
 * the SV_TYPE_ENUM of a record whose names are `names`. */
typedef struct {
  const char *option;       /* flag and configuration key: "human-impact" */
  const char *name;         /* as published: "Human Impact" */
  const char *version;      /* as published: "2.0.2" */
  const char *const *names; /* "unknown", then the published names in lower case; NULL-terminated */
  const char *const *keys;  /* "?", then the published keys; parallel to `names`; NULL: no keys */
  const char *const *aliases; /* (nullable) what else sources write; parallel, "" for none */
  guint assumed;              /* what to assume while nothing is known */
} SvDecisionPoint;

/* Lists of a point's texts, with the "unknown" in front. */
#define SV_VALUE_NAMES(...)                                                                        \
  {                                                                                                \
    "unknown", __VA_ARGS__, NULL                                                                   \
  }
#define SV_VALUE_KEYS(...) ((const char *const[]){"?", __VA_ARGS__, NULL})
#define SV_VALUE_ALIASES(...) ((const char *const[]){"", __VA_ARGS__, NULL})

/* One row: the value of each point of the table in its order, then the outcome's. */
typedef guint8 SvDecisionRow[SV_DECISION_POINTS + 1];

typedef struct {
  const char *name;
  const char *version;
  const SvDecisionPoint *points[SV_DECISION_POINTS];
  guint n_points;
  const SvDecisionPoint *outcome; /* its values in ascending urgency */
  const SvDecisionRow *rows;      /* in published order */
  guint n_rows;
} SvDecisionTable;

/* A set of values of one point: bit 1 << value. 0 says as little as all of them. */
typedef guint SvValueSet;

guint sv_decision_point_count (const SvDecisionPoint *point);    /* values without "unknown" */
SvValueSet sv_decision_point_all (const SvDecisionPoint *point); /* every value but "unknown" */

/* The set that the value of a record stands for: itself, or everything for 0. */
SvValueSet sv_decision_point_set (const SvDecisionPoint *point, guint value);

/* The only value of @set, or 0 if it holds none or several. */
guint sv_value_set_single (SvValueSet set);

/**
 * sv_decision_point_assume:
 *
 * The value to go on with while @set is all that is known: the point's published default where the
 * set allows it, else the gravest value of the set.
 */
guint sv_decision_point_assume (const SvDecisionPoint *point, SvValueSet set);

/**
 * sv_decision_point_parse:
 * @text: a name ("very high", "very-high", "VERY_HIGH"), a published key ("VH"), an alias ("poc"),
 * or "unknown"
 *
 * Errors: SV_ERROR_USAGE names the allowed values.
 */
gboolean sv_decision_point_parse (const SvDecisionPoint *point, const char *text, gint *ret_value,
                                  GError **error);

/* The same for several values with ',' between them, any of which may hold. */
gboolean sv_decision_point_parse_set (const SvDecisionPoint *point, const char *text,
                                      SvValueSet *ret_set, GError **error);

/* New string: "controlled", "small or controlled", "unknown" for all or none. */
char *sv_decision_point_format (const SvDecisionPoint *point, SvValueSet set);

typedef struct {
  SvValueSet outcomes;                /* every outcome that may hold */
  guint best, worst;                  /* least and most urgent of them */
  const guint8 *best_row, *worst_row; /* first rows in published order that lead there */
  guint n_rows;                       /* how many rows are possible */
} SvDecision;

/**
 * sv_decision_decide:
 * @possible: one set per point of the table
 *
 * The range of outcomes over every combination of possible values. Pure, never fails on a table
 * that sv_decision_table_check() accepts. Source: SSVC, partial or incomplete information.
 */
SvDecision sv_decision_decide (const SvDecisionTable *table, const SvValueSet possible[]);

/* Proves that every combination of values has exactly one row and nothing else is in the table.
 * Errors: SV_ERROR_INVALID_DATA names the first row or combination that breaks this. */
gboolean sv_decision_table_check (const SvDecisionTable *table, GError **error);
