/* What the world knows of one vulnerability, turned into inputs of the decision tables. */
#pragma once

#include "advisory/advisory.h"
#include "triage/answer.h"
#include "triage/points.h"

/* The raw records of one vulnerability, each as its source wrote it; all borrowed. */
typedef struct {
  const char *vulnerability;
  const SvKev *kev;       /* NULL: not listed, if the catalogue was consulted at all */
  const SvEpss *epss;     /* NULL: no score */
  const SvCveFact *cve;   /* NULL: no CVE record */
  gboolean kev_consulted; /* a catalogue was at hand: only then does absence mean anything */
} SvEvidence;

typedef struct {
  char *vulnerability;
  gint exploitation; /* SvExploitation */
  char *exploitation_origin;
  gint automatable; /* SvAutomatable */
  char *automatable_origin;
  gint technical_impact; /* SvTechnicalImpact */
  char *technical_impact_origin;
  gint in_kev; /* SvInKev */
  char *in_kev_origin;
  gint64 kev_due_at_us; /* 0: none */
  double epss;          /* NaN: not known */
  char *cvss;           /* vector; may be NULL */
  double cvss_score;    /* NaN: not known */
} SvThreat;
extern const SvRecordType sv_threat_type;

void sv_threat_clear (SvThreat *threat);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvThreat, sv_threat_clear)

/**
 * sv_threat_collect:
 *
 * Applies the table of rules in threat.c (README.md shows it), in order: the first source that
 * knows wins, a later one that disagrees is named in the origin. EPSS never makes a flaw exploited,
 * a CVSS vector never makes it automatable. Pure, never fails: a word that no rule understands
 * leaves the input unknown and says so. Source: pitfall 108.
 */
void sv_threat_collect (const SvEvidence *evidence, SvThreat *ret_threat);
