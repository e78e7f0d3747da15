#include "inventory/cross_check.h"

#include <string.h>

const char *const sv_host_presence_names[] = {"present", "silent", "retired", NULL};
const char *const sv_known_by_names[] = {"mac", "address", "name", NULL};

#define NAME .max = SV_LIMIT_NAME_BYTES
static const SvField known_host_fields[] = {
    SV_FIELD (SvKnownHost, id, SV_TYPE_STRING, NAME, .doc = "Id of the host."),
    SV_FIELD (SvKnownHost, hostname, SV_TYPE_STRING, NAME, .doc = "Its own name for itself."),
    SV_FIELD (SvKnownHost, addresses, SV_TYPE_STRING, .doc = "Its addresses, separated by ' '."),
    SV_FIELD (SvKnownHost, macs, SV_TYPE_STRING,
              .doc = "Addresses of its network cards, separated by ' '."),
    SV_FIELD (SvKnownHost, last_seen_us, SV_TYPE_INSTANT, .doc = "When it last reported."),
    SV_FIELD (SvKnownHost, retired_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was retired."),
    SV_FIELD (SvKnownHost, presence, SV_TYPE_ENUM, .values = sv_host_presence_names,
              .flags = SV_FIELD_NO_STORE, .doc = "Whether it is there."),
};
SV_RECORD_TYPE (sv_known_host_type, SvKnownHost, "KnownHost", known_host_fields,
                "A host, with what it is known by.");

#define SEEN(T)                                                                                    \
  SV_FIELD (T, source, SV_TYPE_STRING, NAME, .doc = "Source that has it."),                        \
      SV_FIELD (T, kind, SV_TYPE_ENUM, .values = sv_sighting_kind_names,                           \
                .doc = "What that source is."),                                                    \
      SV_FIELD (T, name, SV_TYPE_STRING, NAME, .doc = "Name, in lower case."),                     \
      SV_FIELD (T, address, SV_TYPE_STRING, NAME, .doc = "Address of the network."),               \
      SV_FIELD (T, mac, SV_TYPE_STRING, NAME, .doc = "Address of the network card.")

static const SvField seen_fields[] = {
    SEEN (SvSeen),
    SV_FIELD (SvSeen, os, SV_TYPE_STRING, NAME, .doc = "Operating system, as it was seen."),
    SV_FIELD (SvSeen, last_seen_us, SV_TYPE_INSTANT, .doc = "When it was last seen."),
};
SV_RECORD_TYPE (sv_seen_type, SvSeen, "Seen", seen_fields, "A sighting, and who had it.");

static const SvField note_fields[] = {
    SV_FIELD (SvComputerNote, computer, SV_TYPE_STRING, NAME,
              .doc = "Computer, as mac:…, name:… or address:…; only read."),
    SV_FIELD (SvComputerNote, owner, SV_TYPE_STRING, NAME, .doc = "Who answers for it."),
    SV_FIELD (SvComputerNote, note, SV_TYPE_STRING, .max = SV_LIMIT_PATH_BYTES,
              .doc = "What else is known of it."),
};
SV_RECORD_TYPE (sv_computer_note_type, SvComputerNote, "ComputerNote", note_fields,
                "What people know of a computer that does not report.");

static const SvField missed_fields[] = {
    SV_FIELD (SvMissedComputer, computer, SV_TYPE_STRING, NAME,
              .doc = "What it may be called here: mac:…, name:… or address:…."),
    SV_FIELD (SvMissedComputer, names, SV_TYPE_STRINGS, .doc = "Its names."),
    SV_FIELD (SvMissedComputer, addresses, SV_TYPE_STRINGS, .doc = "Its addresses."),
    SV_FIELD (SvMissedComputer, macs, SV_TYPE_STRINGS, .doc = "Addresses of its network cards."),
    SV_FIELD (SvMissedComputer, os, SV_TYPE_STRING, NAME,
              .doc = "Operating system, as it was seen."),
    SV_FIELD (SvMissedComputer, sources, SV_TYPE_STRINGS, .doc = "Sources that saw it."),
    SV_FIELD (SvMissedComputer, last_seen_us, SV_TYPE_INSTANT, .doc = "When it was last seen."),
    SV_FIELD (SvMissedComputer, owner, SV_TYPE_STRING, NAME, .doc = "Who answers for it."),
    SV_FIELD (SvMissedComputer, note, SV_TYPE_STRING, .doc = "What else is known of it."),
};
SV_RECORD_TYPE (sv_missed_computer_type, SvMissedComputer, "MissedComputer", missed_fields,
                "A computer that other sources see and that does not report.");

static const SvField stale_fields[] = {
    SEEN (SvStaleRecord),
    SV_FIELD (SvStaleRecord, host, SV_TYPE_STRING, NAME, .doc = "Id of the host that it is of."),
    SV_FIELD (SvStaleRecord, presence, SV_TYPE_ENUM, .values = sv_host_presence_names,
              .doc = "What became of the host."),
    SV_FIELD (SvStaleRecord, known_by, SV_TYPE_ENUM, .values = sv_known_by_names,
              .doc = "By what it is known to be of that host."),
    SV_FIELD (SvStaleRecord, host_last_seen_us, SV_TYPE_INSTANT,
              .doc = "When the host last reported."),
};
SV_RECORD_TYPE (sv_stale_record_type, SvStaleRecord, "StaleRecord", stale_fields,
                "A record on a host that is not there any more.");

/* --- hosts by their marks --- */

struct SvCrossCheck {
  GPtrArray *hosts;    /* SvKnownHost, borrowed */
  GHashTable *by_mark; /* "mac:…", "address:…", "name:…", "label:…" → SvKnownHost */
};

static gint64
order_of (const SvKnownHost *host)
{
  return host->presence == SV_HOST_PRESENT ? 2 : host->presence == SV_HOST_SILENT ? 1 : 0;
}

static void
mark (SvCrossCheck *check, const char *prefix, const char *text, SvKnownHost *host)
{
  char *key = g_strconcat (prefix, text, NULL);
  const SvKnownHost *other = g_hash_table_lookup (check->by_mark, key);
  if (other == NULL || order_of (host) > order_of (other) ||
      (order_of (host) == order_of (other) && host->last_seen_us > other->last_seen_us))
    g_hash_table_replace (check->by_mark, key, host);
  else
    g_free (key);
}

static void
mark_words (SvCrossCheck *check, const char *prefix, const char *words, SvKnownHost *host)
{
  g_auto (GStrv) list = g_strsplit (words != NULL ? words : "", " ", -1);
  for (char **word = list; *word != NULL; word++)
    if (**word != '\0')
      mark (check, prefix, *word, host);
}

/* The first label of a name with several, new; NULL if it has one. */
static char *
dup_label (const char *name)
{
  const char *dot = strchr (name, '.');
  return dot != NULL ? g_strndup (name, (gsize)(dot - name)) : NULL;
}

static void
mark_name (SvCrossCheck *check, SvKnownHost *host)
{
  g_autofree char *name = sv_computer_name_normalize (host->hostname);
  g_autofree char *label = name != NULL ? dup_label (name) : NULL;
  if (name != NULL)
    mark (check, "name:", name, host);
  if (label != NULL)
    mark (check, "label:", label, host);
}

SvCrossCheck *
sv_cross_check_new (GPtrArray *hosts, gint64 since_us)
{
  SvCrossCheck *check = g_new0 (SvCrossCheck, 1);
  check->hosts = hosts;
  check->by_mark = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < hosts->len; i++) {
    SvKnownHost *host = hosts->pdata[i];
    host->presence = host->retired_at_us > 0          ? SV_HOST_RETIRED
                     : host->last_seen_us <= since_us ? SV_HOST_SILENT
                                                      : SV_HOST_PRESENT;
    mark_words (check, "mac:", host->macs, host);
    mark_words (check, "address:", host->addresses, host);
    mark_name (check, host);
  }
  return check;
}

