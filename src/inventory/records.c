#include "inventory/facts.h"

#define F(T, member, kind, text, ...) SV_FIELD (T, member, kind, .doc = text, ##__VA_ARGS__)
#define STRING(T, member, text, ...) F (T, member, SV_TYPE_STRING, text, ##__VA_ARGS__)
#define STRINGS(T, member, text, ...) F (T, member, SV_TYPE_STRINGS, text, ##__VA_ARGS__)
#define INT64(T, member, text, ...) F (T, member, SV_TYPE_INT64, text, ##__VA_ARGS__)
#define BOOL(T, member, text, ...) F (T, member, SV_TYPE_BOOL, text, ##__VA_ARGS__)
#define INSTANT(T, member, text, ...) F (T, member, SV_TYPE_INSTANT, text, ##__VA_ARGS__)
#define ENUM(T, member, names, text, ...)                                                          \
  F (T, member, SV_TYPE_ENUM, text, .values = names, ##__VA_ARGS__)
#define RECORD(T, member, type, text, ...)                                                         \
  F (T, member, SV_TYPE_RECORD, text, .record = &(type), ##__VA_ARGS__)
#define RECORDS(T, member, type, text, ...)                                                        \
  F (T, member, SV_TYPE_RECORDS, text, .record = &(type), ##__VA_ARGS__)

#define NAME .flags = SV_FIELD_REQUIRED, .max = SV_LIMIT_NAME_BYTES
#define VERSION .max = SV_LIMIT_VERSION_BYTES
#define WIDE .flags = SV_FIELD_WIDE
#define HIDDEN .flags = SV_FIELD_HIDDEN

const char *const sv_package_state_names[] = {"installed", "broken", "config-files", NULL};
const char *const sv_kernel_role_names[] = {"on-disk", "next-boot", "running", NULL};
const char *const sv_live_patch_state_names[] = {"unknown", "not-loaded", "loaded", NULL};

// clang-format off
static const SvField package_fields[] = {
    STRING (SvPackage, name, "Name in the package manager.", NAME),
    STRING (SvPackage, arch, "Architecture as the package manager writes it.", WIDE),
    STRING (SvPackage, version, "Full version: epoch, version, revision.", VERSION),
    STRING (SvPackage, source, "Source package it was built from.", WIDE),
    STRING (SvPackage, source_version, "Version of the source package; null if not known.", WIDE),
    ENUM (SvPackage, state, sv_package_state_names, "Whether it is fully installed."),
    BOOL (SvPackage, held, "Kept at this version on purpose.", WIDE),
    BOOL (SvPackage, automatic, "Installed as a dependency only.", WIDE),
    STRING (SvPackage, module, "Module stream; empty: none, null: not known.", WIDE),
    STRING (SvPackage, vendor, "Who built it.", WIDE),
    STRING (SvPackage, origin, "Archive that offers this version; empty: none does.", WIDE),
    STRING (SvPackage, depends, "Packages it needs.", HIDDEN),
    STRING (SvPackage, conflicts, "Packages it cannot stand beside.", HIDDEN),
    STRING (SvPackage, provides, "Names it also answers to.", HIDDEN),
    STRING (SvPackage, multi_arch, "How it serves other architectures.", HIDDEN),
    STRING (SvPackage, ecosystem, "Package URL type of a language package.", WIDE),
};
SV_RECORD_TYPE (sv_package_type, SvPackage, "Package", package_fields,
                "One package that a host has installed.");

static const SvField kernel_fields[] = {
    STRING (SvKernel, release, "Release as uname -r prints it.", NAME),
    STRING (SvKernel, package, "Package that holds it."),
    STRING (SvKernel, package_version, "Installed version of that package."),
    STRING (SvKernel, running_version, "Version of the running kernel, where it names it."),
    ENUM (SvKernel, role, sv_kernel_role_names, "Running, next to boot, or merely on disk."),
};
SV_RECORD_TYPE (sv_kernel_type, SvKernel, "Kernel", kernel_fields, "One kernel of a host.");

static const SvField live_patch_fields[] = {
    STRING (SvLivePatch, name, "Name of its module.", NAME),
    ENUM (SvLivePatch, state, sv_live_patch_state_names, "Whether it is in the running kernel."),
    STRING (SvLivePatch, package, "Package that holds it."),
    STRING (SvLivePatch, package_version, "Installed version of that package."),
    STRING (SvLivePatch, kernel, "Release of the kernel that it is for."),
};
SV_RECORD_TYPE (sv_live_patch_type, SvLivePatch, "LivePatch", live_patch_fields,
                "One patch of a kernel in memory.");

static const SvField listener_fields[] = {
    STRING (SvListener, protocol, "tcp or udp.", NAME),
    STRING (SvListener, address, "Address it is bound to.", NAME),
    INT64 (SvListener, port, "Port number."),
    BOOL (SvListener, local_only, "Reachable from the host itself only."),
    INT64 (SvListener, pid, "Process; 0 if it could not be seen.", WIDE),
    STRING (SvListener, process, "Name of the process."),
    STRING (SvListener, package, "Package of its program."),
};
SV_RECORD_TYPE (sv_listener_type, SvListener, "Listener", listener_fields,
                "One socket that waits for others.");

static const SvField interface_fields[] = {
    STRING (SvInterface, name, "Name of the interface.", NAME),
    STRING (SvInterface, state, "up, down or unknown."),
    STRING (SvInterface, medium, "wired, wireless, virtual or loopback."),
    STRING (SvInterface, mac, "Address of the network card."),
    INT64 (SvInterface, speed_mbps, "Link speed in Mbit/s; 0 if not known."),
    STRINGS (SvInterface, addresses, "Its addresses."),
};
SV_RECORD_TYPE (sv_interface_type, SvInterface, "Interface", interface_fields,
                "One network interface.");

static const SvField filesystem_fields[] = {
    STRING (SvFilesystem, mount, "Where it is mounted.", NAME),
    STRING (SvFilesystem, type, "Kind of file system."),
    INT64 (SvFilesystem, total_bytes, "Size in bytes."),
    INT64 (SvFilesystem, free_bytes, "Bytes free for unprivileged users."),
};
SV_RECORD_TYPE (sv_filesystem_type, SvFilesystem, "Filesystem", filesystem_fields,
                "One mounted file system that updates may fill.");

static const SvField repository_fields[] = {
    STRING (SvRepository, file, "Where it is configured.", WIDE),
    STRING (SvRepository, type, "deb, deb-src, rpm-md or apk.", NAME),
    STRING (SvRepository, uri, "Where it is.", NAME),
    STRING (SvRepository, suite, "Suite, or the repository's id."),
    STRINGS (SvRepository, components, "Components taken from it."),
    BOOL (SvRepository, enabled, "Whether it is in use."),
    BOOL (SvRepository, trusted, "Its signatures are not checked."),
    STRING (SvRepository, signed_by, "Keyring or fingerprint; null: any key of the host.", WIDE),
};
SV_RECORD_TYPE (sv_repository_type, SvRepository, "Repository", repository_fields,
                "One place that packages come from.");

static const SvField pin_fields[] = {
    STRING (SvPin, file, "Where it is configured.", WIDE),
    STRING (SvPin, package, "Names and patterns; * for all.", NAME),
    STRING (SvPin, pin, "What is preferred.", NAME),
    INT64 (SvPin, priority, "How strongly."),
};
SV_RECORD_TYPE (sv_pin_type, SvPin, "Pin", pin_fields, "One apt preference.");

static const SvField stale_process_fields[] = {
    INT64 (SvStaleProcess, pid, "Process."),
    STRING (SvStaleProcess, process, "Name of the process."),
    STRING (SvStaleProcess, unit, "Its systemd unit."),
    STRINGS (SvStaleProcess, libraries, "Replaced files that it still runs.", WIDE),
    STRINGS (SvStaleProcess, packages, "Packages of these files."),
};
SV_RECORD_TYPE (sv_stale_process_type, SvStaleProcess, "StaleProcess", stale_process_fields,
                "One process that still runs what an update replaced.");

static const SvField support_fields[] = {
    STRING (SvSupport, subject, "The distribution, or a source package.", NAME),
    STRING (SvSupport, level, "supported, lts, extended, limited, ended or unknown.", NAME),
    INSTANT (SvSupport, ends_at_us, "Last day of this level."),
    STRING (SvSupport, note, "In words."),
    STRING (SvSupport, source, "Where this is known from.", WIDE),
};
SV_RECORD_TYPE (sv_support_type, SvSupport, "Support", support_fields,
                "How long somebody still fixes it.");

static const SvField gap_fields[] = {
    STRING (SvGap, what, "Part of the inventory.", NAME),
    STRING (SvGap, why, "Why it could not be looked at."),
};
SV_RECORD_TYPE (sv_gap_type, SvGap, "Gap", gap_fields, "Something that is not known.");

static const SvField inventory_fields[] = {
    STRING (SvInventory, hostname, "The host's own name for itself."),
    INSTANT (SvInventory, collected_at_us, "When it was looked at."),
    STRING (SvInventory, hardware_class,
            "portable, desktop, server, virtual, container or unknown."),
    STRING (SvInventory, virtualization, "What it runs under; none; null: not known."),
    STRING (SvInventory, vendor, "Maker of the hardware.", WIDE),
    STRING (SvInventory, product, "Model of the hardware.", WIDE),
    INT64 (SvInventory, memory_bytes, "Main memory in bytes.", WIDE),
    STRING (SvInventory, machine, "Processor architecture."),
    RECORD (SvInventory, distro, sv_distro_type, "The operating system.", HIDDEN),
    RECORDS (SvInventory, packages, sv_package_type, "Packages by name, architecture, version.",
             HIDDEN, .max = SV_LIMIT_PACKAGES),
    RECORDS (SvInventory, kernels, sv_kernel_type, "Kernels.", HIDDEN),
    RECORDS (SvInventory, listeners, sv_listener_type, "Sockets that wait for others.", HIDDEN),
    RECORDS (SvInventory, interfaces, sv_interface_type, "Network interfaces.", HIDDEN),
    RECORDS (SvInventory, filesystems, sv_filesystem_type, "File systems.", HIDDEN),
    RECORDS (SvInventory, repositories, sv_repository_type, "Places packages come from.", HIDDEN),
    RECORDS (SvInventory, pins, sv_pin_type, "apt preferences in reading order.", HIDDEN),
    RECORDS (SvInventory, stale_processes, sv_stale_process_type,
             "Processes that run replaced files.", HIDDEN),
    RECORDS (SvInventory, supports, sv_support_type, "Support of system and packages.", HIDDEN),
    STRINGS (SvInventory, reboot_reasons, "Why it needs a reboot.", HIDDEN),
    RECORDS (SvInventory, gaps, sv_gap_type, "What is not known.", HIDDEN),
    STRINGS (SvInventory, modules, "Enabled module streams.", HIDDEN),
    STRING (SvInventory, release_lock, "Minor release that it is kept on.", WIDE),
    STRING (SvInventory, release_lock_origin, "What keeps it there.", WIDE),
    RECORDS (SvInventory, live_patches, sv_live_patch_type, "Live patches.", HIDDEN),
};
// clang-format on
SV_RECORD_TYPE (sv_inventory_type, SvInventory, "Inventory", inventory_fields,
                "What runs on one host, and what of it is not known.");
