/* Which host belongs to which system, and which system is protected first. */
#include "inventory/system.h"

static void
test_address (void)
{
  static const struct {
    const char *address, *network;
    gboolean in;
  } cases[] = {
      {"192.0.2.7", "192.0.2.0/24", TRUE},
      {"192.0.3.7", "192.0.2.0/24", FALSE},
      {"192.0.2.7", "192.0.2.7", TRUE},
      {"192.0.2.8", "192.0.2.7", FALSE},
      {"192.0.2.129", "192.0.2.128/25", TRUE},
      {"192.0.2.127", "192.0.2.128/25", FALSE},
      {"203.0.113.9", "0.0.0.0/0", TRUE},
      {"2001:db8::1", "0.0.0.0/0", FALSE},
      {"2001:db8:7::1", "2001:db8::/32", TRUE},
      {"2001:db9::1", "2001:db8::/32", FALSE},
      {"2001:db8::ff", "2001:DB8::f0/124", TRUE},
      {"192.0.2.7", "192.0.2.0/33", FALSE},
      {"192.0.2.7", "192.0.2.0/-1", FALSE},
      {"192.0.2.7", "192.0.2.0/", FALSE},
      {"192.0.2.7", "192.0.2/24", FALSE},
      {"192.0.2", "192.0.2.0/24", FALSE},
      {"", "", FALSE},
      {"x", "::/0", FALSE},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    if (sv_address_is_in (cases[i].address, cases[i].network) != cases[i].in)
      g_error ("%s in %s", cases[i].address, cases[i].network);
}

static void
test_list_addresses (void)
{
  SvInterface lo = {.addresses = sv_strings_new ()}, eth = {.addresses = sv_strings_new ()};
  static const char *const of_lo[] = {"127.0.0.1/8", "::1/128"};
  static const char *const of_eth[] = {"192.0.2.7/24", "fe80::1/64", "169.254.1.1/16",
                                       "2001:db8::7/64", "nonsense"};
  for (gsize i = 0; i < G_N_ELEMENTS (of_lo); i++)
    g_ptr_array_add (lo.addresses, g_strdup (of_lo[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (of_eth); i++)
    g_ptr_array_add (eth.addresses, g_strdup (of_eth[i]));
  SvInventory facts = {.interfaces = g_ptr_array_new ()};
  g_ptr_array_add (facts.interfaces, &lo);
  g_ptr_array_add (facts.interfaces, &eth);
  g_autofree char *list = sv_facts_list_addresses (&facts);
  g_assert_cmpstr (list, ==, "192.0.2.7 2001:db8::7");
  g_ptr_array_unref (facts.interfaces);
  g_ptr_array_unref (lo.addresses);
  g_ptr_array_unref (eth.addresses);
}

static const char *
find (SvSystemRule *rules, gsize n, const SvPlaceFacts *facts)
{
  SvSystemRules list = {.rules = g_ptr_array_new ()};
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (list.rules, &rules[i]);
  const char *system = sv_system_rules_find (&list, facts);
  g_ptr_array_unref (list.rules);
  return system;
}

/* The first that fits, by all of its conditions. */
static void
test_rules (void)
{
  SvSystemRule rules[] = {
      {.system = "web", .name = "web-*", .distro = "debian:*"},
      {.system = "dmz", .address = "192.0.2.0/24"},
      {.system = "laptops", .hardware_class = "portable"},
  };
  static const struct {
    SvPlaceFacts facts;
    const char *system;
  } cases[] = {
      {{"web-1", "debian:12", "server", "192.0.2.7"}, "web"},
      {{"web-1", "alpine:3.19", "server", "10.0.0.1 192.0.2.7"}, "dmz"},
      {{"web-1", NULL, "server", ""}, NULL},
      {{"old-web-1", "debian:12", "portable", "10.0.0.1"}, "laptops"},
      {{NULL, NULL, NULL, NULL}, NULL},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (find (rules, G_N_ELEMENTS (rules), &cases[i].facts), ==, cases[i].system);
}

static void
test_check (void)
{
  static const struct {
    SvSystemRule rule;
    const char *fault; /* NULL: it is good */
  } cases[] = {
      {{.system = "a", .name = "*"}, NULL},
      {{.system = "a", .address = "2001:db8::/32"}, NULL},
      {{.system = "a", .address = "192.0.2.0/40"}, "rule 1 has an address that is no network*"},
      {{.system = "a"}, "rule 1 has no condition*"},
      {{.system = "", .name = "*"}, "rule 1 names no system"},
  };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    SvSystemRule rule = cases[i].rule;
    SvSystemRules list = {.rules = g_ptr_array_new ()};
    g_ptr_array_add (list.rules, &rule);
    g_assert_true (sv_system_rules_check (&list, &error) == (cases[i].fault == NULL));
    g_assert_true (cases[i].fault == NULL || sv_text_glob (cases[i].fault, error->message));
    g_ptr_array_unref (list.rules);
  }
}

/* Each before the next: what weighs more decides whatever weighs less says. */
static void
test_rank (void)
{
  static const SvSystem order[] = {
      {.national = 2, .mission_impact = 1, .criticality = 1},
      {.mission_impact = 4}, /* nobody said whether the nation depends on it */
      {.national = 1, .mission_impact = 4, .safety_impact = 1, .criticality = 1},
      {.national = 1, .mission_impact = 3, .safety_impact = 4},
      {.national = 1, .mission_impact = 3, .safety_impact = 3, .criticality = 3, .zone = 4},
      {.national = 1, .mission_impact = 3, .safety_impact = 3, .criticality = 3, .zone = 1},
      {.national = 1, .mission_impact = 3, .safety_impact = 3, .criticality = 1, .zone = 4},
      {.national = 1, .mission_impact = 1, .safety_impact = 1, .criticality = 1, .zone = 1},
  };
  for (gsize i = 1; i < G_N_ELEMENTS (order); i++)
    g_assert_cmpint (sv_system_rank (&order[i - 1]), >, sv_system_rank (&order[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/system/address", test_address);
  g_test_add_func ("/system/list-addresses", test_list_addresses);
  g_test_add_func ("/system/rules", test_rules);
  g_test_add_func ("/system/check", test_check);
  g_test_add_func ("/system/rank", test_rank);
  return g_test_run ();
}
