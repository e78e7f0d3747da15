/* rpm: the database of a root through rpm itself, and manifests that others wrote. */
#include "inventory/collect.h"
#include "inventory/ini.h"

#define NONE "(none)" /* how rpm prints a tag that is absent */

/* One package a line; README.md documents these columns as a manifest format. The vendor is last,
 * for it is free text. */
#define QUERY_HEAD "%{NAME}\\t%{EPOCH}\\t%{VERSION}\\t%{RELEASE}\\t%{ARCH}\\t%{SOURCERPM}\\t"
static const char query[] = QUERY_HEAD "%{MODULARITYLABEL}\\t%{VENDOR}\\n";
/* rpm before 4.14 has no such label and refuses the whole query. */
static const char query_unlabelled[] = QUERY_HEAD "?\\t%{VENDOR}\\n";

static const char *const databases[] = {
    "var/lib/rpm/rpmdb.sqlite", "usr/lib/sysimage/rpm/rpmdb.sqlite",
    "var/lib/rpm/Packages.db",  "usr/lib/sysimage/rpm/Packages.db",
    "var/lib/rpm/Packages",     NULL};

static gboolean
is_none (const char *text)
{
  return sv_text_is_empty (text) || g_str_equal (text, NONE);
}

/* --- one package --- */

/* "postgresql:12:8030020…:229f0a1c" names the build too, which is of no account. */
char *
sv_rpm_dup_module (const char *label)
{
  if (label == NULL || g_str_equal (label, "?"))
    return NULL;
  g_auto (GStrv) parts = g_strsplit (is_none (label) ? "" : label, ":", 3);
  return g_strv_length (parts) < 2 ? g_strdup ("") : g_strconcat (parts[0], ":", parts[1], NULL);
}

/* Cuts the last "-…" off @text. */
static char *
cut_tail (char *text)
{
  char *dash = strrchr (text, '-');
  if (dash == NULL || dash == text || dash[1] == '\0')
    return NULL;
  *dash = '\0';
  return dash + 1;
}

gboolean
sv_rpm_split_source (const char *source_rpm, char **ret_name, char **ret_version)
{
  static const char *const suffixes[] = {".rpm", ".src", ".nosrc"};
  g_autofree char *name = g_strdup (source_rpm);
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (name, suffixes[i]))
      name[strlen (name) - strlen (suffixes[i])] = '\0';
  char *release = cut_tail (name);
  char *version = release != NULL ? cut_tail (name) : NULL;
  if (version == NULL)
    return FALSE;
  *ret_version = g_strconcat (version, "-", release, NULL);
  *ret_name = g_steal_pointer (&name);
  return TRUE;
}

/* The text behind "N:" where an epoch leads it. */
static const char *
skip_epoch (const char *version)
{
  gsize digits = strspn (version, "0123456789");
  return digits > 0 && version[digits] == ':' ? version + digits + 1 : version;
}

/* SOURCERPM has no epoch, so its version is known only where it is the package's own: then the
 * epoch is too. Where it differs (perl-Errno 1.28 from perl 5.26) it stays unknown: traps 2, 22. */
void
sv_rpm_set_source (SvPackage *package, const char *source_rpm)
{
  g_autofree char *version = NULL;
  if (is_none (source_rpm) || !sv_rpm_split_source (source_rpm, &package->source, &version))
    return;
  if (skip_epoch (version) != version)
    package->source_version = g_steal_pointer (&version);
  else if (package->version != NULL && g_str_equal (version, skip_epoch (package->version)) &&
           g_str_equal (package->source, package->name))
    package->source_version = g_strdup (package->version);
}

char *
sv_rpm_join_version (const char *epoch, const char *version, const char *release)
{
  if (is_none (version))
    return NULL;
  g_autoptr (GString) full = g_string_new (NULL);
  if (!is_none (epoch) && !g_str_equal (epoch, "0"))
    g_string_append_printf (full, "%s:", epoch);
  g_string_append (full, version);
  if (!is_none (release))
    g_string_append_printf (full, "-%s", release);
  return g_string_free (g_steal_pointer (&full), FALSE);
}

