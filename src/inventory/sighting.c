#include "inventory/sighting.h"

#include "inventory/sighting_read.h"
#include "inventory/system.h"

#include <arpa/inet.h>
#include <string.h>

const char *const sv_sighting_kind_names[] = {"dns",        "ad",    "dhcp", "scan",
                                              "hypervisor", "other", NULL};

#define NAME .max = SV_LIMIT_NAME_BYTES
static const SvField sighting_fields[] = {
    SV_FIELD (SvSighting, name, SV_TYPE_STRING, NAME, .doc = "Name, in lower case."),
    SV_FIELD (SvSighting, address, SV_TYPE_STRING, NAME, .doc = "Address of the network."),
    SV_FIELD (SvSighting, mac, SV_TYPE_STRING, NAME, .doc = "Address of the network card."),
    SV_FIELD (SvSighting, os, SV_TYPE_STRING, NAME, .doc = "Operating system, as it was seen."),
    SV_FIELD (SvSighting, last_seen_us, SV_TYPE_INSTANT, .doc = "When it was last seen."),
};
SV_RECORD_TYPE (sv_sighting_type, SvSighting, "Sighting", sighting_fields,
                "A computer as another source saw it.");

static void
free_sighting (gpointer sighting)
{
  sv_record_free (&sv_sighting_type, sighting);
}

void
sv_sightings_clear (SvSightings *sightings)
{
  g_clear_pointer (&sightings->list, g_ptr_array_unref);
}

/* --- words --- */

#define MAC_BYTES 6

char *
sv_mac_normalize (const char *text)
{
  char digits[2 * MAC_BYTES + 1] = {0};
  gsize n = 0;
  for (const char *c = text != NULL ? text : ""; *c != '\0'; c++) {
    if (g_ascii_isxdigit (*c) && n < 2 * MAC_BYTES)
      digits[n++] = g_ascii_tolower (*c);
    else if (strchr (":-.", *c) == NULL || n == 0)
      return NULL;
  }
  gboolean of_group = n == 2 * MAC_BYTES && (g_ascii_xdigit_value (digits[1]) & 1) != 0;
  if (n != 2 * MAC_BYTES || of_group || strspn (digits, "0") == n)
    return NULL;
  return g_strdup_printf ("%.2s:%.2s:%.2s:%.2s:%.2s:%.2s", digits, digits + 2, digits + 4,
                          digits + 6, digits + 8, digits + 10);
}

#define NAME_BYTES 253 /* of a name in DNS */

char *
sv_computer_name_normalize (const char *text)
{
  gsize length = text != NULL ? strlen (text) : 0;
  while (length > 0 && strchr (". ", text[length - 1]) != NULL)
    length--;
  if (length == 0 || length > NAME_BYTES || !g_utf8_validate_len (text, length, NULL))
    return NULL;
  for (gsize i = 0; i < length; i++)
    if ((guchar)text[i] < ' ' || strchr ("*/\\\"\x7f", text[i]) != NULL)
      return NULL;
  g_autofree char *name = g_strchug (g_ascii_strdown (text, (gssize)length));
  gboolean own = strcmp (name, "localhost") == 0 || g_str_has_prefix (name, "localhost.");
  return own || *name == '\0' ? NULL : g_steal_pointer (&name);
}

static char *
normalize_address (const char *text)
{
  guint8 bytes[16];
  char written[INET6_ADDRSTRLEN];
  int family = text != NULL && strchr (text, ':') != NULL ? AF_INET6 : AF_INET;
  if (text == NULL || inet_pton (family, text, bytes) != 1 ||
      inet_ntop (family, bytes, written, sizeof written) == NULL)
    return NULL;
  return sv_address_is_known_to_others (written) ? g_strdup (written) : NULL;
}

static char *
dup_os (const char *text)
{
  gboolean fits = !sv_text_is_empty (text) && strlen (text) <= SV_LIMIT_NAME_BYTES &&
                  g_utf8_validate (text, -1, NULL);
  return fits ? g_strdup (text) : NULL;
}

void
sv_sighting_pass_over (SvSightingReading *reading)
{
  reading->sightings->passed_over++;
}

