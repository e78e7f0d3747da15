/* Runs a fuzz target as a test: its corpus, then mutations of it, the same in every run.
 *
 *   replay CORPUS [N]
 *
 * The target runs in a child, so that a crash, a failed check or a leak is one failed test; the
 * input that did it is then in ./crash-NOUN. */
#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

enum { MAX_BYTES = 64 * 1024, DEFAULT_MUTATIONS = 20000, MAX_STEPS = 6, SEED = 20261122 };

/* Shared with the child: what it works on. */
typedef struct {
  guint64 n_run;
  gsize size;
  guint8 data[MAX_BYTES];
} Current;

/* Bytes that mean something to one of the formats. */
#define TOKEN(text)                                                                                \
  {                                                                                                \
    text, sizeof (text) - 1                                                                        \
  }
static const struct {
  const char *text;
  gsize size;
} tokens[] = {
    TOKEN ("\0"),
    TOKEN ("\xff"),
    TOKEN ("\x7f"),
    TOKEN ("\n"),
    TOKEN ("\n\n"),
    TOKEN ("\r\n"),
    TOKEN (" "),
    TOKEN ("\t"),
    TOKEN ("{"),
    TOKEN ("}"),
    TOKEN ("["),
    TOKEN ("]"),
    TOKEN ("\""),
    TOKEN ("'"),
    TOKEN ("\\"),
    TOKEN ("\\u0000"),
    TOKEN ("\\ud800"),
    TOKEN (":"),
    TOKEN (","),
    TOKEN (";"),
    TOKEN ("|"),
    TOKEN ("0"),
    TOKEN ("-1"),
    TOKEN ("00"),
    TOKEN ("1e309"),
    TOKEN ("9223372036854775808"),
    TOKEN ("4294967296"),
    TOKEN ("NaN"),
    TOKEN ("null"),
    TOKEN ("true"),
    TOKEN ("#"),
    TOKEN ("."),
    TOKEN (".."),
    TOKEN ("../"),
    TOKEN ("/"),
    TOKEN ("@"),
    TOKEN ("?"),
    TOKEN ("*"),
    TOKEN ("%"),
    TOKEN ("%00"),
    TOKEN ("%2F"),
    TOKEN ("&"),
    TOKEN ("&lt;"),
    TOKEN ("<!DOCTYPE"),
    TOKEN ("<![CDATA["),
    TOKEN ("</"),
    TOKEN (">"),
    TOKEN ("="),
    TOKEN (">="),
    TOKEN ("<<"),
    TOKEN ("~"),
    TOKEN ("^"),
    TOKEN ("+"),
    TOKEN ("("),
    TOKEN (")"),
    TOKEN ("_rc"),
    TOKEN ("-r0"),
    TOKEN ("pkg:"),
    TOKEN ("cpe:2.3:"),
    TOKEN ("CVE-2024-1234"),
    TOKEN ("CVSS:3.1/"),
    TOKEN ("\xef\xbb\xbf"),
    TOKEN ("\xed\xa0\x80"),
    TOKEN ("\xe2\x80\xae"),
    TOKEN ("\xc3\x28"),
    TOKEN ("\x1b["),
    TOKEN ("\x1f\x8b\x08"),
    TOKEN ("\x28\xb5\x2f\xfd"),
    TOKEN ("PK\003\004"),
};

typedef struct {
  GRand *rand;
  GPtrArray *corpus; /* of GBytes */
} Fuzz;

/* A length that is mostly small. */
static gsize
pick_length (GRand *rand, gsize max)
{
  gsize most = max >> g_rand_int_range (rand, 0, 12);
  return (gsize)g_rand_int_range (rand, 0, (gint32)most + 1);
}

static gsize
pick_place (GRand *rand, gsize size)
{
  return (gsize)g_rand_int_range (rand, 0, (gint32)size + 1);
}

static void
insert (GByteArray *input, gsize place, const void *bytes, gsize size)
{
  size = MIN (size, MAX_BYTES - input->len);
  g_autofree guint8 *copy = g_memdup2 (bytes, size);
  gsize behind = input->len - place;
  g_byte_array_set_size (input, input->len + (guint)size);
  memmove (input->data + place + size, input->data + place, behind);
  if (size > 0)
    memcpy (input->data + place, copy, size);
}

static void
flip_bit (Fuzz *fuzz, GByteArray *input)
{
  gsize place = pick_place (fuzz->rand, input->len);
  if (place < input->len)
    input->data[place] ^= (guint8)(1 << g_rand_int_range (fuzz->rand, 0, 8));
}

static void
set_byte (Fuzz *fuzz, GByteArray *input)
{
  gsize place = pick_place (fuzz->rand, input->len);
  if (place < input->len)
    input->data[place] = (guint8)g_rand_int (fuzz->rand);
}

static void
insert_token (Fuzz *fuzz, GByteArray *input)
{
  gsize i = (gsize)g_rand_int_range (fuzz->rand, 0, G_N_ELEMENTS (tokens));
  insert (input, pick_place (fuzz->rand, input->len), tokens[i].text, tokens[i].size);
}

static void
replace_by_token (Fuzz *fuzz, GByteArray *input)
{
  gsize i = (gsize)g_rand_int_range (fuzz->rand, 0, G_N_ELEMENTS (tokens));
  gsize place = pick_place (fuzz->rand, input->len);
  memcpy (input->data + place, tokens[i].text, MIN (tokens[i].size, input->len - place));
}

