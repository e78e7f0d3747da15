#include "inventory/baseline.h"

#include <string.h>

const char *const sv_deviation_kind_names[] = {"missing", "below",   "above",
                                               "service", "unknown", NULL};

#define NAME .max = SV_LIMIT_NAME_BYTES
static const SvField package_fields[] = {
    SV_FIELD (SvBaselinePackage, name, SV_TYPE_STRING, NAME, .flags = SV_FIELD_REQUIRED,
              .doc = "Name of the package."),
    SV_FIELD (SvBaselinePackage, version, SV_TYPE_STRING, .max = SV_LIMIT_VERSION_BYTES,
              .flags = SV_FIELD_REQUIRED, .doc = "Version that hosts are to have."),
};
SV_RECORD_TYPE (sv_baseline_package_type, SvBaselinePackage, "BaselinePackage", package_fields,
                "One package of a baseline.");

static const SvField part_fields[] = {
    SV_FIELD (SvBaselinePart, distro, SV_TYPE_STRING, NAME, .doc = "Distribution and release."),
    SV_FIELD (SvBaselinePart, host, SV_TYPE_STRING, NAME,
              .doc = "Id of the host that it was taken from."),
    SV_FIELD (SvBaselinePart, packages, SV_TYPE_INT64, .doc = "Packages in it."),
    SV_FIELD (SvBaselinePart, at_us, SV_TYPE_INSTANT, .doc = "When it was taken."),
};
SV_RECORD_TYPE (sv_baseline_part_type, SvBaselinePart, "BaselinePart", part_fields,
                "What a baseline says of one release of a distribution.");

static const SvField baseline_fields[] = {
    SV_FIELD (SvBaseline, name, SV_TYPE_STRING, NAME, .doc = "Class of hosts."),
    SV_FIELD (SvBaseline, services, SV_TYPE_STRINGS, .max = SV_LIMIT_BASELINE_SERVICES,
              .doc = "What may listen for others: tcp/22, or tcp/22/sshd."),
    SV_FIELD (SvBaseline, parts, SV_TYPE_RECORDS, .record = &sv_baseline_part_type,
              .flags = SV_FIELD_HIDDEN | SV_FIELD_NO_STORE, .doc = "Releases that it is of."),
    SV_FIELD (SvBaseline, created_at_us, SV_TYPE_INSTANT, .doc = "When it was made."),
    SV_FIELD (SvBaseline, changed_at_us, SV_TYPE_INSTANT, .doc = "When it was last changed."),
};
SV_RECORD_TYPE (sv_baseline_type, SvBaseline, "Baseline", baseline_fields,
                "What hosts of one class are meant to run.");

static const SvField exemption_fields[] = {
    SV_FIELD (SvBaselineExemption, id, SV_TYPE_STRING, NAME, .doc = "Id, made here."),
    SV_FIELD (SvBaselineExemption, host, SV_TYPE_STRING, NAME,
              .doc = "Id of the host; empty: every host of the class."),
    SV_FIELD (SvBaselineExemption, item, SV_TYPE_STRING, NAME, .flags = SV_FIELD_REQUIRED,
              .doc = "Package, or what listens: tcp/8080."),
    SV_FIELD (SvBaselineExemption, reason, SV_TYPE_STRING, .max = SV_LIMIT_PATH_BYTES,
              .flags = SV_FIELD_REQUIRED, .doc = "Why it may differ."),
    SV_FIELD (SvBaselineExemption, owner, SV_TYPE_STRING, NAME, .flags = SV_FIELD_REQUIRED,
              .doc = "Who answers for it."),
    SV_FIELD (SvBaselineExemption, expires_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_REQUIRED,
              .doc = "When it counts again."),
    SV_FIELD (SvBaselineExemption, created_at_us, SV_TYPE_INSTANT, .doc = "When it was made."),
};
SV_RECORD_TYPE (sv_baseline_exemption_type, SvBaselineExemption, "BaselineExemption",
                exemption_fields, "A difference that somebody answers for.");