void
sv_cross_check_free (SvCrossCheck *check)
{
  g_hash_table_unref (check->by_mark);
  g_free (check);
}

static const SvKnownHost *
find (const SvCrossCheck *check, const char *prefix, const char *text)
{
  g_autofree char *key = text != NULL ? g_strconcat (prefix, text, NULL) : NULL;
  return key != NULL ? g_hash_table_lookup (check->by_mark, key) : NULL;
}

static const SvKnownHost *
find_by_address (const SvCrossCheck *check, const SvSeen *seen)
{
  const SvKnownHost *host = find (check, "address:", seen->address);
  gboolean other_card = host != NULL && seen->mac != NULL && !sv_text_is_empty (host->macs);
  return other_card ? NULL : host;
}

static const SvKnownHost *
find_by_name (const SvCrossCheck *check, const SvSeen *seen)
{
  const SvKnownHost *host = find (check, "name:", seen->name);
  if (host != NULL || seen->name == NULL)
    return host;
  g_autofree char *label = dup_label (seen->name);
  return label != NULL ? find (check, "name:", label) : find (check, "label:", seen->name);
}

const SvKnownHost *
sv_cross_check_find (const SvCrossCheck *check, const SvSeen *seen, SvKnownBy *ret_by)
{
  const SvKnownHost *host = find (check, "mac:", seen->mac);
  *ret_by = SV_KNOWN_BY_MAC;
  if (host != NULL)
    return host;
  host = find_by_address (check, seen);
  *ret_by = host != NULL ? SV_KNOWN_BY_ADDRESS : SV_KNOWN_BY_NAME;
  return host != NULL ? host : find_by_name (check, seen);
}

