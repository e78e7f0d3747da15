/* What other sources write of computers, as each writes it. */
#include "inventory/sighting.h"

#include <string.h>

/* "name address mac os @seconds" of each, "-" for what is not known, joined with '\n'; or the
 * error. */
static char *
read_text (const char *text, SvSightingKind kind, gint64 *ret_passed_over)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static (text, strlen (text));
  g_auto (SvSightings) sightings = {0};
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) seen = g_string_new (NULL);
  if (!sv_sightings_read ("file", bytes, kind, &sightings, &error))
    return g_strdup_printf ("error: %s", error->message);
  *ret_passed_over = sightings.passed_over;
  for (guint i = 0; i < sightings.list->len; i++) {
    const SvSighting *one = sightings.list->pdata[i];
    g_string_append_printf (seen, "%s%s %s %s %s", i > 0 ? "\n" : "",
                            one->name != NULL ? one->name : "-",
                            one->address != NULL ? one->address : "-",
                            one->mac != NULL ? one->mac : "-", one->os != NULL ? one->os : "-");
    if (one->last_seen_us > 0)
      g_string_append_printf (seen, " @%" G_GINT64_FORMAT, one->last_seen_us / SV_SECOND_US);
  }
  return g_string_free (g_steal_pointer (&seen), FALSE);
}

typedef struct {
  const char *what;
  SvSightingKind kind;
  const char *text;
  const char *expected;
  gint64 passed_over;
} Case;

