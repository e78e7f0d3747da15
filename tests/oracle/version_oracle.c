/* The keys of pkg against dpkg and rpm themselves, over the versions of the vectors and a large
 * random corpus of neighbours. Built with what is there of libdpkg and librpm. */
#include "pkg/version.h"

#if SALVE_HAVE_LIBDPKG
#include <dpkg/dpkg.h>
#include <dpkg/dpkg-db.h>
#endif
#if SALVE_HAVE_LIBRPM
#include <rpm/rpmver.h>
#endif

/* The foreign side: a parsed version that lives as long as the test. */
typedef struct {
  const char *name;
  SvScheme scheme;
  const char *vectors[3];               /* tables of real versions, columns a and b */
  gpointer (*parse) (const char *text); /* NULL if the package manager refuses it */
  int (*compare) (gconstpointer a, gconstpointer b);
  void (*free) (gpointer version);
  gboolean refusals_agree; /* whether what it takes must be taken here, too */
} Oracle;

typedef struct {
  const Oracle *oracle;
  char *text;
  GBytes *key;
  gpointer parsed;
} Sample;

static void
sample_free (gpointer data)
{
  Sample *sample = data;
  sample->oracle->free (sample->parsed);
  g_bytes_unref (sample->key);
  g_free (sample->text);
  g_free (sample);
}

#if SALVE_HAVE_LIBDPKG
static gpointer
parse_dpkg (const char *text)
{
  struct dpkg_version *version = g_new0 (struct dpkg_version, 1);
  struct dpkg_error reason = DPKG_ERROR_INIT;
  if (parseversion (version, text, &reason) == 0)
    return version;
  dpkg_error_destroy (&reason);
  g_free (version);
  return NULL;
}

static int
compare_dpkg (gconstpointer a, gconstpointer b)
{
  return dpkg_version_compare (a, b);
}
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

static void
free_rpm (gpointer version)
{
  rpmverFree (version);
}
#endif

static const Oracle oracles[] = {
#if SALVE_HAVE_LIBDPKG
    {"dpkg", SV_SCHEME_DEB, {"dpkg-compare.tsv"}, parse_dpkg, compare_dpkg, g_free, TRUE},
#endif
#if SALVE_HAVE_LIBRPM
    {"rpm",
     SV_SCHEME_RPM,
     {"rpm-evr-compare.tsv", "rpmvercmp.tsv"},
     parse_rpm,
     compare_rpm,
     free_rpm,
     FALSE},
#endif
    {NULL},
};

static int
sign (int order)
{
  return (order > 0) - (order < 0);
}

/* dpkg reads an epoch with strtol() and so takes a sign that its own policy forbids. */
static gboolean
is_signed_epoch (const char *text)
{
  return (*text == '+' || *text == '-') && strchr (text, ':') != NULL;
}

static void
add_sample (const Oracle *oracle, GPtrArray *samples, const char *text)
{
  g_autoptr (GBytes) key = sv_version_key (oracle->scheme, text, NULL);
  gpointer parsed = oracle->parse (text);
  if (key != NULL && parsed == NULL)
    g_error ("%s refuses '%s'", oracle->name, text);
  if (key == NULL && parsed != NULL) {
    if (oracle->refusals_agree && !is_signed_epoch (text))
      g_error ("%s takes '%s'", oracle->name, text);
    oracle->free (parsed);
  }
  if (key == NULL)
    return;
  Sample *sample = g_new (Sample, 1);
  *sample = (Sample){oracle, g_strdup (text), g_steal_pointer (&key), parsed};
  g_ptr_array_add (samples, sample);
}

static void
check_pair (const Sample *a, const Sample *b)
{
  int ours = sign (sv_key_bytes_compare (a->key, b->key));
  int theirs = sign (a->oracle->compare (a->parsed, b->parsed));
  if (ours != theirs)
    g_error ("'%s' to '%s': %s says %d, the keys say %d", a->text, b->text, a->oracle->name, theirs,
             ours);
}

static void
add_table (const Oracle *oracle, GPtrArray *samples, const char *name)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path = g_build_filename (data != NULL ? data : "", "vectors", name, NULL);
  g_autofree char *content = NULL;
  if (!g_file_get_contents (path, &content, NULL, NULL)) {
    g_test_message ("%s is absent: random versions only", name);
    return;
  }
  g_auto (GStrv) lines = g_strsplit (content, "\n", -1);
  for (guint i = 1; lines[i] != NULL && *lines[i] != '\0'; i++) {
    g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
    add_sample (oracle, samples, cells[0]);
    add_sample (oracle, samples, cells[1]);
  }
}

