#include "table.h"

#include <string.h>

#define N_COLUMNS 6

typedef struct {
  char *cells[N_COLUMNS]; /* a part or a note has the first alone */
  gboolean spans;
} Row;

struct BenchTable {
  GPtrArray *rows;
  guint missed;
};

static const char *const verdict_words[] = {"", "met", "MISSED"};

static void
row_free (gpointer data)
{
  Row *row = data;
  for (guint i = 0; i < N_COLUMNS; i++)
    g_free (row->cells[i]);
  g_free (row);
}

static Row *
add_row (BenchTable *table)
{
  Row *row = g_new0 (Row, 1);
  g_ptr_array_add (table->rows, row);
  return row;
}

BenchTable *
bench_table_new (void)
{
  BenchTable *table = g_new0 (BenchTable, 1);
  table->rows = g_ptr_array_new_with_free_func (row_free);
  bench_table_add (table, "", g_strdup ("ours"), g_strdup ("peer"), g_strdup ("ratio"), "bar",
                   BENCH_NO_BAR);
  return table;
}

void
bench_table_free (BenchTable *table)
{
  g_ptr_array_unref (table->rows);
  g_free (table);
}

void
bench_table_add_part (BenchTable *table, const char *title)
{
  Row *row = add_row (table);
  row->spans = TRUE;
  row->cells[0] = g_strdup_printf ("\n%s", title);
}

void
bench_table_add (BenchTable *table, const char *what, char *ours, char *peer, char *ratio,
                 const char *bar, BenchVerdict verdict)
{
  const Row row = {{g_strdup_printf ("  %s", what), ours, peer, ratio, g_strdup (bar),
                    g_strdup (verdict_words[verdict])},
                   FALSE};
  *add_row (table) = row;
  table->missed += verdict == BENCH_MISSED;
}

void
bench_table_add_note (BenchTable *table, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  Row *row = add_row (table);
  row->spans = TRUE;
  row->cells[0] = g_strdup_printf ("    %s", text);
}

static const char *
cell (const Row *row, guint column)
{
  return row->cells[column] != NULL ? row->cells[column] : "-";
}

static void
print_row (const Row *row, const glong *widths)
{
  g_autoptr (GString) line = g_string_new (NULL);
  for (guint i = 0; i < N_COLUMNS && !(row->spans && i > 0); i++) {
    glong room = row->spans ? 0 : widths[i] - g_utf8_strlen (cell (row, i), -1);
    g_string_append_printf (line, "%s%*s  ", cell (row, i), (int)room, "");
  }
  g_print ("%s\n", g_strchomp (line->str));
}

void
bench_table_print (const BenchTable *table)
{
  glong widths[N_COLUMNS] = {0};
  for (guint r = 0; r < table->rows->len; r++) {
    const Row *row = table->rows->pdata[r];
    for (guint i = 0; i < N_COLUMNS && !row->spans; i++)
      widths[i] = MAX (widths[i], g_utf8_strlen (cell (row, i), -1));
  }
  for (guint r = 0; r < table->rows->len; r++)
    print_row (table->rows->pdata[r], widths);
  if (table->missed > 0)
    g_print ("\n%u bar%s MISSED\n", table->missed, table->missed == 1 ? "" : "s");
}
