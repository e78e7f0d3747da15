/* The rules of agents. */
#include "inventory/agent.h"
#include "inventory/checkin.h"

#include <string.h>

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)

static void
expect_denied (gboolean allowed, GError **error)
{
  g_assert_false (allowed);
  g_assert_true (sv_error_is (*error, SV_ERROR_DENIED));
  g_clear_error (error);
}

static void
test_token (void)
{
  const SvEnrolToken good = {.quota = 2, .used = 1, .expires_at_us = NOW + 1};
  SvEnrolToken full = good, old = good, revoked = good;
  GError *error = NULL;
  g_assert_true (sv_enrol_token_check (&good, NOW, NULL));
  full.used = 2;
  expect_denied (sv_enrol_token_check (&full, NOW, &error), &error);
  old.expires_at_us = NOW;
  expect_denied (sv_enrol_token_check (&old, NOW, &error), &error);
  revoked.revoked_at_us = NOW - 1;
  expect_denied (sv_enrol_token_check (&revoked, NOW, &error), &error);
}

static void
test_state (void)
{
  const struct {
    SvAgent agent;
    SvAgentState state;
  } rows[] = {
      {{.expires_at_us = NOW + 1}, SV_AGENT_ACTIVE},
      {{.expires_at_us = NOW}, SV_AGENT_EXPIRED},
      {{.expires_at_us = NOW + 1, .quarantined_at_us = 1}, SV_AGENT_QUARANTINED},
      {{.expires_at_us = NOW, .quarantined_at_us = 1, .revoked_at_us = 1}, SV_AGENT_REVOKED},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    SvAgent agent = rows[i].agent;
    GError *error = NULL;
    sv_agent_set_state (&agent, NOW);
    g_assert_cmpint (agent.state, ==, rows[i].state);
    gboolean allowed = sv_agent_check (&rows[i].agent, NOW, &error);
    if (rows[i].state == SV_AGENT_ACTIVE)
      g_assert_true (allowed);
    else
      expect_denied (allowed, &error);
  }
}

static void
test_counter (void)
{
  const struct {
    SvReportMark last, now;
    SvCounterVerdict verdict;
  } rows[] = {
      {{0, NULL}, {1, "a"}, SV_COUNTER_NEXT},   {{5, "a"}, {6, "b"}, SV_COUNTER_NEXT},
      {{5, "a"}, {5, "a"}, SV_COUNTER_AGAIN},  /* killed before the acknowledgement came */
      {{5, "a"}, {5, "b"}, SV_COUNTER_FORKED}, /* two machines, the same number */
      {{5, "a"}, {4, "a"}, SV_COUNTER_FORKED}, /* put back to an earlier state */
      {{5, "a"}, {9, "b"}, SV_COUNTER_AHEAD},  /* the server was put back */
      {{5, NULL}, {5, "b"}, SV_COUNTER_FORKED},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (sv_agent_judge_counter (&rows[i].last, &rows[i].now), ==, rows[i].verdict);
}

/* Two machines that begin with one state, in any order of reports, lost acknowledgements included:
 * the second one is found out by the time that both were acknowledged once after the copy. */
typedef struct {
  gint64 acknowledged;
  char *pending; /* nonce of the report that is being sent */
} Machine;

static SvCounterVerdict
deliver (Machine *machine, SvReportMark *server, GPtrArray *nonces, gboolean answered)
{
  if (machine->pending == NULL) {
    machine->pending = g_strdup_printf ("n%u", nonces->len);
    g_ptr_array_add (nonces, machine->pending);
  }
  const SvReportMark now = {machine->acknowledged + 1, machine->pending};
  SvCounterVerdict verdict = sv_agent_judge_counter (server, &now);
  if (verdict == SV_COUNTER_FORKED)
    return verdict;
  *server = now;
  if (answered) {
    machine->acknowledged = now.counter;
    machine->pending = NULL;
  }
  return verdict;
}

static void
test_clones (void)
{
  for (guint round = 0; round < 2000; round++) {
    g_autoptr (GPtrArray) nonces = g_ptr_array_new_with_free_func (g_free);
    SvReportMark server = {0};
    Machine one = {0};
    for (int i = g_test_rand_int_range (0, 5); i >= 0; i--) { /* alone it is never accused */
      SvCounterVerdict verdict = deliver (&one, &server, nonces, g_test_rand_bit ());
      g_assert_cmpint (verdict, !=, SV_COUNTER_FORKED);
    }
    Machine both[] = {one, one};
    guint acknowledged[] = {0, 0};
    gboolean forked = FALSE;
    while (!forked && (acknowledged[0] < 2 || acknowledged[1] < 2)) {
      int which = g_test_rand_int_range (0, 2);
      gboolean answered = g_test_rand_bit ();
      forked = deliver (&both[which], &server, nonces, answered) == SV_COUNTER_FORKED;
      acknowledged[which] += answered && !forked;
    }
    g_assert_true (forked);
  }
}

static void
test_quota (void)
{
  SvAgentQuota quota = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_agent_count_packages (&quota, SV_LIMIT_AGENT_PACKAGES_PER_DAY, NOW, NULL));
  g_assert_false (sv_agent_count_packages (&quota, 1, NOW + SV_HOUR_US, &error));
  g_assert_true (sv_error_is (error, SV_ERROR_LIMIT));
  g_assert_true (sv_agent_count_packages (&quota, 0, NOW + SV_HOUR_US, NULL));
  g_assert_true (sv_agent_count_packages (&quota, 1, NOW + SV_DAY_US, NULL)); /* the next day */
  g_assert_cmpint (quota.described, ==, 1);
}

