/* Descriptors of the report's records: the names here are the public JSON. */
#include "evidence/report.h"

static const SvField host_fields[] = {
    SV_FIELD (SvReportHost, hostname, SV_TYPE_STRING, .doc = "Name of the host, never its identity."),
    SV_FIELD (SvReportHost, os, SV_TYPE_STRING, .doc = "Operating system, for people."),
    SV_FIELD (SvReportHost, release, SV_TYPE_STRING, .doc = "Distribution and release."),
    SV_FIELD (SvReportHost, machine, SV_TYPE_STRING, .doc = "Architecture."),
    SV_FIELD (SvReportHost, hardware_class, SV_TYPE_STRING,
              .doc = "portable, desktop, server, virtual, container or unknown."),
    SV_FIELD (SvReportHost, virtualization, SV_TYPE_STRING, .doc = "What it runs in."),
    SV_FIELD (SvReportHost, kernel, SV_TYPE_STRING, .doc = "Running kernel."),
    SV_FIELD (SvReportHost, packages, SV_TYPE_INT64, .doc = "Installed packages."),
    SV_FIELD (SvReportHost, held, SV_TYPE_INT64, .doc = "Packages on hold."),
    SV_FIELD (SvReportHost, unmanaged, SV_TYPE_INT64, .doc = "Packages of no enabled archive."),
    SV_FIELD (SvReportHost, reboot_reasons, SV_TYPE_STRINGS, .doc = "Why a reboot is needed."),
    SV_FIELD (SvReportHost, supports, SV_TYPE_RECORDS, .record = &sv_support_type,
              .doc = "Support status of the release and of packages."),
};
SV_RECORD_TYPE (sv_report_host_type, SvReportHost, "ReportHost", host_fields, "The host, in short.");

