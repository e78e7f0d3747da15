/* The index of a fleet must say what judging each host by itself says: after loading, and after any
 * number of moves. */
#include "exposure/exposure.h"

#include "db/test_store.h"

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)
#define N_HOSTS 14
#define N_STATEMENTS 40

/* --- what the world says --- */

static const char *const sources[] = {"openssl", "bash", "linux", "postgresql", "zlib"};
static const char *const versions[] = {"1-1", "1-2", "2-1", "2-2", "3-1", "4-1"};
static const char *const feeds[] = {"debian-tracker", "osv-x"};
static const char *const flaws[] = {"CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003",
                                    "CVE-2024-0004", "CVE-2024-0010", "GHSA-x"};

static const char *const systems[] = {"", "s1", "s2"};

#define ONE_OF(list) list[g_test_rand_int_range (0, G_N_ELEMENTS (list))]

typedef struct {
  SvStatement statements[N_STATEMENTS];
  const char *feeds[N_STATEMENTS];
} World;

static void
make_world (World *world)
{
  for (guint i = 0; i < N_STATEMENTS; i++) {
    gboolean open = g_test_rand_int_range (0, 4) == 0;
    world->feeds[i] = ONE_OF (feeds);
    world->statements[i] = (SvStatement){
        .vulnerability = (char *)ONE_OF (flaws),
        .release = g_test_rand_int_range (0, 3) == 0 ? "debian:13" : "debian:12",
        .package = (char *)ONE_OF (sources),
        .name_kind = SV_NAME_SOURCE,
        .scheme = SV_SCHEME_DEB,
        .status = g_test_rand_int_range (0, 6) == 0 ? SV_STATUS_UNDETERMINED : SV_STATUS_AFFECTED,
        .introduced = "0",
        .fixed = open ? NULL : (char *)ONE_OF (versions),
        .urgency = g_test_rand_int_range (0, 8) == 0 ? "unimportant" : NULL};
  }
}

static gboolean
world_claims (gpointer source, const SvClaimQuestion *question, SvClaimFunc func,
              gpointer user_data, GError **error)
{
  const World *world = source;
  for (guint i = 0; i < N_STATEMENTS; i++) {
    const SvStatement *statement = &world->statements[i];
    SvClaim claim = {.feed = world->feeds[i], .statement = statement};
    if (statement->name_kind == (gint)question->kind &&
        strcmp (statement->release, question->release) == 0 &&
        strcmp (statement->package, question->package) == 0 && !func (&claim, user_data, error))
      return FALSE;
  }
  return TRUE;
}

static const char *
world_canonical (gpointer source, const char *id)
{
  return strcmp (id, "GHSA-x") == 0 ? "CVE-2024-0001" : id;
}

/* --- the fleet --- */

typedef struct {
  SvDb *db;
  SvDictionary *dictionary;
  SvFleet *fleet; /* moved step by step */
  World world;
  SvClaimSource claims;
  guint n_hosts;
  const char *systems[N_HOSTS]; /* that each host belongs to */
} Lab;

static void
lab_init (Lab *lab, SvDb *db)
{
  *lab = (Lab){.db = db, .dictionary = sv_dictionary_new ()};
  lab->fleet = sv_fleet_new (lab->dictionary);
  make_world (&lab->world);
  lab->claims =
      (SvClaimSource){.foreach = world_claims, .canonical = world_canonical, .source = &lab->world};
}

static void
lab_clear (Lab *lab)
{
  sv_fleet_free (lab->fleet);
  sv_dictionary_free (lab->dictionary);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lab, lab_clear)

static void
install (GPtrArray *packages, const char *name, const char *source, const char *version)
{
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (name);
  package->arch = g_strdup ("amd64");
  package->version = g_strdup (version);
  package->source = g_strdup (source);
  package->source_version = g_strdup (version);
  g_ptr_array_add (packages, package);
}

