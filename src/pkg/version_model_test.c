/* pacman and apk are not here to be asked. So their rules stand here a second time, as walks over
 * two texts at once, and random neighbours must compare by key as they do by walk. */
#include "pkg/version.h"

#define DIGITS "0123456789"
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

static int
sign (int order)
{
  return (order > 0) - (order < 0);
}

static int
compare_runs (const char *a, gsize a_size, const char *b, gsize b_size)
{
  int order = memcmp (a, b, MIN (a_size, b_size));
  return order != 0 ? sign (order) : (a_size > b_size) - (a_size < b_size);
}

static int
compare_numbers (const char *a, gsize a_size, const char *b, gsize b_size)
{
  for (; a_size > 0 && *a == '0'; a_size--)
    a++;
  for (; b_size > 0 && *b == '0'; b_size--)
    b++;
  return a_size != b_size ? (a_size > b_size ? 1 : -1) : compare_runs (a, a_size, b, b_size);
}

/* One side is at its end, the other is not. */
static int
compare_ended (const char *a, const char *b)
{
  if (*a == '\0')
    return g_ascii_isalpha (*b) ? 1 : -1;
  return g_ascii_isalpha (*a) ? -1 : 1;
}

/* Both sides begin with a letter or digit; takes the segment off each. */
static int
compare_segments (const char **a, const char **b)
{
  gboolean is_number = g_ascii_isdigit (**a);
  const char *type = is_number ? DIGITS : LETTERS;
  const char *x = *a, *y = *b;
  gsize x_size = strspn (x, type), y_size = strspn (y, type);
  *a += x_size;
  *b += y_size;
  if (y_size == 0)
    return is_number ? 1 : -1;
  return is_number ? compare_numbers (x, x_size, y, y_size) : compare_runs (x, x_size, y, y_size);
}

/* What salve decides differently is told apart by @ret_circular. */
static int
walk_pacman_part (const char *a, const char *b, gboolean *ret_circular)
{
  while (*a != '\0' && *b != '\0') {
    gsize a_gap = strcspn (a, DIGITS LETTERS), b_gap = strcspn (b, DIGITS LETTERS);
    a += a_gap;
    b += b_gap;
    *ret_circular = a_gap != b_gap && (*a == '\0' || *b == '\0');
    if (*a == '\0' || *b == '\0')
      break;
    int order = a_gap != b_gap ? (a_gap < b_gap ? -1 : 1) : compare_segments (&a, &b);
    if (order != 0)
      return order;
  }
  return *a == *b ? 0 : compare_ended (a, b);
}

static int
walk_pacman (const char *a, const char *b, gboolean *ret_circular)
{
  g_auto (GStrv) x = g_strsplit (a, "-", 2);
  g_auto (GStrv) y = g_strsplit (b, "-", 2);
  int order = walk_pacman_part (x[0], y[0], ret_circular);
  if (order != 0 || *ret_circular)
    return order;
  const char *x_release = x[1] != NULL ? x[1] : "1", *y_release = y[1] != NULL ? y[1] : "1";
  return walk_pacman_part (x_release, y_release, ret_circular);
}

typedef enum { FIRST, NUMBER, LETTER, SUFFIX, SUFFIX_NUMBER, HASH, REVISION, END } Kind;

typedef struct {
  Kind kind;
  int suffix; /* below 0: older than nothing */
  const char *text;
  gsize size;
} Token;

static int
read_suffix (const char *text, gsize size)
{
  static const char *const names[] = {"alpha", "beta", "pre", "rc", "cvs", "svn", "git", "hg", "p"};
  for (int i = 0; i < (int)G_N_ELEMENTS (names); i++)
    if (strlen (names[i]) == size && strncmp (names[i], text, size) == 0)
      return i - 4;
  g_assert_not_reached ();
}

/* @text is valid; so its first byte and the kind before it tell the kind of a token. */
static Token
next_token (const char **text, Kind before)
{
  const char *at = *text;
  Token token = {END, 0, at, 0};
  if (*at == '\0')
    return token;
  token.text = at + (g_ascii_ispunct (*at) ? 1 : 0) + (*at == '-' ? 1 : 0);
  if (*at == '_') {
    token.size = strspn (token.text, LETTERS);
    token.suffix = read_suffix (token.text, token.size);
    token.kind = SUFFIX;
  } else if (g_ascii_isalpha (*at)) {
    token.size = 1;
    token.kind = LETTER;
  } else {
    token.size = strspn (token.text, *at == '~' ? DIGITS "abcdef" : DIGITS);
    token.kind = *at == '.'         ? NUMBER
                 : *at == '~'       ? HASH
                 : *at == '-'       ? REVISION
                 : before == SUFFIX ? SUFFIX_NUMBER
                                    : FIRST;
  }
  *text = token.text + token.size;
  return token;
}

