/* Leases as DHCP servers keep them: dhcpd.leases of ISC, and dnsmasq. Kea's are a table. */
#include "inventory/sighting_read.h"

#include <string.h>

/* --- ISC: "lease 192.0.2.7 { … }", where the last word on an address stands --- */

typedef struct {
  const char *address, *mac, *name; /* in the text */
  gint64 last_seen_us;
  gboolean active;
} Lease;

/* "4 2026/11/26 08:00:00", in UTC; 0 if it is none */
static gint64
parse_time (const char *text)
{
  const char *space = text != NULL ? strchr (text, ' ') : NULL;
  g_autofree char *rfc3339 = space != NULL ? g_strconcat (space + 1, "Z", NULL) : NULL;
  gint64 instant_us;
  if (rfc3339 == NULL || strlen (rfc3339) != strlen ("2026/11/26 08:00:00Z"))
    return 0;
  rfc3339[4] = rfc3339[7] = '-';
  rfc3339[10] = 'T';
  return sv_time_parse (rfc3339, &instant_us, NULL) ? instant_us : 0;
}

/* What stands behind @key in a statement of a lease; NULL if it is another one. */
static char *
find_value (char *statement, const char *key)
{
  return g_str_has_prefix (statement, key) ? g_strstrip (statement + strlen (key)) : NULL;
}

static void
read_statement (Lease *lease, char *statement)
{
  char *value;
  statement[strcspn (statement, ";")] = '\0';
  if ((value = find_value (statement, "binding state ")) != NULL)
    lease->active = strcmp (value, "active") == 0;
  else if ((value = find_value (statement, "hardware ethernet ")) != NULL)
    lease->mac = value;
  else if ((value = find_value (statement, "client-hostname ")) != NULL)
    lease->name = g_strstrip (g_strdelimit (value, "\"", ' '));
  else if ((value = find_value (statement, "cltt ")) != NULL ||
           (lease->last_seen_us == 0 && (value = find_value (statement, "starts ")) != NULL))
    lease->last_seen_us = parse_time (value);
}

static gboolean
add_leases (SvSightingReading *reading, const GArray *leases, GError **error)
{
  for (guint i = 0; i < leases->len; i++) {
    const Lease *lease = &g_array_index (leases, Lease, i);
    const SvSightingWords words = {.name = lease->name,
                                   .address = lease->address,
                                   .mac = lease->mac,
                                   .last_seen_us = lease->last_seen_us};
    if (lease->active && !sv_sighting_add (reading, &words, error))
      return FALSE;
  }
  return TRUE;
}

/* The lease of @address, which is begun anew. */
static guint
begin_lease (GArray *leases, GHashTable *by_address, char *address)
{
  address[strcspn (address, " \t{")] = '\0';
  const Lease lease = {.address = address, .active = TRUE};
  gpointer known = g_hash_table_lookup (by_address, address);
  if (known == NULL) {
    g_array_append_val (leases, lease);
    g_hash_table_insert (by_address, address, GUINT_TO_POINTER (leases->len));
    return leases->len - 1;
  }
  guint index = GPOINTER_TO_UINT (known) - 1;
  g_array_index (leases, Lease, index) = lease;
  return index;
}

gboolean
sv_sighting_read_isc (SvSightingReading *reading, char *text, GError **error)
{
  g_autoptr (GArray) leases = g_array_new (FALSE, TRUE, sizeof (Lease));
  g_autoptr (GHashTable) by_address = g_hash_table_new (g_str_hash, g_str_equal);
  SvLines lines = {text, 0};
  gboolean inside = FALSE;
  guint index = 0;
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    line = g_strchug (line);
    if (g_str_has_prefix (line, "lease ")) {
      index = begin_lease (leases, by_address, g_strchug (line + strlen ("lease ")));
      inside = TRUE;
    } else if (*line == '}') {
      inside = FALSE;
    } else if (inside) {
      read_statement (&g_array_index (leases, Lease, index), line);
    }
  }
  return add_leases (reading, leases, error);
}

/* --- dnsmasq: "EXPIRES MAC ADDRESS NAME CLIENT"; of IPv6 an interface's number for the MAC --- */

static gboolean
read_dnsmasq_line (SvSightingReading *reading, char *line, GError **error)
{
  const char *words[4] = {NULL};
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    words[i] = sv_word_next (&line);
  if (words[0] == NULL || strcmp (words[0], "duid") == 0)
    return TRUE;
  return sv_sighting_add (
      reading, &(SvSightingWords){.mac = words[1], .address = words[2], .name = words[3]}, error);
}

gboolean
sv_sighting_read_dnsmasq (SvSightingReading *reading, char *text, GError **error)
{
  SvLines lines = {text, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;)
    if (!read_dnsmasq_line (reading, line, error))
      return FALSE;
  return TRUE;
}