gboolean
sv_rpm_is_software (const char *name)
{
  return g_strcmp0 (name, "gpg-pubkey") != 0;
}

static void
add_package (SvCollect *collect, SvPackage *package, const char *where)
{
  if (sv_rpm_is_software (package->name))
    sv_collect_add_package (collect, package, where);
  else
    sv_record_free (&sv_package_type, package);
}

/* --- the tab-separated form --- */

enum { NAME, EPOCH, VERSION, RELEASE, ARCH, SOURCERPM, LABEL, VENDOR, N_COLUMNS };

/* The last two columns may be missing: then the label is not known. */
static gboolean
read_row (SvCollect *collect, const char *line, const char *where)
{
  g_auto (GStrv) columns = g_strsplit (line, "\t", N_COLUMNS);
  guint n = g_strv_length (columns);
  if (n < LABEL)
    return FALSE;
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (columns[NAME]);
  package->version = sv_rpm_join_version (columns[EPOCH], columns[VERSION], columns[RELEASE]);
  package->arch = is_none (columns[ARCH]) ? NULL : g_strdup (columns[ARCH]);
  package->module = sv_rpm_dup_module (n > LABEL ? columns[LABEL] : NULL);
  package->vendor = n <= VENDOR || is_none (columns[VENDOR]) ? NULL : g_strdup (columns[VENDOR]);
  sv_rpm_set_source (package, columns[SOURCERPM]);
  add_package (collect, package, where);
  return TRUE;
}

static gboolean
read_rows (SvCollect *collect, const char *name, char *text, GError **error)
{
  SvLines lines = {text, 0};
  guint n_rows = 0, n_bad = 0;
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    if (*line == '\0' || *line == '#')
      continue;
    g_autofree char *where = g_strdup_printf ("%s, line %u", name, lines.number);
    n_rows++;
    if (read_row (collect, line, where))
      continue;
    n_bad++;
    sv_collect_add_gap (collect, "packages", "%s: record left out: fewer than %d columns", where,
                        LABEL);
  }
  if (n_rows == 0 || n_bad < n_rows)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%s' is no rpm manifest: no line has %d tab-separated columns", name, LABEL);
  return FALSE;
}

/* --- the JSON form of image catalogues: {"rpms": [{"name": …, "nvra": …}]} --- */

typedef struct {
  char *name, *version, *release, *architecture, *nvra, *srpm_nevra, *modularity;
} ManifestRow;

static const SvField manifest_fields[] = {
    SV_FIELD (ManifestRow, name, SV_TYPE_STRING),
    SV_FIELD (ManifestRow, version, SV_TYPE_STRING),
    SV_FIELD (ManifestRow, release, SV_TYPE_STRING),
    SV_FIELD (ManifestRow, architecture, SV_TYPE_STRING),
    SV_FIELD (ManifestRow, nvra, SV_TYPE_STRING),
    {.name = "nerva", .type = SV_TYPE_STRING, .offset = G_STRUCT_OFFSET (ManifestRow, nvra)},
    SV_FIELD (ManifestRow, srpm_nevra, SV_TYPE_STRING),
    {.name = "modularity_label",
     .type = SV_TYPE_STRING,
     .offset = G_STRUCT_OFFSET (ManifestRow, modularity)},
};
static const SV_RECORD_TYPE (manifest_type, ManifestRow, "RpmManifestRow", manifest_fields, "");

/* "NAME-[E:]VERSION-RELEASE.ARCH" without name and arch, both of which are known: no guessing. */
static char *
dup_evr (const ManifestRow *row)
{
  if (row->nvra == NULL || row->name == NULL || row->architecture == NULL ||
      !g_str_has_prefix (row->nvra, row->name))
    return NULL;
  g_autofree char *tail = g_strconcat (".", row->architecture, NULL);
  const char *evr = row->nvra + strlen (row->name);
  if (*evr != '-' || !g_str_has_suffix (evr, tail))
    return NULL;
  return g_strndup (evr + 1, strlen (evr) - 1 - strlen (tail));
}

