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
    {"ansible", 0, "FILE", "judge these facts of ansible (JSON, with package_facts)"},             \
    {"osquery", 0, "FILE", "judge these results of osquery (JSON: os_version, deb_packages, …)"},  \
    {"systeminfo", 0, "FILE", "take what systeminfo of Windows printed (in English)"},             \
    {"hotfixes", 0, "FILE", "take the updates in this list of wmic qfe or Get-HotFix"},            \
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

/* clang-format off */
#define CHANGE_OPTIONS                                                                             \
    SERVER_OPTIONS,                                                                                \
    {"yes", 0, NULL, "do it without asking"},                                                      \
    {"dry-run", 0, NULL, "print what would be asked of the server, and change nothing"}
#define PART_OPTIONS                                                                               \
    {"system", 0, "NAME", "only hosts of this system, by id or name; none: of no system"},         \
    {"line-of-business", 0, "NAME", "only hosts of systems of this business unit"}
#define SYSTEM_OPTIONS                                                                             \
    {"owner", 0, "NAME", "who answers for it"},                                                    \
    {"line-of-business", 0, "NAME", "business unit that it is of"},                                \
    {"role", 0, "TEXT", "what it does"},                                                           \
    {"criticality", 0, "VALUE", "low, normal or high"},                                            \
    {"mission-impact", 0, "VALUE",                                                                 \
     "degraded, 'mef support crippled', 'mef failure' or 'mission failure'"},                      \
    {"safety-impact", 0, "VALUE", "negligible, marginal, critical or catastrophic"},               \
    {"national", 0, "VALUE", "whether the nation depends on it: no or yes"},                       \
    {"targeted", 0, "VALUE", "whether it was attacked in the past: no or yes"},                    \
    {"zone", 0, "VALUE", "isolated, internal, dmz or internet"},                                   \
    {"link-mbps", 0, "N", "slowest link to it, megabit a second"},                                 \
    {"remote", 0, NULL, "reached from outside the organisation's sites"},                          \
    {"no-remote", 0, NULL, "not so"},                                                              \
    {"intermittent", 0, NULL, "connected only now and then"},                                      \
    {"no-intermittent", 0, NULL, "not so"},                                                        \
    {"maintenance", 0, "TEXT", "when it may be changed"},                                          \
    {"baseline", 0, "NAME", "class of the baseline that its hosts are held against"},              \
    {"hardening", 0, NULL, "kept under the regime for what gets no updates any more"},             \
    {"no-hardening", 0, NULL, "not so"}
/* clang-format on */

static const SvOption server_options[] = {SERVER_OPTIONS};

static const SvOption list_options[] = {SERVER_OPTIONS, {LIMIT}};

static const SvOption part_options[] = {SERVER_OPTIONS, PART_OPTIONS};

static const SvOption part_list_options[] = {SERVER_OPTIONS, {LIMIT}, PART_OPTIONS};

static const SvOption change_options[] = {CHANGE_OPTIONS};

static const SvOption system_list_options[] = {
    SERVER_OPTIONS,
    {LIMIT},
    {"line-of-business", 0, "NAME", "only systems of this business unit"},
};

static const SvOption system_add_options[] = {CHANGE_OPTIONS, SYSTEM_OPTIONS};

static const SvOption system_change_options[] = {
    CHANGE_OPTIONS,
    {"name", 0, "NAME", "another name"},
    SYSTEM_OPTIONS,
};

static const SvOption login_options[] = {
    SERVER_OPTIONS,
    {"password-stdin", 0, NULL, "read the password from standard input"},
    {"code", 0, "CODE", "of the second factor"},
};

static const SvOption user_list_options[] = {
    SERVER_OPTIONS,
    {LIMIT},
    {"login", 0, "TEXT", "only people whose login name begins so"},
};

static const SvOption user_add_options[] = {
    CHANGE_OPTIONS,
    {"mail", 0, "ADDRESS", "mail address"},
    {"password-stdin", 0, NULL, "read a first password from standard input"},
};

static const SvOption user_change_options[] = {
    CHANGE_OPTIONS,
    {"name", 0, "NAME", "name that others see"},
    {"mail", 0, "ADDRESS", "mail address"},
    {"disabled", 0, NULL, "let them in no more"},
    {"no-disabled", 0, NULL, "let them in again"},
};