/* --- computers that were missed --- */

/* Sightings that are of one machine have one root. */
typedef struct {
  GPtrArray *seen; /* SvSeen, those of no host */
  guint *parents;
  GHashTable *by_mark; /* → place of the first sighting that has it, from 1; 0: of several names */
} Merge;

static guint
find_root (const Merge *merge, guint i)
{
  while (merge->parents[i] != i)
    i = merge->parents[i] = merge->parents[merge->parents[i]];
  return i;
}

static void
join (Merge *merge, guint a, guint b)
{
  a = find_root (merge, a);
  b = find_root (merge, b);
  merge->parents[MAX (a, b)] = MIN (a, b);
}

/* An address that two cards have was given to one after the other, and many telephones have one
 * name: rather one computer too many than one that hides another. */
static gboolean
may_join (const SvSeen *a, const SvSeen *b)
{
  return a->mac == NULL || b->mac == NULL || strcmp (a->mac, b->mac) == 0;
}

static void
join_by (Merge *merge, guint i, const char *prefix, const char *text)
{
  if (text == NULL)
    return;
  char *key = g_strconcat (prefix, text, NULL);
  guint first = GPOINTER_TO_UINT (g_hash_table_lookup (merge->by_mark, key));
  if (first == 0) {
    g_hash_table_insert (merge->by_mark, key, GUINT_TO_POINTER (i + 1));
    return;
  }
  if (may_join (merge->seen->pdata[i], merge->seen->pdata[first - 1]))
    join (merge, i, first - 1);
  g_free (key);
}

/* Remembers the one name of several labels that begins with each. */
static void
note_label (Merge *merge, guint i)
{
  const SvSeen *seen = merge->seen->pdata[i];
  g_autofree char *label = seen->name != NULL ? dup_label (seen->name) : NULL;
  g_autofree char *key = label != NULL ? g_strconcat ("label:", label, NULL) : NULL;
  gpointer known;
  if (key == NULL)
    return;
  if (!g_hash_table_lookup_extended (merge->by_mark, key, NULL, &known)) {
    g_hash_table_insert (merge->by_mark, g_steal_pointer (&key), GUINT_TO_POINTER (i + 1));
    return;
  }
  const SvSeen *other = known != NULL ? merge->seen->pdata[GPOINTER_TO_UINT (known) - 1] : NULL;
  if (other != NULL && strcmp (other->name, seen->name) != 0)
    g_hash_table_insert (merge->by_mark, g_steal_pointer (&key), NULL);
}

/* "web-1" is "web-1.corp.example" if no other name begins so. */
static void
join_by_label (Merge *merge, guint i)
{
  const SvSeen *seen = merge->seen->pdata[i];
  if (seen->name == NULL || strchr (seen->name, '.') != NULL)
    return;
  g_autofree char *key = g_strconcat ("label:", seen->name, NULL);
  guint whole = GPOINTER_TO_UINT (g_hash_table_lookup (merge->by_mark, key));
  if (whole != 0 && may_join (seen, merge->seen->pdata[whole - 1]))
    join (merge, i, whole - 1);
}