gboolean
sv_sighting_add (SvSightingReading *reading, const SvSightingWords *words, GError **error)
{
  GPtrArray *list = reading->sightings->list;
  SvSighting *sighting = sv_record_new (&sv_sighting_type);
  sighting->name = sv_computer_name_normalize (words->name);
  sighting->address = normalize_address (words->address);
  sighting->mac = sv_mac_normalize (words->mac);
  if (sighting->name == NULL && sighting->address == NULL && sighting->mac == NULL) {
    free_sighting (sighting);
    sv_sighting_pass_over (reading);
    return TRUE;
  }
  sighting->os = dup_os (words->os);
  sighting->last_seen_us = MAX (words->last_seen_us, 0);
  g_ptr_array_add (list, sighting);
  if (list->len <= SV_LIMIT_SIGHTINGS)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "'%s' names more than %d computers", reading->name,
               SV_LIMIT_SIGHTINGS);
  return FALSE;
}

/* --- which form it has --- */

static gboolean
has_line_with (const char *text, const char *beginning)
{
  if (g_str_has_prefix (text, beginning))
    return TRUE;
  g_autofree char *line = g_strconcat ("\n", beginning, NULL);
  return strstr (text, line) != NULL;
}

static const char *
skip_space (const char *text)
{
  return text + strspn (text, " \t\r\n");
}

static gboolean
is_ldif (const char *text)
{
  return has_line_with (text, "dn:");
}

static gboolean
is_isc (const char *text)
{
  return has_line_with (text, "lease ");
}

/* "1795000000 52:54:00:12:34:56 192.0.2.7 name client", or the line before leases of IPv6 */
static gboolean
is_dnsmasq (const char *text)
{
  const char *digits = skip_space (text);
  gsize n = strspn (digits, "0123456789");
  return g_str_has_prefix (digits, "duid ") || (n > 0 && digits[n] == ' ');
}

static gboolean
is_nmap (const char *text)
{
  return *skip_space (text) == '<' && strstr (text, "<nmaprun") != NULL;
}

static gboolean
is_libvirt (const char *text)
{
  return *skip_space (text) == '<' && strstr (text, "<domain") != NULL;
}

/* " Id   Name   State", as 'virsh list --all' begins */
static gboolean
is_virsh (const char *text)
{
  const char *id = skip_space (text);
  const char *name = g_str_has_prefix (id, "Id ") ? skip_space (id + strlen ("Id")) : "";
  return g_str_has_prefix (name, "Name ");
}

static gboolean
is_json (const char *text)
{
  const char *begin = skip_space (text);
  return *begin == '{' || *begin == '[';
}

static gboolean
is_zone (const char *text)
{
  return TRUE; /* what kind=dns says, and no other form's content denies */
}

#define BY(kind) (1u << SV_SEEN_BY_##kind)
#define ANY (~0u)

/* In this order: the first that fits. */
static const struct {
  guint kinds;
  gboolean (*fits) (const char *text);
  gboolean (*read) (SvSightingReading *reading, char *text, GError **error);
} forms[] = {
    {ANY, is_json, sv_sighting_read_json},
    {BY (SCAN), is_nmap, sv_sighting_read_nmap},
    {BY (HYPERVISOR), is_libvirt, sv_sighting_read_libvirt},
    {BY (HYPERVISOR), is_virsh, sv_sighting_read_virsh},
    {BY (AD), is_ldif, sv_sighting_read_ldif},
    {BY (DHCP), is_isc, sv_sighting_read_isc},
    {BY (DHCP), is_dnsmasq, sv_sighting_read_dnsmasq},
    {ANY, sv_sighting_is_csv, sv_sighting_read_csv},
    {BY (DNS), is_zone, sv_sighting_read_zone},
};

static gboolean
read_form (SvSightingReading *reading, char *text, SvSightingKind kind, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (forms); i++)
    if ((forms[i].kinds >> kind & 1) != 0 && forms[i].fits (text))
      return forms[i].read (reading, text, error);
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%s' is nothing that sources of kind %s write, nor a table whose first line names "
               "its columns",
               reading->name, sv_sighting_kind_names[kind]);
  return FALSE;
}

gboolean
sv_sightings_read (const char *name, GBytes *text, SvSightingKind kind, SvSightings *ret_sightings,
                   GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (text, &size);
  if (size > SV_LIMIT_SIGHTING_BYTES || memchr (data != NULL ? data : "", '\0', size) != NULL)
    return sv_error_set_invalid (error, "too long, or no text:", name);
  g_autofree char *copy = g_strndup (data != NULL ? data : "", size);
  g_auto (SvSightings) sightings = {g_ptr_array_new_with_free_func (free_sighting), 0};
  SvSightingReading reading = {name, &sightings};
  if (!read_form (&reading, copy, kind, error))
    return FALSE;
  if (sightings.list->len == 0)
    return sv_error_set_invalid (error, "names no computer:", name);
  *ret_sightings = sightings;
  sightings.list = NULL;
  return TRUE;
}