static const SvField deviation_fields[] = {
    SV_FIELD (SvDeviation, kind, SV_TYPE_ENUM, .values = sv_deviation_kind_names,
              .doc = "How it differs."),
    SV_FIELD (SvDeviation, item, SV_TYPE_STRING, NAME, .doc = "Package, or what listens."),
    SV_FIELD (SvDeviation, wanted, SV_TYPE_STRING, NAME, .doc = "What the baseline says."),
    SV_FIELD (SvDeviation, found, SV_TYPE_STRING, NAME,
              .doc = "Version that is there, or the process that listens."),
    SV_FIELD (SvDeviation, exempted, SV_TYPE_BOOL, .doc = "Whether somebody answers for it."),
    SV_FIELD (SvDeviation, reason, SV_TYPE_STRING,
              .doc = "Of the exemption, also of one that has expired."),
    SV_FIELD (SvDeviation, owner, SV_TYPE_STRING, NAME, .doc = "Who answers for it."),
    SV_FIELD (SvDeviation, expires_at_us, SV_TYPE_INSTANT, .doc = "When it counts again."),
};
SV_RECORD_TYPE (sv_deviation_type, SvDeviation, "Deviation", deviation_fields,
                "One difference of a host from its baseline.");

static const SvField host_fields[] = {
    SV_FIELD (SvBaselineHost, host, SV_TYPE_STRING, NAME, .doc = "Id of the host."),
    SV_FIELD (SvBaselineHost, hostname, SV_TYPE_STRING, NAME, .doc = "Its own name for itself."),
    SV_FIELD (SvBaselineHost, distro, SV_TYPE_STRING, NAME, .doc = "Distribution and release."),
    SV_FIELD (SvBaselineHost, compared, SV_TYPE_BOOL,
              .doc = "Whether the baseline says anything of its release."),
    SV_FIELD (SvBaselineHost, services_known, SV_TYPE_BOOL, .flags = SV_FIELD_WIDE,
              .doc = "Whether it was looked at what listens there."),
    SV_FIELD (SvBaselineHost, missing, SV_TYPE_INT64, .doc = "Packages that it lacks."),
    SV_FIELD (SvBaselineHost, below, SV_TYPE_INT64, .doc = "Packages that are older."),
    SV_FIELD (SvBaselineHost, above, SV_TYPE_INT64, .doc = "Packages that are newer."),
    SV_FIELD (SvBaselineHost, services, SV_TYPE_INT64, .doc = "What listens there and should not."),
    SV_FIELD (SvBaselineHost, unknown, SV_TYPE_INT64, .doc = "What cannot be told."),
    SV_FIELD (SvBaselineHost, exempted, SV_TYPE_INT64,
              .doc = "How many of all these somebody answers for."),
};
SV_RECORD_TYPE (
    sv_baseline_host_type, SvBaselineHost, "BaselineHost", host_fields,
    "How one host stands against its baseline; exempted differences are in each count.");

void
sv_baseline_free (SvBaseline *baseline)
{
  sv_record_free (&sv_baseline_type, baseline);
}

void
sv_baseline_exemption_free (SvBaselineExemption *exemption)
{
  sv_record_free (&sv_baseline_exemption_type, exemption);
}

/* --- what a host runs --- */

/* "linux-image-6.1.0-53-amd64": each update is another package, and the meta package says which one
 * is meant. */
static gboolean
is_named_by_version (const char *name)
{
  if (!g_str_has_prefix (name, "linux-"))
    return FALSE;
  for (const char *c = name; *c != '\0'; c++)
    if (g_ascii_isdigit (c[0]) && c[1] == '.' && g_ascii_isdigit (c[2]))
      return TRUE;
  return FALSE;
}

/* What cannot be ordered stays as it is. */
static gboolean
is_above (gint scheme, const char *a, const char *b)
{
  int order = 0;
  return scheme >= 0 && sv_version_compare ((SvScheme)scheme, a, b, &order, NULL) && order > 0;
}

/* Packages that are installed whole, the highest version of each name; sorted by name, as
 * inventories are. New array of SvPackage, lent. */
