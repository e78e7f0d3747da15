#include "triage/threat.h"

#include <math.h>

#define ORIGIN_DOC "Who says so, or why it is not known."
static const SvField fields[] = {
    SV_FIELD (SvThreat, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .doc = "CVE id, or the advisory's own id."),
    SV_FIELD (SvThreat, exploitation, SV_TYPE_ENUM, .values = sv_exploitation_names,
              .doc = "State of exploitation."),
    SV_FIELD (SvThreat, exploitation_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = ORIGIN_DOC),
    SV_FIELD (SvThreat, automatable, SV_TYPE_ENUM, .values = sv_automatable_names,
              .doc = "Whether exploitation can be automated."),
    SV_FIELD (SvThreat, automatable_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = ORIGIN_DOC),
    SV_FIELD (SvThreat, technical_impact, SV_TYPE_ENUM, .values = sv_technical_impact_names,
              .doc = "Control that an attacker gains."),
    SV_FIELD (SvThreat, technical_impact_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = ORIGIN_DOC),
    SV_FIELD (SvThreat, in_kev, SV_TYPE_ENUM, .values = sv_in_kev_names,
              .doc = "Whether CISA lists it as known exploited."),
    SV_FIELD (SvThreat, in_kev_origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = ORIGIN_DOC),
    SV_FIELD (SvThreat, kev_due_at_us, SV_TYPE_INSTANT, .doc = "Due date of the KEV catalogue."),
    SV_FIELD (SvThreat, epss, SV_TYPE_DOUBLE,
              .doc = "Probability of exploitation in the next 30 days, 0 to 1."),
    SV_FIELD (SvThreat, cvss, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "CVSS vector."),
    SV_FIELD (SvThreat, cvss_score, SV_TYPE_DOUBLE, .doc = "CVSS base score, 0 to 10."),
};
SV_RECORD_TYPE (sv_threat_type, SvThreat, "Threat", fields,
                "What the world knows of one vulnerability.");

void
sv_threat_clear (SvThreat *threat)
{
  sv_record_clear (&sv_threat_type, threat);
}

/* --- what each source says --- */

/* Returns the value that the source gives, or 0; @ret_origin may be set either way. */
typedef guint (*ReadEvidence) (const SvEvidence *evidence, char **ret_origin);

static char *
dated (const char *source, gint64 instant_us)
{
  if (instant_us <= 0)
    return g_strdup (source);
  g_autofree char *date = sv_time_format_date (instant_us);
  return g_strdup_printf ("%s %s", source, date);
}

static guint
listed_is_active (const SvEvidence *evidence, char **ret_origin)
{
  if (evidence->kev == NULL)
    return SV_EXPLOITATION_UNKNOWN;
  *ret_origin = dated ("kev", evidence->kev->added_at_us);
  return SV_EXPLOITATION_ACTIVE;
}

static guint
listed_is_in_kev (const SvEvidence *evidence, char **ret_origin)
{
  if (evidence->kev != NULL) {
    *ret_origin = dated ("kev", evidence->kev->added_at_us);
    return SV_IN_KEV_YES;
  }
  *ret_origin = g_strdup (evidence->kev_consulted ? "kev" : "kev was not consulted");
  return evidence->kev_consulted ? SV_IN_KEV_NO : SV_IN_KEV_UNKNOWN;
}

/* Vulnrichment writes its values in several cases and spellings. */
static guint
assessed (const SvDecisionPoint *point, const SvCveFact *cve, const char *word, char **ret_origin)
{
  if (word == NULL)
    return 0;
  gint value = 0;
  if (sv_decision_point_parse (point, word, &value, NULL)) {
    *ret_origin = dated ("vulnrichment", cve->assessed_at_us);
    return (guint)value;
  }
  g_autofree char *printable = sv_text_printable (word);
  *ret_origin = g_strdup_printf ("vulnrichment writes '%s', which is no value", printable);
  return 0;
}