/* Libraries, headers of low relevance, and kernels of which one runs. */
static SvInventory *
make_machine (const char *id)
{
  SvInventory *inventory = sv_record_new (&sv_inventory_type);
  inventory->hostname = g_strconcat ("host-", id, NULL);
  inventory->distro = sv_record_new (&sv_distro_type);
  inventory->distro->id = g_strdup ("debian");
  inventory->distro->release = g_strdup (g_test_rand_int_range (0, 4) == 0 ? "13" : "12");
  inventory->packages = g_ptr_array_new ();
  inventory->kernels = g_ptr_array_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++) {
    if (strcmp (sources[i], "linux") == 0 || g_test_rand_int_range (0, 3) == 0)
      continue;
    g_autofree char *library = g_strconcat ("lib", sources[i], NULL);
    g_autofree char *doc = g_strconcat (sources[i], "-doc", NULL);
    install (inventory->packages, library, sources[i], ONE_OF (versions));
    install (inventory->packages, doc, sources[i], ONE_OF (versions));
  }
  gint32 n = g_test_rand_int_range (0, 4);
  for (gint32 i = 0; i < n; i++) {
    SvKernel *kernel = sv_record_new (&sv_kernel_type);
    kernel->release = g_strdup_printf ("6.1.0-%d-amd64", i);
    kernel->package = g_strconcat ("linux-image-", kernel->release, NULL);
    kernel->package_version = g_strdup (versions[i]);
    kernel->role = i == n - 1 ? SV_KERNEL_RUNNING : SV_KERNEL_ON_DISK;
    install (inventory->packages, kernel->package, "linux", versions[i]);
    g_ptr_array_add (inventory->kernels, kernel);
  }
  return inventory;
}

static void
report (Lab *lab, const char *id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SvInventory) machine = make_machine (id);
  SvCheckin *checkin = sv_checkin_new (machine, NULL, TRUE);
  SvHostPlace place;
  const char *system = ONE_OF (systems);
  g_autoptr (SvTx) tx = sv_db_begin (lab->db, NULL);
  sv_host_check_in (lab->dictionary, lab->db, id, checkin, NOW, &place, &error);
  g_assert_no_error (error);
  sv_system_place_by_hand (lab->db, id, system[0] != '\0' ? system : NULL, NOW, &error);
  g_assert_no_error (error);
  g_strlcpy (place.system, system, sizeof place.system);
  lab->systems[g_ascii_strtoull (id, NULL, 10)] = system;
  g_assert_true (sv_tx_commit (tx, &error));
  sv_checkin_free_lent (checkin);
  sv_fleet_move (lab->fleet, lab->db, id, &place, &error);
  g_assert_no_error (error);
}

/* --- what is true, host by host --- */

static GPtrArray *
judge_alone (Lab *lab, const char *id)
{
  g_autoptr (SvInventory) inventory = sv_host_load_inventory (lab->dictionary, lab->db, id, NULL);
  const SvAssessment assessment = {.inventory = inventory, .claims = &lab->claims, .n_claims = 1};
  g_autoptr (GPtrArray) findings = NULL;
  g_assert_true (sv_exposure_assess (&assessment, &findings, NULL));
  GPtrArray *ids = sv_strings_new ();
  for (guint i = 0; i < findings->len; i++) {
    const SvFinding *finding = findings->pdata[i];
    if (finding->verdict == SV_VERDICT_AFFECTED && !finding->low_relevance && !finding->unimportant)
      sv_strings_add_distinct (ids, finding->vulnerability);
  }
  return ids;
}

/* Ids of the updates that heal the host of something. */
static GPtrArray *
list_needed (Lab *lab, const char *id)
{
  g_autoptr (SvInventory) inventory = sv_host_load_inventory (lab->dictionary, lab->db, id, NULL);
  const SvAssessment assessment = {.inventory = inventory, .claims = &lab->claims, .n_claims = 1};
  g_autoptr (GPtrArray) findings = NULL;
  g_assert_true (sv_exposure_assess (&assessment, &findings, NULL));
  GPtrArray *ids = sv_strings_new ();
  for (guint i = 0; i < findings->len; i++) {
    const SvFinding *finding = findings->pdata[i];
    g_autofree char *update =
        g_strdup_printf ("debian:%s/%s", inventory->distro->release, finding->source);
    if (finding->verdict == SV_VERDICT_AFFECTED && !finding->low_relevance &&
        !finding->unimportant && finding->fixed != NULL)
      sv_strings_add_distinct (ids, update);
  }
  return ids;
}

