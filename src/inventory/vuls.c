/* Results of a vuls scan: one JSON document per host. */
#include "inventory/collect.h"

typedef struct {
  char *name, *version, *release, *arch, *label, *vendor;
} Row;

static const SvField row_fields[] = {
    SV_FIELD (Row, name, SV_TYPE_STRING),
    SV_FIELD (Row, version, SV_TYPE_STRING),
    SV_FIELD (Row, release, SV_TYPE_STRING),
    SV_FIELD (Row, arch, SV_TYPE_STRING),
    {.name = "modularitylabel", .type = SV_TYPE_STRING, .offset = G_STRUCT_OFFSET (Row, label)},
    SV_FIELD (Row, vendor, SV_TYPE_STRING),
};
static const SV_RECORD_TYPE (row_type, Row, "VulsPackage", row_fields, "");

typedef struct {
  char *name, *version;
  GPtrArray *binaries;
} Source;

static const SvField source_fields[] = {
    SV_FIELD (Source, name, SV_TYPE_STRING),
    SV_FIELD (Source, version, SV_TYPE_STRING),
    {.name = "binaryNames", .type = SV_TYPE_STRINGS, .offset = G_STRUCT_OFFSET (Source, binaries)},
};
static const SV_RECORD_TYPE (source_type, Source, "VulsSource", source_fields, "");

static void
free_source (gpointer source)
{
  sv_record_free (&source_type, source);
}

typedef struct {
  SvCollect *collect;
  char *family, *release;
  GPtrArray *rows;    /* Row; completed when the whole document is known */
  GPtrArray *sources; /* Source */
} Document;

static void
free_row (gpointer row)
{
  sv_record_free (&row_type, row);
}

static void
document_clear (Document *document)
{
  g_free (document->family);
  g_free (document->release);
  g_ptr_array_unref (document->rows);
  g_ptr_array_unref (document->sources);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Document, document_clear)

/* --- reading --- */

static gboolean
read_into (SvJsonReader *reader, const SvRecordType *type, GPtrArray *list, GError **error)
{
  gpointer record = sv_record_new (type);
  g_ptr_array_add (list, record);
  if (!sv_record_read_json (type, reader, SV_RECORD_LENIENT, record, error))
    return FALSE;
  if (list->len <= SV_LIMIT_PACKAGES)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "more than %d packages", SV_LIMIT_PACKAGES);
  return FALSE;
}

static gboolean
read_row (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  return read_into (reader, &row_type, ((Document *)user_data)->rows, error);
}

static gboolean
read_source (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  return read_into (reader, &source_type, ((Document *)user_data)->sources, error);
}

static gboolean
read_packages (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_map (reader, read_row, user_data, error);
}

static gboolean
read_sources (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_map (reader, read_source, user_data, error);
}

static gboolean
read_family (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_take_text (reader, &((Document *)user_data)->family, error);
}

static gboolean
read_release (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_take_text (reader, &((Document *)user_data)->release, error);
}

static gboolean
read_server (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_take_text (reader, &((Document *)user_data)->collect->inventory->hostname, error);
}

static gboolean
read_kernel_release (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_take_text (reader, &((SvCollect *)user_data)->running_release, error);
}

static gboolean
read_kernel_version (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_take_text (reader, &((SvCollect *)user_data)->running_version, error);
}

static gboolean
read_kernel (SvJsonReader *reader, gpointer user_data, GError **error)
{
  static const SvJsonMember members[] = {{"release", read_kernel_release},
                                         {"version", read_kernel_version}};
  return sv_json_read_object (reader, members, G_N_ELEMENTS (members),
                              ((Document *)user_data)->collect, error);
}

static gboolean
read_container_id (SvJsonReader *reader, gpointer user_data, GError **error)
{
  g_autofree char *id = NULL;
  if (!sv_json_take_text (reader, &id, error))
    return FALSE;
  ((SvCollect *)user_data)->container = id != NULL;
  return TRUE;
}

