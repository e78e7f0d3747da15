#include "inventory/system.h"

#include "inventory/sighting.h"

#include <arpa/inet.h>
#include <string.h>

const char *const sv_system_zone_names[] = {"unknown", "isolated", "internal",
                                            "dmz",     "internet", NULL};
const char *const sv_system_criticality_names[] = {"unknown", "low", "normal", "high", NULL};
const char *const sv_system_mission_names[] = {
    "unknown", "degraded", "mef support crippled", "mef failure", "mission failure", NULL};
const char *const sv_system_safety_names[] = {"unknown",  "negligible",   "marginal",
                                              "critical", "catastrophic", NULL};
const char *const sv_system_yes_no_names[] = {"unknown", "no", "yes", NULL};

#define NAME .max = SV_LIMIT_NAME_BYTES
static const SvField system_fields[] = {
    SV_FIELD (SvSystem, id, SV_TYPE_STRING, NAME, .flags = SV_FIELD_WIDE, .doc = "Id, made here."),
    SV_FIELD (SvSystem, name, SV_TYPE_STRING, NAME, .doc = "Name; no two have the same."),
    SV_FIELD (SvSystem, owner, SV_TYPE_STRING, NAME, .doc = "Who answers for it."),
    SV_FIELD (SvSystem, line_of_business, SV_TYPE_STRING, NAME, .doc = "Business unit it is of."),
    SV_FIELD (SvSystem, role, SV_TYPE_STRING, NAME, .flags = SV_FIELD_WIDE, .doc = "What it does."),
    SV_FIELD (SvSystem, criticality, SV_TYPE_ENUM, .values = sv_system_criticality_names,
              .doc = "Value to the business."),
    SV_FIELD (SvSystem, mission_impact, SV_TYPE_ENUM, .values = sv_system_mission_names,
              .flags = SV_FIELD_WIDE,
              .doc = "Worst effect of its loss on mission essential functions."),
    SV_FIELD (SvSystem, safety_impact, SV_TYPE_ENUM, .values = sv_system_safety_names,
              .flags = SV_FIELD_WIDE, .doc = "Worst effect of its loss on safety."),
    SV_FIELD (SvSystem, national, SV_TYPE_ENUM, .values = sv_system_yes_no_names,
              .flags = SV_FIELD_WIDE, .doc = "Whether the nation depends on it."),
    SV_FIELD (SvSystem, targeted, SV_TYPE_ENUM, .values = sv_system_yes_no_names,
              .flags = SV_FIELD_WIDE, .doc = "Whether it was attacked in the past."),
    SV_FIELD (SvSystem, zone, SV_TYPE_ENUM, .values = sv_system_zone_names,
              .doc = "Part of the network it stands in."),
    SV_FIELD (SvSystem, link_mbps, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Slowest link to it, megabit a second; 0: not known."),
    SV_FIELD (SvSystem, remote, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "Whether it is reached from outside the organisation's sites."),
    SV_FIELD (SvSystem, intermittent, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "Whether it is connected only now and then."),
    SV_FIELD (SvSystem, maintenance, SV_TYPE_STRING, NAME, .flags = SV_FIELD_WIDE,
              .doc = "When it may be changed."),
    SV_FIELD (SvSystem, baseline, SV_TYPE_STRING, NAME, .flags = SV_FIELD_WIDE,
              .doc = "Class of the baseline that its hosts are held against."),
    SV_FIELD (SvSystem, hardening, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "Whether it is kept under the regime for what gets no updates any more."),
    SV_FIELD (SvSystem, hosts, SV_TYPE_INT64, .doc = "Hosts that belong to it; only read."),
    SV_FIELD (SvSystem, created_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was made."),
    SV_FIELD (SvSystem, changed_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was last changed."),
};
SV_RECORD_TYPE (sv_system_type, SvSystem, "System", system_fields,
                "Hosts that serve one purpose, with who answers for them.");

static const SvField rule_fields[] = {
    SV_FIELD (SvSystemRule, system, SV_TYPE_STRING, NAME, .flags = SV_FIELD_REQUIRED,
              .doc = "Id of the system that hosts belong to."),
    SV_FIELD (SvSystemRule, name, SV_TYPE_STRING, NAME, .doc = "Pattern of host names, web-*."),
    SV_FIELD (SvSystemRule, address, SV_TYPE_STRING, NAME,
              .doc = "Network that one of the host's addresses is in, 192.0.2.0/24."),
    SV_FIELD (SvSystemRule, distro, SV_TYPE_STRING, NAME,
              .doc = "Pattern of distribution and release, debian:*."),
    SV_FIELD (SvSystemRule, hardware_class, SV_TYPE_STRING, NAME,
              .doc = "portable, desktop, server, virtual, container or unknown."),
};
SV_RECORD_TYPE (sv_system_rule_type, SvSystemRule, "SystemRule", rule_fields,
                "Hosts for which all of its conditions hold belong to the system.");

static const SvField rules_fields[] = {
    SV_FIELD (SvSystemRules, revision, SV_TYPE_INT64,
              .doc = "Of the list that is kept; to change it, give the one that was read."),
    SV_FIELD (SvSystemRules, rules, SV_TYPE_RECORDS, .record = &sv_system_rule_type,
              .max = SV_LIMIT_SYSTEM_RULES, .doc = "Asked in this order: the first that fits."),
};
SV_RECORD_TYPE (sv_system_rules_type, SvSystemRules, "SystemRules", rules_fields,
                "Which hosts belong to which system.");

void
sv_system_free (SvSystem *system)
{
  sv_record_free (&sv_system_type, system);
}

void
sv_system_rules_free (SvSystemRules *rules)
{
  sv_record_free (&sv_system_rules_type, rules);
}

/* --- what is protected first --- */

/* In a scale of 0 (not known) to @top: twice the value, what is not known in the middle. */
static gint64
weigh (gint value, gint top)
{
  return value == 0 ? top + 1 : 2 * (gint64)value;
}

gint64
sv_system_rank (const SvSystem *system)
{
  const gint64 weights[] = {weigh (system->national, 2), weigh (system->mission_impact, 4),
                            weigh (system->safety_impact, 4), weigh (system->criticality, 3),
                            weigh (system->zone, 4)};
  gint64 rank = 0;
  for (gsize i = 0; i < G_N_ELEMENTS (weights); i++)
    rank = rank * 16 + weights[i];
  return rank;
}

/* --- addresses --- */

/* Bytes of the address; 0: it is none. */
static gsize
read_address (const char *text, guint8 *ret_bytes)
{
  if (inet_pton (AF_INET, text, ret_bytes) == 1)
    return 4;
  return inet_pton (AF_INET6, text, ret_bytes) == 1 ? 16 : 0;
}

/* Reads "192.0.2.0/24", or one address, which is a network of its own. */
static gsize
read_network (const char *text, guint8 *ret_bytes, guint *ret_bits)
{
  const char *slash = strchr (text, '/');
  g_autofree char *address = slash != NULL ? g_strndup (text, (gsize)(slash - text)) : NULL;
  gsize size = read_address (slash != NULL ? address : text, ret_bytes);
  gint64 bits = (gint64)size * 8;
  if (slash != NULL && (!sv_text_parse_int64 (slash + 1, &bits, NULL) || bits < 0))
    return 0;
  *ret_bits = (guint)MIN (bits, 1024);
  return bits <= (gint64)size * 8 ? size : 0;
}

gboolean
sv_address_is_in (const char *address, const char *network)
{
  guint8 a[16], n[16];
  guint bits;
  gsize size = read_network (network, n, &bits);
  if (size == 0 || read_address (address, a) != size || memcmp (a, n, bits / 8) != 0)
    return FALSE;
  guint8 mask = (guint8)(0xff00u >> bits % 8);
  return bits % 8 == 0 || ((a[bits / 8] ^ n[bits / 8]) & mask) == 0;
}

gboolean
sv_address_is_known_to_others (const char *address)
{
  guint8 bytes[16];
  return read_address (address, bytes) != 0 && !sv_address_is_in (address, "127.0.0.0/8") &&
         !sv_address_is_in (address, "169.254.0.0/16") && !sv_address_is_in (address, "::1") &&
         !sv_address_is_in (address, "fe80::/10");
}

char *
sv_facts_list_addresses (const SvInventory *facts)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; facts->interfaces != NULL && i < facts->interfaces->len; i++) {
    const SvInterface *interface = facts->interfaces->pdata[i];
    const GPtrArray *addresses = interface->addresses;
    for (guint k = 0; addresses != NULL && k < addresses->len; k++) {
      g_auto (GStrv) parts = g_strsplit (addresses->pdata[k], "/", 2); /* without its prefix */
      if (sv_address_is_known_to_others (parts[0]) && list->len < SV_LIMIT_ADDRESSES_BYTES)
        g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", parts[0]);
    }
  }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

char *
sv_facts_list_macs (const SvInventory *facts)
{
  g_autoptr (GString) list = g_string_new (NULL);
  for (guint i = 0; facts->interfaces != NULL && i < facts->interfaces->len; i++) {
    const SvInterface *interface = facts->interfaces->pdata[i];
    gboolean card = g_strcmp0 (interface->medium, "wired") == 0 ||
                    g_strcmp0 (interface->medium, "wireless") == 0;
    g_autofree char *mac = card ? sv_mac_normalize (interface->mac) : NULL;
    if (mac != NULL && list->len < SV_LIMIT_ADDRESSES_BYTES && strstr (list->str, mac) == NULL)
      g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", mac);
  }
  return g_string_free (g_steal_pointer (&list), FALSE);
}

/* --- rules --- */

static gboolean
is_network (const char *text)
{
  guint8 bytes[16];
  guint bits;
  return read_network (text, bytes, &bits) != 0;
}

static const char *
find_fault (const SvSystemRule *rule)
{
  if (sv_text_is_empty (rule->system))
    return "names no system";
  if (rule->address != NULL && !is_network (rule->address))
    return "has an address that is no network: write 192.0.2.0/24 or 2001:db8::/32";
  if (rule->name == NULL && rule->address == NULL && rule->distro == NULL &&
      rule->hardware_class == NULL)
    return "has no condition: give name, address, distro or hardware_class";
  return NULL;
}

gboolean
sv_system_rules_check (const SvSystemRules *rules, GError **error)
{
  for (guint i = 0; rules->rules != NULL && i < rules->rules->len; i++) {
    const char *fault = find_fault (rules->rules->pdata[i]);
    if (fault == NULL)
      continue;
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "rule %u %s", i + 1, fault);
    return FALSE;
  }
  return TRUE;
}

static gboolean
has_address_in (const char *addresses, const char *network)
{
  g_auto (GStrv) list = g_strsplit (addresses != NULL ? addresses : "", " ", -1);
  for (char **address = list; *address != NULL; address++)
    if (sv_address_is_in (*address, network))
      return TRUE;
  return FALSE;
}

static gboolean
fits (const char *pattern, const char *text)
{
  return pattern == NULL || (text != NULL && sv_text_glob (pattern, text));
}

const char *
sv_system_rules_find (const SvSystemRules *rules, const SvPlaceFacts *facts)
{
  for (guint i = 0; rules->rules != NULL && i < rules->rules->len; i++) {
    const SvSystemRule *rule = rules->rules->pdata[i];
    if (fits (rule->name, facts->name) && fits (rule->distro, facts->distro) &&
        fits (rule->hardware_class, facts->hardware_class) &&
        (rule->address == NULL || has_address_in (facts->addresses, rule->address)))
      return rule->system;
  }
  return NULL;
}