static void
merge_all (Merge *merge)
{
  for (guint i = 0; i < merge->seen->len; i++) {
    const SvSeen *seen = merge->seen->pdata[i];
    merge->parents[i] = i;
    join_by (merge, i, "mac:", seen->mac);
    join_by (merge, i, "address:", seen->address);
    join_by (merge, i, "name:", seen->name);
    note_label (merge, i);
  }
  for (guint i = 0; i < merge->seen->len; i++)
    join_by_label (merge, i);
}

static SvMissedComputer *
new_computer (void)
{
  SvMissedComputer *computer = sv_record_new (&sv_missed_computer_type);
  computer->names = sv_strings_new ();
  computer->addresses = sv_strings_new ();
  computer->macs = sv_strings_new ();
  computer->sources = sv_strings_new ();
  return computer;
}

static void
add_text (GPtrArray *list, const char *text)
{
  if (text != NULL)
    g_ptr_array_add (list, g_strdup (text));
}

static void
add_sighting (SvMissedComputer *computer, const SvSeen *seen)
{
  add_text (computer->names, seen->name);
  add_text (computer->addresses, seen->address);
  add_text (computer->macs, seen->mac);
  add_text (computer->sources, seen->source);
  if (seen->os != NULL && (computer->os == NULL || seen->last_seen_us > computer->last_seen_us))
    sv_text_set (&computer->os, seen->os);
  computer->last_seen_us = MAX (computer->last_seen_us, seen->last_seen_us);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
sort_distinct (GPtrArray *texts)
{
  g_ptr_array_sort (texts, compare_texts);
  guint kept = 0;
  for (guint i = 0; i < texts->len; i++) {
    char *text = g_steal_pointer (&texts->pdata[i]);
    if (kept > 0 && strcmp (texts->pdata[kept - 1], text) == 0)
      g_free (text);
    else
      texts->pdata[kept++] = text;
  }
  g_ptr_array_set_size (texts, (int)kept);
}

/* What it is known by, the surest first. */
static GPtrArray *
list_marks (const SvMissedComputer *computer)
{
  const struct {
    const char *prefix;
    const GPtrArray *texts;
  } marks[] = {
      {"mac:", computer->macs}, {"name:", computer->names}, {"address:", computer->addresses}};
  GPtrArray *list = sv_strings_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    for (guint k = 0; k < marks[i].texts->len; k++)
      g_ptr_array_add (list, g_strconcat (marks[i].prefix, marks[i].texts->pdata[k], NULL));
  return list;
}

static void
finish_computer (SvMissedComputer *computer, GHashTable *notes)
{
  GPtrArray *const lists[] = {computer->names, computer->addresses, computer->macs,
                              computer->sources};
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    sort_distinct (lists[i]);
  g_autoptr (GPtrArray) marks = list_marks (computer);
  computer->computer = g_strdup (marks->pdata[0]);
  const SvComputerNote *note = NULL;
  for (guint i = 0; i < marks->len && note == NULL; i++)
    note = g_hash_table_lookup (notes, marks->pdata[i]);
  computer->owner = g_strdup (note != NULL ? note->owner : NULL);
  computer->note = g_strdup (note != NULL ? note->note : NULL);
}

static int
compare_computers (gconstpointer a, gconstpointer b)
{
  const SvMissedComputer *x = *(SvMissedComputer *const *)a, *y = *(SvMissedComputer *const *)b;
  return strcmp (x->computer, y->computer);
}

static GPtrArray *
list_of_no_host (const SvCrossCheck *check, const GPtrArray *seen)
{
  GPtrArray *list = g_ptr_array_new ();
  SvKnownBy by;
  for (guint i = 0; i < seen->len; i++)
    if (sv_cross_check_find (check, seen->pdata[i], &by) == NULL)
      g_ptr_array_add (list, seen->pdata[i]);
  return list;
}

static GPtrArray *
list_computers (const Merge *merge, GHashTable *notes)
{
  GPtrArray *computers = g_ptr_array_new ();
  g_autofree SvMissedComputer **by_root = g_new0 (SvMissedComputer *, merge->seen->len);
  for (guint i = 0; i < merge->seen->len; i++) {
    guint root = find_root (merge, i);
    if (by_root[root] == NULL) {
      by_root[root] = new_computer ();
      g_ptr_array_add (computers, by_root[root]);
    }
    add_sighting (by_root[root], merge->seen->pdata[i]);
  }
  for (guint i = 0; i < computers->len; i++)
    finish_computer (computers->pdata[i], notes);
  g_ptr_array_sort (computers, compare_computers);
  return computers;
}

GPtrArray *
sv_cross_check_list_missed (const SvCrossCheck *check, const GPtrArray *seen,
                            const GPtrArray *notes)
{
  g_autoptr (GHashTable) by_computer = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < notes->len; i++)
    g_hash_table_insert (by_computer, ((SvComputerNote *)notes->pdata[i])->computer,
                         notes->pdata[i]);
  g_autoptr (GPtrArray) missed = list_of_no_host (check, seen);
  g_autoptr (GHashTable) by_mark = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree guint *parents = g_new0 (guint, missed->len);
  Merge merge = {missed, parents, by_mark};
  merge_all (&merge);
  return list_computers (&merge, by_computer);
}

