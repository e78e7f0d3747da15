/* What nmap saw on the network (-oX), and what libvirt runs: 'virsh dumpxml', 'virsh list --all'.
 */
#include "inventory/sighting_read.h"

#include <string.h>

/* One computer being read: what it has of each, strings. */
typedef struct {
  SvSightingReading *reading;
  char *name, *os;
  GPtrArray *addresses, *macs;
  gint64 last_seen_us;
  gboolean up;
} Machine;

static void
begin_machine (Machine *machine)
{
  g_clear_pointer (&machine->name, g_free);
  g_clear_pointer (&machine->os, g_free);
  g_ptr_array_set_size (machine->addresses, 0);
  g_ptr_array_set_size (machine->macs, 0);
  machine->last_seen_us = 0;
  machine->up = FALSE;
}

static void
machine_init (Machine *machine, SvSightingReading *reading)
{
  *machine =
      (Machine){.reading = reading, .addresses = sv_strings_new (), .macs = sv_strings_new ()};
}

static void
machine_clear (Machine *machine)
{
  begin_machine (machine);
  g_ptr_array_unref (machine->addresses);
  g_ptr_array_unref (machine->macs);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Machine, machine_clear)

/* One sighting for each of its addresses; without any, one for each card. */
static gboolean
end_machine (Machine *machine, GError **error)
{
  gboolean by_address = machine->addresses->len > 0;
  guint n = by_address ? machine->addresses->len : MAX (machine->macs->len, 1);
  for (guint i = 0; i < n; i++) {
    const SvSightingWords words = {.name = machine->name,
                                   .os = machine->os,
                                   .address = by_address ? machine->addresses->pdata[i] : NULL,
                                   .mac = i < machine->macs->len   ? machine->macs->pdata[i]
                                          : machine->macs->len > 0 ? machine->macs->pdata[0]
                                                                   : NULL,
                                   .last_seen_us = machine->last_seen_us};
    if (!sv_sighting_add (machine->reading, &words, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_at (const SvXmlElement *element, const char *parent, const char *name)
{
  return strcmp (element->name, name) == 0 && strcmp (element->parent, parent) == 0;
}

static gboolean
wants_no_text (gpointer user_data, const SvXmlElement *element)
{
  return FALSE;
}

/* --- nmap --- */

static void
add_address (Machine *machine, const SvXmlElement *element)
{
  const char *address = sv_xml_find_attribute (element, "addr");
  const char *type = sv_xml_find_attribute (element, "addrtype");
  if (address != NULL)
    g_ptr_array_add (g_strcmp0 (type, "mac") == 0 ? machine->macs : machine->addresses,
                     g_strdup (address));
}

static gint64
read_seconds (const SvXmlElement *element, const char *name)
{
  const char *text = sv_xml_find_attribute (element, name);
  gint64 seconds;
  gboolean fits = text != NULL && sv_text_parse_int64 (text, &seconds, NULL) && seconds > 0 &&
                  seconds < G_MAXINT64 / SV_SECOND_US;
  return fits ? seconds * SV_SECOND_US : 0;
}

static gboolean
begin_nmap (gpointer user_data, const SvXmlElement *element, GError **error)
{
  Machine *machine = user_data;
  if (is_at (element, "nmaprun", "host")) {
    begin_machine (machine);
    machine->last_seen_us = read_seconds (element, "endtime");
  } else if (is_at (element, "host", "status")) {
    machine->up = g_strcmp0 (sv_xml_find_attribute (element, "state"), "up") == 0;
  } else if (is_at (element, "host", "address")) {
    add_address (machine, element);
  } else if (is_at (element, "hostnames", "hostname") && machine->name == NULL) {
    machine->name = g_strdup (sv_xml_find_attribute (element, "name"));
  } else if (is_at (element, "os", "osmatch") && machine->os == NULL) {
    machine->os = g_strdup (sv_xml_find_attribute (element, "name"));
  }
  return TRUE;
}

static gboolean
end_nmap (gpointer user_data, const SvXmlElement *element, const char *text, GError **error)
{
  Machine *machine = user_data;
  if (!is_at (element, "nmaprun", "host"))
    return TRUE;
  if (machine->up && machine->addresses->len + machine->macs->len > 0)
    return end_machine (machine, error);
  sv_sighting_pass_over (machine->reading);
  return TRUE;
}

gboolean
sv_sighting_read_nmap (SvSightingReading *reading, char *text, GError **error)
{
  g_auto (Machine) machine;
  machine_init (&machine, reading);
  const SvXmlHandler handler = {.root = "nmaprun",
                                .bare_doctype = TRUE, /* nmap writes one */
                                .begin = begin_nmap,
                                .end = end_nmap,
                                .wants_text = wants_no_text,
                                .user_data = &machine};
  g_autoptr (SvStream) stream = sv_stream_new_memory (reading->name, text, strlen (text));
  return sv_xml_read (stream, &handler, error);
}

/* --- libvirt --- */

static gboolean
begin_domain (gpointer user_data, const SvXmlElement *element, GError **error)
{
  Machine *machine = user_data;
  const char *mac = sv_xml_find_attribute (element, "address");
  if (is_at (element, "interface", "mac") && mac != NULL)
    g_ptr_array_add (machine->macs, g_strdup (mac));
  return TRUE;
}

static gboolean
wants_name (gpointer user_data, const SvXmlElement *element)
{
  return is_at (element, "domain", "name");
}

static gboolean
end_domain (gpointer user_data, const SvXmlElement *element, const char *text, GError **error)
{
  Machine *machine = user_data;
  if (is_at (element, "domain", "name"))
    sv_text_set (&machine->name, text);
  return TRUE;
}

static gboolean
read_domain (Machine *machine, const char *text, gsize length, GError **error)
{
  const SvXmlHandler handler = {.root = "domain",
                                .begin = begin_domain,
                                .end = end_domain,
                                .wants_text = wants_name,
                                .user_data = machine};
  g_autoptr (SvStream) stream = sv_stream_new_memory (machine->reading->name, text, length);
  begin_machine (machine);
  return sv_xml_read (stream, &handler, error) && end_machine (machine, error);
}

#define DOMAIN_END "</domain>"

/* One document for each machine, one behind the other. */
gboolean
sv_sighting_read_libvirt (SvSightingReading *reading, char *text, GError **error)
{
  g_auto (Machine) machine;
  machine_init (&machine, reading);
  for (const char *rest = text; rest[strspn (rest, " \t\r\n")] != '\0';) {
    const char *end = strstr (rest, DOMAIN_END);
    gsize length = end != NULL ? (gsize)(end - rest) + strlen (DOMAIN_END) : strlen (rest);
    gsize space = strspn (rest, " \t\r\n"); /* an XML declaration stands at the very beginning */
    if (!read_domain (&machine, rest + space, length - space, error))
      return FALSE;
    rest += length;
  }
  return TRUE;
}

/* " 3    web-1    running", " -    db-2     shut off" */
gboolean
sv_sighting_read_virsh (SvSightingReading *reading, char *text, GError **error)
{
  SvLines lines = {text, 0};
  gboolean heading = TRUE;
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    const char *id = sv_word_next (&line);
    if (id == NULL || g_str_has_prefix (id, "--"))
      continue;
    char *name = g_strchug (line), *end = strstr (name, "  "); /* a name may hold one space */
    if (end != NULL)
      *end = '\0';
    if (!heading && !sv_sighting_add (reading, &(SvSightingWords){.name = name}, error))
      return FALSE;
    heading = FALSE;
  }
  return TRUE;
}