static GPtrArray *
list_installed (const SvInventory *inventory)
{
  GPtrArray *list = g_ptr_array_new ();
  gint scheme = inventory->distro != NULL ? inventory->distro->scheme : -1;
  for (guint i = 0; inventory->packages != NULL && i < inventory->packages->len; i++) {
    SvPackage *package = inventory->packages->pdata[i];
    if (package->state != SV_PACKAGE_INSTALLED || package->ecosystem != NULL ||
        is_named_by_version (package->name))
      continue;
    const SvPackage *last = list->len > 0 ? list->pdata[list->len - 1] : NULL;
    if (last == NULL || strcmp (last->name, package->name) != 0)
      g_ptr_array_add (list, package);
    else if (is_above (scheme, package->version, last->version))
      list->pdata[list->len - 1] = package;
  }
  return list;
}

GPtrArray *
sv_baseline_list_packages (const SvInventory *inventory)
{
  g_autoptr (GPtrArray) installed = list_installed (inventory);
  GPtrArray *packages = g_ptr_array_new ();
  for (guint i = 0; i < installed->len; i++) {
    const SvPackage *package = installed->pdata[i];
    SvBaselinePackage *wanted = sv_record_new (&sv_baseline_package_type);
    wanted->name = g_strdup (package->name);
    wanted->version = g_strdup (package->version);
    g_ptr_array_add (packages, wanted);
  }
  return packages;
}

/* --- what listens --- */

static char *
name_service (const SvListener *listener)
{
  return g_strdup_printf ("%s/%" G_GINT64_FORMAT, listener->protocol, listener->port);
}

static int
compare_texts (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *
sv_baseline_list_services (const SvInventory *inventory)
{
  GPtrArray *services = sv_strings_new ();
  for (guint i = 0; inventory->listeners != NULL && i < inventory->listeners->len; i++) {
    const SvListener *listener = inventory->listeners->pdata[i];
    g_autofree char *place = name_service (listener);
    g_autofree char *service =
        g_strconcat (place, listener->process != NULL ? "/" : NULL, listener->process, NULL);
    if (!listener->local_only)
      sv_strings_add_distinct (services, service);
  }
  g_ptr_array_sort (services, compare_texts);
  return services;
}

gboolean
sv_baseline_service_is_valid (const char *service)
{
  g_auto (GStrv) parts = g_strsplit (service, "/", 3);
  gint64 port;
  return g_strv_length (parts) >= 2 &&
         (strcmp (parts[0], "tcp") == 0 || strcmp (parts[0], "udp") == 0) &&
         sv_text_parse_int64 (parts[1], &port, NULL) && port > 0 && port <= G_MAXUINT16 &&
         g_ascii_isdigit (parts[1][0]) && (parts[2] == NULL || *parts[2] != '\0');
}

typedef enum { FORBIDDEN, ALLOWED, PROCESS_NOT_KNOWN } Leave;

static Leave
find_leave (const GPtrArray *services, const char *place, const char *process)
{
  gsize length = strlen (place);
  Leave leave = FORBIDDEN;
  for (guint i = 0; services != NULL && i < services->len; i++) {
    const char *service = services->pdata[i];
    if (strncmp (service, place, length) != 0 ||
        (service[length] != '\0' && service[length] != '/'))
      continue;
    if (service[length] == '\0' || g_strcmp0 (service + length + 1, process) == 0)
      return ALLOWED;
    if (process == NULL)
      leave = PROCESS_NOT_KNOWN;
  }
  return leave;
}

/* --- comparing --- */

typedef struct {
  const SvInventory *inventory;
  const SvBaselineTerms *terms;
  GPtrArray *deviations;
} Comparison;

static gboolean
is_about (const SvBaselineExemption *exemption, const char *host, const char *item)
{
  return strcmp (exemption->item, item) == 0 &&
         (sv_text_is_empty (exemption->host) || strcmp (exemption->host, host) == 0);
}

/* Of several the one that holds longest. */
static const SvBaselineExemption *
find_exemption (const SvBaselineTerms *terms, const char *item)
{
  const SvBaselineExemption *best = NULL;
  for (guint i = 0; terms->exemptions != NULL && i < terms->exemptions->len; i++) {
    const SvBaselineExemption *one = terms->exemptions->pdata[i];
    if (is_about (one, terms->host, item) &&
        (best == NULL || one->expires_at_us > best->expires_at_us))
      best = one;
  }
  return best;
}

static void
add (Comparison *comparison, SvDeviationKind kind, const char *item, const char *wanted,
     const char *found)
{
  const SvBaselineExemption *exemption = find_exemption (comparison->terms, item);
  SvDeviation *deviation = sv_record_new (&sv_deviation_type);
  deviation->kind = (gint)kind;
  deviation->item = g_strdup (item);
  deviation->wanted = g_strdup (wanted);
  deviation->found = g_strdup (found);
  if (exemption != NULL) {
    deviation->exempted = exemption->expires_at_us > comparison->terms->now_us;
    deviation->reason = g_strdup (exemption->reason);
    deviation->owner = g_strdup (exemption->owner);
    deviation->expires_at_us = exemption->expires_at_us;
  }
  g_ptr_array_add (comparison->deviations, deviation);
}

static void
compare_package (Comparison *comparison, const SvBaselinePackage *wanted, const SvPackage *found)
{
  const SvDistro *distro = comparison->inventory->distro;
  int order = 0;
  if (found == NULL)
    add (comparison, SV_DEVIATION_MISSING, wanted->name, wanted->version, NULL);
  else if (strcmp (wanted->version, found->version) == 0)
    return;
  else if (distro == NULL || distro->scheme < 0 ||
           !sv_version_compare ((SvScheme)distro->scheme, found->version, wanted->version, &order,
                                NULL))
    add (comparison, SV_DEVIATION_UNKNOWN, wanted->name, wanted->version, found->version);
  else if (order != 0)
    add (comparison, order < 0 ? SV_DEVIATION_BELOW : SV_DEVIATION_ABOVE, wanted->name,
         wanted->version, found->version);
}

static void
compare_packages (Comparison *comparison)
{
  g_autoptr (GPtrArray) installed = list_installed (comparison->inventory);
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < installed->len; i++)
    g_hash_table_insert (by_name, ((SvPackage *)installed->pdata[i])->name, installed->pdata[i]);
  const GPtrArray *packages = comparison->terms->packages;
  for (guint i = 0; i < packages->len; i++) {
    const SvBaselinePackage *wanted = packages->pdata[i];
    compare_package (comparison, wanted, g_hash_table_lookup (by_name, wanted->name));
  }
}

