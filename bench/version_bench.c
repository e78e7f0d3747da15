/* version-bench DATA: how fast versions compare, ours by key and theirs by their own parsed form,
 * over the same real pairs. One line per scheme: "scheme TAB pairs TAB wrong TAB ours TAB theirs
 * TAB keys made", the last three in millions per second; "-" where a library is absent. */
#include "pkg/version.h"

#include <time.h>

#if SALVE_HAVE_LIBDPKG
#include <dpkg/dpkg.h>
#include <dpkg/dpkg-db.h>
#endif
#if SALVE_HAVE_LIBRPM
#include <rpm/rpmver.h>
#endif

#define COMPARES 20000000 /* ours; theirs does a quarter of it */

typedef struct {
  const guint8 *data;
  gsize size;
  gpointer parsed; /* NULL: there is no library */
  char *text;
} Version;

typedef struct {
  SvScheme scheme;
  const char *vectors;  /* under vectors/ */
  const char *roots[4]; /* under debian/: status before and after patching */
  gpointer (*parse) (const char *text);
  double (*measure) (const GArray *versions, gint64 *ret_sum);
  int (*compare) (gconstpointer a, gconstpointer b);
} Side;

/* CPU time: other work on the machine does not count. */
static gint64
now_us (void)
{
  struct timespec now;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static double
millions_per_second (guint64 count, gint64 begin_us)
{
  return (double)count / (double)MAX (now_us () - begin_us, 1);
}

/* Runs EXPRESSION over neighbouring pairs a, b in turn; the sum keeps the compiler from leaving it
 * out. Spelled as a macro so that neither side pays for a call through a pointer. */
#define MEASURE(count, EXPRESSION)                                                                 \
  gint64 begin_us = now_us ();                                                                     \
  for (guint64 done = 0; done < (count);)                                                          \
    for (guint i = 0; i + 1 < versions->len; i += 2, done++) {                                     \
      const Version *a = &g_array_index (versions, Version, i), *b = a + 1;                        \
      *ret_sum += (EXPRESSION) < 0;                                                                \
    }                                                                                              \
  return millions_per_second (count, begin_us);

static double
measure_keys (const GArray *versions, gint64 *ret_sum)
{
  MEASURE (COMPARES, sv_key_compare (a->data, a->size, b->data, b->size))
}

static double
measure_making (SvScheme scheme, const GArray *versions)
{
  g_autoptr (GByteArray) key = g_byte_array_new ();
  guint64 count = COMPARES / 10;
  gint64 begin_us = now_us ();
  for (guint64 i = 0; i < count; i++) {
    g_byte_array_set_size (key, 0);
    sv_version_append_key (scheme, g_array_index (versions, Version, i % versions->len).text, key,
                           NULL);
  }
  return millions_per_second (count, begin_us);
}

#if SALVE_HAVE_LIBDPKG
static gpointer
parse_dpkg (const char *text)
{
  struct dpkg_version *version = g_new0 (struct dpkg_version, 1);
  struct dpkg_error reason = DPKG_ERROR_INIT;
  return parseversion (version, g_strdup (text), &reason) == 0 ? version : NULL;
}

static int
compare_dpkg (gconstpointer a, gconstpointer b)
{
  return dpkg_version_compare (a, b);
}

static double
measure_dpkg (const GArray *versions, gint64 *ret_sum)
{
  MEASURE (COMPARES / 4, dpkg_version_compare (a->parsed, b->parsed))
}
#else
#define parse_dpkg NULL
#define compare_dpkg NULL
#define measure_dpkg NULL
#endif

#if SALVE_HAVE_LIBRPM
static gpointer
parse_rpm (const char *text)
{
  return rpmverParse (text);
}

static int
compare_rpm (gconstpointer a, gconstpointer b)
{
  return rpmverCmp ((rpmver)a, (rpmver)b);
}

static double
measure_rpm (const GArray *versions, gint64 *ret_sum)
{
  MEASURE (COMPARES / 4, rpmverCmp (a->parsed, b->parsed))
}
#else
#define parse_rpm NULL
#define compare_rpm NULL
#define measure_rpm NULL
#endif

static const Side sides[] = {
    {SV_SCHEME_DEB,
     "dpkg-compare.tsv",
     {"rootfs-a-bookworm-minbase", "rootfs-b-bookworm-server", "rootfs-e-bullseye-small"},
     parse_dpkg,
     measure_dpkg,
     compare_dpkg},
    {SV_SCHEME_RPM, "rpm-evr-compare.tsv", {NULL}, parse_rpm, measure_rpm, compare_rpm},
};

static gboolean
make_version (const Side *side, const char *text, Version *ret_version)
{
  GBytes *key = sv_version_key (side->scheme, text, NULL);
  gpointer parsed = key != NULL && side->parse != NULL ? side->parse (text) : NULL;
  if (key == NULL || (side->parse != NULL && parsed == NULL))
    return FALSE;
  *ret_version = (Version){.parsed = parsed, .text = g_strdup (text)};
  ret_version->data = g_bytes_get_data (key, &ret_version->size);
  return TRUE;
}

static void
add_pair (const Side *side, const char *a, const char *b, GArray *versions)
{
  Version pair[2];
  if (make_version (side, a, &pair[0]) && make_version (side, b, &pair[1]))
    g_array_append_vals (versions, pair, 2);
}

static GStrv
read_lines (const char *data, const char *folder, const char *path)
{
  g_autofree char *full = g_build_filename (data, folder, path, NULL);
  g_autofree char *text = NULL;
  return g_file_get_contents (full, &text, NULL, NULL) ? g_strsplit (text, "\n", -1)
                                                       : g_new0 (char *, 1);
}

static void
add_vectors (const Side *side, const char *data, GArray *versions)
{
  g_auto (GStrv) lines = read_lines (data, "vectors", side->vectors);
  for (guint i = 1; i < g_strv_length (lines); i++) {
    g_auto (GStrv) columns = g_strsplit (lines[i], "\t", 3);
    if (g_strv_length (columns) >= 2)
      add_pair (side, columns[0], columns[1], versions);
  }
}

/* package -> version */
static GHashTable *
read_status (const char *data, const char *root, const char *file)
{
  GHashTable *versions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autofree char *folder = g_build_filename ("debian", root, NULL);
  g_auto (GStrv) lines = read_lines (data, folder, file);
  const char *name = NULL;
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], "Package: "))
      name = lines[i] + strlen ("Package: ");
    else if (g_str_has_prefix (lines[i], "Version: ") && name != NULL)
      g_hash_table_replace (versions, g_strdup (name), g_strdup (lines[i] + strlen ("Version: ")));
  return versions;
}