static void
test_pace (void)
{
  for (guint failures = 1; failures < 100; failures++) {
    gint64 most_s = sv_agent_wait_s (failures, 0, 1), least_s = sv_agent_wait_s (failures, 0, 0);
    g_assert_cmpint (least_s, >=, 15);
    g_assert_cmpint (least_s, <, most_s);
    g_assert_cmpint (most_s, <=, 900);
    g_assert_cmpint (most_s, >=, MIN (900, 30 * (gint64)failures));
  }
  g_assert_cmpint (sv_agent_wait_s (1, 120, 0), ==, 120);
  g_assert_cmpint (sv_agent_wait_s (1, G_MAXINT64, 0), ==, 900); /* nobody sends it to sleep */
  g_assert_cmpint (sv_agent_wait_s (1, -5, 0), ==, 15);
  g_assert_cmpint (sv_agent_renew_at (NOW, NOW + 90 * SV_DAY_US), ==, NOW + 60 * SV_DAY_US);
}

/* Facts are sent again when they say something else, not because time went by. */
static char *
facts_of (const SvInventory *inventory)
{
  SvDigest digest = sv_checkin_digest_facts (inventory);
  return sv_digest_format (&digest);
}

static void
expect_facts (const SvInventory *inventory, const char *before, gboolean same)
{
  g_autofree char *now = facts_of (inventory);
  g_assert_true ((strcmp (before, now) == 0) == same);
}

static void
test_facts (void)
{
  SvFilesystem disk = {.mount = "/", .type = "ext4", .total_bytes = 1000, .free_bytes = 510};
  SvPackage package = {.name = "bash", .arch = "amd64", .version = "1"};
  g_autoptr (GPtrArray) disks = g_ptr_array_new (), packages = g_ptr_array_new ();
  g_ptr_array_add (disks, &disk);
  SvInventory inventory = {
      .hostname = "web", .collected_at_us = NOW, .filesystems = disks, .packages = packages};
  g_autofree char *before = facts_of (&inventory);
  inventory.collected_at_us = NOW + 1;
  disk.free_bytes = 549;
  g_ptr_array_add (packages, &package);
  expect_facts (&inventory, before, TRUE);
  g_assert_cmpint (disk.free_bytes, ==, 549);
  disk.free_bytes = 449;
  expect_facts (&inventory, before, FALSE);
  disk.free_bytes = 510;
  package.held = TRUE;
  expect_facts (&inventory, before, FALSE);
  package.held = FALSE;
  expect_facts (&inventory, before, TRUE);
  inventory.hostname = "other";
  expect_facts (&inventory, before, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent/token", test_token);
  g_test_add_func ("/agent/state", test_state);
  g_test_add_func ("/agent/counter", test_counter);
  g_test_add_func ("/agent/clones", test_clones);
  g_test_add_func ("/agent/quota", test_quota);
  g_test_add_func ("/agent/pace", test_pace);
  g_test_add_func ("/agent/facts", test_facts);
  return g_test_run ();
}
