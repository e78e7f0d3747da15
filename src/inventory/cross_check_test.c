/* Which sighting is of which host, and what is left over. */
#include "inventory/cross_check.h"

#include <string.h>

#define NOW (G_GINT64_CONSTANT (1795000000) * SV_SECOND_US)

static SvKnownHost fleet[] = {
    {.id = "h-web",
     .hostname = "web-1",
     .addresses = "192.0.2.7 2001:db8::7",
     .macs = "52:54:00:aa:00:01 52:54:00:aa:00:02",
     .last_seen_us = NOW},
    {.id = "h-db",
     .hostname = "DB-1.corp.example",
     .addresses = "192.0.2.8",
     .macs = "",
     .last_seen_us = NOW},
    {.id = "h-old",
     .hostname = "old",
     .addresses = "192.0.2.9",
     .macs = "52:54:00:aa:00:03",
     .last_seen_us = 1},
    {.id = "h-gone",
     .hostname = "gone",
     .addresses = "192.0.2.10",
     .macs = "52:54:00:aa:00:04",
     .last_seen_us = NOW,
     .retired_at_us = NOW},
    /* the same machine as the one that was retired, enrolled anew */
    {.id = "h-anew",
     .hostname = "anew",
     .addresses = "",
     .macs = "52:54:00:aa:00:04",
     .last_seen_us = NOW},
};

static SvCrossCheck *
new_check (GPtrArray **ret_hosts)
{
  GPtrArray *hosts = g_ptr_array_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (fleet); i++)
    g_ptr_array_add (hosts, &fleet[i]);
  *ret_hosts = hosts;
  return sv_cross_check_new (hosts, NOW - SV_DAY_US);
}

static void
test_which_host (void)
{
  static const struct {
    SvSeen seen;
    const char *host;
    SvKnownBy by;
  } cases[] = {
      {{.mac = "52:54:00:aa:00:02", .address = "192.0.2.8", .name = "other"},
       "h-web",
       SV_KNOWN_BY_MAC},
      {{.address = "2001:db8::7", .name = "other"}, "h-web", SV_KNOWN_BY_ADDRESS},
      {{.address = "192.0.2.8", .mac = "52:54:00:ff:00:00"}, "h-db", SV_KNOWN_BY_ADDRESS},
      {{.address = "192.0.2.7", .mac = "52:54:00:ff:00:00"}, NULL, 0}, /* another card has it now */
      {{.name = "web-1"}, "h-web", SV_KNOWN_BY_NAME},
      {{.name = "web-1.corp.example"}, "h-web", SV_KNOWN_BY_NAME},
      {{.name = "db-1"}, "h-db", SV_KNOWN_BY_NAME},
      {{.name = "db-1.corp.example"}, "h-db", SV_KNOWN_BY_NAME},
      {{.name = "db-1.other.example"}, NULL, 0},
      {{.name = "web-12"}, NULL, 0},
      {{.mac = "52:54:00:aa:00:04"}, "h-anew", SV_KNOWN_BY_MAC},
      {{.address = "192.0.2.10"}, "h-gone", SV_KNOWN_BY_ADDRESS},
  };
  g_autoptr (GPtrArray) hosts = NULL;
  g_autoptr (SvCrossCheck) check = new_check (&hosts);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    SvKnownBy by;
    const SvKnownHost *host = sv_cross_check_find (check, &cases[i].seen, &by);
    if (g_strcmp0 (host != NULL ? host->id : NULL, cases[i].host) != 0 ||
        (host != NULL && by != cases[i].by))
      g_error ("case %" G_GSIZE_FORMAT ": %s by %s", i, host != NULL ? host->id : "none",
               sv_known_by_names[by]);
  }
}

static GPtrArray *
lend (SvSeen *seen, gsize n)
{
  GPtrArray *list = g_ptr_array_new ();
  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (list, &seen[i]);
  return list;
}

static char *
join (const GPtrArray *texts)
{
  g_autoptr (GString) line = g_string_new (NULL);
  for (guint i = 0; i < texts->len; i++)
    g_string_append_printf (line, "%s%s", i > 0 ? "," : "", (const char *)texts->pdata[i]);
  return g_string_free (g_steal_pointer (&line), FALSE);
}

static void
assert_missed (SvSeen *seen, gsize n, const char *expected)
{
  SvComputerNote note = {.computer = "name:printer", .owner = "anna"};
  g_autoptr (GPtrArray) hosts = NULL, list = lend (seen, n), notes = g_ptr_array_new ();
  g_ptr_array_add (notes, &note);
  g_autoptr (SvCrossCheck) check = new_check (&hosts);
  GPtrArray *missed = sv_cross_check_list_missed (check, list, notes);
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < missed->len; i++) {
    SvMissedComputer *one = missed->pdata[i];
    g_autofree char *names = join (one->names), *addresses = join (one->addresses),
                    *sources = join (one->sources);
    g_string_append_printf (text, "%s [%s] [%s] [%s] %s\n", one->computer, names, addresses,
                            sources, one->owner != NULL ? one->owner : "-");
    sv_record_free (&sv_missed_computer_type, one);
  }
  g_ptr_array_unref (missed);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_missed (void)
{
  SvSeen merged[] = {
      {.source = "dns", .name = "printer.corp.example", .address = "192.0.2.20"},
      {.source = "ad", .name = "printer"},
      {.source = "dhcp", .address = "192.0.2.20", .mac = "52:54:00:bb:00:01"},
      {.source = "scan", .mac = "52:54:00:bb:00:01"},
      {.source = "dns", .name = "web-1.corp.example", .address = "192.0.2.7"}, /* a host */
      {.source = "dns", .name = "camera", .address = "192.0.2.21"},
  };
  assert_missed (merged, G_N_ELEMENTS (merged),
                 "mac:52:54:00:bb:00:01 [printer,printer.corp.example] [192.0.2.20] "
                 "[ad,dhcp,dns,scan] anna\n"
                 "name:camera [camera] [192.0.2.21] [dns] -\n");
}

