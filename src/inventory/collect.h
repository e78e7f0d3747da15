/* What the collectors of this room share. No other room includes this header. */
#pragma once

#include "inventory/facts.h"
#include "inventory/owners.h"

/* One look at one host. */
typedef struct {
  const SvInventorySource *source;
  gint64 now_us;
  SvInventory *inventory; /* being filled; its lists exist from the start */
  SvOwners *owners;       /* files whose packages the collectors want to know */
  guint64 n_gaps_dropped; /* gaps past SV_LIMIT_GAPS: counted only */
  gboolean limit_reached; /* SV_LIMIT_PACKAGES: said once */
  gboolean container;     /* the host is one: its kernel is not its own (trap 82) */
  char *running_release;  /* of the kernel, where somebody says which one runs */
  char *running_version;  /* its package version, likewise */
} SvCollect;

/* A collector either looks, or returns FALSE with the reason, which becomes a gap. */
typedef gboolean (*SvCollectFunc) (SvCollect *collect, GError **error);

void sv_collect_init (SvCollect *collect, const SvInventorySource *source, gint64 now_us);
void sv_collect_clear (SvCollect *collect);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvCollect, sv_collect_clear)

/* Sorts the packages and drops duplicates. */
void sv_collect_sort_packages (SvCollect *collect);

/* Gives the inventory away. */
SvInventory *sv_collect_finish (SvCollect *collect);

void sv_collect_add_gap (SvCollect *collect, const char *what, const char *format, ...)
    G_GNUC_PRINTF (3, 4);

/* Takes @package over. A record without name or version, or past the limits, becomes a gap that
 * says @where ("line 17"). A missing source is the package's own name (trap 18). */
void sv_collect_add_package (SvCollect *collect, SvPackage *package, const char *where);

/* Takes @distro over unless the system is known already (os-release wins over an SBOM). */
void sv_collect_set_distro (SvCollect *collect, SvDistro *distro);

/* --- files of the root; without a root nothing is ever found --- */

/* New path of @relative inside the root; symbolic links cannot lead out of a root that is not "/".
 * NULL and SV_ERROR_NOT_FOUND if there is no such file, or no root. */
char *sv_collect_resolve (const SvCollect *collect, const char *relative, GError **error);

/* @override if set, else the first of @candidates (NULL-terminated) that the root holds; else NULL
 * and SV_ERROR_NOT_FOUND. */
char *sv_collect_find (const SvCollect *collect, const char *override,
                       const char *const *candidates, GError **error);

/* Text of a small file of the root, cut at a NUL byte; not decompressed. */
char *sv_collect_read (const SvCollect *collect, const char *relative, GError **error);
/* The same within SV_LIMIT_LIST_BYTES, for what grows with the host: sockets, mappings, file lists.
 */
char *sv_collect_read_table (const SvCollect *collect, const char *relative, GError **error);
/* First line of a small file without surrounding white space; NULL if it cannot be read or is
 * empty. */
char *sv_collect_read_line (const SvCollect *collect, const char *relative);

/* Names in a directory of the root, in byte order; empty if it cannot be read. */
GPtrArray *sv_collect_list (const SvCollect *collect, const char *relative);
GPtrArray *sv_directory_list (const char *path);

/* Text of a small file, SV_LIMIT_SMALL_FILE_BYTES; for /proc and /sys too, whose sizes lie. */
char *sv_text_read (const char *path, GError **error);

/* The same, where a file may as well be absent: NULL then, and NULL with a gap of @part if it
 * cannot be read. */
char *sv_collect_read_given (SvCollect *collect, const char *part, const char *path);

/* A member of a JSON document: the next string; NULL if it is empty or null. */
gboolean sv_json_take_text (SvJsonReader *reader, char **member, GError **error);

/* --- lines of a text --- */

typedef struct {
  char *rest; /* cut in place */
  guint number;
} SvLines;

/* The next line without its end, or NULL. */
char *sv_lines_next (SvLines *lines);

/* Cuts the next word (separated by white space) off *@rest; NULL at the end. */
char *sv_word_next (char **rest);

/* --- the system itself --- */

/* Identity from what other tools call a system: a vuls family, the distro qualifier of a package
 * URL, an operating-system component. @version may be a codename; NULL if not known. */
SvDistro *sv_identity_new (const char *id, const char *version, GError **error);

/* --- collectors --- */