static const Case cases[] = {
    {"a zone file", SV_SEEN_BY_DNS,
     "$ORIGIN corp.example.\n$TTL 3600\n"
     "@ IN SOA ns1 admin ( 1 ; serial\n 3600 900\n 604800 300 )\n"
     "  IN NS ns1\n  IN TXT \"a ; b ( c\"\n"
     "ns1 A 192.0.2.1 ; the name server\n"
     "Web-1 300 IN A 192.0.2.7\n      AAAA 2001:DB8::7\n"
     "www CNAME web-1\n* A 192.0.2.9\n"
     "$ORIGIN lab\npc.far.example. IN 1h A 192.0.2.8\npc A 192.0.2.10\n",
     "ns1.corp.example 192.0.2.1 - -\nweb-1.corp.example 192.0.2.7 - -\n"
     "web-1.corp.example 2001:db8::7 - -\npc.far.example 192.0.2.8 - -\n"
     "pc.lab.corp.example 192.0.2.10 - -",
     1},
    {"what dig axfr prints", SV_SEEN_BY_DNS,
     "; <<>> DiG 9.18 <<>> axfr corp.example\n;; global options: +cmd\n"
     "corp.example.\t86400\tIN\tSOA\tns1.corp.example. admin. 1 2 3 4 5\n"
     "localhost.corp.example. 86400 IN A 127.0.0.1\n"
     "web-1.corp.example.\t86400\tIN\tA\t192.0.2.7\n;; Query time: 1 msec\n",
     "web-1.corp.example 192.0.2.7 - -", 1},
    {"reverse zones", SV_SEEN_BY_DNS,
     "$ORIGIN 2.0.192.in-addr.arpa.\n7 IN PTR web-1.corp.example.\n300 IN PTR x.example.\n"
     "8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR six.example.\n",
     "web-1.corp.example 192.0.2.7 - -\nx.example - - -\nsix.example 2001:db8::8 - -", 0},
    {"a directory", SV_SEEN_BY_AD,
     "# extended LDIF\nversion: 1\n\ndn: CN=WEB-1,DC=corp\nobjectClass: top\nobjectClass: "
     "computer\n"
     "name: WEB-1\ndNSHostName: web-1.corp.exa\n mple\noperatingSystem: Windows Server 2022\n"
     "lastLogonTimestamp: 133765920000000000\n\n"
     "dn: CN=Anna,DC=corp\nobjectClass: person\ncn: Anna\n\n"
     "dn: CN=PC 2,DC=corp\nname:: UEMgMg==\nlastLogonTimestamp: 0\n\n# search result\nsearch: 2\n",
     "web-1.corp.example - - Windows Server 2022 @1732118400\npc 2 - - -", 3},
    {"leases of ISC", SV_SEEN_BY_DHCP,
     "# dhcpd.leases\nserver-duid \"\\000\";\n\nlease 192.0.2.7 {\n  starts 4 2026/11/26 "
     "08:00:00;\n"
     "  ends 4 2026/11/26 20:00:00;\n  binding state active;\n  next binding state free;\n"
     "  hardware ethernet 52:54:00:AA:00:01;\n  client-hostname \"old\";\n}\n"
     "lease 192.0.2.8 {\n  binding state free;\n  hardware ethernet 52:54:00:aa:00:02;\n}\n"
     "lease 192.0.2.7 {\n  starts 4 2026/11/26 09:00:00;\n  cltt 4 2026/11/26 10:00:00;\n"
     "  binding state active;\n  hardware ethernet 52:54:00:aa:00:03;\n"
     "  client-hostname \"Pc-3\";\n}\n",
     "pc-3 192.0.2.7 52:54:00:aa:00:03 - @1795687200", 0},
    {"leases of dnsmasq", SV_SEEN_BY_DHCP,
     "1795000000 52:54:00:aa:00:01 192.0.2.7 pc-1 01:52:54:00:aa:00:01\n"
     "1795000000 52:54:00:aa:00:02 192.0.2.8 * *\nduid 00:01\n"
     "1795000000 12345 2001:db8::9 pc-9 00:01\n",
     "pc-1 192.0.2.7 52:54:00:aa:00:01 -\n- 192.0.2.8 52:54:00:aa:00:02 -\npc-9 2001:db8::9 - -",
     0},
    {"leases of Kea", SV_SEEN_BY_DHCP,
     "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state\n"
     "192.0.2.7,52:54:00:aa:00:01,,3600,1795003600,1,0,0,old.corp.example.,0\n"
     "192.0.2.8,52:54:00:aa:00:02,,3600,1795003600,1,0,0,gone,0\n"
     "192.0.2.8,52:54:00:aa:00:02,,0,1795000000,1,0,0,gone,0\n"
     "192.0.2.9,52:54:00:aa:00:03,,3600,1795003600,1,0,0,declined,1\n"
     "192.0.2.7,52:54:00:aa:00:04,,3600,1795007200,1,0,0,new.corp.example.,0\n",
     "new.corp.example 192.0.2.7 52:54:00:aa:00:04 - @1795003600", 0},
    {"nmap", SV_SEEN_BY_SCAN,
     "<?xml version=\"1.0\"?>\n<!DOCTYPE nmaprun>\n<nmaprun>"
     "<host endtime=\"1795000000\"><status state=\"up\"/><address addr=\"192.0.2.7\" "
     "addrtype=\"ipv4\"/><address addr=\"52:54:00:AA:00:01\" addrtype=\"mac\"/><hostnames>"
     "<hostname name=\"Web-1\" type=\"PTR\"/><hostname name=\"other\"/></hostnames><os>"
     "<osmatch name=\"Linux 5.X\"/><osmatch name=\"Other\"/></os></host>"
     "<host><status state=\"down\"/><address addr=\"192.0.2.8\" addrtype=\"ipv4\"/></host>"
     "</nmaprun>",
     "web-1 192.0.2.7 52:54:00:aa:00:01 Linux 5.X @1795000000", 1},
    {"nmap with a DTD", SV_SEEN_BY_SCAN, "<!DOCTYPE nmaprun [<!ENTITY a \"b\">]><nmaprun/>",
     "error: 'file' line 1: a document type declaration: refused, it could make the reader expand "
     "or fetch things",
     0},
    {"what libvirt dumps", SV_SEEN_BY_HYPERVISOR,
     "<domain type='kvm'><name>web-1</name><devices><interface type='network'>"
     "<mac address='52:54:00:aa:00:01'/></interface><interface>"
     "<mac address='52:54:00:aa:00:02'/></interface></devices></domain>\n\n"
     "<?xml version='1.0'?>\n<domain><name>db 2</name></domain>\n",
     "web-1 - 52:54:00:aa:00:01 -\nweb-1 - 52:54:00:aa:00:02 -\ndb 2 - - -", 0},
    {"what virsh lists", SV_SEEN_BY_HYPERVISOR,
     " Id   Name      State\n---------------------------\n 1    web-1     running\n"
     " -    My db     shut off\n",
     "web-1 - - -\nmy db - - -", 0},
    {"a table of machines", SV_SEEN_BY_HYPERVISOR,
     "VM Name;Power State;IP Address;MAC Address;Guest OS\n"
     "web-1;on;192.0.2.7, 2001:db8::7;52-54-00-AA-00-01;\"Debian 12; 64 bit\"\n"
     "db-2;off;;;\n;off;;;\n",
     "web-1 192.0.2.7 52:54:00:aa:00:01 Debian 12; 64 bit\n"
     "web-1 2001:db8::7 52:54:00:aa:00:01 Debian 12; 64 bit\ndb-2 - - -",
     1},
    {"JSON of machines", SV_SEEN_BY_HYPERVISOR,
     "{\"total\": 2, \"data\": [{\"vmid\": 7, \"name\": \"web-1\", \"ip_addresses\": "
     "[\"192.0.2.7\", 1, \"fe80::1\"], \"macs\": [\"52:54:00:aa:00:01\", \"52:54:00:aa:00:02\"]},"
     " {\"mac\": \"525400aa0003\"}, 3]}",
     "web-1 192.0.2.7 - -\nweb-1 - - -\nweb-1 - 52:54:00:aa:00:01 -\nweb-1 - 52:54:00:aa:00:02 -\n"
     "- - 52:54:00:aa:00:03 -",
     0},
    {"a plain table", SV_SEEN_BY_OTHER,
     "\xef\xbb\xbfname,address,mac,last seen\r\nPrinter,192.0.2.20,,2026-11-26\r\n",
     "printer 192.0.2.20 - - @1795651200", 0},
    {"nothing of the kind", SV_SEEN_BY_DHCP, "hello\n",
     "error: 'file' is nothing that sources of kind dhcp write, nor a table whose first line names "
     "its columns",
     0},
    {"nobody in it", SV_SEEN_BY_OTHER, "name,address\n", "error: names no computer: 'file'", 0},
    {"an empty file", SV_SEEN_BY_DNS, "", "error: names no computer: 'file'", 0},
};