/* Rather one computer too many than one that hides another. */
static void
test_not_merged (void)
{
  SvSeen apart[] = {
      {.source = "a", .address = "192.0.2.30", .mac = "52:54:00:bb:00:01"},
      {.source = "b", .address = "192.0.2.30", .mac = "52:54:00:bb:00:02"},
      {.source = "c", .name = "android", .mac = "52:54:00:bb:00:03"},
      {.source = "c", .name = "android", .mac = "52:54:00:bb:00:04"},
      {.source = "d", .name = "pc.a.example"},
      {.source = "d", .name = "pc.b.example"},
      {.source = "d", .name = "pc"},
      {.source = "e", .address = "192.0.2.7", .mac = "52:54:00:bb:00:05"},
  };
  assert_missed (apart, G_N_ELEMENTS (apart),
                 "mac:52:54:00:bb:00:01 [] [192.0.2.30] [a] -\n"
                 "mac:52:54:00:bb:00:02 [] [192.0.2.30] [b] -\n"
                 "mac:52:54:00:bb:00:03 [android] [] [c] -\n"
                 "mac:52:54:00:bb:00:04 [android] [] [c] -\n"
                 "mac:52:54:00:bb:00:05 [] [192.0.2.7] [e] -\n"
                 "name:pc [pc] [] [d] -\nname:pc.a.example [pc.a.example] [] [d] -\n"
                 "name:pc.b.example [pc.b.example] [] [d] -\n");
}

static void
test_stale (void)
{
  SvSeen seen[] = {
      {.source = "dns", .kind = SV_SEEN_BY_DNS, .name = "old.corp.example"},
      {.source = "dns", .kind = SV_SEEN_BY_DNS, .name = "web-1"},
      {.source = "dhcp", .kind = SV_SEEN_BY_DHCP, .address = "192.0.2.10"},
      {.source = "nmap", .kind = SV_SEEN_BY_SCAN, .address = "192.0.2.10"}, /* sees what is there */
      {.source = "ad", .kind = SV_SEEN_BY_AD, .name = "unknown"},
  };
  g_autoptr (GPtrArray) hosts = NULL, list = lend (seen, G_N_ELEMENTS (seen));
  g_autoptr (SvCrossCheck) check = new_check (&hosts);
  GPtrArray *stale = sv_cross_check_list_stale (check, list);
  g_assert_cmpuint (stale->len, ==, 2);
  const SvStaleRecord *lease = stale->pdata[0], *name = stale->pdata[1];
  g_assert_cmpstr (lease->host, ==, "h-gone");
  g_assert_cmpint (lease->presence, ==, SV_HOST_RETIRED);
  g_assert_cmpstr (name->host, ==, "h-old");
  g_assert_cmpint (name->presence, ==, SV_HOST_SILENT);
  g_assert_cmpint (name->known_by, ==, SV_KNOWN_BY_NAME);
  for (guint i = 0; i < stale->len; i++)
    sv_record_free (&sv_stale_record_type, stale->pdata[i]);
  g_ptr_array_unref (stale);
}

static void
test_unseen (void)
{
  SvSeen seen[] = {{.source = "dns", .kind = SV_SEEN_BY_DNS, .name = "web-1"},
                   {.source = "ad", .kind = SV_SEEN_BY_AD, .name = "db-1"}};
  g_autoptr (GPtrArray) hosts = NULL, list = lend (seen, G_N_ELEMENTS (seen));
  g_autoptr (SvCrossCheck) check = new_check (&hosts);
  g_autoptr (GPtrArray) unseen = sv_cross_check_list_unseen (check, list, SV_SEEN_BY_DNS);
  g_assert_cmpuint (unseen->len, ==, 2); /* silent and retired ones are not missed */
  g_assert_cmpstr (((SvKnownHost *)unseen->pdata[0])->id, ==, "h-anew");
  g_assert_cmpstr (((SvKnownHost *)unseen->pdata[1])->id, ==, "h-db");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cross-check/which-host", test_which_host);
  g_test_add_func ("/cross-check/missed", test_missed);
  g_test_add_func ("/cross-check/not-merged", test_not_merged);
  g_test_add_func ("/cross-check/stale", test_stale);
  g_test_add_func ("/cross-check/unseen", test_unseen);
  return g_test_run ();
}