gboolean sv_os_release_collect (SvCollect *collect, GError **error);
gboolean sv_packages_collect (SvCollect *collect, GError **error);
gboolean sv_holds_collect (SvCollect *collect, GError **error);
gboolean sv_modules_collect (SvCollect *collect, GError **error);
gboolean sv_hardware_collect (SvCollect *collect, GError **error);
gboolean sv_kernels_collect (SvCollect *collect, GError **error);
gboolean sv_live_patches_collect (SvCollect *collect, GError **error);
gboolean sv_listeners_collect (SvCollect *collect, GError **error);
gboolean sv_interfaces_collect (SvCollect *collect, GError **error);
gboolean sv_filesystems_collect (SvCollect *collect, GError **error);
gboolean sv_repositories_collect (SvCollect *collect, GError **error);
gboolean sv_release_lock_collect (SvCollect *collect, GError **error);
gboolean sv_pins_collect (SvCollect *collect, GError **error);
gboolean sv_processes_collect (SvCollect *collect, GError **error);
gboolean sv_owners_collect (SvCollect *collect, GError **error);
gboolean sv_supports_collect (SvCollect *collect, GError **error);
gboolean sv_reboot_collect (SvCollect *collect, GError **error);

/* --- package databases: each reads one stream or root and adds what it lists --- */

gboolean sv_dpkg_read_status (SvCollect *collect, SvStream *stream, GHashTable *automatic,
                              GError **error);
gboolean sv_dpkg_collect (SvCollect *collect, GError **error);
gboolean sv_rpm_read_manifest (SvCollect *collect, SvStream *stream, GError **error);
gboolean sv_rpm_collect_manifest (SvCollect *collect, GError **error);
gboolean sv_rpm_collect (SvCollect *collect, GError **error);
gboolean sv_apk_read_installed (SvCollect *collect, SvStream *stream, GHashTable *world,
                                GError **error);
gboolean sv_apk_collect (SvCollect *collect, GError **error);
gboolean sv_sbom_read (SvCollect *collect, SvStream *stream, GError **error);
gboolean sv_sbom_collect (SvCollect *collect, GError **error);
gboolean sv_vuls_read (SvCollect *collect, SvStream *stream, GError **error);
gboolean sv_vuls_collect (SvCollect *collect, GError **error);
gboolean sv_ansible_read (SvCollect *collect, SvStream *stream, GError **error);
gboolean sv_ansible_collect (SvCollect *collect, GError **error);
gboolean sv_osquery_read (SvCollect *collect, SvStream *stream, GError **error);
gboolean sv_osquery_collect (SvCollect *collect, GError **error);
gboolean sv_windows_read_system (SvCollect *collect, SvStream *stream, GError **error);
gboolean sv_windows_collect_system (SvCollect *collect, GError **error);
gboolean sv_windows_read_updates (SvCollect *collect, SvStream *stream, GError **error);
gboolean sv_windows_collect_updates (SvCollect *collect, GError **error);

/* [EPOCH:]VERSION[-RELEASE], new; epoch 0 and rpm's "(none)" are left out; NULL without a version.
 */
char *sv_rpm_join_version (const char *epoch, const char *version, const char *release);
/* "name:stream" of a modularity label; "" for none, NULL if the label is not known (trap 64). */
char *sv_rpm_dup_module (const char *label);
/* Sets source and, where it is known, source version of @package from its SOURCERPM (nullable). */
void sv_rpm_set_source (SvPackage *package, const char *source_rpm);
/* FALSE for the keys that rpm keeps among the packages (trap 34). */
gboolean sv_rpm_is_software (const char *name);

/* Where the rpm database of the root is kept; NULL if it has none. */
char *sv_rpm_find_database (const SvCollect *collect);

/* Name and version-release of a SOURCERPM ("bash-5.1.8-6.el9.src.rpm"), split from the right where
 * it is unambiguous (trap 32). FALSE if it is none. Both are new strings. */
gboolean sv_rpm_split_source (const char *source_rpm, char **ret_name, char **ret_version);

/* --- repositories --- */

/* Reads one list, whose format its name tells; @text is cut up. */
void sv_repositories_read_text (SvCollect *collect, const char *file, char *text);

/* --- kernels --- */

/* uname -r of the kernel image that @package holds, new; NULL if it holds none, as meta packages,
 * headers and modules do. Source: traps 83, 84. */
char *sv_kernel_dup_release (const SvDistro *distro, const SvPackage *package);

/* Order of two releases as the package manager sees them; never by bytes. */
int sv_kernel_compare_releases (const SvDistro *distro, const char *a, const char *b);
