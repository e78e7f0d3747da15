/* Results of osquery: one object with the rows of each table: os_version, system_info,
 * deb_packages, rpm_packages, patches. */
#include "inventory/foreign.h"

typedef struct {
  SvCollect *collect;
  char *platform, *version, *codename, *name, *hostname, *machine;
  GPtrArray *debs, *rpms, *patches; /* SvForeignRow */
} Results;

static void
results_clear (Results *results)
{
  char *const texts[] = {results->platform, results->version,  results->codename,
                         results->name,     results->hostname, results->machine};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_ptr_array_unref (results->debs);
  g_ptr_array_unref (results->rpms);
  g_ptr_array_unref (results->patches);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Results, results_clear)

static const struct {
  const char *key;
  gsize member;
} columns[] = {
    {"platform", G_STRUCT_OFFSET (Results, platform)},
    {"version", G_STRUCT_OFFSET (Results, version)},
    {"codename", G_STRUCT_OFFSET (Results, codename)},
    {"name", G_STRUCT_OFFSET (Results, name)},
    {"hostname", G_STRUCT_OFFSET (Results, hostname)},
    {"cpu_type", G_STRUCT_OFFSET (Results, machine)},
};

static gboolean
read_column (SvJsonReader *reader, const char *key, gpointer results, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    if (strcmp (key, columns[i].key) == 0)
      return sv_foreign_take_scalar (reader, &G_STRUCT_MEMBER (char *, results, columns[i].member),
                                     error);
  return sv_json_skip (reader, error);
}

/* The one row of a table on the host itself. */
static gboolean
read_row (SvJsonReader *reader, gpointer results, GError **error)
{
  return sv_json_read_map (reader, read_column, results, error);
}

static gboolean
read_host (SvJsonReader *reader, gpointer results, GError **error)
{
  return sv_json_read_array (reader, read_row, results, error);
}

static gboolean
read_debs (SvJsonReader *reader, gpointer results, GError **error)
{
  return sv_foreign_read_rows (reader, ((Results *)results)->debs, error);
}

static gboolean
read_rpms (SvJsonReader *reader, gpointer results, GError **error)
{
  return sv_foreign_read_rows (reader, ((Results *)results)->rpms, error);
}

static gboolean
read_patches (SvJsonReader *reader, gpointer results, GError **error)
{
  return sv_foreign_read_rows (reader, ((Results *)results)->patches, error);
}

static const SvJsonMember members[] = {
    {"os_version", read_host},   {"system_info", read_host}, {"deb_packages", read_debs},
    {"rpm_packages", read_rpms}, {"patches", read_patches},
};

/* --- putting it together --- */

static gboolean
set_identity (const Results *results, const char *document, GError **error)
{
  SvInventory *inventory = results->collect->inventory;
  if (results->platform == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "'%s' names no platform: rows of the table os_version are needed", document);
    return FALSE;
  }
  g_autofree char *version = g_strdup (results->version != NULL ? results->version : "");
  version[strcspn (version, " ")] = '\0'; /* "12 (bookworm)" */
  const char *known = *version != '\0' ? version : results->codename;
  SvDistro *distro = strcmp (results->platform, "windows") == 0
                         ? sv_windows_distro_new (known, results->name)
                         : sv_identity_new (results->platform, known, error);
  if (distro == NULL)
    return FALSE;
  sv_collect_set_distro (results->collect, distro);
  sv_text_set (&inventory->hostname, results->hostname);
  sv_text_set (&inventory->machine, results->machine);
  return TRUE;
}

/* dpkg's status is three words, of which the last says how it is; "source" is "glibc", or
 * "glibc (2.36-8)". */
static void
add_deb (SvCollect *collect, const SvForeignRow *row)
{
  SvPackage *package = sv_record_new (&sv_package_type);
  const char *state = row->status != NULL ? strrchr (row->status, ' ') : NULL;
  g_auto (GStrv) source = g_strsplit_set (row->source != NULL ? row->source : "", " ()", -1);
  package->name = g_strdup (row->name);
  package->arch = g_strdup (row->arch);
  package->version = g_strdup (row->version);
  package->source = g_strdup (sv_text_or_null (source[0]));
  if (source[0] != NULL && source[1] != NULL && source[2] != NULL)
    package->source_version = g_strdup (sv_text_or_null (source[2]));
  else
    package->source_version = g_strdup (row->version);
  if (state != NULL && strcmp (state, " config-files") == 0)
    package->state = SV_PACKAGE_CONFIG_FILES;
  else if (state != NULL && strcmp (state, " installed") != 0)
    package->state = SV_PACKAGE_BROKEN;
  sv_collect_add_package (collect, package, "deb_packages");
}

static void
add_rpm (SvCollect *collect, const SvForeignRow *row)
{
  if (row->name != NULL && !sv_rpm_is_software (row->name))
    return;
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (row->name);
  package->arch = g_strdup (row->arch);
  package->version = sv_rpm_join_version (row->epoch, row->version, row->release);
  sv_rpm_set_source (package, row->source);
  sv_collect_add_package (collect, package, "rpm_packages");
}

static void
add_rows (const Results *results)
{
  SvCollect *collect = results->collect;
  gboolean rpm = collect->inventory->distro->scheme == SV_SCHEME_RPM;
  gboolean deb = collect->inventory->distro->scheme == SV_SCHEME_DEB;
  for (guint i = 0; !rpm && i < results->debs->len; i++)
    add_deb (collect, results->debs->pdata[i]);
  for (guint i = 0; !deb && i < results->rpms->len; i++)
    add_rpm (collect, results->rpms->pdata[i]);
  for (guint i = 0; i < results->patches->len; i++)
    sv_windows_add_update (collect, ((SvForeignRow *)results->patches->pdata[i])->hotfix_id);
}

gboolean
sv_osquery_read (SvCollect *collect, SvStream *stream, GError **error)
{
  g_auto (Results) results = {.collect = collect,
                              .debs = sv_foreign_rows_new (),
                              .rpms = sv_foreign_rows_new (),
                              .patches = sv_foreign_rows_new ()};
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  if (!sv_json_read_object (reader, members, G_N_ELEMENTS (members), &results, error) ||
      sv_json_next (reader, error) != SV_JSON_END ||
      !set_identity (&results, sv_stream_get_name (stream), error))
    return FALSE;
  add_rows (&results);
  return TRUE;
}

gboolean
sv_osquery_collect (SvCollect *collect, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (collect->source->osquery, error);
  return stream != NULL && sv_osquery_read (collect, stream, error);
}