static void
test_forms (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    gint64 passed_over = 0;
    g_autofree char *seen = read_text (cases[i].text, cases[i].kind, &passed_over);
    if (strcmp (seen, cases[i].expected) != 0 || passed_over != cases[i].passed_over)
      g_error ("%s: passed over %" G_GINT64_FORMAT ", read\n%s\ninstead of\n%s", cases[i].what,
               passed_over, seen, cases[i].expected);
  }
}

/* A form is read of whichever kind may have it, and of no other. */
static void
test_tables_of_every_kind (void)
{
  for (gint kind = 0; sv_sighting_kind_names[kind] != NULL; kind++) {
    gint64 passed_over;
    g_autofree char *csv = read_text ("mac\n525400aa0001\n", kind, &passed_over);
    g_assert_cmpstr (csv, ==, "- - 52:54:00:aa:00:01 -");
    g_autofree char *json = read_text ("[{\"fqdn\": \"A.example.\"}]", kind, &passed_over);
    g_assert_cmpstr (json, ==, "a.example - - -");
  }
}

static void
test_mac (void)
{
  static const char *const pairs[][2] = {{"52:54:00:12:34:56", "52:54:00:12:34:56"},
                                         {"52-54-00-AB-CD-EF", "52:54:00:ab:cd:ef"},
                                         {"5254.0012.3456", "52:54:00:12:34:56"},
                                         {"525400123456", "52:54:00:12:34:56"},
                                         {"00:00:00:00:00:00", NULL},
                                         {"ff:ff:ff:ff:ff:ff", NULL},
                                         {"01:00:5e:00:00:01", NULL},
                                         {"52:54:00:12:34", NULL},
                                         {"52:54:00:12:34:56:78", NULL},
                                         {"x", NULL},
                                         {":525400123456", NULL},
                                         {"", NULL},
                                         {NULL, NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *mac = sv_mac_normalize (pairs[i][0]);
    g_assert_cmpstr (mac, ==, pairs[i][1]);
  }
}

static void
test_name (void)
{
  static const char *const pairs[][2] = {{"WEB-1.Corp.Example.", "web-1.corp.example"},
                                         {"a b", "a b"},
                                         {" a ", "a"},
                                         {"localhost", NULL},
                                         {"localhost.localdomain", NULL},
                                         {"*", NULL},
                                         {".", NULL},
                                         {" ", NULL},
                                         {"a\tb", NULL},
                                         {"a\xff", NULL},
                                         {"", NULL},
                                         {NULL, NULL}};
  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++) {
    g_autofree char *name = sv_computer_name_normalize (pairs[i][0]);
    g_assert_cmpstr (name, ==, pairs[i][1]);
  }
}

static void
test_too_many (void)
{
  g_autoptr (GString) text = g_string_new ("mac\n");
  for (guint i = 0; i <= SV_LIMIT_SIGHTINGS; i++)
    g_string_append_printf (text, "5254%08x\n", i);
  gint64 passed_over;
  g_autofree char *error = read_text (text->str, SV_SEEN_BY_OTHER, &passed_over);
  g_assert_true (g_str_has_prefix (error, "error: 'file' names more than"));
}

/* What real scans of nmap say, old and new, where they are at hand. */
static void
test_real_scans (void)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *folder =
      data != NULL ? g_build_filename (data, "inventory", "nmap", NULL) : NULL;
  g_autoptr (GDir) dir = folder != NULL ? g_dir_open (folder, 0, NULL) : NULL;
  if (dir == NULL) {
    g_test_skip ("no scans at hand");
    return;
  }
  guint read = 0, files = 0;
  for (const char *name; (name = g_dir_read_name (dir)) != NULL; files++) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    g_autoptr (GError) error = NULL;
    g_autoptr (GBytes) bytes = sv_file_read (path, SV_LIMIT_SIGHTING_BYTES, &error);
    g_assert_no_error (error);
    g_auto (SvSightings) sightings = {0};
    if (sv_sightings_read (name, bytes, SV_SEEN_BY_SCAN, &sightings, &error))
      read++;
    else if (strstr (error->message, "names no computer") == NULL)
      g_error ("%s: %s", name, error->message);
  }
  g_test_message ("%u of %u scans name computers", read, files);
  g_assert_cmpuint (read, >, files / 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sighting/forms", test_forms);
  g_test_add_func ("/sighting/tables-of-every-kind", test_tables_of_every_kind);
  g_test_add_func ("/sighting/mac", test_mac);
  g_test_add_func ("/sighting/name", test_name);
  g_test_add_func ("/sighting/too-many", test_too_many);
  g_test_add_func ("/sighting/real-scans", test_real_scans);
  return g_test_run ();
}
