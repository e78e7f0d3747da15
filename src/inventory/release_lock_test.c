/* Where a host is kept on one minor release (pitfall 68). */
#include "inventory/fixture.h"

typedef struct {
  const char *name;
  const char *path, *text;   /* what the root holds beside its os-release */
  const char *lock, *origin; /* NULL: none */
} Case;

#define EUS(minor)                                                                                 \
  "[rhel-8-for-x86_64-baseos-eus-rpms]\nbaseurl=https://mirror.example/eus/rhel8/" minor           \
  "/x86_64/baseos/os\nenabled=1\n"
#define REPO "etc/yum.repos.d/redhat.repo"

static const Case cases[] = {
    {"dnf", "etc/dnf/vars/releasever", "8.6\n", "8.6", "etc/dnf/vars/releasever"},
    {"yum", "etc/yum/vars/releasever", "8.4\n", "8.4", "etc/yum/vars/releasever"},
    {"major-is-no-lock", "etc/dnf/vars/releasever", "8\n", NULL, NULL},
    {"of-another-system", "etc/dnf/vars/releasever", "9.2\n", NULL, NULL},
    {"no-number", "etc/dnf/vars/releasever", "8.x\n", NULL, NULL},
    {"subscription", "var/lib/rhsm/cache/releasever.json", "{\"releaseVer\": \"8.6\"}", "8.6",
     "var/lib/rhsm/cache/releasever.json"},
    {"subscription-not-set", "var/lib/rhsm/cache/releasever.json", "{\"releaseVer\": null}", NULL,
     NULL},
    {"subscription-broken", "var/lib/rhsm/cache/releasever.json", "{\"releaseVer\": ", NULL, NULL},
    {"repositories", REPO, EUS ("8.6"), "8.6", "its repositories"},
    {"repositories-of-two-minors", REPO, EUS ("8.6") EUS ("8.8"), NULL, NULL},
    {"another-repository", REPO, EUS ("8.6") "[other]\nbaseurl=https://mirror.example/8\n", NULL,
     NULL},
    {"another-is-disabled", REPO,
     EUS ("8.6") "[other]\nbaseurl=https://mirror.example/8\nenabled=0\n", "8.6",
     "its repositories"},
    {"plain-repository", REPO, "[rhel-8-baseos-rpms]\nbaseurl=https://mirror.example/8.6/os\n",
     NULL, NULL},
};

static void
test_lock (gconstpointer user_data)
{
  const Case *c = user_data;
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write (&fixture, "etc/os-release", "ID=rhel\nVERSION_ID=8.6\n");
  fixture_write (&fixture, "manifest", "bash\t(none)\t4.4.20\t1.el8\tx86_64\t(none)\n");
  fixture_write (&fixture, c->path, c->text);
  g_autofree char *manifest = g_build_filename (fixture.root, "manifest", NULL);
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.root = fixture.root, .rpm_manifest = manifest});
  g_assert_cmpstr (inventory->release_lock, ==, c->lock);
  g_assert_cmpstr (inventory->release_lock_origin, ==, c->origin);
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
