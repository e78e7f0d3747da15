/* Every command: dispatch, help, man page and completions all come from here. */
#include "cli/cli.h"

#define OPTIONS(list) .options = list, .n_options = G_N_ELEMENTS (list)

/* The host to look at and how: shared by scan, check and explain. */
/* clang-format off */
#define HOST_OPTIONS                                                                               \
    {"store", 0, "URL", "keep feeds and history here instead of the configured store"},            \
    {"cache", 0, "DIR", "keep downloaded files here"},                                             \
    {"root", 0, "DIR", "look at the system under this directory, not at the running host"},        \
    {"dpkg-status", 0, "FILE", "judge this dpkg status file; nothing of this host is looked at"},  \
    {"extended-states", 0, "FILE", "apt's automatic marks that go with --dpkg-status"},            \
    {"rpm-manifest", 0, "FILE", "judge this list of RPM packages"},                                \
    {"apk-installed", 0, "FILE", "judge this apk database"},                                       \
    {"sbom", 0, "FILE", "judge this CycloneDX or SPDX document (JSON)"},                           \
    {"vuls", 0, "FILE", "judge this vuls scan result (JSON)"},                                     \
    {"os-release", 0, "FILE", "the os-release file that goes with the files above"},               \
    {"apt-lists", 0, "DIR", "read archive metadata from here instead of the host's own lists"},    \
    {"apt-preferences", 0, "PATH", "apt preferences file or directory that goes with it"},         \
    {"changelogs", 0, "PATH", "take CVE ids from these Debian changelogs (file or directory)"},    \
    {"keyring", 0, "FILE", "check archive signatures with this keyring (may be repeated)"},        \
    {"feed", 0, "KIND:PATH",                                                                       \
     "also judge by this feed file, without the store (may be repeated)"},                         \
    {"at", 0, "TIME", "judge as of this instant (2026-11-22T10:00:00Z, 2026-11-22, @SECONDS)"},    \
    {"offline", 0, NULL, "fetch nothing: neither feeds nor changelogs"},                           \
    {"no-changelogs", 0, NULL, "do not fetch changelogs of candidate packages"},                   \
    {"exposure", 0, "VALUE", "how the host can be reached: small, controlled or open"},            \
    {"mission-impact", 0, "VALUE",                                                                 \
     "degraded, mef-support-crippled, mef-failure or mission-failure"},                            \
    {"safety-impact", 0, "VALUE", "negligible, marginal, critical or catastrophic"},               \
    {"criticality", 0, "VALUE", "low, medium, high or critical"},                                  \
    {"zone", 0, "NAME", "network zone of the host"}
/* clang-format on */

#define MAX_AGE "max-age", 0, "SPAN", "exit 11 if a source is older than this: 36h, 5d"

static const SvOption scan_options[] = {
    HOST_OPTIONS,
    {MAX_AGE},
    {"fail-on", 0, "WHAT",
     "exit 10 if found: any, security, exploited, immediate, out-of-cycle, overdue"},
};

static const SvOption check_options[] = {HOST_OPTIONS, {MAX_AGE}};

static const SvOption inventory_options[] = {HOST_OPTIONS};

static const SvOption explain_options[] = {
    HOST_OPTIONS,
    {"dump", 0, "FILE", "write a scenario that replays this decision"},
    {"replay", 0, "FILE", "explain from a scenario file, looking at nothing else"},
};

static const SvOption store_options[] = {
    {"store", 0, "URL", "the store to use instead of the configured one"},
};

static const SvOption verify_options[] = {
    {"store", 0, "URL", "the store to use instead of the configured one"},
    {"head", 0, "NUMBER:HASH", "a head of this audit that was noted before"},
};

static const SvOption sync_options[] = {
    {"store", 0, "URL", "the store to use instead of the configured one"},
    {"cache", 0, "DIR", "keep downloaded files here"},
    {"force", 0, NULL, "fetch even if not due; accept a feed that shrank by more than half"},
};

static const SvOption add_options[] = {
    {"store", 0, "URL", "the store to use instead of the configured one"},
    {"id", 0, "NAME", "name of the feed in the store; default: the kind"},
    {"release", 0, "NAME", "keep only statements on this release (debian:12)"},
    {"every", 0, "SPAN", "how often it is due: 90m, 36h, 5d; default: 1d"},
    {"keyring", 0, "FILE", "believe it only under a signature by one of these OpenPGP keys"},
    {"signature", 0, "URL", "where its detached signature is; default: beside it, .asc"},
};

static const SvOption import_options[] = {
    {"store", 0, "URL", "the store to use instead of the configured one"},
    {"id", 0, "NAME", "name of the feed in the store; default: the kind"},
    {"release", 0, "NAME", "keep only statements on this release (debian:12)"},
    {"force", 0, NULL, "accept a feed that shrank by more than half"},
};