static char *
join (GPtrArray *ids)
{
  g_ptr_array_add (ids, NULL);
  return g_strjoinv (" ", (char **)ids->pdata);
}

/* All hosts that the index says are affected, page by page. */
static GHashTable *
walk_hosts (SvFleet *fleet, const char *flaw)
{
  GHashTable *seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *cursor = NULL;
  do {
    SvFleetListing listing;
    if (!sv_fleet_list_hosts (fleet, flaw, &(SvFleetPage){.after = cursor, .limit = 3}, &listing,
                              NULL))
      break;
    g_assert_cmpuint (listing.items->len, <=, 3);
    for (guint i = 0; i < listing.items->len; i++)
      g_assert_true (g_hash_table_add (seen, g_strdup (listing.items->pdata[i])));
    g_ptr_array_unref (listing.items);
    sv_text_take (&cursor, listing.next);
  } while (cursor != NULL);
  return seen;
}

/* The hosts of each system are those of them that @hosts (a set of ids) holds. */
static void
assert_shares (Lab *lab, SvFleet *fleet, const char *flaw, GHashTable *hosts)
{
  gint64 sum = 0;
  for (gsize s = 0; s < G_N_ELEMENTS (systems); s++) {
    g_autoptr (GPtrArray) one = sv_strings_new ();
    g_ptr_array_add (one, g_strdup (systems[s]));
    const SvFleetFilter filter = {.systems = one};
    SvFleetFlaw *of = sv_fleet_load_flaw (fleet, flaw, &filter, NULL);
    gint64 want = 0;
    for (guint i = 0; i < lab->n_hosts; i++) {
      g_autofree char *id = g_strdup_printf ("%02u", i);
      want += g_hash_table_contains (hosts, id) && strcmp (lab->systems[i], systems[s]) == 0;
    }
    g_assert_cmpint (of != NULL ? of->hosts : 0, ==, want);
    sv_record_free (&sv_fleet_flaw_type, of);
  }
  GPtrArray *shares = sv_fleet_list_shares (fleet, flaw, NULL, NULL);
  for (guint i = 0; shares != NULL && i < shares->len; i++)
    sum += ((const SvFleetShare *)shares->pdata[i])->hosts;
  g_assert_cmpint (sum, ==, g_hash_table_size (hosts));
  sv_rows_free (shares, &sv_fleet_share_type);
}

/* Updates with the hosts that need them, as judging each host by itself says: "debian:12/bash" to
 * a number. */
static GHashTable *
count_updates (Lab *lab)
{
  GHashTable *counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < lab->n_hosts; i++) {
    g_autofree char *id = g_strdup_printf ("%02u", i);
    g_autoptr (GPtrArray) needed = list_needed (lab, id);
    for (guint k = 0; k < needed->len; k++) {
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (counts, needed->pdata[k]));
      g_hash_table_insert (counts, g_strdup (needed->pdata[k]), GUINT_TO_POINTER (n + 1));
    }
  }
  return counts;
}

static void
assert_updates (Lab *lab, SvFleet *fleet)
{
  g_autoptr (GHashTable) counts = count_updates (lab);
  SvFleetListing listing;
  sv_fleet_list_updates (fleet, &(SvFleetPage){.limit = 100}, &listing);
  g_assert_cmpuint (listing.total, ==, g_hash_table_size (counts));
  g_assert_cmpuint (listing.items->len, ==, listing.total);
  for (guint i = 0; i < listing.items->len; i++) {
    const SvFleetUpdate *update = listing.items->pdata[i];
    SvFleetListing hosts, closed;
    g_assert_cmpint (update->hosts, ==,
                     GPOINTER_TO_UINT (g_hash_table_lookup (counts, update->id)));
    g_assert_true (
        sv_fleet_list_update_hosts (fleet, update->id, &(SvFleetPage){.limit = 100}, &hosts, NULL));
    g_assert_cmpuint (hosts.total, ==, (guint64)update->hosts);
    g_assert_true (sv_fleet_list_update_flaws (fleet, update->id, &(SvFleetPage){.limit = 100},
                                               &closed, NULL));
    g_assert_cmpuint (closed.total, ==, (guint64)update->vulnerabilities);
    g_assert_cmpuint (closed.total, >, 0);
    g_ptr_array_unref (hosts.items);
    sv_rows_free (closed.items, &sv_fleet_flaw_type);
  }
  sv_rows_free (listing.items, &sv_fleet_update_type);
}

