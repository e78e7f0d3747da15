/* What runs on one host, whatever it was learnt from. */
#pragma once

#include "pkg/pkg.h"

typedef enum {
  SV_PACKAGE_INSTALLED,
  SV_PACKAGE_BROKEN,      /* half-installed, unpacked, half-configured, triggers pending: neither
                             installed nor safe (trap 26) */
  SV_PACKAGE_CONFIG_FILES /* removed, only configuration left: not software */
} SvPackageState;
extern const char *const sv_package_state_names[];

typedef struct {
  char *name;
  char *arch;           /* as the package manager writes it: "amd64", "all", "x86_64", "noarch" */
  char *version;        /* full: epoch, version, revision */
  char *source;         /* never NULL: the package's own name where none is given (trap 18) */
  char *source_version; /* NULL if not known: SOURCERPM has no epoch (trap 2, 22) */
  gint state;           /* SvPackageState */
  gboolean held;        /* dpkg hold, versionlock, apk =version */
  gboolean automatic;   /* installed as a dependency only */
  char *module;         /* RPM modularity "name:stream"; "" not modular; NULL not known */
  char *vendor;         /* RPM vendor, dpkg Origin; may be NULL */
  char *origin;     /* archive that offers this very version ("Debian:12.15/oldstable"); NULL not
                       looked at, "" none does: unmanaged (trap 72) */
  char *depends;    /* Pre-Depends and Depends as dpkg writes them, joined with ", "; may be NULL */
  char *conflicts;  /* Conflicts and Breaks, likewise */
  char *provides;   /* Provides, likewise */
  char *multi_arch; /* dpkg's Multi-Arch: "same", "foreign", "allowed"; NULL: "no" */
  char *ecosystem;  /* for language packages of an SBOM: purl type ("pypi"); NULL for the
                       distribution's own */
} SvPackage;
extern const SvRecordType sv_package_type;

/* Why a record is no package: it lacks its name or version, or they pass the limits. NULL: it is
 * one. */
const char *sv_package_find_fault (const SvPackage *package);

typedef enum { SV_KERNEL_ON_DISK, SV_KERNEL_NEXT_BOOT, SV_KERNEL_RUNNING } SvKernelRole;
extern const char *const sv_kernel_role_names[];

typedef struct {
  char *release;         /* uname -r form: "6.1.0-53-amd64" */
  char *package;         /* package that owns it; NULL if none does */
  char *package_version; /* of the installed package */
  char *running_version; /* of the running one, from /proc/version where it names it */
  gint role;             /* SvKernelRole; RUNNING also when it is the next to boot */
} SvKernel;
extern const SvRecordType sv_kernel_type;

typedef enum {
  SV_LIVE_PATCH_UNKNOWN, /* installed, and nobody can see whether it is loaded */
  SV_LIVE_PATCH_NOT_LOADED,
  SV_LIVE_PATCH_LOADED
} SvLivePatchState;
extern const char *const sv_live_patch_state_names[];

/* A patch of the kernel in memory (trap 85). */
typedef struct {
  char *name;            /* of its module: "kpatch_4_18_0_147_3_1_1_7" */
  gint state;            /* SvLivePatchState */
  char *package;         /* that holds it; NULL if none is known to */
  char *package_version; /* of the installed package */
  char *kernel;          /* release of the installed kernel that it is for; NULL not known */
} SvLivePatch;
extern const SvRecordType sv_live_patch_type;

typedef struct {
  char *protocol; /* "tcp", "udp" */
  char *address;
  gint64 port;
  gboolean local_only; /* bound to loopback */
  gint64 pid;          /* 0 if it could not be seen */
  char *process;
  char *package;
} SvListener;
extern const SvRecordType sv_listener_type;

typedef struct {
  char *name;
  char *state;          /* "up", "down", "unknown" */
  char *medium;         /* "wired", "wireless", "virtual", "loopback" */
  char *mac;            /* of the card, as /sys writes it; NULL not known */
  gint64 speed_mbps;    /* 0 = not known */
  GPtrArray *addresses; /* strings */
} SvInterface;
extern const SvRecordType sv_interface_type;

typedef struct {
  char *mount;
  char *type;
  gint64 total_bytes;
  gint64 free_bytes; /* for unprivileged users */
} SvFilesystem;
extern const SvRecordType sv_filesystem_type;

typedef struct {
  char *file; /* where it is configured */
  char *type; /* "deb", "deb-src", "rpm-md", "apk" */
  char *uri;
  char *suite;
  GPtrArray *components;
  gboolean enabled;
  gboolean trusted; /* signature checks switched off by [trusted=yes] or gpgcheck=0 */
  char *signed_by;  /* keyring path, or fingerprint; NULL: every key of the host */
} SvRepository;
extern const SvRecordType sv_repository_type;