static const char *const pieces[] = {
    "0",
    "00",
    "1",
    "01",
    "9",
    "10",
    "100",
    "~",
    "~~",
    "^",
    "^^",
    "+",
    "-",
    ".",
    "..",
    "_",
    ":",
    "a",
    "b",
    "A",
    "Z",
    "z",
    "aa",
    "rc",
    "p1",
    "git",
    "\303",
    "0:",
    "1:",
    "00:",
    "-0",
    "-1",
    "-",
    "+b",
    "1a",
    "a1",
    "1",
    "2",
    "3",
    "4294967296",
    "2147483647:",
    "2147483648:",
    "18446744073709551616",
    "99999999999999999999998",
    "99999999999999999999999",
    "000000000000000000000000000001",
    "100000000000000000000000000000000000000000000000000000000000001",
    "100000000000000000000000000000000000000000000000000000000000002",
};

#define MAX_PIECES 9

typedef struct {
  guint n;
  const char *pieces[MAX_PIECES + 1]; /* with a NULL behind */
} Recipe;

static const char *
pick_piece (void)
{
  return pieces[g_test_rand_int_range (0, G_N_ELEMENTS (pieces))];
}

static void
recipe_fill (Recipe *recipe)
{
  *recipe = (Recipe){.n = (guint)g_test_rand_int_range (1, MAX_PIECES + 1)};
  for (guint i = 0; i < recipe->n; i++)
    recipe->pieces[i] = pick_piece ();
  if (g_test_rand_int_range (0, 4) > 0)
    recipe->pieces[0] = g_test_rand_bit () ? "1" : "0";
}

#define N_GROUPS 3000
#define GROUP_SIZE 24

/* One random version and its neighbours, each pair of them compared both ways. */
static guint64
add_group (const Oracle *oracle, GPtrArray *samples)
{
  guint first = samples->len;
  Recipe recipe;
  recipe_fill (&recipe);
  for (guint i = 0; i < GROUP_SIZE; i++) {
    Recipe neighbour = recipe;
    neighbour.pieces[g_test_rand_int_range (0, (gint32)recipe.n)] = pick_piece ();
    g_autofree char *text = g_strjoinv ("", (char **)neighbour.pieces);
    add_sample (oracle, samples, text);
  }
  for (guint i = first; i < samples->len; i++)
    for (guint j = first; j < samples->len; j++)
      check_pair (samples->pdata[i], samples->pdata[j]);
  return (guint64)(samples->len - first) * (samples->len - first);
}

static GPtrArray *
collect (const Oracle *oracle, guint64 *n_pairs)
{
  GPtrArray *samples = g_ptr_array_new_with_free_func (sample_free);
  for (guint i = 0; oracle->vectors[i] != NULL; i++)
    add_table (oracle, samples, oracle->vectors[i]);
  for (guint i = 0; i < N_GROUPS; i++)
    *n_pairs += add_group (oracle, samples);
  return samples;
}

static const Sample *
pick_sample (GPtrArray *samples)
{
  return samples->pdata[g_test_rand_int_range (0, (gint32)samples->len)];
}

#define N_RANDOM_PAIRS 1000000

static void
test_pairs (gconstpointer data)
{
  guint64 n_pairs = 0;
  g_autoptr (GPtrArray) samples = collect (data, &n_pairs);
  for (guint i = 0; i < N_RANDOM_PAIRS; i++)
    check_pair (pick_sample (samples), pick_sample (samples));
  n_pairs += N_RANDOM_PAIRS;
  g_test_message ("%u versions, %" G_GUINT64_FORMAT " pairs", samples->len, n_pairs);
  g_assert_cmpuint (n_pairs, >, 1000000);
}

static gint
order_by_key (gconstpointer a, gconstpointer b)
{
  const Sample *const *x = a, *const *y = b;
  return sv_key_bytes_compare ((*x)->key, (*y)->key);
}

/* Sorted by key, each version and those some places on must be in the foreign order, too. */
static void
test_total_order (gconstpointer data)
{
  guint64 n_pairs = 0;
  g_autoptr (GPtrArray) samples = collect (data, &n_pairs);
  g_ptr_array_sort (samples, order_by_key);
  for (guint distance = 1; distance < samples->len; distance = distance * 3 + 1)
    for (guint i = 0; i + distance < samples->len; i++)
      check_pair (samples->pdata[i], samples->pdata[i + distance]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (const Oracle *oracle = oracles; oracle->name != NULL; oracle++) {
    g_autofree char *pairs = g_strdup_printf ("/version/pitfall-13-pairs/%s", oracle->name);
    g_autofree char *order = g_strdup_printf ("/version/pitfall-13-total-order/%s", oracle->name);
    g_test_add_data_func (pairs, oracle, test_pairs);
    g_test_add_data_func (order, oracle, test_total_order);
  }
  return g_test_run ();
}