static guint
assert_true_of (Lab *lab, SvFleet *fleet)
{
  guint n = 0, counts[G_N_ELEMENTS (flaws)] = {0};
  for (guint i = 0; i < lab->n_hosts; i++) {
    g_autofree char *id = g_strdup_printf ("%02u", i);
    g_autoptr (GPtrArray) alone = judge_alone (lab, id);
    g_autoptr (GPtrArray) indexed = sv_fleet_list_host_flaws (fleet, id);
    for (gsize f = 0; f < G_N_ELEMENTS (flaws); f++)
      counts[f] += sv_strings_contain (alone, flaws[f]);
    n += alone->len;
    g_autofree char *want = join (alone), *have = join (indexed);
    g_assert_cmpstr (have, ==, want);
  }
  for (gsize f = 0; f < G_N_ELEMENTS (flaws); f++) {
    g_autoptr (GHashTable) hosts = walk_hosts (fleet, flaws[f]);
    SvFleetFlaw *flaw = sv_fleet_load_flaw (fleet, flaws[f], NULL, NULL);
    assert_shares (lab, fleet, flaws[f], hosts);
    g_assert_cmpuint (g_hash_table_size (hosts), ==, counts[f]);
    g_assert_cmpint (flaw != NULL ? flaw->hosts : 0, ==, counts[f]);
    sv_record_free (&sv_fleet_flaw_type, flaw);
  }
  assert_updates (lab, fleet);
  return n;
}

/* --- tests --- */

static void
match (Lab *lab, SvFleet *fleet)
{
  g_autoptr (GError) error = NULL;
  sv_fleet_match (fleet, &lab->claims, 1, NOW, &error);
  g_assert_no_error (error);
}

static SvFleet *
load_anew (Lab *lab)
{
  g_autoptr (GError) error = NULL;
  SvFleet *fleet = sv_fleet_new (lab->dictionary);
  sv_fleet_load (fleet, lab->db, &error);
  g_assert_no_error (error);
  match (lab, fleet);
  return fleet;
}

static char *
describe (SvFleet *fleet)
{
  GString *text = g_string_new (NULL);
  SvFleetListing listing, updates;
  sv_fleet_list_flaws (fleet, &(SvFleetPage){.limit = 100}, &listing);
  g_assert_cmpuint (listing.items->len, ==, listing.total);
  for (guint i = 0; i < listing.items->len; i++) {
    const SvFleetFlaw *flaw = listing.items->pdata[i];
    g_string_append_printf (text, "%s %d %d %d\n", flaw->vulnerability, (int)flaw->hosts,
                            (int)flaw->hosts_low, (int)flaw->hosts_unknown);
  }
  sv_fleet_list_updates (fleet, &(SvFleetPage){.limit = 100}, &updates);
  for (guint i = 0; i < updates.items->len; i++) {
    const SvFleetUpdate *update = updates.items->pdata[i];
    g_string_append_printf (text, "%s %s %d %d\n", update->id, update->fixed, (int)update->hosts,
                            (int)update->vulnerabilities);
  }
  sv_rows_free (listing.items, &sv_fleet_flaw_type);
  sv_rows_free (updates.items, &sv_fleet_update_type);
  return g_string_free (text, FALSE);
}