/* clang-format off */
#define SERVER_OPTIONS                                                                             \
    {"server", 0, "URL", "the server to ask, https://salve.example:8443"},                         \
    {"server-ca", 0, "FILE", "believe a server certified by this PEM file"},                       \
    {"token", 0, "TOKEN", "who asks: an API token"}
/* clang-format on */
#define LIMIT "limit", 0, "N", "show at most so many; default: 1000"

static const SvOption server_options[] = {SERVER_OPTIONS};

static const SvOption list_options[] = {SERVER_OPTIONS, {LIMIT}};

static const SvOption host_list_options[] = {
    SERVER_OPTIONS,
    {LIMIT},
    {"distro", 0, "ID:RELEASE", "only hosts of this distribution and release"},
    {"name", 0, "TEXT", "only hosts whose name begins so"},
    {"reboot", 0, "WORD", "only hosts where a reboot is needed, not-needed or unknown"},
    {"seen-after", 0, "TIME", "only hosts that reported later"},
    {"seen-before", 0, "TIME", "only hosts that last reported earlier"},
};

static const SvOption host_import_options[] = {SERVER_OPTIONS, HOST_OPTIONS};

static const SvOption line_options[] = {
    {"stdin", 0, NULL, "one item a line on standard input, one answer a line"},
};

static const SvOption ssvc_options[] = {
    {"exploitation", 0, "VALUE", "none, public-poc or active"},
    {"exposure", 0, "VALUE", "small, controlled or open"},
    {"automatable", 0, "VALUE", "no or yes"},
    {"human-impact", 0, "VALUE", "low, medium, high or very-high"},
    {"safety-impact", 0, "VALUE", "negligible, marginal, critical or catastrophic"},
    {"mission-impact", 0, "VALUE",
     "degraded, mef-support-crippled, mef-failure or mission-failure"},
};

static const SvOption help_options[] = {
    {"man", 0, NULL, "write the manual page in scdoc form"},
    {"completion", 0, "SHELL", "write completions for bash, zsh or fish"},
};