static gboolean
read_container (SvJsonReader *reader, gpointer user_data, GError **error)
{
  static const SvJsonMember members[] = {{"containerID", read_container_id}};
  return sv_json_read_object (reader, members, G_N_ELEMENTS (members),
                              ((Document *)user_data)->collect, error);
}

static gboolean
read_modules (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_strings (reader, ((Document *)user_data)->collect->inventory->modules, error);
}

static const SvJsonMember members[] = {
    {"serverName", read_server},    {"family", read_family},
    {"release", read_release},      {"container", read_container},
    {"runningKernel", read_kernel}, {"packages", read_packages},
    {"SrcPackages", read_sources},  {"enabledDnfModules", read_modules},
};

/* --- putting it together --- */

/* Binary name → Source. Where two claim one binary the first stands. */
static GHashTable *
index_sources (const GPtrArray *sources)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < sources->len; i++) {
    Source *source = sources->pdata[i];
    for (guint j = 0; source->binaries != NULL && j < source->binaries->len; j++)
      if (!g_hash_table_contains (index, source->binaries->pdata[j]))
        g_hash_table_insert (index, source->binaries->pdata[j], source);
  }
  return index;
}

/* vuls takes an rpm source's epoch from whichever binary it saw, so that version holds only where
 * it is the package's own (trap 22). */
static void
set_source (SvPackage *package, const Source *source, gboolean is_rpm)
{
  if (source == NULL)
    return;
  package->source = g_strdup (source->name);
  if (!is_rpm || g_strcmp0 (source->version, package->version) == 0)
    package->source_version = g_strdup (sv_text_or_null (source->version));
}

static void
add_row (Document *document, const Row *row, const Source *source, int scheme)
{
  if (!sv_rpm_is_software (row->name))
    return;
  gboolean is_rpm = scheme == SV_SCHEME_RPM;
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (row->name);
  package->version = sv_rpm_join_version (NULL, sv_text_or_null (row->version), row->release);
  package->arch = g_strdup (sv_text_or_null (row->arch));
  package->vendor = g_strdup (sv_text_or_null (row->vendor));
  package->module = is_rpm ? sv_rpm_dup_module (row->label) : NULL;
  set_source (package, source, is_rpm);
  sv_collect_add_package (document->collect, package, "packages");
}

static void
add_rows (Document *document)
{
  const SvDistro *distro = document->collect->inventory->distro;
  g_autoptr (GHashTable) index = index_sources (document->sources);
  for (guint i = 0; i < document->rows->len; i++) {
    const Row *row = document->rows->pdata[i];
    const Source *source = row->name != NULL ? g_hash_table_lookup (index, row->name) : NULL;
    add_row (document, row, source, distro != NULL ? distro->scheme : -1);
  }
}

static gboolean
set_identity (Document *document, const char *name, GError **error)
{
  if (document->family == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "'%s' is no vuls result: it names no family", name);
    return FALSE;
  }
  SvDistro *distro = sv_identity_new (document->family, document->release, error);
  sv_collect_set_distro (document->collect, distro);
  return distro != NULL;
}

gboolean
sv_vuls_read (SvCollect *collect, SvStream *stream, GError **error)
{
  g_auto (Document) document = {.collect = collect,
                                .rows = g_ptr_array_new_with_free_func (free_row),
                                .sources = g_ptr_array_new_with_free_func (free_source)};
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  if (!sv_json_read_object (reader, members, G_N_ELEMENTS (members), &document, error) ||
      sv_json_next (reader, error) != SV_JSON_END ||
      !set_identity (&document, sv_stream_get_name (stream), error))
    return FALSE;
  add_rows (&document);
  if (document.rows->len == 0)
    sv_collect_add_gap (collect, "packages", "the vuls result lists none");
  return TRUE;
}

gboolean
sv_vuls_collect (SvCollect *collect, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (collect->source->vuls, error);
  return stream != NULL && sv_vuls_read (collect, stream, error);
}
