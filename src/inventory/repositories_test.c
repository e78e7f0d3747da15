#include "inventory/fixture.h"

static const SvRepository *
get (const SvInventory *inventory, guint i)
{
  g_assert_cmpuint (i, <, inventory->repositories->len);
  return inventory->repositories->pdata[i];
}

static SvInventory *
collect_file (const char *name, const char *text)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, name, text);
  return fixture_collect (&(SvInventorySource){.root = fixture.root});
}

static void
test_one_line (void)
{
  g_autoptr (SvInventory) inventory = collect_file (
      "etc/apt/sources.list",
      "# a comment\n"
      "deb [ arch=amd64 signed-by=/k.gpg trusted=yes ] http://mirror.example/debian bookworm "
      "main contrib # behind\n"
      "deb-src http://mirror.example/debian bookworm main\n"
      "deb http://mirror.example/flat ./\n"
      "deb cdrom:[Debian 12 _Bookworm_ - amd64]/ bookworm main\n"
      "deb http://only.example\n"
      "rpm http://mirror.example x y\n");
  g_assert_cmpuint (inventory->repositories->len, ==, 4);
  const SvRepository *first = get (inventory, 0);
  g_assert_cmpstr (first->type, ==, "deb");
  g_assert_cmpstr (first->uri, ==, "http://mirror.example/debian");
  g_assert_cmpstr (first->suite, ==, "bookworm");
  g_assert_cmpuint (first->components->len, ==, 2);
  g_assert_cmpstr (first->components->pdata[1], ==, "contrib");
  g_assert_cmpstr (first->signed_by, ==, "/k.gpg");
  g_assert_true (first->trusted);
  g_assert_true (first->enabled);
  g_assert_true (g_str_has_suffix (first->file, "/etc/apt/sources.list"));
  g_assert_cmpstr (get (inventory, 1)->type, ==, "deb-src");
  g_assert_false (get (inventory, 1)->trusted);
  g_assert_null (get (inventory, 1)->signed_by);
  g_assert_cmpstr (get (inventory, 2)->suite, ==, "./");
  g_assert_cmpuint (get (inventory, 2)->components->len, ==, 0);
  g_assert_cmpstr (get (inventory, 3)->uri, ==, "cdrom:[Debian 12 _Bookworm_ - amd64]/");
  g_assert_cmpstr (get (inventory, 3)->suite, ==, "bookworm");
  g_assert_nonnull (fixture_find_gap (inventory, "repositories", "line 6"));
  g_assert_nonnull (fixture_find_gap (inventory, "repositories", "line 7"));
}

static void
test_deb822 (void)
{
  g_autoptr (SvInventory) inventory =
      collect_file ("etc/apt/sources.list.d/debian.sources",
                    "Types: deb deb-src\n# a comment\nURIs: http://mirror.example/debian\n"
                    "Suites: bookworm bookworm-updates\nComponents: main\n non-free\n"
                    "Signed-By: /usr/share/keyrings/debian.gpg\n"
                    "\nTypes: deb\nURIs: http://mirror.example/off\nSuites: x/\nEnabled: no\n"
                    "Trusted: yes\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n xyz\n"
                    "\nTypes: deb\nSuites: incomplete\n");
  g_assert_cmpuint (inventory->repositories->len, ==, 5);
  const SvRepository *first = get (inventory, 0), *last = get (inventory, 4);
  g_assert_cmpstr (first->suite, ==, "bookworm");
  g_assert_cmpstr (first->signed_by, ==, "/usr/share/keyrings/debian.gpg");
  g_assert_cmpuint (first->components->len, ==, 2);
  g_assert_cmpstr (get (inventory, 1)->suite, ==, "bookworm-updates");
  g_assert_cmpstr (get (inventory, 2)->type, ==, "deb-src");
  g_assert_false (last->enabled);
  g_assert_true (last->trusted);
  g_assert_true (g_str_has_suffix (last->signed_by, "debian.sources"));
  g_assert_nonnull (fixture_find_gap (inventory, "repositories", "is missing"));
}

