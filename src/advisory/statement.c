#include "advisory/statement.h"

const char *const sv_status_names[] = {"affected",      "not_affected", "undetermined",
                                       "investigating", "unsupported",  NULL};
const char *const sv_promise_names[] = {"none", "pending", "later", "point_release", "never", NULL};
const char *const sv_name_kind_names[] = {"source", "binary", NULL};
const char *const sv_advisory_class_names[] = {"security", "bugfix", "enhancement", "other", NULL};

G_STATIC_ASSERT (G_N_ELEMENTS (sv_status_names) == SV_N_STATUSES + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (sv_promise_names) == SV_N_PROMISES + 1);
G_STATIC_ASSERT (G_N_ELEMENTS (sv_advisory_class_names) == SV_N_CLASSES + 1);

static const SvField statement_fields[] = {
    SV_FIELD (SvStatement, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "CVE id, or the advisory's own."),
    SV_FIELD (SvStatement, advisory, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Notice that says so."),
    SV_FIELD (SvStatement, release, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "Distribution and release; empty for any."),
    SV_FIELD (SvStatement, package, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "Name of the package."),
    SV_FIELD (SvStatement, name_kind, SV_TYPE_ENUM, .values = sv_name_kind_names,
              .doc = "Whether the name is of a source or a binary package."),
    SV_FIELD (SvStatement, arch, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Only this architecture; none for any."),
    SV_FIELD (SvStatement, module, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .max = SV_LIMIT_NAME_BYTES,
              .doc = "RPM module name:stream; empty: not modular; none: not known."),
    SV_FIELD (SvStatement, scheme, SV_TYPE_ENUM, .flags = SV_FIELD_WIDE, .values = sv_scheme_names,
              .doc = "Version scheme of the package."),
    SV_FIELD (SvStatement, status, SV_TYPE_ENUM, .values = sv_status_names,
              .doc = "What the source says."),
    SV_FIELD (SvStatement, promise, SV_TYPE_ENUM, .values = sv_promise_names,
              .doc = "What the source promises where there is no fix."),
    SV_FIELD (SvStatement, introduced, SV_TYPE_STRING, .max = SV_LIMIT_VERSION_BYTES,
              .doc = "First affected version; none: from the beginning."),
    SV_FIELD (SvStatement, fixed, SV_TYPE_STRING, .max = SV_LIMIT_VERSION_BYTES,
              .doc = "First version not affected; none: there is none."),
    SV_FIELD (SvStatement, last_affected, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .max = SV_LIMIT_VERSION_BYTES, .doc = "Last version known affected."),
    SV_FIELD (SvStatement, urgency, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "The source's own word of severity."),
    SV_FIELD (SvStatement, note, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "The source's own remark."),
    SV_FIELD (SvStatement, class, SV_TYPE_ENUM, .values = sv_advisory_class_names,
              .doc = "Class of the notice; only security speaks of a flaw."),
};
SV_RECORD_TYPE (sv_statement_type, SvStatement, "Statement", statement_fields,
                "What one source says of one flaw in one package of one release.");

static const SvField advisory_fields[] = {
    SV_FIELD (SvAdvisory, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "The source's own id."),
    SV_FIELD (SvAdvisory, class, SV_TYPE_ENUM, .values = sv_advisory_class_names,
              .doc = "What it is for."),
    SV_FIELD (SvAdvisory, title, SV_TYPE_STRING, .doc = "One line."),
    SV_FIELD (SvAdvisory, severity, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "The source's own word."),
    SV_FIELD (SvAdvisory, published_at_us, SV_TYPE_INSTANT, .doc = "When it was published."),
    SV_FIELD (SvAdvisory, modified_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was last changed."),
    SV_FIELD (SvAdvisory, withdrawn_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When it was withdrawn; none: in force."),
    SV_FIELD (SvAdvisory, url, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Where to read it."),
    SV_FIELD (SvAdvisory, vulnerabilities, SV_TYPE_STRINGS, .doc = "Every CVE that it names."),
    SV_FIELD (SvAdvisory, reboot_suggested, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "Whether the source asks for a reboot."),
};
SV_RECORD_TYPE (sv_advisory_type, SvAdvisory, "Advisory", advisory_fields,
                "One notice of one source.");

static const SvField alias_fields[] = {
    SV_FIELD (SvAlias, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = SV_LIMIT_NAME_BYTES,
              .doc = "The other name."),
    SV_FIELD (SvAlias, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "The flaw it is a name of."),
};
SV_RECORD_TYPE (sv_alias_type, SvAlias, "Alias", alias_fields, "Two names of one flaw.");

static const SvField kev_fields[] = {
    SV_FIELD (SvKev, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "CVE id."),
    SV_FIELD (SvKev, added_at_us, SV_TYPE_INSTANT, .doc = "When it entered the catalogue."),
    SV_FIELD (SvKev, due_at_us, SV_TYPE_INSTANT, .doc = "When it must be dealt with."),
    SV_FIELD (SvKev, ransomware, SV_TYPE_BOOL,
              .doc = "Whether ransomware campaigns are known to use it."),
    SV_FIELD (SvKev, name, SV_TYPE_STRING, .doc = "The catalogue's name of it."),
    SV_FIELD (SvKev, action, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "What the catalogue asks for."),
    SV_FIELD (SvKev, forensic_triage, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Whether traces of an intrusion must be looked for, in the catalogue's word."),
};
SV_RECORD_TYPE (sv_kev_type, SvKev, "Kev", kev_fields,
                "An entry of the catalogue of known exploited vulnerabilities.");

static const SvField epss_fields[] = {
    SV_FIELD (SvEpss, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "CVE id."),
    SV_FIELD (SvEpss, score, SV_TYPE_DOUBLE,
              .doc = "Probability of exploitation within 30 days, 0 to 1."),
    SV_FIELD (SvEpss, percentile, SV_TYPE_DOUBLE, .doc = "Rank among all, 0 to 1."),
    SV_FIELD (SvEpss, scored_at_us, SV_TYPE_INSTANT, .doc = "Day of the score."),
};
SV_RECORD_TYPE (sv_epss_type, SvEpss, "Epss", epss_fields, "An exploit prediction score.");

static const SvField cve_fact_fields[] = {
    SV_FIELD (SvCveFact, vulnerability, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "CVE id."),
    SV_FIELD (SvCveFact, title, SV_TYPE_STRING, .doc = "Title, or the start of the description."),
    SV_FIELD (SvCveFact, state, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "PUBLISHED or REJECTED."),
    SV_FIELD (SvCveFact, published_at_us, SV_TYPE_INSTANT, .doc = "When it was published."),
    SV_FIELD (SvCveFact, exploitation, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "SSVC exploitation: none, poc, active."),
    SV_FIELD (SvCveFact, automatable, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "SSVC automatable: yes, no."),
    SV_FIELD (SvCveFact, technical_impact, SV_TYPE_STRING, .max = SV_LIMIT_NAME_BYTES,
              .doc = "SSVC technical impact: partial, total."),
    SV_FIELD (SvCveFact, assessed_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When SSVC was assessed."),
    SV_FIELD (SvCveFact, cvss, SV_TYPE_STRING, .max = SV_LIMIT_CVSS_BYTES,
              .doc = "The best CVSS vector."),
    SV_FIELD (SvCveFact, cvss_score, SV_TYPE_DOUBLE, .doc = "Its base score, 0 to 10."),
};
SV_RECORD_TYPE (sv_cve_fact_type, SvCveFact, "CveFact", cve_fact_fields,
                "What the CVE record and its enrichment say of a flaw itself.");

const SvRecordType *const sv_feed_record_types[] = {
    [SV_FEED_STATEMENT] = &sv_statement_type, [SV_FEED_ADVISORY] = &sv_advisory_type,
    [SV_FEED_ALIAS] = &sv_alias_type,         [SV_FEED_KEV] = &sv_kev_type,
    [SV_FEED_EPSS] = &sv_epss_type,           [SV_FEED_CVE] = &sv_cve_fact_type,
};
G_STATIC_ASSERT (G_N_ELEMENTS (sv_feed_record_types) == SV_N_FEED_RECORDS);
