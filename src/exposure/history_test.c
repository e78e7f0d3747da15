/* The past of a host, told from its moves, must be what somebody who watched all the time saw. */
#include "exposure/history.h"

#define N_STEPS 60
#define N_ENTRIES 7 /* of which the last three are judged together */
#define N_POSTURES 4
#define N_FLAWS 3

static const char *const flaws[N_FLAWS] = {"CVE-2026-0001", "CVE-2026-0002", "CVE-2026-0010"};

/* What a host has at one moment. */
typedef struct {
  gint64 posture; /* 0: it is not there */
  gboolean has[N_ENTRIES + 1];
} Moment;

static gboolean
is_joint (gpointer user_data, guint32 entry)
{
  return entry > N_ENTRIES - 3;
}

static char *
name_platform (gpointer user_data, gint64 posture, GError **error)
{
  return g_strdup (posture <= 2 ? "debian:12 0" : "debian:13 0");
}

static const SvPartNames names = {name_platform, is_joint, NULL};

static GArray *
list_entries (const Moment *moment, gboolean joint_only)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (guint32));
  for (guint32 entry = 1; entry <= N_ENTRIES; entry++)
    if (moment->has[entry] && (!joint_only || is_joint (NULL, entry)))
      g_array_append_val (list, entry);
  return list;
}

/* --- what is true of parts --- */

typedef struct {
  GHashTable *parts; /* name -> GPtrArray of SvPartSpan, one or more for each flaw */
} World;

static void
span_free (gpointer data)
{
  SvPartSpan *span = data;
  g_free (span->vulnerability);
  g_free (span);
}

static GPtrArray *
get_part (World *world, const char *part)
{
  GPtrArray *spans = g_hash_table_lookup (world->parts, part);
  if (spans == NULL) {
    spans = g_ptr_array_new_with_free_func (span_free);
    g_hash_table_insert (world->parts, g_strdup (part), spans);
  }
  return spans;
}

static SvPartSpan *
find_open (const GPtrArray *spans, const char *flaw)
{
  for (guint i = 0; i < spans->len; i++) {
    SvPartSpan *span = spans->pdata[i];
    if (span->until_us == 0 && strcmp (span->vulnerability, flaw) == 0)
      return span;
  }
  return NULL;
}

/* Now and then something else becomes true of a part. */
static void
change_part (World *world, const char *part, gint64 now_us)
{
  GPtrArray *spans = get_part (world, part);
  for (guint f = 0; f < N_FLAWS; f++) {
    SvPartSpan *open = find_open (spans, flaws[f]);
    gint32 dice = g_test_rand_int_range (0, 12);
    if (open == NULL && dice == 0) {
      SvPartSpan *span = g_new (SvPartSpan, 1);
      *span = (SvPartSpan){g_strdup (flaws[f]), now_us, g_test_rand_bit () ? now_us : 0, 0};
      g_ptr_array_add (spans, span);
    } else if (open != NULL && dice == 1) {
      open->until_us = now_us;
    } else if (open != NULL && dice < 4 && open->fix_since_us == 0) {
      open->fix_since_us = now_us;
    }
  }
}

static const GPtrArray *
get_spans (gpointer user_data, const char *part, GError **error)
{
  return get_part (user_data, part);
}

/* --- who watches all the time --- */

typedef struct {
  gint64 first[N_FLAWS], fix[N_FLAWS]; /* of the open one; 0: none */
  GString *seen;
} Watch;

static GPtrArray *
list_parts (const Moment *moment)
{
  GPtrArray *parts = sv_strings_new ();
  g_autoptr (GArray) all = list_entries (moment, FALSE), joint = list_entries (moment, TRUE);
  g_autofree char *platform = name_platform (NULL, moment->posture, NULL);
  for (guint i = 0; i < all->len; i++)
    if (!is_joint (NULL, g_array_index (all, guint32, i)))
      g_ptr_array_add (parts, sv_part_format_single (platform, g_array_index (all, guint32, i)));
  if (joint->len > 0)
    g_ptr_array_add (
        parts,
        sv_part_format_group (moment->posture, (const guint32 *)(gpointer)joint->data, joint->len));
  return parts;
}

static void
look_at_flaw (Watch *watch, World *world, const GPtrArray *parts, guint f, gint64 now_us)
{
  gboolean affected = FALSE, fixable = FALSE;
  for (guint i = 0; i < parts->len; i++) {
    const SvPartSpan *span = find_open (get_part (world, parts->pdata[i]), flaws[f]);
    affected |= span != NULL;
    fixable |= span != NULL && span->fix_since_us != 0;
  }
  if (!affected && watch->first[f] != 0) {
    g_string_append_printf (watch->seen, "%s %d %d %d\n", flaws[f], (int)watch->first[f],
                            (int)watch->fix[f], (int)now_us);
    watch->first[f] = watch->fix[f] = 0;
  }
  if (affected && watch->first[f] == 0)
    watch->first[f] = now_us;
  if (fixable && watch->fix[f] == 0)
    watch->fix[f] = now_us;
}

static void
look (Watch *watch, World *world, const Moment *moment, gint64 now_us)
{
  g_autoptr (GPtrArray) parts = moment->posture != 0 ? list_parts (moment) : sv_strings_new ();
  for (guint f = 0; f < N_FLAWS; f++)
    look_at_flaw (watch, world, parts, f, now_us);
}