/* One apt preference, in the order in which apt reads them. */
typedef struct {
  char *file;
  char *package; /* names and patterns separated by ' ', "*" for all */
  char *pin;     /* "release a=stable", "version 1.2*", "origin mirror.example" */
  gint64 priority;
} SvPin;
extern const SvRecordType sv_pin_type;

typedef struct {
  gint64 pid;
  char *process;
  char *unit;           /* systemd unit, from the control group; may be NULL */
  GPtrArray *libraries; /* replaced files that it still runs */
  GPtrArray *packages;  /* packages that own them, where known */
} SvStaleProcess;
extern const SvRecordType sv_stale_process_type;

typedef struct {
  char *subject; /* "debian 12", or a package name */
  char *level;   /* "supported", "lts", "extended", "limited", "ended", "unknown" */
  gint64 ends_at_us;
  char *note;
  char *source; /* where this is known from: "distro-info-data", "debian-security-support", … */
} SvSupport;
extern const SvRecordType sv_support_type;

/* A part of the inventory that could not be looked at: said, never guessed. */
typedef struct {
  char *what; /* "kernels", "listeners", … : name of the collector */
  char *why;
} SvGap;
extern const SvRecordType sv_gap_type;

typedef struct {
  char *hostname;
  gint64 collected_at_us;
  char *hardware_class; /* "portable", "desktop", "server", "virtual", "container", "unknown" */
  char *virtualization; /* "kvm", "docker", "none"; NULL not known */
  char *vendor;
  char *product;
  gint64 memory_bytes;
  char *machine; /* architecture: "x86_64" */
  SvDistro *distro;
  GPtrArray *packages;        /* SvPackage, sorted by name, then arch, then version */
  GPtrArray *kernels;         /* SvKernel */
  GPtrArray *listeners;       /* SvListener */
  GPtrArray *interfaces;      /* SvInterface */
  GPtrArray *filesystems;     /* SvFilesystem */
  GPtrArray *repositories;    /* SvRepository */
  GPtrArray *pins;            /* SvPin */
  GPtrArray *stale_processes; /* SvStaleProcess */
  GPtrArray *supports;        /* SvSupport */
  GPtrArray *reboot_reasons;  /* strings; empty and no gap "reboot": no reboot needed */
  GPtrArray *gaps;            /* SvGap */
  GPtrArray *modules;         /* strings: enabled RPM module streams "name:stream" */
  GPtrArray *live_patches;    /* SvLivePatch */
  char *release_lock;         /* minor release it is kept on: "8.6"; NULL: none is known of */
  char *release_lock_origin;  /* what keeps it there: "etc/dnf/vars/releasever" */
} SvInventory;
extern const SvRecordType sv_inventory_type;

void sv_inventory_free (SvInventory *inventory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvInventory, sv_inventory_free)

/* What to look at. All paths may be NULL. */
typedef struct {
  const char *root;            /* "/" or another directory; NULL: no root, the files below alone */
  gboolean live;               /* root is this running host: /proc, /sys and the network count */
  const char *os_release;      /* instead of root/etc/os-release */
  const char *dpkg_status;     /* instead of root/var/lib/dpkg/status */
  const char *extended_states; /* apt's automatic marks */
  const char *apt_sources;     /* a sources.list file or directory, instead of root/etc/apt */
  const char *apt_preferences; /* a preferences file or directory, likewise */
  const char *rpm_manifest;    /* see inventory/README.md for the forms read */
  const char *apk_installed;   /* instead of root/lib/apk/db/installed */
  const char *sbom;            /* CycloneDX or SPDX, JSON */
  const char *vuls;            /* a vuls scan result, JSON */
  const char *ansible;         /* facts of ansible, JSON */
  const char *osquery;         /* results of osquery, JSON */
  const char *systeminfo;      /* what systeminfo of Windows prints */
  const char *hotfixes;        /* list of updates of Windows: wmic qfe, Get-HotFix */
  const char *support_dir;     /* of distro-info-data and debian-security-support; NULL: root's */
} SvInventorySource;

/**
 * sv_inventory_collect:
 * @now_us: the time to judge support dates by
 *
 * Runs every collector of the table against @source. A collector that cannot look leaves a gap
 * that says why; only a package list that cannot be read at all is an error. Never runs a shell;
 * child processes (rpm where its database needs it) run with LC_ALL=C and argument vectors.
 */
SvInventory *sv_inventory_collect (const SvInventorySource *source, gint64 now_us, GError **error);

/* The installed package of @name and @arch (NULL: any), or NULL. Binary search. */
const SvPackage *sv_inventory_find_package (const SvInventory *inventory, const char *name,
                                            const char *arch);
