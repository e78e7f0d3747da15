/* The table of results. */
#pragma once

#include <glib.h>

typedef enum {
  BENCH_NO_BAR,
  BENCH_MET,
  BENCH_MISSED,
} BenchVerdict;

typedef struct BenchTable BenchTable;

BenchTable *bench_table_new (void);
void bench_table_free (BenchTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BenchTable, bench_table_free)

/* A heading over the rows that follow. */
void bench_table_add_part (BenchTable *table, const char *title);

/* One row; all strings are taken, NULL prints as "-". */
void bench_table_add (BenchTable *table, const char *what, char *ours, char *peer, char *ratio,
                      const char *bar, BenchVerdict verdict);

/* Something that could not be measured, or a remark. */
void bench_table_add_note (BenchTable *table, const char *format, ...) G_GNUC_PRINTF (2, 3);

void bench_table_print (const BenchTable *table);