static guint
assessed_exploitation (const SvEvidence *evidence, char **ret_origin)
{
  const SvCveFact *cve = evidence->cve;
  return cve == NULL ? 0 : assessed (&sv_exploitation_point, cve, cve->exploitation, ret_origin);
}

static guint
assessed_automatable (const SvEvidence *evidence, char **ret_origin)
{
  const SvCveFact *cve = evidence->cve;
  return cve == NULL ? 0 : assessed (&sv_automatable_point, cve, cve->automatable, ret_origin);
}

static guint
assessed_technical_impact (const SvEvidence *evidence, char **ret_origin)
{
  const SvCveFact *cve = evidence->cve;
  return cve == NULL
             ? 0
             : assessed (&sv_technical_impact_point, cve, cve->technical_impact, ret_origin);
}

static gboolean
vector_has (char **metrics, const char *metric)
{
  return g_strv_contains ((const char *const *)metrics, metric);
}

/* A hint for people; the value stays unknown. */
static guint
hint_automatable (const SvEvidence *evidence, char **ret_origin)
{
  if (evidence->cve == NULL || evidence->cve->cvss == NULL)
    return SV_AUTOMATABLE_UNKNOWN;
  g_auto (GStrv) metrics = g_strsplit (evidence->cve->cvss, "/", -1);
  if (vector_has (metrics, "AV:N") && vector_has (metrics, "PR:N") && vector_has (metrics, "UI:N"))
    *ret_origin = g_strdup ("no source, though CVSS AV:N/PR:N/UI:N makes it possible");
  return SV_AUTOMATABLE_UNKNOWN;
}

/* --- the rules --- */

#define SLOT(member) G_STRUCT_OFFSET (SvThreat, member), G_STRUCT_OFFSET (SvThreat, member##_origin)

static const struct {
  const SvDecisionPoint *point;
  gsize value, origin; /* offsets in SvThreat */
  ReadEvidence read;
} rules[] = {
    {&sv_exploitation_point, SLOT (exploitation), listed_is_active},
    {&sv_exploitation_point, SLOT (exploitation), assessed_exploitation},
    {&sv_automatable_point, SLOT (automatable), assessed_automatable},
    {&sv_automatable_point, SLOT (automatable), hint_automatable},
    {&sv_technical_impact_point, SLOT (technical_impact), assessed_technical_impact},
    {&sv_in_kev_point, SLOT (in_kev), listed_is_in_kev},
};

static void
apply (gsize rule, const SvEvidence *evidence, SvThreat *threat)
{
  gint *value = G_STRUCT_MEMBER_P (threat, rules[rule].value);
  char **origin = G_STRUCT_MEMBER_P (threat, rules[rule].origin);
  g_autofree char *source = NULL;
  guint said = rules[rule].read (evidence, &source);
  if (*value == 0 && (said != 0 || *origin == NULL)) {
    *value = (gint)said;
    sv_text_take (origin, g_steal_pointer (&source));
  } else if (said != 0 && said != (guint)*value) {
    g_autofree char *first = *origin;
    *origin = g_strdup_printf ("%s (over %s: %s)", first, source, rules[rule].point->names[said]);
  }
}

void
sv_threat_collect (const SvEvidence *evidence, SvThreat *ret_threat)
{
  const SvCveFact *cve = evidence->cve;
  *ret_threat = (SvThreat){.vulnerability = g_strdup (evidence->vulnerability),
                           .kev_due_at_us = evidence->kev != NULL ? evidence->kev->due_at_us : 0,
                           .epss = evidence->epss != NULL ? evidence->epss->score : NAN,
                           .cvss = cve != NULL ? g_strdup (cve->cvss) : NULL,
                           .cvss_score = cve != NULL && cve->cvss != NULL ? cve->cvss_score : NAN};
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    apply (i, evidence, ret_threat);
}
