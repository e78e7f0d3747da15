#include "inventory/fixture.h"

static const SvPin *
get (const SvInventory *inventory, guint i)
{
  g_assert_cmpuint (i, <, inventory->pins->len);
  return inventory->pins->pdata[i];
}

static void
test_order_and_names (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, "etc/apt/preferences",
                 "Explanation: why\nExplanation: why else\n and on\nPackage: bash  dash\n zsh\n"
                 "Pin: version 5.2*\nPin-Priority: 1001\n");
  const char *all = "Package: *\nPin: release a=stable\nPin-Priority: -10\n";
  fixture_write (&fixture, "etc/apt/preferences.d/20-b.pref", all);
  fixture_write (&fixture, "etc/apt/preferences.d/10-a",
                 "Package: /regex/\nPin: origin mirror.example\nPin-Priority: 900\n");
  fixture_write (&fixture, "etc/apt/preferences.d/30-c.save", all);
  fixture_write (&fixture, "etc/apt/preferences.d/40 d", all);
  g_autoptr (SvInventory) inventory = fixture_collect (&(SvInventorySource){.root = fixture.root});
  g_assert_cmpuint (inventory->pins->len, ==, 3);
  g_assert_cmpstr (get (inventory, 0)->package, ==, "bash dash zsh");
  g_assert_cmpstr (get (inventory, 0)->pin, ==, "version 5.2*");
  g_assert_cmpint (get (inventory, 0)->priority, ==, 1001);
  g_assert_cmpstr (get (inventory, 1)->package, ==, "/regex/");
  g_assert_cmpint (get (inventory, 2)->priority, ==, -10);
  g_assert_null (fixture_find_gap (inventory, "pins", ""));
}

static void
test_malformed (void)
{
  g_auto (Fixture) fixture;
  fixture_init (&fixture);
  fixture_write_debian (&fixture, NULL);
  fixture_write (&fixture, "preferences",
                 "Package: a\nPin: version 1\n\nPackage: b\nPin: version 1\nPin-Priority: 0\n"
                 "\nPackage: c\nPin: version 1\nPin-Priority: many\n"
                 "\nPackage: d\nPin: version 1\nPin-Priority: 5\n");
  g_autofree char *status = fixture_path (&fixture, "var/lib/dpkg/status");
  g_autofree char *preferences = fixture_path (&fixture, "preferences");
  g_autoptr (SvInventory) inventory =
      fixture_collect (&(SvInventorySource){.dpkg_status = status, .apt_preferences = preferences});
  g_assert_cmpuint (inventory->pins->len, ==, 1);
  g_assert_cmpstr (get (inventory, 0)->package, ==, "d");
  g_assert_nonnull (fixture_find_gap (inventory, "pins", "line 1:"));
  g_assert_nonnull (fixture_find_gap (inventory, "pins", "line 4:"));
  g_assert_nonnull (fixture_find_gap (inventory, "pins", "line 8:"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pins/pitfall-76-order-and-names", test_order_and_names);
  g_test_add_func ("/pins/malformed", test_malformed);
  return g_test_run ();
}