static const SvOption grant_options[] = {
    CHANGE_OPTIONS,
    {"scope-kind", 0, "KIND", "line-of-business, product or system; default: everything"},
    {"scope", 0, "NAME", "which one; a system by its id"},
};

static const SvOption token_add_options[] = {
    CHANGE_OPTIONS,
    {"permissions", 0, "NAME,…", "what it may do, separated by commas"},
    {"expires-at", 0, "TIME", "until when it is good; within a year"},
};

static const SvOption enrol_add_options[] = {
    CHANGE_OPTIONS,
    {"note", 0, "TEXT", "what it is for"},
    {"quota", 0, "N", "hosts that may enrol with it"},
    {"lifetime-s", 0, "N", "seconds that it is good"},
};

static const SvOption audit_list_options[] = {
    SERVER_OPTIONS,
    {LIMIT},
    {"actor", 0, "ID", "only what this person did"},
    {"action", 0, "NAME", "only what is called so"},
    {"subject", 0, "ID", "only what was done to it"},
};

static const SvOption host_list_options[] = {
    SERVER_OPTIONS,
    {LIMIT},
    PART_OPTIONS,
    {"distro", 0, "ID:RELEASE", "only hosts of this distribution and release"},
    {"name", 0, "TEXT", "only hosts whose name begins so"},
    {"reboot", 0, "WORD", "only hosts where a reboot is needed, not-needed or unknown"},
    {"seen-after", 0, "TIME", "only hosts that reported later"},
    {"seen-before", 0, "TIME", "only hosts that last reported earlier"},
    {"silent-audits", 0, "N", "only hosts that the last N inventory audits found absent"},
};

static const SvOption count_options[] = {
    CHANGE_OPTIONS,
    {"within-s", 0, "N", "seconds within which a host must have reported; default: a week"},
};

static const SvOption counted_options[] = {
    SERVER_OPTIONS,
    {LIMIT},
    {"kind", 0, "WORD", "only hosts that are new, returned, retired or silent"},
};

/* clang-format off */
#define PRESENCE_OPTIONS                                                                           \
    SERVER_OPTIONS,                                                                                \
    {LIMIT},                                                                                       \
    {"within-s", 0, "N", "seconds within which a host must have reported; default: a week"}
/* clang-format on */

static const SvOption presence_options[] = {PRESENCE_OPTIONS};

static const SvOption missed_options[] = {
    PRESENCE_OPTIONS,
    {"kind", 0, "WORD", "only what sources of this kind saw"},
};

static const SvOption unseen_options[] = {
    PRESENCE_OPTIONS,
    {"kind", 0, "WORD", "dns, ad, dhcp, scan, hypervisor or other; must be given"},
};

static const SvOption note_options[] = {
    CHANGE_OPTIONS,
    {"owner", 0, "NAME", "who answers for it"},
    {"note", 0, "TEXT", "what else is known of it"},
};

static const SvOption baseline_change_options[] = {
    CHANGE_OPTIONS,
    {"services", 0, "NAME,…", "what may listen for others: tcp/22, or tcp/22/sshd"},
};