/* Each package of a real root, before and after patching. */
static void
add_root (const Side *side, const char *data, const char *root, GArray *versions)
{
  g_autoptr (GHashTable) before = read_status (data, root, "dpkg-status");
  g_autoptr (GHashTable) after = read_status (data, root, "after/dpkg-status");
  GHashTableIter iter;
  gpointer name, version;
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &name, &version)) {
    const char *newer = g_hash_table_lookup (after, name);
    if (newer != NULL)
      add_pair (side, version, newer, versions);
  }
}

static guint
count_wrong (const Side *side, const GArray *versions)
{
  guint wrong = 0;
  for (guint i = 0; side->compare != NULL && i + 1 < versions->len; i += 2) {
    const Version *a = &g_array_index (versions, Version, i), *b = a + 1;
    int ours = sv_key_compare (a->data, a->size, b->data, b->size);
    int theirs = side->compare (a->parsed, b->parsed);
    wrong += (ours > 0) - (ours < 0) != (theirs > 0) - (theirs < 0);
  }
  return wrong;
}

static void
run_side (const Side *side, const char *data)
{
  g_autoptr (GArray) versions = g_array_new (FALSE, TRUE, sizeof (Version));
  add_vectors (side, data, versions);
  for (guint i = 0; side->roots[i] != NULL; i++)
    add_root (side, data, side->roots[i], versions);
  if (versions->len == 0)
    return;
  gint64 sum = 0;
  double ours = measure_keys (versions, &sum);
  g_autofree char *theirs = side->measure != NULL
                                ? g_strdup_printf ("%.2f", side->measure (versions, &sum))
                                : g_strdup ("-");
  g_print ("%s\t%u\t%u\t%.2f\t%s\t%.2f\n", sv_scheme_names[side->scheme], versions->len / 2,
           count_wrong (side, versions), ours, theirs, measure_making (side->scheme, versions));
  if (sum < 0)
    g_print ("never\n");
}

int
main (int argc, char **argv)
{
  for (gsize i = 0; argc == 2 && i < G_N_ELEMENTS (sides); i++)
    run_side (&sides[i], argv[1]);
  return argc == 2 ? 0 : 2;
}
