#include "triage/triage.h"

static gint64
instant (const char *text)
{
  gint64 instant_us = 0;
  g_assert_true (text == NULL || sv_time_parse (text, &instant_us, NULL));
  return instant_us;
}

typedef struct {
  const char *name;
  const char *known_since, *kev_due; /* NULL: not known, none */
  SvPriorityLevel priority;
  SvBodTimeline timeline;
  const char *due, *target; /* NULL: no date */
  gint binding;             /* SvDueKind, -1: none */
} DeadlineCase;

static const DeadlineCase cases[] = {
    {"niscc-alone", "2026-03-01", NULL, SV_PRIORITY_HIGH, SV_BOD_UNKNOWN, "2026-03-08",
     "2026-03-08", SV_DUE_NISCC},
    {"medium-has-a-target", "2026-03-01", NULL, SV_PRIORITY_MEDIUM, SV_BOD_ON_UPGRADE, "2026-05-01",
     "2026-04-01", SV_DUE_NISCC},
    {"p16-directive-is-earlier", "2026-03-01", NULL, SV_PRIORITY_MEDIUM, SV_BOD_14_DAYS,
     "2026-03-15", "2026-03-15", SV_DUE_BOD},
    {"p16-forensic-timeline", "2026-03-01", NULL, SV_PRIORITY_HIGH, SV_BOD_3_DAYS_FORENSIC,
     "2026-03-04", "2026-03-04", SV_DUE_BOD},
    {"p16-upgrade-names-no-date", "2026-03-01", NULL, SV_PRIORITY_LOW, SV_BOD_ON_UPGRADE,
     "2026-09-01", "2026-09-01", SV_DUE_NISCC},
    {"target-before-directive", "2026-03-01", NULL, SV_PRIORITY_MEDIUM, SV_BOD_60_DAYS,
     "2026-04-30", "2026-04-01", SV_DUE_BOD},
    {"p17-cap-is-earlier", "2026-03-01", "2026-03-06", SV_PRIORITY_HIGH, SV_BOD_14_DAYS,
     "2026-03-06", "2026-03-06", SV_DUE_KEV},
    {"p17-cap-is-later", "2026-03-01", "2026-03-22", SV_PRIORITY_HIGH, SV_BOD_14_DAYS, "2026-03-08",
     "2026-03-08", SV_DUE_NISCC},
    {"p17-cap-long-past", "2026-03-01", "2021-11-17", SV_PRIORITY_EMERGENCY, SV_BOD_3_DAYS,
     "2021-11-17", "2021-11-17", SV_DUE_KEV},
    {"p17-cap-without-known-since", NULL, "2026-03-06", SV_PRIORITY_HIGH, SV_BOD_3_DAYS,
     "2026-03-06", "2026-03-06", SV_DUE_KEV},
    {"no-date-at-all", NULL, NULL, SV_PRIORITY_EMERGENCY, SV_BOD_3_DAYS, NULL, NULL, -1},
    {"first-of-equal-dates", "2026-03-01", "2026-03-08", SV_PRIORITY_HIGH, SV_BOD_UNKNOWN,
     "2026-03-08", "2026-03-08", SV_DUE_NISCC},
};

static void
test_case (gconstpointer data)
{
  const DeadlineCase *c = data;
  const SvDueCase facts = {.known_since_us = instant (c->known_since),
                           .priority = c->priority,
                           .timeline = c->timeline,
                           .kev_due_at_us = instant (c->kev_due)};
  g_autoptr (SvDeadline) deadline = sv_deadline_judge (&facts);
  g_assert_cmpint (deadline->due_at_us, ==, instant (c->due));
  g_assert_cmpint (deadline->target_at_us, ==, instant (c->target));
  g_assert_cmpuint (deadline->dues->len, ==, SV_N_DUES);
  g_assert_nonnull (deadline->reason);
  gint binding = -1;
  for (guint i = 0; i < deadline->dues->len; i++) {
    const SvDue *due = g_ptr_array_index (deadline->dues, i);
    g_assert_true (due->reason != NULL && due->origin != NULL);
    if (due->binding) {
      g_assert_cmpint (binding, ==, -1);
      binding = due->kind;
      g_assert_cmpstr (deadline->reason, ==, due->reason);
    }
  }
  g_assert_cmpint (binding, ==, c->binding);
}

static void
test_reasons (void)
{
  const SvDueCase facts = {.known_since_us = instant ("2026-03-01"),
                           .priority = SV_PRIORITY_HIGH,
                           .timeline = SV_BOD_3_DAYS_FORENSIC};
  g_autoptr (SvDeadline) deadline = sv_deadline_judge (&facts);
  const SvDue *niscc = g_ptr_array_index (deadline->dues, SV_DUE_NISCC);
  const SvDue *kev = g_ptr_array_index (deadline->dues, SV_DUE_KEV);
  g_assert_cmpstr (niscc->reason, ==, "priority high: within 1 week");
  g_assert_cmpstr (deadline->reason, ==, "3 days & forensic investigation");
  g_assert_cmpstr (deadline->origin, ==, "CISA BOD 26-04");
  g_assert_cmpint (kev->due_at_us, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/deadline/", cases[i].name, NULL);
    g_test_add_data_func (path, &cases[i], test_case);
  }
  g_test_add_func ("/deadline/reasons-and-origins", test_reasons);
  return g_test_run ();
}
