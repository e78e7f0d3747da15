/* What a source says, in one shape for all sources: the records that feed readers produce. */
#pragma once

#include "pkg/pkg.h"

/* What the source says of the package versions in the statement's range. */
typedef enum {
  SV_STATUS_AFFECTED,      /* vulnerable from `introduced` up to `fixed` (or with no fix at all) */
  SV_STATUS_NOT_AFFECTED,  /* no version of this package in this release is vulnerable */
  SV_STATUS_UNDETERMINED,  /* the source itself does not know: unknown, never "safe" */
  SV_STATUS_INVESTIGATING, /* the source is looking at it: unknown as well */
  SV_STATUS_UNSUPPORTED,   /* the source no longer looks at this package (end of life) */
  SV_N_STATUSES
} SvStatus;
extern const char *const sv_status_names[];

/* What the source promises where there is no fix in `fixed` (traps 38, 44). */
typedef enum {
  SV_PROMISE_NONE,    /* nothing said */
  SV_PROMISE_PENDING, /* a fix is being made */
  SV_PROMISE_LATER,   /* postponed, with the next advisory */
  SV_PROMISE_POINT,   /* no advisory of its own: next point release */
  SV_PROMISE_NEVER,   /* ignored, will not be fixed */
  SV_N_PROMISES
} SvPromise;
extern const char *const sv_promise_names[];

typedef enum { SV_NAME_SOURCE, SV_NAME_BINARY } SvNameKind;
extern const char *const sv_name_kind_names[];

/* One statement: this vulnerability, this package, this release. */
typedef struct {
  char *vulnerability; /* CVE id, or the advisory's own id where there is none */
  char *advisory;      /* id of the notice that says so; may be NULL */
  char *release;       /* "debian:12", "almalinux:8": SvDistro id ":" release; "" for any release */
  char *package;
  gint name_kind;      /* SvNameKind: `package` names a source or a binary package */
  char *arch;          /* only this architecture; NULL: any */
  char *module;        /* RPM "name:stream"; "" not modular; NULL not known (trap 64) */
  gint scheme;         /* SvScheme */
  gint status;         /* SvStatus */
  gint promise;        /* SvPromise */
  char *introduced;    /* first affected version; "0": from the beginning; NULL: that as well where
                          there is an end, without one nothing is said (trap 59) */
  char *fixed;         /* first version not affected; NULL: there is none */
  char *last_affected; /* instead of `fixed`: the last version known affected */
  char *urgency;       /* the source's own word ("unimportant", "Moderate"); may be NULL */
  char *note;          /* the source's own remark; may be NULL */
  gint class;          /* SvAdvisoryClass of `advisory`: only SECURITY speaks of a flaw; the others
                          say what update there is (trap 55) */
} SvStatement;
extern const SvRecordType sv_statement_type;

typedef enum {
  SV_CLASS_SECURITY,
  SV_CLASS_BUGFIX,
  SV_CLASS_ENHANCEMENT,
  SV_CLASS_OTHER,
  SV_N_CLASSES
} SvAdvisoryClass;
extern const char *const sv_advisory_class_names[];

/* One notice. */
typedef struct {
  char *id;   /* "DSA-5356-1", "ALSA-2023:6938", "CVE-2024-1234" */
  gint class; /* SvAdvisoryClass */
  char *title;
  char *severity; /* the source's own word */
  gint64 published_at_us;
  gint64 modified_at_us;
  gint64 withdrawn_at_us; /* 0: still in force */
  char *url;
  GPtrArray *vulnerabilities; /* strings: every CVE it names (OSV aliases, related, upstream) */
  gboolean reboot_suggested;
} SvAdvisory;
extern const SvRecordType sv_advisory_type;

/* Two names for one flaw (trap 53): `id` is an alias of `vulnerability`. */
typedef struct {
  char *id;
  char *vulnerability;
} SvAlias;
extern const SvRecordType sv_alias_type;

/* CISA's catalogue of known exploited vulnerabilities. */
typedef struct {
  char *vulnerability;
  gint64 added_at_us;
  gint64 due_at_us;
  gboolean ransomware; /* campaigns are known to use it; FALSE: not known */
  char *name;
  char *action;
  char *forensic_triage; /* what the catalogue asks to look for after the fact; may be NULL */
} SvKev;
extern const SvRecordType sv_kev_type;

typedef struct {
  char *vulnerability;
  double score;      /* probability of exploitation in the next 30 days, 0 to 1 */
  double percentile; /* 0 to 1; NaN where the layout lacks it */
  gint64 scored_at_us;
} SvEpss;
extern const SvRecordType sv_epss_type;

/* From CVE records: the CNA's and CISA's containers. */
typedef struct {
  char *vulnerability;
  char *title;
  char *state; /* "PUBLISHED", "REJECTED" */
  gint64 published_at_us;
  char *exploitation;     /* SSVC "none", "poc", "active"; NULL: not assessed */
  char *automatable;      /* SSVC "yes", "no" */
  char *technical_impact; /* SSVC "partial", "total" */
  gint64 assessed_at_us;
  char *cvss;        /* best vector: 4.0 over 3.1 over 3.0 over 2.0, CNA over ADP */
  double cvss_score; /* NaN: none */
} SvCveFact;
extern const SvRecordType sv_cve_fact_type;

/* The kinds of record that a feed may hold; sv_feed_record_types[kind] describes it. */
typedef enum {
  SV_FEED_STATEMENT,
  SV_FEED_ADVISORY,
  SV_FEED_ALIAS,
  SV_FEED_KEV,
  SV_FEED_EPSS,
  SV_FEED_CVE,
  SV_N_FEED_RECORDS
} SvFeedRecord;
extern const SvRecordType *const sv_feed_record_types[];

/* Where a feed reader puts what it reads. */
typedef struct {
  /* Takes one record (lent for the call). SV_ERROR_INVALID_DATA refuses this record only, any other
   * error ends the reading. */
  gboolean (*add) (gpointer user_data, SvFeedRecord kind, gconstpointer record, GError **error);
  /* One record that was refused: where ("data.json:$.foo[3]", "list:812") and why. FALSE with
   * @error when there are too many. */
  gboolean (*skip) (gpointer user_data, const char *where, const char *why, GError **error);
  /* (nullable) One thing that is well-formed but of no use here, by kind ("ecosystem 'PyPI'"):
   * counted, never an error. */
  void (*pass) (gpointer user_data, const char *what);
  gpointer user_data;
} SvFeedSink;