static int
compare_tokens (const Token *a, const Token *b)
{
  if (a->kind != b->kind) {
    if (a->suffix < 0 || b->suffix < 0)
      return a->suffix < 0 ? -1 : 1;
    return a->kind > b->kind ? -1 : 1;
  }
  if (a->kind == SUFFIX)
    return sign (a->suffix - b->suffix);
  gboolean as_text = a->kind == LETTER || a->kind == HASH ||
                     (a->kind == NUMBER && (*a->text == '0' || *b->text == '0'));
  return as_text ? compare_runs (a->text, a->size, b->text, b->size)
                 : compare_numbers (a->text, a->size, b->text, b->size);
}

static int
walk_apk (const char *a, const char *b, gboolean *ret_circular)
{
  Token x = {FIRST}, y = {FIRST};
  do {
    x = next_token (&a, x.kind);
    y = next_token (&b, y.kind);
    int order = compare_tokens (&x, &y);
    if (order != 0)
      return order;
  } while (x.kind != END);
  return 0;
}

typedef struct {
  SvScheme scheme;
  const char *const *pieces;
  int (*walk) (const char *a, const char *b, gboolean *ret_circular);
} Model;

static const char *const pacman_pieces[] = {"0", "1",  "01", "9",  "10", "a", "b",  "rc", "aa", "Z",
                                            ".", "..", "_",  "+.", "~",  "-", "-1", "-2", NULL};
static const char *const apk_pieces[] = {
    "0",   "1",    "9",  "10", ".0",     ".1",    ".01",  ".001", ".010", ".10",  ".2",  "a",
    "b",   "z",    "_p", "_p", "_alpha", "_beta", "_pre", "_rc",  "_cvs", "_svn", "_hg", "_git1",
    "_p0", "_p01", "~0", "~a", "~f",     "~0a",   "-r0",  "-r1",  "-r01", "-r10", NULL};

static const Model models[] = {
    {SV_SCHEME_PACMAN, pacman_pieces, walk_pacman},
    {SV_SCHEME_APK, apk_pieces, walk_apk},
};

#define N_PIECES 6

static void
add_neighbour (const Model *model, const char *const *base, GPtrArray *texts)
{
  const char *pieces[N_PIECES + 1] = {NULL};
  memcpy (pieces, base, N_PIECES * sizeof *base);
  gint32 n_choices = (gint32)g_strv_length ((char **)model->pieces);
  for (int i = 0; i < 2; i++)
    pieces[g_test_rand_int_range (1, N_PIECES)] =
        g_test_rand_bit () ? "" : model->pieces[g_test_rand_int_range (0, n_choices)];
  g_autofree char *text = g_strjoinv ("", (char **)pieces);
  g_autoptr (GBytes) key = sv_version_key (model->scheme, text, NULL);
  if (key != NULL)
    g_ptr_array_add (texts, g_steal_pointer (&text));
}

static guint
check_pair (const Model *model, const char *a, const char *b)
{
  gboolean circular = FALSE;
  int order, want = model->walk (a, b, &circular);
  g_assert_true (sv_version_compare (model->scheme, a, b, &order, NULL));
  if (!circular && order != want)
    g_error ("%s '%s' to '%s': the walk says %d, the keys say %d", sv_scheme_names[model->scheme],
             a, b, want, order);
  return circular ? 0 : 1;
}

static guint
check_group (const Model *model)
{
  g_autoptr (GPtrArray) texts = sv_strings_new ();
  const char *base[N_PIECES] = {"1", ".0", "a", "1", "", ""};
  if (model->scheme == SV_SCHEME_APK)
    base[3] = "";
  for (int i = 0; i < 40; i++)
    add_neighbour (model, base, texts);
  guint n_pairs = 0;
  for (guint i = 0; i < texts->len; i++)
    for (guint j = 0; j < texts->len; j++)
      n_pairs += check_pair (model, texts->pdata[i], texts->pdata[j]);
  return n_pairs;
}

static void
test_model (gconstpointer data)
{
  guint n_pairs = 0;
  for (int i = 0; i < 400; i++)
    n_pairs += check_group (data);
  g_test_message ("%u pairs", n_pairs);
  g_assert_cmpuint (n_pairs, >, 100000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/version/pitfall-13-pacman-walk", &models[0], test_model);
  g_test_add_data_func ("/version/pitfall-12-apk-walk", &models[1], test_model);
  return g_test_run ();
}