static const SvField source_fields[] = {
    SV_FIELD (SvReportSource, id, SV_TYPE_STRING, .doc = "Name of the source."),
    SV_FIELD (SvReportSource, kind, SV_TYPE_STRING, .doc = "apt-archive, changelogs, or a feed."),
    SV_FIELD (SvReportSource, authenticity, SV_TYPE_STRING,
              .doc = "verified, expired, unverified, bad or none."),
    SV_FIELD (SvReportSource, consulted, SV_TYPE_BOOL,
              .doc = "False: what it would have said is unknown."),
    SV_FIELD (SvReportSource, content_at_us, SV_TYPE_INSTANT, .doc = "When its content was made."),
    SV_FIELD (SvReportSource, age_s, SV_TYPE_INT64, .doc = "Age in seconds; -1: not known."),
    SV_FIELD (SvReportSource, valid_until_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "Until when its maker vouches for it."),
    SV_FIELD (SvReportSource, records, SV_TYPE_INT64, .doc = "Records taken from it."),
    SV_FIELD (SvReportSource, signer, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Fingerprint of the key that vouches for it."),
    SV_FIELD (SvReportSource, detail, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Remark."),
    SV_FIELD (SvReportSource, error, SV_TYPE_STRING, .doc = "Why it was not consulted."),
};
SV_RECORD_TYPE (sv_report_source_type, SvReportSource, "ReportSource", source_fields,
                "A source that was consulted, or could not be.");

static const SvField update_fields[] = {
    SV_FIELD (SvUpdate, package, SV_TYPE_STRING, .doc = "Binary package."),
    SV_FIELD (SvUpdate, arch, SV_TYPE_STRING, .doc = "Architecture of the candidate."),
    SV_FIELD (SvUpdate, installed, SV_TYPE_STRING, .doc = "Installed version."),
    SV_FIELD (SvUpdate, candidate, SV_TYPE_STRING, .doc = "Version to go to."),
    SV_FIELD (SvUpdate, source, SV_TYPE_STRING, .doc = "Source package of the candidate."),
    SV_FIELD (SvUpdate, source_version, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Source version of the candidate."),
    SV_FIELD (SvUpdate, installed_source_version, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Source version that is installed."),
    SV_FIELD (SvUpdate, security, SV_TYPE_BOOL,
              .doc = "A security archive holds a version above the installed one."),
    SV_FIELD (SvUpdate, origin, SV_TYPE_STRING, .doc = "Archive that offers the candidate."),
    SV_FIELD (SvUpdate, cves, SV_TYPE_STRINGS, .doc = "Vulnerabilities that it heals."),
    SV_FIELD (SvUpdate, held, SV_TYPE_BOOL, .doc = "The package is on hold."),
    SV_FIELD (SvUpdate, reachable, SV_TYPE_BOOL,
              .doc = "The package manager would install it now."),
    SV_FIELD (SvUpdate, why_not, SV_TYPE_STRING, .doc = "Why it is not reachable."),
    SV_FIELD (SvUpdate, authenticity, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "How far the index that offers it is believed."),
    SV_FIELD (SvUpdate, size_bytes, SV_TYPE_INT64, .flags = SV_FIELD_WIDE, .doc = "Download."),
};
SV_RECORD_TYPE (sv_update_type, SvUpdate, "Update", update_fields, "A needed package update.");

static const SvField new_fields[] = {
    SV_FIELD (SvNewPackage, package, SV_TYPE_STRING, .doc = "Binary package."),
    SV_FIELD (SvNewPackage, arch, SV_TYPE_STRING, .doc = "Architecture."),
    SV_FIELD (SvNewPackage, version, SV_TYPE_STRING, .doc = "Version."),
    SV_FIELD (SvNewPackage, source, SV_TYPE_STRING, .doc = "Source package."),
    SV_FIELD (SvNewPackage, origin, SV_TYPE_STRING, .doc = "Archive that offers it."),
    SV_FIELD (SvNewPackage, needed_by, SV_TYPE_STRING, .doc = "Update that needs it."),
    SV_FIELD (SvNewPackage, size_bytes, SV_TYPE_INT64, .doc = "Download."),
};
SV_RECORD_TYPE (sv_new_package_type, SvNewPackage, "NewPackage", new_fields,
                "A package that updates bring along.");

static const SvField action_fields[] = {
    SV_FIELD (SvAction, rank, SV_TYPE_INT64, .doc = "Place in the order, from 1."),
    SV_FIELD (SvAction, summary, SV_TYPE_STRING, .doc = "One line for people."),
    SV_FIELD (SvAction, title, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "What to do."),
    SV_FIELD (SvAction, source, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Source package."),
    SV_FIELD (SvAction, from, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Installed version."),
    SV_FIELD (SvAction, to, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Version to go to."),
    SV_FIELD (SvAction, security, SV_TYPE_BOOL, .doc = "A security update."),
    SV_FIELD (SvAction, origin, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Archive."),
    SV_FIELD (SvAction, packages, SV_TYPE_STRINGS, .flags = SV_FIELD_WIDE,
              .doc = "Binary packages."),
    SV_FIELD (SvAction, cves, SV_TYPE_STRINGS, .flags = SV_FIELD_WIDE,
              .doc = "Vulnerabilities that it heals."),
    SV_FIELD (SvAction, exploited, SV_TYPE_STRINGS, .doc = "Those known to be exploited."),
    SV_FIELD (SvAction, urgency, SV_TYPE_STRING, .doc = "Highest urgency that sources give."),
    SV_FIELD (SvAction, decision, SV_TYPE_ENUM, .values = sv_ssvc_outcome_names,
              .doc = "SSVC outcome, with assumed values where inputs are unknown."),
    SV_FIELD (SvAction, decision_best, SV_TYPE_ENUM, .flags = SV_FIELD_WIDE,
              .values = sv_ssvc_outcome_names, .doc = "If every unknown turns out well."),
    SV_FIELD (SvAction, decision_worst, SV_TYPE_ENUM, .flags = SV_FIELD_WIDE,
              .values = sv_ssvc_outcome_names, .doc = "If every unknown turns out badly."),
    SV_FIELD (SvAction, priority, SV_TYPE_ENUM, .values = sv_priority_names,
              .doc = "NISCC priority."),
    SV_FIELD (SvAction, due_at_us, SV_TYPE_INSTANT, .doc = "By when."),
    SV_FIELD (SvAction, due_because, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Which rule sets the date."),
    SV_FIELD (SvAction, epss, SV_TYPE_DOUBLE, .flags = SV_FIELD_WIDE,
              .doc = "Highest probability of exploitation."),
    SV_FIELD (SvAction, cvss_score, SV_TYPE_DOUBLE, .flags = SV_FIELD_WIDE,
              .doc = "Highest CVSS score."),
    SV_FIELD (SvAction, held, SV_TYPE_BOOL, .doc = "A package of it is on hold."),
    SV_FIELD (SvAction, reachable, SV_TYPE_BOOL,
              .doc = "The package manager would install all of it now."),
    SV_FIELD (SvAction, why_not, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Why it is not reachable."),
    SV_FIELD (SvAction, reboot, SV_TYPE_BOOL, .doc = "It takes effect only with a reboot."),
    SV_FIELD (SvAction, listeners, SV_TYPE_STRINGS, .flags = SV_FIELD_WIDE,
              .doc = "What of it listens, and where."),
    SV_FIELD (SvAction, restarts, SV_TYPE_STRINGS, .flags = SV_FIELD_WIDE,
              .doc = "Processes to restart."),
    SV_FIELD (SvAction, size_bytes, SV_TYPE_INT64, .flags = SV_FIELD_WIDE, .doc = "Download."),
    SV_FIELD (SvAction, unknown, SV_TYPE_STRINGS, .flags = SV_FIELD_WIDE,
              .doc = "Inputs of the decision that nobody knows."),
};
SV_RECORD_TYPE (sv_action_type, SvAction, "Action", action_fields, "One thing to do.");

static const SvField change_fields[] = {
    SV_FIELD (SvReportChange, previous_at_us, SV_TYPE_INSTANT, .doc = "When the last scan was."),
    SV_FIELD (SvReportChange, appeared, SV_TYPE_STRINGS, .doc = "Findings that are new."),
    SV_FIELD (SvReportChange, resolved, SV_TYPE_STRINGS, .doc = "Findings that are gone."),
};
SV_RECORD_TYPE (sv_report_change_type, SvReportChange, "ReportChange", change_fields,
                "How this scan differs from the last.");

static const SvField summary_fields[] = {
    SV_FIELD (SvReportSummary, updates, SV_TYPE_INT64, .doc = "Needed package updates."),
    SV_FIELD (SvReportSummary, security_updates, SV_TYPE_INT64, .doc = "Those for security."),
    SV_FIELD (SvReportSummary, new_packages, SV_TYPE_INT64, .doc = "Packages they bring along."),
    SV_FIELD (SvReportSummary, actions, SV_TYPE_INT64, .doc = "Things to do."),
    SV_FIELD (SvReportSummary, vulnerabilities, SV_TYPE_INT64,
              .doc = "Distinct vulnerabilities that affect this host."),
    SV_FIELD (SvReportSummary, exploited, SV_TYPE_INT64, .doc = "Those known to be exploited."),
    SV_FIELD (SvReportSummary, without_fix, SV_TYPE_INT64, .doc = "Those that nothing heals yet."),
    SV_FIELD (SvReportSummary, unknown, SV_TYPE_INT64, .doc = "Findings that cannot be judged."),
    SV_FIELD (SvReportSummary, low_relevance, SV_TYPE_INT64,
              .doc = "Findings in headers, documentation or kernels that do not run."),
    SV_FIELD (SvReportSummary, unimportant, SV_TYPE_INT64,
              .doc = "Findings that the source calls unimportant."),
    SV_FIELD (SvReportSummary, overdue, SV_TYPE_INT64, .doc = "Actions past their date."),
};
SV_RECORD_TYPE (sv_report_summary_type, SvReportSummary, "ReportSummary", summary_fields,
                "The counts; each equals the length of what it counts.");

static const SvField report_fields[] = {
    SV_FIELD (SvReport, schema, SV_TYPE_STRING, .doc = "Name and version of this form."),
    SV_FIELD (SvReport, engine, SV_TYPE_STRING, .doc = "What made it."),
    SV_FIELD (SvReport, at_us, SV_TYPE_INSTANT, .doc = "The instant it judges by."),
    SV_FIELD (SvReport, host, SV_TYPE_RECORD, .record = &sv_report_host_type, .doc = "The host."),
    SV_FIELD (SvReport, summary, SV_TYPE_RECORD, .record = &sv_report_summary_type,
              .doc = "Counts."),
    SV_FIELD (SvReport, sources, SV_TYPE_RECORDS, .record = &sv_report_source_type,
              .doc = "What was consulted, with age and authenticity."),
    SV_FIELD (SvReport, updates, SV_TYPE_RECORDS, .record = &sv_update_type,
              .doc = "Needed updates."),
    SV_FIELD (SvReport, new_packages, SV_TYPE_RECORDS, .record = &sv_new_package_type,
              .doc = "Packages that they bring along."),
    SV_FIELD (SvReport, actions, SV_TYPE_RECORDS, .record = &sv_action_type,
              .doc = "The same grouped and ranked."),
    SV_FIELD (SvReport, findings, SV_TYPE_RECORDS, .record = &sv_finding_type,
              .doc = "Vulnerabilities, with their reasons."),
    SV_FIELD (SvReport, unknown, SV_TYPE_RECORDS, .record = &sv_gap_type,
              .doc = "What could not be looked at."),
    SV_FIELD (SvReport, change, SV_TYPE_RECORD, .record = &sv_report_change_type,
              .doc = "Difference to the last scan of this host; null if there was none."),
};
SV_RECORD_TYPE (sv_report_type, SvReport, "Report", report_fields, "One scan of one host.");