static void
cut_out (Fuzz *fuzz, GByteArray *input)
{
  gsize place = pick_place (fuzz->rand, input->len);
  gsize size = pick_length (fuzz->rand, input->len - place);
  if (size > 0)
    g_byte_array_remove_range (input, (guint)place, (guint)size);
}

static void
truncate_at (Fuzz *fuzz, GByteArray *input)
{
  g_byte_array_set_size (input, (guint)pick_place (fuzz->rand, input->len));
}

static void
duplicate (Fuzz *fuzz, GByteArray *input)
{
  gsize from = pick_place (fuzz->rand, input->len);
  gsize size = pick_length (fuzz->rand, input->len - from);
  for (guint n = 1u << g_rand_int_range (fuzz->rand, 0, 5); n > 0 && size > 0; n--)
    insert (input, pick_place (fuzz->rand, input->len), input->data + from, size);
}

static void
splice (Fuzz *fuzz, GByteArray *input)
{
  guint i = (guint)g_rand_int_range (fuzz->rand, 0, (gint32)fuzz->corpus->len);
  gsize size;
  const guint8 *other = g_bytes_get_data (g_ptr_array_index (fuzz->corpus, i), &size);
  gsize from = pick_place (fuzz->rand, size);
  g_byte_array_set_size (input, (guint)pick_place (fuzz->rand, input->len));
  insert (input, input->len, other + from, size - from);
}

typedef void (*Mutation) (Fuzz *fuzz, GByteArray *input);

static const Mutation mutations[] = {flip_bit, set_byte,    insert_token, replace_by_token,
                                     cut_out,  truncate_at, duplicate,    splice};

static void
mutate (Fuzz *fuzz, GByteArray *input)
{
  guint i = (guint)g_rand_int_range (fuzz->rand, 0, (gint32)fuzz->corpus->len);
  gsize size;
  const guint8 *seed = g_bytes_get_data (g_ptr_array_index (fuzz->corpus, i), &size);
  g_byte_array_set_size (input, 0);
  insert (input, 0, seed, size);
  for (gint n = g_rand_int_range (fuzz->rand, 1, MAX_STEPS + 1); n > 0; n--)
    mutations[g_rand_int_range (fuzz->rand, 0, G_N_ELEMENTS (mutations))](fuzz, input);
}

/* Runs one input in memory of exactly its size, so that a byte too far is seen. */
static void
run_one (Current *current, const guint8 *data, gsize size)
{
  current->size = MIN (size, MAX_BYTES);
  current->n_run++;
  memcpy (current->data, data, current->size);
  g_autofree guint8 *exact = g_malloc (MAX (current->size, 1));
  memcpy (exact, data, current->size);
  LLVMFuzzerTestOneInput (exact, current->size);
}

static void
run_all (Fuzz *fuzz, Current *current, guint64 n_mutations)
{
  for (guint i = 0; i < fuzz->corpus->len; i++) {
    gsize size;
    const guint8 *data = g_bytes_get_data (g_ptr_array_index (fuzz->corpus, i), &size);
    run_one (current, data, size);
  }
  g_autoptr (GByteArray) input = g_byte_array_sized_new (MAX_BYTES);
  run_one (current, (const guint8 *)"", 0);
  for (guint64 n = 0; n < n_mutations; n++) {
    mutate (fuzz, input);
    run_one (current, input->data, input->len);
  }
}

static gint
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* In the order of names, so that the mutations are the same everywhere. */
static GPtrArray *
load_corpus (const char *path)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  GPtrArray *corpus = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *data = NULL;
    gsize size;
    if (g_file_get_contents (g_ptr_array_index (names, i), &data, &size, NULL))
      g_ptr_array_add (corpus, g_bytes_new (data, MIN (size, MAX_BYTES)));
  }
  return corpus;
}

/* In the child. exit() and not _exit(): that is where leaks are looked for. */
static void
run_child (const char *path, Current *current, guint64 n_mutations)
{
  Fuzz fuzz = {.rand = g_rand_new_with_seed (SEED), .corpus = load_corpus (path)};
  gboolean any = fuzz.corpus->len > 0;
  if (any)
    run_all (&fuzz, current, n_mutations);
  else
    fprintf (stderr, "no inputs in '%s'\n", path);
  g_rand_free (fuzz.rand);
  g_ptr_array_unref (fuzz.corpus);
  exit (any ? EXIT_SUCCESS : EXIT_FAILURE);
}

int
main (int argc, char **argv)
{
  if (argc < 2) {
    fprintf (stderr, "usage: %s CORPUS [MUTATIONS]\n", argv[0]);
    return 2;
  }
  guint64 n_mutations = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : DEFAULT_MUTATIONS;
  Current *current =
      mmap (NULL, sizeof *current, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (current == MAP_FAILED)
    return 2;
  printf ("1..1\n");
  fflush (stdout);
  pid_t child = fork ();
  if (child == 0)
    run_child (argv[1], current, n_mutations);

  int status = -1;
  gboolean good = child > 0 && waitpid (child, &status, 0) == child && status == 0;
  g_autofree char *noun = g_path_get_basename (argv[1]);
  g_autofree char *kept = g_strdup_printf ("crash-%s", noun);
  if (!good)
    g_file_set_contents (kept, (const char *)current->data, (gssize)current->size, NULL);
  printf ("%s 1 - %" G_GUINT64_FORMAT " inputs%s%s\n", good ? "ok" : "not ok", current->n_run,
          good ? "" : ", the last is in ./", good ? "" : kept);
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