const SvCommand sv_commands[] = {
    {"scan", "", "what must this host patch, in what order, and why",
     "Takes inventory of this host (or of a root directory, or of files alone), checks the signed "
     "archive metadata, reads advisories, and ranks the needed updates by what they heal.\n\n"
     "What could not be looked at is listed under \"unknown\": it is never counted as healthy.",
     OPTIONS (scan_options),
     SV_OUTPUTS_LIST | 1u << SV_OUTPUT_SARIF | 1u << SV_OUTPUT_OPENVEX | 1u << SV_OUTPUT_CYCLONEDX,
     0, 0, sv_cmd_scan},
    {"check", "", "one line and an exit code for monitoring",
     "Exit code 0: nothing to do; 100: updates; 101: security updates; 102: reboot needed; 6: no "
     "archive and no feed was there to tell. Looks at the host as scan does, but fetches nothing.",
     OPTIONS (check_options), 1u << SV_OUTPUT_TABLE | 1u << SV_OUTPUT_JSON, 0, 0, sv_cmd_check},
    {"explain", "CVE-…|PACKAGE", "why a vulnerability or package is judged as it is",
     "Prints the chain of reasons: every statement of every source that was weighed, which one "
     "won and why, which version was compared, and whether the fix can be reached.",
     OPTIONS (explain_options), 1u << SV_OUTPUT_TABLE | 1u << SV_OUTPUT_JSON, 0, 1, sv_cmd_explain},
    {"inventory", "[SECTION]", "what runs on the host: packages, kernels, listeners and more",
     "Sections: packages, kernels, listeners, interfaces, filesystems, repositories, pins, "
     "processes (that still run replaced files), support, unknown. Without one: the host in short, "
     "and everything with -o json.",
     OPTIONS (inventory_options), SV_OUTPUTS_LIST, 0, 1, sv_cmd_inventory},
    {"feed list", "", "the sources, their age, authenticity and health", "",
     OPTIONS (store_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_feed_list},
    {"feed sync", "[ID…]", "fetch what is due and swap it in whole",
     "A feed that cannot be fetched, fails its check, is empty or shrank by more than half leaves "
     "the last good one in force and is shown as failing.",
     OPTIONS (sync_options), SV_OUTPUTS_LIST, 0, 64, sv_cmd_feed_sync},
    {"feed add", "KIND URL", "register a feed, or change one, to be synced from now on",
     "URL is https://…, file://… or a path. A well-known feed (salve feed list) that is given its "
     "own "
     "name with --id is fetched from a mirror; what it brought stays until the next sync. What is "
     "not given stays as it was.",
     OPTIONS (add_options), SV_OUTPUTS_LIST, 2, 2, sv_cmd_feed_add},
    {"feed remove", "ID", "forget a feed and every statement that it brought",
     "A well-known feed of the host's distribution is registered again by the next scan.",
     OPTIONS (store_options), 1u << SV_OUTPUT_TABLE, 1, 1, sv_cmd_feed_remove},
    {"feed import", "KIND PATH", "read a feed from a file, a directory or an archive", "",
     OPTIONS (import_options), SV_OUTPUTS_LIST, 2, 2, sv_cmd_feed_import},
    {"feed show", "ID", "one source with its health", "", OPTIONS (store_options), SV_OUTPUTS_LIST,
     1, 1, sv_cmd_feed_show},
    {"fleet", "", "how much of the fleet the server knows and has judged", "",
     OPTIONS (server_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"host list", "", "hosts that report to the server", "", OPTIONS (host_list_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"host show", "HOST", "one host of the server, by its id", "", OPTIONS (server_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host inventory", "HOST", "all that a host reported of itself", "", OPTIONS (server_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host findings", "HOST", "what a host is affected by, with every reason", "",
     OPTIONS (list_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host import", "HOST", "report for a host that has no agent",
     "Takes inventory as scan does, of this machine, of a root directory, or of files that came "
     "from elsewhere, and sends it to the server under the id HOST.",
     OPTIONS (host_import_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_host_import},
    {"cve list", "", "vulnerabilities of the fleet, with how many hosts each affects", "",
     OPTIONS (list_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"cve show", "CVE-…", "one vulnerability over the whole fleet", "", OPTIONS (server_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"cve hosts", "CVE-…", "hosts that a vulnerability affects", "", OPTIONS (list_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"source list", "", "the sources of the server, with their health", "", OPTIONS (list_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"source show", "ID", "one source of the server", "", OPTIONS (server_options), SV_OUTPUTS_LIST,
     1, 1, sv_cmd_remote},
    {"version compare", "deb|rpm|apk|pacman [A B]",
     "order two versions as the package manager does",
     "Prints -1, 0 or 1. With --stdin each line holds two versions separated by a tab; a pair "
     "that is not valid answers \"error\".",
     OPTIONS (line_options), 1u << SV_OUTPUT_TABLE, 1, 3, sv_cmd_version_compare},
    {"cvss", "[VECTOR…]", "score CVSS 2.0, 3.0, 3.1 and 4.0 vectors",
     "Each answer is a line: version, base, temporal, environmental and overall score and "
     "severity, separated by tabs; '-' stands for a score that the vector does not have.",
     OPTIONS (line_options), SV_OUTPUTS_LIST, 0, 10000, sv_cmd_cvss},
    {"ssvc", "", "decide by the SSVC deployer table, with the path through it",
     "An input that is not given counts as unknown: the answer is then the range of outcomes.",
     OPTIONS (ssvc_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_ssvc},
    {"purl", "[PURL…]", "check package URLs and print them in canonical form", "",
     OPTIONS (line_options), SV_OUTPUTS_LIST, 0, 10000, sv_cmd_purl},
    {"audit verify", "[FILE]", "has anything in the audit of a server been changed since",
     "Reads the audit of the store, or a file that 'salve audit export' wrote, and computes the "
     "chain "
     "of hashes anew: an edit, an insertion, a deletion and a change of order are each found. That "
     "the end was cut off, or all was written anew from some point on, shows only against a head "
     "that was noted elsewhere: give it with --head.",
     OPTIONS (verify_options), SV_OUTPUTS_LIST, 0, 1, sv_cmd_audit_verify},
    {"audit export", "", "the audit of a server, one entry a line (JSON)", "",
     OPTIONS (store_options), 1u << SV_OUTPUT_TABLE, 0, 0, sv_cmd_audit_export},
    {"backup", "FILE", "copy the store to a file, while it is in use",
     "The copy is the store as it was at one moment, and opens as one: to go back to it, stop the "
     "server and put it in the store's place. What hosts reported since then they send again. The "
     "copy holds the authority's key: keep it as a secret. PostgreSQL has its own tools for this.",
     OPTIONS (store_options), 1u << SV_OUTPUT_TABLE, 1, 1, sv_cmd_backup},
    {"config show", "", "every setting and where its value comes from", "",
     .outputs = SV_OUTPUTS_LIST, .run = sv_cmd_config_show},
    {"doctor", "", "what salve can and cannot see and do here, and how to change that", "",
     OPTIONS (store_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_doctor},
    {"help", "[COMMAND…]", "this overview, or one command", "", OPTIONS (help_options), 0, 0, 3,
     sv_cmd_help},
};
const gsize sv_n_commands = G_N_ELEMENTS (sv_commands);