static void
end_watch (Watch *watch)
{
  for (guint f = 0; f < N_FLAWS; f++)
    if (watch->first[f] != 0)
      g_string_append_printf (watch->seen, "%s %d %d 0\n", flaws[f], (int)watch->first[f],
                              (int)watch->fix[f]);
}

/* --- the host --- */

static Moment
change_host (const Moment *moment)
{
  Moment next = *moment;
  gint32 dice = g_test_rand_int_range (0, 10);
  if (dice == 0) /* it retires */
    return (Moment){0};
  if (next.posture == 0 || dice < 3)
    next.posture = g_test_rand_int_range (1, N_POSTURES + 1);
  for (guint32 entry = 1; entry <= N_ENTRIES; entry++)
    if (g_test_rand_int_range (0, 4) == 0)
      next.has[entry] = !next.has[entry];
  return next;
}

/* As sv_host_note_move() keeps it. */
static SvHostMove *
new_move (const Moment *before, const Moment *after, gint64 at_us)
{
  g_autoptr (GArray) old = list_entries (before, FALSE), now = list_entries (after, FALSE);
  SvHostMove *move = g_new0 (SvHostMove, 1);
  move->at_us = at_us;
  move->posture = before->posture;
  move->added = before->posture != 0 ? sv_id_list_subtract (now, old) : NULL;
  move->removed = sv_id_list_subtract (old, now);
  return move;
}

static void
move_free (gpointer data)
{
  SvHostMove *move = data;
  g_clear_pointer (&move->added, g_array_unref);
  g_array_unref (move->removed);
  g_free (move);
}

static gint
compare_lines (gconstpointer a, gconstpointer b)
{
  return sv_text_compare_natural (*(const char *const *)a, *(const char *const *)b);
}

static char *
sort_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  qsort (lines, g_strv_length (lines), sizeof *lines, compare_lines);
  return g_strjoinv ("\n", lines);
}

static char *
tell (const SvHostPast *past, World *world)
{
  g_autoptr (GPtrArray) tenures = sv_history_list_tenures (past, &names, NULL);
  g_autoptr (GPtrArray) intervals = sv_history_list_intervals (tenures, get_spans, world, NULL);
  g_autoptr (GString) told = g_string_new (NULL);
  for (guint i = 0; i < intervals->len; i++) {
    SvExposureInterval *interval = intervals->pdata[i];
    g_string_append_printf (told, "%s %d %d %d\n", interval->vulnerability,
                            (int)interval->first_seen_us, (int)interval->fix_available_us,
                            (int)interval->resolved_us);
    sv_record_free (&sv_exposure_interval_type, interval);
  }
  return sort_lines (told->str);
}

static guint
live_through (void)
{
  World world = {
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref)};
  Watch watch = {.seen = g_string_new (NULL)};
  SvHostPast past = {.first_seen_us = 1, .moves = g_ptr_array_new_with_free_func (move_free)};
  Moment moment = {0};
  for (gint64 now_us = 1; now_us <= N_STEPS; now_us++) {
    if (now_us == 1 || g_test_rand_int_range (0, 3) == 0) {
      Moment next = change_host (&moment);
      g_ptr_array_insert (past.moves, 0, new_move (&moment, &next, now_us));
      moment = next;
    }
    g_autoptr (GPtrArray) parts = list_parts (&moment);
    for (guint i = 0; moment.posture != 0 && i < parts->len; i++)
      change_part (&world, parts->pdata[i], now_us);
    look (&watch, &world, &moment, now_us);
  }
  end_watch (&watch);
  past.posture = moment.posture;
  past.entries = list_entries (&moment, FALSE);
  g_autofree char *want = sort_lines (watch.seen->str), *have = tell (&past, &world);
  g_assert_cmpstr (have, ==, want);
  guint n = (guint)strlen (want);
  g_string_free (watch.seen, TRUE);
  g_array_unref (past.entries);
  g_ptr_array_unref (past.moves);
  g_hash_table_unref (world.parts);
  return n;
}

static void
test_as_watched (void)
{
  guint n = 0;
  for (guint i = 0; i < 400; i++)
    n += live_through ();
  g_assert_cmpuint (n, >, 20000); /* else the lives were too dull to prove anything */
}

/* A host that was there before its moves were kept: it had what it has since it was first seen. */
static void
test_older_than_the_record (void)
{
  World world = {
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref)};
  SvPartSpan span = {(char *)flaws[0], 5, 7, 0};
  g_autoptr (GPtrArray) spans = g_ptr_array_new ();
  g_ptr_array_add (spans, &span);
  g_hash_table_insert (world.parts, sv_part_format_single ("debian:12 0", 1),
                       g_ptr_array_ref (spans));
  const Moment moment = {.posture = 1, .has = {[1] = TRUE}};
  SvHostPast past = {.first_seen_us = 2,
                     .posture = 1,
                     .entries = list_entries (&moment, FALSE),
                     .moves = g_ptr_array_new ()};
  g_autofree char *told = tell (&past, &world);
  g_assert_cmpstr (told, ==, "\nCVE-2026-0001 5 7 0");
  g_array_unref (past.entries);
  g_ptr_array_unref (past.moves);
  g_hash_table_unref (world.parts);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/history/as-watched", test_as_watched);
  g_test_add_func ("/history/older-than-the-record", test_older_than_the_record);
  return g_test_run ();
}