static void
test_yum (void)
{
  g_autoptr (SvInventory) inventory =
      collect_file ("etc/yum.repos.d/x.repo",
                    "[main]\nbaseurl=http://nowhere.example\n"
                    "[baseos]\nname=BaseOS\nmirrorlist=http://mirror.example/list\n"
                    "enabled=1\ngpgcheck=1\ngpgkey=file:///k\n"
                    "[extras]\n# off\nbaseurl = http://mirror.example/extras\n"
                    "mirrorlist=http://mirror.example/ignored\nenabled=0\ngpgcheck=0\n");
  g_assert_cmpuint (inventory->repositories->len, ==, 2);
  const SvRepository *base = get (inventory, 0), *extras = get (inventory, 1);
  g_assert_cmpstr (base->suite, ==, "baseos");
  g_assert_cmpstr (base->type, ==, "rpm-md");
  g_assert_cmpstr (base->uri, ==, "http://mirror.example/list");
  g_assert_cmpstr (base->signed_by, ==, "file:///k");
  g_assert_true (base->enabled);
  g_assert_false (base->trusted);
  g_assert_cmpstr (extras->uri, ==, "http://mirror.example/extras");
  g_assert_false (extras->enabled);
  g_assert_true (extras->trusted);
}

static void
test_apk (void)
{
  g_autoptr (SvInventory) inventory =
      collect_file ("etc/apk/repositories", "http://mirror.example/v3.19/main\n#off\n\n"
                                            "@edge http://mirror.example/edge/main\n");
  g_assert_cmpuint (inventory->repositories->len, ==, 2);
  g_assert_cmpstr (get (inventory, 1)->uri, ==, "http://mirror.example/edge/main");
  g_assert_cmpstr (get (inventory, 1)->type, ==, "apk");
}

/* apt passes over files whose names it does not like, and so must whoever asks what it sees. */
static void
test_names (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  const char *line = "deb http://mirror.example/debian bookworm main\n";
  fixture_write (&fixture, "etc/apt/sources.list.d/taken.list", line);
  fixture_write (&fixture, "etc/apt/sources.list.d/old.list.save", line);
  fixture_write (&fixture, "etc/apt/sources.list.d/a b.list", line);
  fixture_write (&fixture, "etc/apt/sources.list.d/.hidden.list", line);
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpuint (inventory->repositories->len, ==, 1);
}

/* A list given as a file or as a directory says the same. */
static void
test_given (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, "apt/sources.list", "deb http://mirror.example/debian bookworm main\n");
  fixture_write (&fixture, "apt/sources.list.d/x.sources",
                 "Types: deb\nURIs: http://mirror.example/x\nSuites: y\nComponents: z\n");
  g_autofree char *directory = fixture_path (&fixture, "apt");
  g_autofree char *file = fixture_path (&fixture, "apt/sources.list");
  g_autofree char *status = fixture_path (&fixture, "var/lib/dpkg/status");
  g_autoptr (SvInventory) whole =
      fixture_collect (&(SvInventorySource){.dpkg_status = status, .apt_sources = directory});
  g_autoptr (SvInventory) single =
      fixture_collect (&(SvInventorySource){.dpkg_status = status, .apt_sources = file});
  g_assert_cmpuint (single->repositories->len, ==, 1);
  g_assert_cmpuint (whole->repositories->len, ==, 1 + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/repositories/one-line", test_one_line);
  g_test_add_func ("/repositories/deb822", test_deb822);
  g_test_add_func ("/repositories/yum", test_yum);
  g_test_add_func ("/repositories/apk", test_apk);
  g_test_add_func ("/repositories/file-names", test_names);
  g_test_add_func ("/repositories/given", test_given);
  return g_test_run ();
}