/* Incremental equals full: whatever moved, whatever the world says meanwhile. */
static void
test_incremental (SvTestStore *store)
{
  g_auto (Lab) lab;
  guint n_findings = 0;
  lab_init (&lab, store->db);
  for (guint round = 0; round < 25; round++) {
    for (gint32 moves = g_test_rand_int_range (1, 6); moves > 0; moves--) {
      guint host = (guint)g_test_rand_int_range (0, MIN (N_HOSTS, (gint32)lab.n_hosts + 1));
      g_autofree char *id = g_strdup_printf ("%02u", host);
      report (&lab, id);
      lab.n_hosts = MAX (lab.n_hosts, host + 1);
    }
    if (g_test_rand_int_range (0, 3) == 0) {
      make_world (&lab.world);
      match (&lab, lab.fleet);
    } else {
      g_assert_true (sv_fleet_match_new (lab.fleet, &lab.claims, 1, NOW, NULL));
    }
    n_findings += assert_true_of (&lab, lab.fleet);
    g_autoptr (SvFleet) fresh = load_anew (&lab);
    assert_true_of (&lab, fresh);
    g_autofree char *have = describe (lab.fleet), *want = describe (fresh);
    g_assert_cmpstr (have, ==, want);
  }
  g_assert_cmpuint (n_findings, >, 200); /* else the worlds were too dull to prove anything */
}

static void
test_remove (SvTestStore *store)
{
  g_auto (Lab) lab;
  lab_init (&lab, store->db);
  for (lab.n_hosts = 0; lab.n_hosts < 6; lab.n_hosts++) {
    g_autofree char *id = g_strdup_printf ("%02u", lab.n_hosts);
    report (&lab, id);
  }
  match (&lab, lab.fleet);
  SvFleetState state;
  sv_fleet_remove (lab.fleet, "05");
  sv_fleet_remove (lab.fleet, "05");
  sv_fleet_remove (lab.fleet, "never there");
  lab.n_hosts = 5;
  assert_true_of (&lab, lab.fleet);
  sv_fleet_get_state (lab.fleet, &state);
  g_assert_cmpint (state.hosts, ==, 5);
  g_assert_null (sv_fleet_list_host_flaws (lab.fleet, "05"));
  report (&lab, "05"); /* it comes back */
  lab.n_hosts = 6;
  g_assert_true (sv_fleet_match_new (lab.fleet, &lab.claims, 1, NOW, NULL));
  assert_true_of (&lab, lab.fleet);
}

/* What nobody has judged yet is said to be so, never counted as healthy. */
static void
test_unjudged (SvTestStore *store)
{
  g_auto (Lab) lab;
  lab_init (&lab, store->db);
  SvFleetState state;
  sv_fleet_get_state (lab.fleet, &state);
  g_assert_cmpint (state.matched_at_us, ==, 0);
  while (state.parts == 0) { /* a machine may come out empty */
    report (&lab, "00");
    sv_fleet_get_state (lab.fleet, &state);
  }
  g_assert_cmpint (state.parts_unjudged, ==, state.parts);
  match (&lab, lab.fleet);
  sv_fleet_get_state (lab.fleet, &state);
  g_assert_cmpint (state.parts_unjudged, ==, 0);
  g_assert_cmpint (state.matched_at_us, ==, NOW);
}

static gboolean
fail_claims (gpointer source, const SvClaimQuestion *question, SvClaimFunc func, gpointer user_data,
             GError **error)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_UNREACHABLE, "gone");
  return FALSE;
}

static void
test_failed_match (SvTestStore *store)
{
  g_auto (Lab) lab;
  lab_init (&lab, store->db);
  for (lab.n_hosts = 0; lab.n_hosts < 4; lab.n_hosts++) {
    g_autofree char *id = g_strdup_printf ("%02u", lab.n_hosts);
    report (&lab, id);
  }
  match (&lab, lab.fleet);
  g_autofree char *before = describe (lab.fleet);
  const SvClaimSource broken = {.foreach = fail_claims};
  g_autoptr (GError) error = NULL;
  g_assert_false (sv_fleet_match (lab.fleet, &broken, 1, NOW + 1, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_UNREACHABLE));
  g_autofree char *after = describe (lab.fleet);
  g_assert_cmpstr (after, ==, before); /* the last answer stays in force (103) */
}

