#include "exposure/release_lock.h"

#include <string.h>

typedef struct {
  const char *name, *lock, *fixed;
  SvFix before, after;
} Case;

static const Case cases[] = {
    {"later-minor", "8.6", "1.0-3.el8_8.1", SV_FIX_UNKNOWN, SV_FIX_NOT_REACHABLE},
    {"two-digits", "8.6", "1.0-3.el8_10", SV_FIX_UNKNOWN, SV_FIX_NOT_REACHABLE},
    {"own-minor", "8.6", "1.0-3.el8_6.1", SV_FIX_UNKNOWN, SV_FIX_UNKNOWN},
    {"earlier-minor", "8.10", "1.0-3.el8_6.1", SV_FIX_UNKNOWN, SV_FIX_UNKNOWN},
    {"no-minor", "8.6", "1.0-3.el8", SV_FIX_UNKNOWN, SV_FIX_UNKNOWN},
    {"not-locked", NULL, "1.0-3.el8_8", SV_FIX_UNKNOWN, SV_FIX_UNKNOWN},
    {"no-fix", "8.6", NULL, SV_FIX_NONE, SV_FIX_NONE},
    {"archives-know-better", "8.6", "1.0-3.el8_8", SV_FIX_REACHABLE, SV_FIX_REACHABLE},
};

static void
test_lock (gconstpointer user_data)
{
  const Case *c = user_data;
  const SvInventory inventory = {.release_lock = (char *)c->lock,
                                 .release_lock_origin = "etc/dnf/vars/releasever"};
  g_autoptr (SvFinding) finding = sv_record_new (&sv_finding_type);
  finding->reasons = g_ptr_array_new ();
  finding->verdict = SV_VERDICT_AFFECTED;
  finding->fixed = g_strdup (c->fixed);
  finding->fix = (gint)c->before;
  sv_release_lock_judge (&inventory, finding);
  g_assert_cmpint (finding->fix, ==, (gint)c->after);
  g_assert_cmpuint (finding->reasons->len, ==, c->before != c->after ? 1 : 0);
  if (finding->reasons->len > 0) {
    const SvReason *reason = finding->reasons->pdata[0];
    g_assert_nonnull (strstr (reason->because, "etc/dnf/vars/releasever"));
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *name = g_strconcat ("/release-lock/pitfall-68-", cases[i].name, NULL);
    g_test_add_data_func (name, &cases[i], test_lock);
  }
  return g_test_run ();
}
