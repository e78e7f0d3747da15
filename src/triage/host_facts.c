#include "triage/host_facts.h"

static const char *const zone_names[] = SV_VALUE_NAMES ("isolated", "internal", "dmz", "internet");
static const char *const criticality_names[] = SV_VALUE_NAMES ("low", "normal", "high");
static const char *const targeted_names[] = SV_VALUE_NAMES ("no", "yes");

static const SvDecisionPoint zone_point = {
    .option = "zone", .name = "Zone", .names = zone_names, .assumed = SV_ZONE_INTERNET};
static const SvDecisionPoint criticality_point = {
    .option = "criticality",
    .name = "Criticality",
    .names = criticality_names,
    .aliases = SV_VALUE_ALIASES ("", "medium", "critical"),
    .assumed = SV_CRITICALITY_NORMAL,
};
static const SvDecisionPoint targeted_point = {.option = "targeted",
                                               .name = "Historically targeted",
                                               .names = targeted_names,
                                               .assumed = SV_TARGETED_NO};

#define ORIGIN_DOC "Who says so."
static const SvField fields[] = {
    SV_FIELD (SvHostFacts, zone, SV_TYPE_ENUM, .values = zone_names,
              .doc = "Part of the network the host stands in."),
    SV_FIELD (SvHostFacts, zone_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = ORIGIN_DOC),
    SV_FIELD (SvHostFacts, exposure, SV_TYPE_ENUM, .values = sv_system_exposure_names,
              .doc = "Accessible attack surface."),
    SV_FIELD (SvHostFacts, exposure_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = ORIGIN_DOC),
    SV_FIELD (SvHostFacts, mission_impact, SV_TYPE_ENUM, .values = sv_mission_impact_names,
              .doc = "Worst effect of its loss on mission essential functions."),
    SV_FIELD (SvHostFacts, mission_impact_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = ORIGIN_DOC),
    SV_FIELD (SvHostFacts, safety_impact, SV_TYPE_ENUM, .values = sv_safety_impact_names,
              .doc = "Worst effect of its loss on safety."),
    SV_FIELD (SvHostFacts, safety_impact_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = ORIGIN_DOC),
    SV_FIELD (SvHostFacts, criticality, SV_TYPE_ENUM, .values = criticality_names,
              .doc = "Value of the host to the business."),
    SV_FIELD (SvHostFacts, criticality_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = ORIGIN_DOC),
    SV_FIELD (SvHostFacts, targeted, SV_TYPE_ENUM, .values = targeted_names,
              .doc = "Whether it was attacked in the past."),
    SV_FIELD (SvHostFacts, targeted_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = ORIGIN_DOC),
    SV_FIELD (SvHostFacts, owner, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Who answers for the host."),
    SV_FIELD (SvHostFacts, line_of_business, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Business unit it works for."),
};
SV_RECORD_TYPE (sv_host_facts_type, SvHostFacts, "HostFacts", fields,
                "What the organisation knows of one host.");

void
sv_host_facts_clear (SvHostFacts *facts)
{
  sv_record_clear (&sv_host_facts_type, facts);
}

/* --- setting by key --- */

#define CHOICE(member)                                                                             \
  G_STRUCT_OFFSET (SvHostFacts, member), G_STRUCT_OFFSET (SvHostFacts, member##_origin)
#define TEXT(member) 0, G_STRUCT_OFFSET (SvHostFacts, member)

static const struct {
  const char *key;
  const SvDecisionPoint *point; /* NULL: free text */
  gsize value;                  /* offset of the enum */
  gsize text;                   /* offset of the origin, or of the free text */
} keys[] = {
    {"zone", &zone_point, CHOICE (zone)},
    {"exposure", &sv_system_exposure_point, CHOICE (exposure)},
    {"mission-impact", &sv_mission_impact_point, CHOICE (mission_impact)},
    {"safety-impact", &sv_safety_impact_point, CHOICE (safety_impact)},
    {"criticality", &criticality_point, CHOICE (criticality)},
    {"targeted", &targeted_point, CHOICE (targeted)},
    {"owner", NULL, TEXT (owner)},
    {"line-of-business", NULL, TEXT (line_of_business)},
};

static gboolean
refuse_key (const char *key, GError **error)
{
  g_autofree char *printable = sv_text_printable (key);
  g_autoptr (GString) allowed = g_string_new (keys[0].key);
  for (gsize i = 1; i < G_N_ELEMENTS (keys); i++)
    g_string_append_printf (allowed, ", %s", keys[i].key);
  g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "no host fact '%s': give one of %s", printable,
               allowed->str);
  return FALSE;
}

static gboolean
check_text (const char *key, const char *value, GError **error)
{
  if (strlen (value) > SV_LIMIT_NAME_BYTES)
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "%s is longer than %d bytes", key,
                 SV_LIMIT_NAME_BYTES);
  else if (!g_utf8_validate (value, -1, NULL))
    g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "%s is no UTF-8 text", key);
  else
    return TRUE;
  return FALSE;
}