static void
compare_listener (Comparison *comparison, const SvListener *listener, GHashTable *told)
{
  g_autofree char *place = name_service (listener);
  Leave leave = find_leave (comparison->terms->services, place, listener->process);
  if (listener->local_only || leave == ALLOWED || g_hash_table_contains (told, place))
    return;
  add (comparison, leave == FORBIDDEN ? SV_DEVIATION_SERVICE : SV_DEVIATION_UNKNOWN, place, NULL,
       listener->process);
  g_hash_table_add (told, g_steal_pointer (&place));
}

GPtrArray *
sv_baseline_compare (const SvInventory *inventory, const SvBaselineTerms *terms)
{
  Comparison comparison = {inventory, terms, g_ptr_array_new ()};
  if (terms->packages == NULL)
    return comparison.deviations;
  compare_packages (&comparison);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; inventory->listeners != NULL && i < inventory->listeners->len; i++)
    compare_listener (&comparison, inventory->listeners->pdata[i], told);
  return comparison.deviations;
}

/* Some listeners are known even where not all of them are. */
static gboolean
knows_listeners (const SvInventory *inventory)
{
  if (inventory->listeners != NULL && inventory->listeners->len > 0)
    return TRUE;
  for (guint i = 0; inventory->gaps != NULL && i < inventory->gaps->len; i++)
    if (strcmp (((const SvGap *)inventory->gaps->pdata[i])->what, "listeners") == 0)
      return FALSE;
  return TRUE;
}

void
sv_baseline_count (const SvInventory *inventory, const SvBaselineTerms *terms,
                   const GPtrArray *deviations, SvBaselineHost *ret_host)
{
  gint64 *const counts[] = {&ret_host->missing, &ret_host->below, &ret_host->above,
                            &ret_host->services, &ret_host->unknown};
  ret_host->compared = terms->packages != NULL;
  ret_host->services_known = knows_listeners (inventory);
  for (guint i = 0; i < deviations->len; i++) {
    const SvDeviation *deviation = deviations->pdata[i];
    (*counts[deviation->kind])++;
    ret_host->exempted += deviation->exempted;
  }
}