static const SvOption excuse_options[] = {
    CHANGE_OPTIONS,
    {"host", 0, "ID", "on this host alone; default: on every host of the class"},
    {"reason", 0, "TEXT", "why it may differ"},
    {"owner", 0, "NAME", "who answers for it"},
    {"expires-at", 0, "TIME", "when it counts again"},
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
    {"login", "[NAME]", "log in to a server; later commands ask it in your name",
     "The session is kept where nobody else can read it, until 'salve logout' or until it ends: "
     "half "
     "an hour after the last command, at the latest after twelve. What is dangerous asks for the "
     "password again. Programs use an API token instead.",
     OPTIONS (login_options), 1u << SV_OUTPUT_TABLE, 0, 1, sv_cmd_login},
    {"logout", "", "end the session on the server and forget it", "", OPTIONS (server_options),
     1u << SV_OUTPUT_TABLE, 0, 0, sv_cmd_logout},
    {"fleet show", "", "how much of the fleet the server knows and has judged", "",
     OPTIONS (server_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"fleet days", "", "how exposed hosts were, day by day", "", OPTIONS (part_list_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"host list", "", "hosts that report to the server", "", OPTIONS (host_list_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"host show", "HOST", "one host of the server, by its id", "", OPTIONS (server_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host inventory", "HOST", "all that a host reported of itself", "", OPTIONS (server_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host gaps", "HOST", "what is not known of a host, and why", "", OPTIONS (list_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host history", "HOST", "since when a host was affected by what, and until when", "",
     OPTIONS (list_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host place", "HOST SYSTEM", "say which system a host belongs to, whatever rules say",
     "An empty SYSTEM gives the host back to the rules.", OPTIONS (change_options), SV_OUTPUTS_LIST,
     2, 2, sv_cmd_remote},
    {"host retire", "HOST", "take a host away for good",
     "Its agent, if it has one, is let in no more. What was stays in the history.",
     OPTIONS (change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host agents", "", "hosts that enrolled, and whether they are in", "", OPTIONS (list_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"host revoke", "HOST", "let the agent of a host in no more", "", OPTIONS (change_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"host import", "HOST", "report for a host that has no agent",
     "Takes inventory as scan does, of this machine, of a root directory, or of files that came "
     "from elsewhere, and sends it to the server under the id HOST.",
     OPTIONS (host_import_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_host_import},
    {"host baseline", "HOST", "how a host differs from the baseline of its class", "",
     OPTIONS (list_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"count run", "", "count the hosts that are present, against the count before",
     "What came and what went is kept by host. Hosts that stay away are never retired by this: "
     "'salve host list --silent-audits 3' offers them.",
     OPTIONS (count_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"count list", "", "such counts, the last first", "", OPTIONS (list_options), SV_OUTPUTS_LIST,
     0, 0, sv_cmd_remote},
    {"count show", "NUMBER", "one such count", "", OPTIONS (server_options), SV_OUTPUTS_LIST, 1, 1,
     sv_cmd_remote},
    {"count hosts", "NUMBER", "hosts by which a count differs from the one before", "",
     OPTIONS (counted_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"sighting list", "", "sources that see computers, beside the inventory", "",
     OPTIONS (server_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"sighting put", "SOURCE KIND FILE", "replace all that a source saw",
     "KIND: dns (zone files, dig axfr), ad (LDIF of ldapsearch), dhcp (leases of ISC, dnsmasq and "
     "Kea), scan (nmap -oX), hypervisor (virsh list --all, virsh dumpxml), other. A CSV table "
     "whose "
     "first line names its columns (name, address, mac) and a JSON list of objects go with each.",
     OPTIONS (change_options), SV_OUTPUTS_LIST, 3, 3, sv_cmd_remote},
    {"sighting remove", "SOURCE", "forget a source and all that it saw", "",
     OPTIONS (change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"computer list", "", "computers that other sources see and that do not report", "",
     OPTIONS (missed_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"computer stale", "", "records on hosts that are silent or retired", "",
     OPTIONS (presence_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"computer unseen", "", "hosts that no source of a kind sees", "", OPTIONS (unseen_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"computer note", "COMPUTER", "say who answers for a computer that does not report",
     "COMPUTER as 'salve computer list' calls it. Without options what was said is taken back.",
     OPTIONS (note_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"baseline list", "", "what classes of hosts are meant to run", "", OPTIONS (list_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"baseline show", "NAME", "one baseline", "", OPTIONS (server_options), SV_OUTPUTS_LIST, 1, 1,
     sv_cmd_remote},
    {"baseline take", "NAME HOST", "make a baseline after a host that is as all are to be",
     "Its packages replace what the baseline says of that release; what listens there counts if "
     "the baseline says nothing of services yet.",
     OPTIONS (baseline_change_options), SV_OUTPUTS_LIST, 2, 2, sv_cmd_remote},
    {"baseline put", "FILE", "make a baseline after a list of packages",
     "FILE is JSON: name, distro (debian:12), packages (name and version of each), services.",
     OPTIONS (change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"baseline change", "NAME", "change what may listen on hosts of a class", "",
     OPTIONS (baseline_change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"baseline remove", "NAME", "take a baseline away, with its exemptions", "",
     OPTIONS (change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"baseline hosts", "NAME", "how hosts of the class stand against it", "",
     OPTIONS (list_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"baseline exempt", "NAME", "differences that somebody answers for, expired ones too", "",
     OPTIONS (list_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"baseline excuse", "NAME ITEM", "say who answers for a difference, why and until when",
     "ITEM is a package, or what listens: tcp/8080. What is exempted stays in every count, and is "
     "counted apart as well.",
     OPTIONS (excuse_options), SV_OUTPUTS_LIST, 2, 2, sv_cmd_remote},
    {"baseline end", "NAME ID", "end such an exemption", "", OPTIONS (change_options),
     SV_OUTPUTS_LIST, 2, 2, sv_cmd_remote},
    {"enrol list", "", "tokens by which hosts enrol", "", OPTIONS (list_options), SV_OUTPUTS_LIST,
     0, 0, sv_cmd_remote},
    {"enrol add", "", "make a token by which hosts enrol; its secret is shown this once", "",
     OPTIONS (enrol_add_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"enrol revoke", "ID", "end such a token; hosts that enrolled with it stay", "",
     OPTIONS (change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"system list", "", "systems, what is to be protected first before others", "",
     OPTIONS (system_list_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"system show", "SYSTEM", "one system, by id or name", "", OPTIONS (server_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"system add", "NAME", "add a system", "", OPTIONS (system_add_options), SV_OUTPUTS_LIST, 1, 1,
     sv_cmd_remote},
    {"system change", "SYSTEM", "change what is named of a system", "",
     OPTIONS (system_change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"system remove", "SYSTEM", "take a system away; its hosts then belong to none", "",
     OPTIONS (change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"system rules", "", "which hosts belong to which system",
     "With -o json in the form that 'salve system set-rules' takes.", OPTIONS (server_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"system set-rules", "FILE", "replace the rules by which hosts belong to systems",
     "FILE holds them as 'salve system rules -o json' writes them, with the revision that was "
     "read.",
     OPTIONS (change_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"finding list", "HOST", "what a host is affected by, with every reason", "",
     OPTIONS (list_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"cve list", "", "vulnerabilities of the fleet, with how many hosts each affects", "",
     OPTIONS (part_list_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"cve show", "CVE-…", "one vulnerability over the whole fleet", "", OPTIONS (part_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"cve hosts", "CVE-…", "hosts that a vulnerability affects", "", OPTIONS (part_list_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"cve systems", "CVE-…", "systems that a vulnerability affects", "", OPTIONS (list_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"update list", "", "what heals hosts, with how many and of how much", "",
     OPTIONS (part_list_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"update show", "UPDATE", "one update over the whole fleet: debian:12/openssl", "",
     OPTIONS (part_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"update hosts", "UPDATE", "hosts that an update heals of something", "",
     OPTIONS (part_list_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"update cves", "UPDATE", "what an update closes", "", OPTIONS (part_list_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"source list", "", "the sources of the server, with their health", "", OPTIONS (list_options),
     SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
    {"source show", "ID", "one source of the server", "", OPTIONS (server_options), SV_OUTPUTS_LIST,
     1, 1, sv_cmd_remote},
    {"user list", "", "people who may log in", "", OPTIONS (user_list_options), SV_OUTPUTS_LIST, 0,
     0, sv_cmd_remote},
    {"user show", "ID", "one person", "", OPTIONS (server_options), SV_OUTPUTS_LIST, 1, 1,
     sv_cmd_remote},
    {"user add", "LOGIN NAME", "add a person", "", OPTIONS (user_add_options), SV_OUTPUTS_LIST, 2,
     2, sv_cmd_remote},
    {"user change", "ID", "change what is named of a person", "", OPTIONS (user_change_options),
     SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"user roles", "ID", "the roles of a person", "", OPTIONS (server_options), SV_OUTPUTS_LIST, 1,
     1, sv_cmd_remote},
    {"user grant", "ID ROLE", "give a person a role", "", OPTIONS (grant_options), SV_OUTPUTS_LIST,
     2, 2, sv_cmd_remote},
    {"user take", "ID GRANT", "take a role away from a person", "", OPTIONS (change_options),
     SV_OUTPUTS_LIST, 2, 2, sv_cmd_remote},
    {"token list", "", "your API tokens", "", OPTIONS (list_options), SV_OUTPUTS_LIST, 0, 0,
     sv_cmd_remote},
    {"token add", "NAME", "make an API token; its secret is shown this once", "",
     OPTIONS (token_add_options), SV_OUTPUTS_LIST, 1, 1, sv_cmd_remote},
    {"token revoke", "ID", "end an API token", "", OPTIONS (change_options), SV_OUTPUTS_LIST, 1, 1,
     sv_cmd_remote},
    {"audit list", "", "who did what on the server, the last first", "",
     OPTIONS (audit_list_options), SV_OUTPUTS_LIST, 0, 0, sv_cmd_remote},
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