gboolean
sv_host_facts_set_from (SvHostFacts *facts, const char *key, const char *value, const char *origin,
                        GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (strcmp (keys[i].key, key) != 0)
      continue;
    gboolean choice = keys[i].point != NULL;
    if (choice ? !sv_decision_point_parse (keys[i].point, value,
                                           G_STRUCT_MEMBER_P (facts, keys[i].value), error)
               : !check_text (key, value, error))
      return FALSE;
    sv_text_set (G_STRUCT_MEMBER_P (facts, keys[i].text), choice ? origin : value);
    return TRUE;
  }
  return refuse_key (key, error);
}

gboolean
sv_host_facts_set (SvHostFacts *facts, const char *key, const char *value, GError **error)
{
  return sv_host_facts_set_from (facts, key, value, "flag", error);
}

/* --- the key file --- */

#define GROUP "host"

static gboolean
check_groups (GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (gsize i = 0; groups[i] != NULL; i++)
    if (strcmp (groups[i], GROUP) != 0) {
      g_autofree char *printable = sv_text_printable (groups[i]);
      g_set_error (error, SV_ERROR, SV_ERROR_USAGE, "no group '[%s]': only [%s] is read", printable,
                   GROUP);
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_keys (GKeyFile *file, SvHostFacts *facts, GError **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, GROUP, NULL, NULL);
  for (gsize i = 0; names != NULL && names[i] != NULL; i++) {
    g_autofree char *value = g_key_file_get_string (file, GROUP, names[i], error);
    if (value == NULL ||
        !sv_host_facts_set_from (facts, names[i], g_strstrip (value), "configuration", error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
take_file (const char *text, SvHostFacts *facts, GError **error)
{
  gsize size = strlen (text);
  if (size > SV_LIMIT_SMALL_FILE_BYTES) {
    g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "more than %d bytes", SV_LIMIT_SMALL_FILE_BYTES);
    return FALSE;
  }
  g_autoptr (GKeyFile) file = g_key_file_new ();
  return size == 0 || (g_key_file_load_from_data (file, text, size, G_KEY_FILE_NONE, error) &&
                       check_groups (file, error) && take_keys (file, facts, error));
}

gboolean
sv_host_facts_parse (const char *text, SvHostFacts *ret_facts, GError **error)
{
  g_auto (SvHostFacts) facts = {0};
  g_autoptr (GError) fault = NULL;
  if (take_file (text, &facts, &fault)) {
    *ret_facts = facts;
    facts = (SvHostFacts){0};
    return TRUE;
  }
  SvError code = sv_error_is (fault, SV_ERROR_LIMIT) ? SV_ERROR_LIMIT : SV_ERROR_INVALID_DATA;
  g_autofree char *reason = sv_text_printable (fault->message); /* GLib quotes lines as they are */
  g_set_error (error, SV_ERROR, (gint)code, "host facts: %s", reason);
  return FALSE;
}

/* --- exposure --- */

static const struct {
  SvValueSet exposures;
  const char *origin;
} zones[] = {
    [SV_ZONE_ISOLATED] = {1 << SV_EXPOSURE_SMALL, "zone isolated"},
    [SV_ZONE_INTERNAL] = {1 << SV_EXPOSURE_SMALL | 1 << SV_EXPOSURE_CONTROLLED, "zone internal"},
    [SV_ZONE_DMZ] = {1 << SV_EXPOSURE_CONTROLLED | 1 << SV_EXPOSURE_OPEN, "zone dmz"},
    [SV_ZONE_INTERNET] = {1 << SV_EXPOSURE_OPEN, "zone internet"},
};

SvDecisionFact
sv_host_facts_exposure (const SvHostFacts *facts)
{
  if (facts->exposure != SV_EXPOSURE_UNKNOWN)
    return (SvDecisionFact){.possible = 1u << facts->exposure, .origin = facts->exposure_origin};
  return (SvDecisionFact){.possible = zones[facts->zone].exposures,
                          .origin = zones[facts->zone].origin};
}
