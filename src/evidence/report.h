/* What one scan found, as one document: host, sources, updates, ranked actions, findings, gaps. */
#pragma once

#include "exposure/exposure.h"
#include "triage/triage.h"

/* The host, in short. */
typedef struct {
  char *hostname;
  char *os;      /* for people */
  char *release; /* "debian:12"; NULL: not known */
  char *machine;
  char *hardware_class;
  char *virtualization;
  char *kernel; /* running release; NULL: not looked at */
  gint64 packages;
  gint64 held;
  gint64 unmanaged;          /* packages of no enabled archive */
  GPtrArray *reboot_reasons; /* strings */
  GPtrArray *supports;       /* SvSupport */
} SvReportHost;
extern const SvRecordType sv_report_host_type;

/* A source that was consulted, or could not be. */
typedef struct {
  char *id;
  char *kind; /* "apt-archive", "changelogs", a feed's format */
  char *detail;
  char *authenticity; /* "verified", "expired", "unverified", "bad", "none" */
  char *signer;
  gint64 content_at_us;
  gint64 valid_until_us;
  gint64 age_s; /* at the time of the report; -1: not known */
  gint64 records;
  gboolean consulted; /* FALSE: what it would have said is unknown */
  char *error;        /* why not */
} SvReportSource;
extern const SvRecordType sv_report_source_type;

/* One package for which the archives hold something newer that is wanted. */
typedef struct {
  char *package;
  char *arch;
  char *installed;
  char *candidate;
  char *source;
  char *source_version; /* of the candidate */
  char *installed_source_version;
  gboolean security; /* a security archive holds a version above the installed one */
  char *origin;      /* "Debian-Security:12/oldstable-security" */
  GPtrArray *cves;   /* strings, natural order: what the candidate heals and the installed has */
  gboolean held;
  gboolean reachable; /* the package manager would install it now */
  gint fix;           /* SvFix: the same, told apart from what is not known */
  char *why_not;      /* NULL when reachable */
  char *authenticity; /* of the index that offers it */
  gint64 size_bytes;
} SvUpdate;
extern const SvRecordType sv_update_type;

/* A package that updates need and that is not installed yet. */
typedef struct {
  char *package;
  char *arch;
  char *version;
  char *source;
  char *origin;
  char *needed_by;
  gint64 size_bytes;
} SvNewPackage;
extern const SvRecordType sv_new_package_type;

/* One thing to do: the updates of one source package to one version, or a reboot. */
typedef struct {
  gint64 rank; /* from 1 */
  char *title; /* "openssl 3.0.19 → 3.0.22" */
  char *source;
  char *from;
  char *to;
  gboolean security;
  gboolean low_relevance; /* what it heals is in headers, documentation or data alone (trap 24) */
  char *origin;
  GPtrArray *packages;  /* strings */
  GPtrArray *cves;      /* strings */
  GPtrArray *exploited; /* strings: those of `cves` known to be exploited */
  char *urgency;        /* highest that the sources give; may be NULL */
  gint decision;        /* SvSsvcOutcome, under assumed values of what is unknown */
  gint decision_best;
  gint decision_worst;
  gint priority; /* SvPriorityLevel */
  gint64 due_at_us;
  char *due_because;
  double epss;       /* highest; NaN: not known */
  double cvss_score; /* highest; NaN: not known */
  gboolean held;
  gboolean reachable;
  gint fix; /* SvFix: the worst of its updates; not reachable is worse than not known */
  char *why_not;
  gboolean reboot;      /* it takes effect only with a reboot */
  GPtrArray *listeners; /* strings: "tcp 0.0.0.0:22 sshd", what of it listens */
  GPtrArray *restarts;  /* strings: processes that must be restarted */
  gint64 size_bytes;
  GPtrArray *unknown; /* strings: inputs of the decision that nobody knows */
  char *summary;      /* one line for people */
} SvAction;
extern const SvRecordType sv_action_type;

/* New string: the id under which the history keeps a security update of which no vulnerability is
 * known ("update:tzdata"), so that its date does not move with every scan; NULL for other actions.
 */
char *sv_action_unnamed_id (const SvAction *action);

/* How this scan differs from the one before on the same host. */
typedef struct {
  gint64 previous_at_us; /* 0: there is none */
  GPtrArray *appeared;   /* strings: findings that are new */
  GPtrArray *resolved;   /* strings: findings that are gone */
} SvReportChange;
extern const SvRecordType sv_report_change_type;

typedef struct {
  gint64 updates;
  gint64 security_updates;
  gint64 new_packages;
  gint64 actions;
  gint64 vulnerabilities; /* distinct, affected, not of low relevance, not unimportant */
  gint64 exploited;
  gint64 without_fix;
  gint64 unknown; /* findings that could not be judged */
  gint64 low_relevance;
  gint64 unimportant;
  gint64 overdue; /* actions */
} SvReportSummary;
extern const SvRecordType sv_report_summary_type;

typedef struct {
  char *schema; /* "salve.scan/1" */
  char *engine; /* "salve 0.1.0" */
  gint64 at_us;
  SvReportHost *host;
  SvReportSummary *summary;
  GPtrArray *sources;      /* SvReportSource */
  GPtrArray *updates;      /* SvUpdate, by package and arch */
  GPtrArray *new_packages; /* SvNewPackage */
  GPtrArray *actions;      /* SvAction, by rank */
  GPtrArray *findings;     /* SvFinding: affected and unknown */
  GPtrArray *unknown;      /* SvGap: what could not be looked at */
  SvReportChange *change;
} SvReport;
extern const SvRecordType sv_report_type;

void sv_report_free (SvReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvReport, sv_report_free)

/* What a report is made of. Everything is lent but what is said to be taken. */
typedef struct {
  gint64 at_us;
  const SvInventory *inventory;
  const SvHostFacts *facts;
  GPtrArray *sources;      /* SvReportSource; taken */
  GPtrArray *updates;      /* SvUpdate; taken; `cves` are filled in here */
  GPtrArray *new_packages; /* SvNewPackage; taken */
  GPtrArray *findings;     /* SvFinding; taken */
  GPtrArray *gaps;         /* SvGap beyond those of the inventory; taken */
  /* Evidence on one vulnerability, lent until the next call. */
  void (*evidence) (gpointer source, const char *vulnerability, SvEvidence *ret_evidence);
  /* Since when it is known here; 0: since this report. */
  gint64 (*known_since) (gpointer source, const char *vulnerability);
  gpointer source;
} SvReportParts;

/* Joins the parts: which update heals which finding, what that means by the decision tables, and in
 * what order to act. Pure. */
SvReport *sv_report_new (SvReportParts *parts);

/* The document as JSON. */
void sv_report_write_json (const SvReport *report, SvJsonWriter *writer);

/* The same in other people's formats; the judges of each are named in README.md. */
void sv_report_write_sarif (const SvReport *report, SvJsonWriter *writer);
void sv_report_write_openvex (const SvReport *report, SvJsonWriter *writer);
void sv_report_write_cyclonedx (const SvReport *report, const SvInventory *inventory,
                                SvJsonWriter *writer);
