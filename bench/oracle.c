/* oracle ROWS PACKAGES: who is affected, by dpkg's own comparison and nothing of ours. Rows are
 * "source TAB flaw TAB fixed" ("-": no fix), packages "binary TAB source TAB source version".
 * Prints each "flaw TAB source" once. */
#include <dpkg/dpkg.h>
#include <dpkg/dpkg-db.h>
#include <glib.h>

typedef struct {
  char *columns[3];
  struct dpkg_version version; /* of column 2 */
} Line;

static void
parse (Line *line)
{
  struct dpkg_error reason = DPKG_ERROR_INIT;
  if (parseversion (&line->version, line->columns[2], &reason) != 0)
    g_error ("'%s': %s", line->columns[2], reason.str);
}

static GArray *
read_lines (const char *path)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  if (!g_file_get_contents (path, &text, NULL, &error))
    g_error ("%s", error->message);
  GArray *lines = g_array_new (FALSE, TRUE, sizeof (Line));
  g_auto (GStrv) rows = g_strsplit (text, "\n", -1);
  for (gsize i = 0; rows[i] != NULL && *rows[i] != '\0'; i++) {
    char **columns = g_strsplit (rows[i], "\t", 3);
    Line line = {{columns[0], columns[1], columns[2]}, {0}};
    if (g_strcmp0 (columns[2], "-") != 0)
      parse (&line);
    g_array_append_val (lines, line);
    g_free (columns);
  }
  return lines;
}

/* source -> GPtrArray of Line: the versions of it that are installed */
static GHashTable *
index_sources (GArray *packages)
{
  GHashTable *sources = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < packages->len; i++) {
    Line *package = &g_array_index (packages, Line, i);
    GPtrArray *versions = g_hash_table_lookup (sources, package->columns[1]);
    if (versions == NULL) {
      versions = g_ptr_array_new ();
      g_hash_table_insert (sources, package->columns[1], versions);
    }
    g_ptr_array_add (versions, package);
  }
  return sources;
}

static gboolean
is_affected (const Line *row, const GPtrArray *installed)
{
  gboolean open = row->columns[2][0] == '-';
  for (guint i = 0; installed != NULL && i < installed->len; i++) {
    const Line *package = installed->pdata[i];
    if (open || dpkg_version_compare (&package->version, &row->version) < 0)
      return TRUE;
  }
  return FALSE;
}

int
main (int argc, char **argv)
{
  if (argc != 3)
    return 2;
  GArray *rows = read_lines (argv[1]);
  GHashTable *installed = index_sources (read_lines (argv[2]));
  for (guint i = 0; i < rows->len; i++) {
    const Line *row = &g_array_index (rows, Line, i);
    if (is_affected (row, g_hash_table_lookup (installed, row->columns[0])))
      g_print ("%s\t%s\n", row->columns[1], row->columns[0]);
  }
  return 0; /* what was read lives as long as the program */
}