static void
test_stale_cursor (SvTestStore *store)
{
  g_auto (Lab) lab;
  lab_init (&lab, store->db);
  for (gsize i = 0; i < N_STATEMENTS; i++)
    lab.world.statements[i] = (SvStatement){.vulnerability = (char *)flaws[1],
                                            .release = i % 2 == 0 ? "debian:12" : "debian:13",
                                            .package = (char *)sources[i % G_N_ELEMENTS (sources)],
                                            .scheme = SV_SCHEME_DEB,
                                            .introduced = "0"};
  gint64 affected = 0;
  while (affected < 3) { /* everybody is, but for machines that come out empty */
    g_autofree char *id = g_strdup_printf ("%02u", lab.n_hosts++);
    report (&lab, id);
    match (&lab, lab.fleet);
    SvFleetFlaw *flaw = sv_fleet_load_flaw (lab.fleet, flaws[1], NULL, NULL);
    affected = flaw != NULL ? flaw->hosts : 0;
    sv_record_free (&sv_fleet_flaw_type, flaw);
  }
  SvFleetListing page, second;
  g_autoptr (GError) error = NULL;
  g_assert_true (
      sv_fleet_list_hosts (lab.fleet, flaws[1], &(SvFleetPage){.limit = 1}, &page, NULL));
  g_assert_nonnull (page.next);
  report (&lab, "03");
  const SvFleetPage stale = {.after = page.next, .limit = 1}, bad = {.after = "1.x", .limit = 1};
  g_assert_false (sv_fleet_list_hosts (lab.fleet, flaws[1], &stale, &second, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_CONFLICT));
  g_clear_error (&error);
  g_assert_false (sv_fleet_list_hosts (lab.fleet, flaws[1], &bad, &second, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_INVALID_DATA));
  g_ptr_array_unref (page.items);
  g_free (page.next);
}

/* --- many threads --- */

typedef struct {
  SvFleet *fleet;
  gint stop; /* set in one step */
} Readers;

/* Asks all that can be asked; what comes must make sense by itself. */
static gpointer
read_all_the_time (gpointer data)
{
  Readers *readers = data;
  guint n = 0;
  while (!g_atomic_int_get (&readers->stop)) {
    SvFleetState state;
    sv_fleet_get_state (readers->fleet, &state);
    g_assert_cmpint (state.parts_unjudged, <=, state.parts);
    g_free (describe (readers->fleet));
    for (gsize f = 0; f < G_N_ELEMENTS (flaws); f++) {
      SvFleetListing listing;
      if (!sv_fleet_list_hosts (readers->fleet, flaws[f], &(SvFleetPage){.limit = 5}, &listing,
                                NULL))
        continue;
      g_assert_cmpuint (listing.items->len, ==, MIN (listing.total, 5));
      g_ptr_array_unref (listing.items);
      g_free (listing.next);
    }
    g_autoptr (GPtrArray) of_host = sv_fleet_list_host_flaws (readers->fleet, "00");
    n++;
  }
  return GUINT_TO_POINTER (n);
}

static void
test_threads (SvTestStore *store)
{
  g_auto (Lab) lab;
  lab_init (&lab, store->db);
  Readers readers = {.fleet = lab.fleet};
  GThread *threads[2];
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("reader", read_all_the_time, &readers);
  for (guint round = 0; round < 40; round++) {
    guint host = round % 6;
    g_autofree char *id = g_strdup_printf ("%02u", host);
    report (&lab, id);
    lab.n_hosts = MAX (lab.n_hosts, host + 1);
    if (round % 3 == 0)
      match (&lab, lab.fleet);
    else
      g_assert_true (sv_fleet_match_new (lab.fleet, &lab.claims, 1, NOW, NULL));
  }
  g_atomic_int_set (&readers.stop, 1);
  for (gsize i = 0; i < G_N_ELEMENTS (threads); i++)
    g_assert_cmpuint (GPOINTER_TO_UINT (g_thread_join (threads[i])), >, 0);
  assert_true_of (&lab, lab.fleet);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  sv_test_store_add ("/fleet/incremental-equals-full", test_incremental);
  sv_test_store_add ("/fleet/remove", test_remove);
  sv_test_store_add ("/fleet/unjudged", test_unjudged);
  sv_test_store_add ("/fleet/failed-match", test_failed_match);
  sv_test_store_add ("/fleet/stale-cursor", test_stale_cursor);
  sv_test_store_add ("/fleet/threads", test_threads);
  return g_test_run ();
}