/* These lists leave the package's epoch out but may give its source's: it is the same where
 * version and release are. */
static char *
dup_row_version (const ManifestRow *row, const char *source_version)
{
  g_autofree char *evr = dup_evr (row);
  if (evr == NULL)
    evr = sv_rpm_join_version (NULL, row->version, row->release);
  if (evr == NULL || source_version == NULL || skip_epoch (evr) != evr ||
      !g_str_equal (skip_epoch (source_version), evr) || g_str_has_prefix (source_version, "0:"))
    return g_steal_pointer (&evr);
  return g_strdup (source_version);
}

static gboolean
read_manifest_row (SvJsonReader *reader, gpointer user_data, GError **error)
{
  SvCollect *collect = user_data;
  g_autofree char *where = sv_json_reader_dup_path (reader);
  ManifestRow row = {0};
  gboolean ok = sv_record_read_json (&manifest_type, reader, SV_RECORD_LENIENT, &row, error);
  if (ok) {
    g_autofree char *source = NULL, *source_version = NULL;
    if (row.srpm_nevra != NULL)
      sv_rpm_split_source (row.srpm_nevra, &source, &source_version);
    SvPackage *package = sv_record_new (&sv_package_type);
    package->name = g_strdup (row.name);
    package->arch = g_strdup (row.architecture);
    package->version = dup_row_version (&row, source_version);
    package->module = sv_rpm_dup_module (row.modularity);
    sv_rpm_set_source (package, row.srpm_nevra);
    add_package (collect, package, where);
  }
  sv_record_clear (&manifest_type, &row);
  return ok;
}

static gboolean
read_manifest_rows (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_manifest_row, user_data, error);
}