/* --- stale records, hosts that a kind of source does not know --- */

static SvStaleRecord *
new_stale (const SvSeen *seen, const SvKnownHost *host, SvKnownBy by)
{
  SvStaleRecord *record = sv_record_new (&sv_stale_record_type);
  *record = (SvStaleRecord){.source = g_strdup (seen->source),
                            .kind = seen->kind,
                            .name = g_strdup (seen->name),
                            .address = g_strdup (seen->address),
                            .mac = g_strdup (seen->mac),
                            .host = g_strdup (host->id),
                            .presence = host->presence,
                            .known_by = (gint)by,
                            .host_last_seen_us = host->last_seen_us};
  return record;
}

static int
compare_stale (gconstpointer a, gconstpointer b)
{
  const SvStaleRecord *x = *(SvStaleRecord *const *)a, *y = *(SvStaleRecord *const *)b;
  int order = strcmp (x->source, y->source);
  if (order == 0)
    order = g_strcmp0 (x->name, y->name);
  if (order == 0)
    order = g_strcmp0 (x->address, y->address);
  return order != 0 ? order : g_strcmp0 (x->mac, y->mac);
}

GPtrArray *
sv_cross_check_list_stale (const SvCrossCheck *check, const GPtrArray *seen)
{
  GPtrArray *stale = g_ptr_array_new ();
  for (guint i = 0; i < seen->len; i++) {
    const SvSeen *one = seen->pdata[i];
    SvKnownBy by;
    const SvKnownHost *host =
        one->kind <= SV_SEEN_BY_DHCP ? sv_cross_check_find (check, one, &by) : NULL;
    if (host != NULL && host->presence != SV_HOST_PRESENT)
      g_ptr_array_add (stale, new_stale (one, host, by));
  }
  g_ptr_array_sort (stale, compare_stale);
  return stale;
}

static int
compare_hosts (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(SvKnownHost *const *)a)->id, (*(SvKnownHost *const *)b)->id);
}

GPtrArray *
sv_cross_check_list_unseen (const SvCrossCheck *check, const GPtrArray *seen, gint kind)
{
  g_autoptr (GHashTable) known = g_hash_table_new (NULL, NULL);
  GPtrArray *unseen = g_ptr_array_new ();
  SvKnownBy by;
  for (guint i = 0; i < seen->len; i++)
    if (((const SvSeen *)seen->pdata[i])->kind == kind)
      g_hash_table_add (known, (gpointer)sv_cross_check_find (check, seen->pdata[i], &by));
  for (guint i = 0; i < check->hosts->len; i++) {
    SvKnownHost *host = check->hosts->pdata[i];
    if (host->presence == SV_HOST_PRESENT && !g_hash_table_contains (known, host))
      g_ptr_array_add (unseen, host);
  }
  g_ptr_array_sort (unseen, compare_hosts);
  return unseen;
}