static gboolean
read_json (SvCollect *collect, const char *name, const char *text, gsize size, GError **error)
{
  static const SvJsonMember members[] = {{"rpms", read_manifest_rows}};
  g_autoptr (SvStream) stream = sv_stream_new_memory (name, text, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  if (!sv_json_read_object (reader, members, G_N_ELEMENTS (members), collect, error))
    return FALSE;
  SvJsonToken end = sv_json_next (reader, error);
  return end == SV_JSON_END;
}

/* --- txtar: text archives whose members begin at "-- name --" lines --- */

/* The next member line at or behind @from, and where its text begins. */
static const char *
find_member (const char *from, const char **ret_name, const char **ret_text)
{
  for (const char *line = from; line != NULL && *line != '\0';) {
    const char *end = line + strcspn (line, "\n");
    if (g_str_has_prefix (line, "-- ") && end - line > 6 && strncmp (end - 3, " --", 3) == 0) {
      *ret_name = line + 3;
      *ret_text = *end != '\0' ? end + 1 : end;
      return line;
    }
    line = *end != '\0' ? end + 1 : NULL;
  }
  return NULL;
}

/* Each manifest of an archive is another machine's: the first is read, the others are named. */
static gboolean
read_txtar (SvCollect *collect, const char *archive, const char *text, GError **error)
{
  const char *name, *body, *line = find_member (text, &name, &body);
  guint n_manifests = 0;
  while (line != NULL) {
    const char *next_name = NULL, *next_body = NULL;
    const char *next = find_member (body, &next_name, &next_body);
    gsize size = next != NULL ? (gsize)(next - body) : strlen (body);
    if (g_strstr_len (body, (gssize)size, "\"rpms\"") != NULL && n_manifests++ == 0 &&
        !read_json (collect, archive, body, size, error))
      return FALSE;
    line = next, name = next_name, body = next_body;
  }
  if (n_manifests > 1)
    sv_collect_add_gap (collect, "packages",
                        "%s holds %u manifests of different machines; only the first was read",
                        archive, n_manifests);
  if (n_manifests == 0)
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' holds no rpm manifest", archive);
  return n_manifests > 0;
}

gboolean
sv_rpm_read_manifest (SvCollect *collect, SvStream *stream, GError **error)
{
  const char *name = sv_stream_get_name (stream);
  gsize size;
  g_autofree char *text = sv_stream_read_text (stream, SV_LIMIT_PACKAGE_LIST_BYTES, &size, error);
  if (text == NULL)
    return FALSE;
  const char *member_name, *member_text;
  if (text[strspn (text, " \t\r\n")] == '{')
    return read_json (collect, name, text, size, error);
  if (find_member (text, &member_name, &member_text) != NULL)
    return read_txtar (collect, name, text, error);
  return read_rows (collect, name, text, error);
}

gboolean
sv_rpm_collect_manifest (SvCollect *collect, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (collect->source->rpm_manifest, error);
  return stream != NULL && sv_rpm_read_manifest (collect, stream, error);
}

/* --- the database --- */

char *
sv_rpm_find_database (const SvCollect *collect)
{
  g_autofree char *file = sv_collect_find (collect, NULL, databases, NULL);
  return file != NULL ? g_path_get_dirname (file) : NULL;
}

static gboolean
run_query (const char *database, const char *format, SvRunResult *ret_result, GError **error)
{
  /* --dbpath, not --root: it needs no chroot and reads wherever this database lies. */
  const char *argv[] = {"rpm", "--dbpath", database, "-qa", "--qf", format, NULL};
  return sv_run (argv, NULL, ret_result, error);
}

gboolean
sv_rpm_collect (SvCollect *collect, GError **error)
{
  g_autofree char *database = sv_rpm_find_database (collect);
  if (database == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_NOT_FOUND, "'%s' is not there", databases[0]);
    return FALSE;
  }
  g_auto (SvRunResult) result = {0};
  gboolean ok = run_query (database, query, &result, error);
  if (ok && result.exit_code != 0) {
    sv_run_result_clear (&result);
    ok = run_query (database, query_unlabelled, &result, error);
  }
  if (!ok) { /* a missing rpm must not read as a missing database */
    if (error != NULL && sv_error_is (*error, SV_ERROR_NOT_FOUND))
      (*error)->code = SV_ERROR_UNSUPPORTED;
    g_prefix_error (error, "to read '%s': ", database);
    return FALSE;
  }
  if (result.exit_code != 0) {
    g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "rpm cannot read '%s': %s", database,
                 result.errors->str);
    return FALSE;
  }
  return read_rows (collect, database, result.output->str, error);
}

/* --- module streams: one file each under /etc/dnf/modules.d --- */

static void
read_module (SvCollect *collect, char *text)
{
  g_autofree char *name = NULL, *stream = NULL;
  gboolean enabled = FALSE;
  for (SvIni ini = {text, "", NULL, NULL}; sv_ini_next (&ini);) {
    if (ini.key == NULL) {
      sv_text_set (&name, ini.section);
    } else if (g_str_equal (ini.key, "stream")) {
      sv_text_set (&stream, ini.value);
    } else if (g_str_equal (ini.key, "state"))
      enabled = g_str_equal (ini.value, "enabled");
  }
  if (enabled && name != NULL && !sv_text_is_empty (stream))
    g_ptr_array_add (collect->inventory->modules, g_strconcat (name, ":", stream, NULL));
}

gboolean
sv_modules_collect (SvCollect *collect, GError **error)
{
  g_autoptr (GPtrArray) names = sv_collect_list (collect, "etc/dnf/modules.d");
  for (guint i = 0; i < names->len; i++) {
    if (!g_str_has_suffix (names->pdata[i], ".module"))
      continue;
    g_autofree char *path = g_build_filename ("etc/dnf/modules.d", names->pdata[i], NULL);
    g_autofree char *text = sv_collect_read (collect, path, NULL);
    if (text != NULL)
      read_module (collect, text);
  }
  return TRUE;
}
