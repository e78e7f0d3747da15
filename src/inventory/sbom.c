/* Software bills of materials: CycloneDX and SPDX 2 in JSON (I22). */
#include "inventory/collect.h"

/* One component as either format tells it. */
typedef struct {
  char *type; /* CycloneDX type or SPDX purpose */
  char *name;
  char *version;
  GPtrArray *purls; /* strings; one in CycloneDX */
  char *source;     /* from tools' own properties */
  char *source_version;
  char *source_release;
  char *source_rpm;
  char *module;
} Component;

typedef struct {
  SvCollect *collect;
  char *bom_format, *spec_version, *spdx_version;
  gboolean is_spdx3;
  gboolean names_sources; /* some package names its source: then silence means "the same" */
  SvDistro *distro;       /* of the first component or qualifier that names a known one */
  int scheme;             /* of the first distribution package; -1: there is none */
  char *family;           /* namespace of the first distribution package */
  GPtrArray *packages;    /* SvPackage, until the whole document is known to be valid */
  guint n_nameless, n_sources, n_images, n_bad;
  char *first_bad;
} Document;

static void
free_package (gpointer package)
{
  sv_record_free (&sv_package_type, package);
}

static void
component_clear (Component *component)
{
  char *texts[] = {component->type,           component->name,          component->version,
                   component->source,         component->source_rpm,    component->module,
                   component->source_version, component->source_release};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_ptr_array_unref (component->purls);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Component, component_clear)

static void
document_clear (Document *document)
{
  g_free (document->bom_format);
  g_free (document->spec_version);
  g_free (document->spdx_version);
  g_free (document->family);
  g_free (document->first_bad);
  sv_distro_free (document->distro);
  g_ptr_array_unref (document->packages);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Document, document_clear)

/* --- package URL types --- */

/* Types that distributions use for their own packages; all others are languages'. */
static const struct {
  const char *type;
  SvScheme scheme;
} distribution_types[] = {
    {"deb", SV_SCHEME_DEB},    {"rpm", SV_SCHEME_RPM},     {"apk", SV_SCHEME_APK},
    {"alpine", SV_SCHEME_APK}, {"alpm", SV_SCHEME_PACMAN},
};

/* Images and archives are no packages: what is in them is listed by itself. */
static const char *const image_types[] = {"oci", "docker", "generic", "github"};

static int
scheme_of (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (distribution_types); i++)
    if (g_str_equal (type, distribution_types[i].type))
      return (int)distribution_types[i].scheme;
  return -1;
}

static gboolean
is_image (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (image_types); i++)
    if (g_str_equal (type, image_types[i]))
      return TRUE;
  return FALSE;
}

/* --- identity --- */

/* "debian-11", "opensuse-leap-15.5", or for want of a name the release alone ("3.16.2", "jessie"):
 * then the namespace names the system. */
static SvDistro *
identify_qualifier (const char *qualifier, const char *namespace)
{
  const char *dash = strrchr (qualifier, '-');
  if (dash != NULL && dash != qualifier && g_ascii_isdigit (dash[1])) {
    g_autofree char *id = g_strndup (qualifier, (gsize)(dash - qualifier));
    return sv_identity_new (id, dash + 1, NULL);
  }
  return namespace != NULL ? sv_identity_new (namespace, qualifier, NULL) : NULL;
}

/* Takes @distro over. A name that means nothing to us gives way to one that does. */
static void
offer_identity (Document *document, SvDistro *distro)
{
  const SvDistro *present = document->distro;
  if (distro == NULL || (present != NULL && (present->family != NULL || distro->family == NULL))) {
    sv_distro_free (distro);
    return;
  }
  sv_distro_free (document->distro);
  document->distro = distro;
}

/* "9.2 EUS" is release 9.2. */
static void
identify_component (Document *document, const Component *component)
{
  if (component->name == NULL)
    return;
  g_autofree char *version = g_strdup (component->version);
  if (version != NULL)
    version[strcspn (version, " ")] = '\0';
  offer_identity (document, sv_identity_new (component->name, sv_text_or_null (version), NULL));
}

/* --- one package --- */

/* Names as the feeds of each ecosystem write them: "group:artifact" for Maven, a path elsewhere. */
static char *
join_name (const SvPurl *purl)
{
  if (purl->namespace == NULL)
    return g_strdup (purl->name);
  return g_strconcat (purl->namespace, g_str_equal (purl->type, "maven") ? ":" : "/", purl->name,
                      NULL);
}

static char *
join_version (const SvPurl *purl, const Component *component)
{
  const char *version = purl->version != NULL ? purl->version : component->version;
  const char *epoch = sv_purl_find_qualifier (purl, "epoch");
  gboolean has_epoch = version != NULL && strchr (version, ':') != NULL;
  return sv_rpm_join_version (has_epoch ? NULL : epoch, version, NULL);
}

/* "perl@5.36.0-7" or "perl"; an rpm's is its SOURCERPM. */
static void
read_upstream (SvPackage *package, const char *upstream, int scheme)
{
  const char *at = strchr (upstream, '@');
  if (scheme == SV_SCHEME_RPM && g_str_has_suffix (upstream, ".rpm"))
    sv_rpm_set_source (package, upstream);
  else if (at != NULL) {
    package->source = g_strndup (upstream, (gsize)(at - upstream));
    package->source_version = g_strdup (at + 1);
  } else {
    package->source = g_strdup (upstream);
    package->source_version = scheme == SV_SCHEME_RPM ? NULL : g_strdup (package->version);
  }
}

static void
read_source (Document *document, SvPackage *package, const SvPurl *purl, const Component *component)
{
  const char *upstream = sv_purl_find_qualifier (purl, "upstream");
  int scheme = scheme_of (purl->type);
  if (upstream != NULL)
    read_upstream (package, upstream, scheme);
  else if (component->source_rpm != NULL)
    sv_rpm_set_source (package, component->source_rpm);
  else if (component->source != NULL) {
    package->source = g_strdup (component->source);
    if (scheme != SV_SCHEME_RPM) /* its epoch is not known: trap 2 */
      package->source_version =
          sv_rpm_join_version (NULL, component->source_version, component->source_release);
  }
  document->names_sources |= package->source != NULL;
}

static void
add_distribution_package (Document *document, SvPackage *package, const SvPurl *purl,
                          const Component *component)
{
  const char *qualifier = sv_purl_find_qualifier (purl, "distro");
  const char *label = sv_purl_find_qualifier (purl, "modularitylabel");
  package->name = g_strdup (purl->name);
  if (label != NULL || component->module != NULL)
    package->module = sv_rpm_dup_module (label != NULL ? label : component->module);
  read_source (document, package, purl, component);
  if (qualifier != NULL && (document->distro == NULL || document->distro->family == NULL))
    offer_identity (document, identify_qualifier (qualifier, purl->namespace));
  if (document->scheme < 0)
    document->scheme = scheme_of (purl->type);
  if (document->family == NULL)
    document->family = g_strdup (purl->namespace != NULL ? purl->namespace : purl->type);
}

static void
add_package (Document *document, const SvPurl *purl, const Component *component)
{
  const char *arch = sv_purl_find_qualifier (purl, "arch");
  if (is_image (purl->type)) {
    document->n_images++;
    return;
  }
  if (g_strcmp0 (arch, "src") == 0 || g_strcmp0 (arch, "source") == 0) {
    document->n_sources++;
    return;
  }
  SvPackage *package = sv_record_new (&sv_package_type);
  package->version = join_version (purl, component);
  package->arch = g_strdup (arch);
  if (scheme_of (purl->type) >= 0)
    add_distribution_package (document, package, purl, component);
  else {
    package->name = join_name (purl);
    package->ecosystem = g_strdup (purl->type);
    package->source_version = g_strdup (package->version);
  }
  g_ptr_array_add (document->packages, package);
}

/* A component may bear several package URLs that differ in where it can be had: one will do. */
static void
add_component (Document *document, const Component *component)
{
  static const char *const others[] = {"operating-system", "OPERATING-SYSTEM", "OPERATING_SYSTEM"};
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (g_strcmp0 (component->type, others[i]) == 0) {
      identify_component (document, component);
      return;
    }
  g_autoptr (GError) failure = NULL;
  for (guint i = 0; i < component->purls->len; i++) {
    g_autoptr (SvPurl) purl =
        sv_purl_parse (component->purls->pdata[i], failure == NULL ? &failure : NULL);
    if (purl == NULL)
      continue;
    add_package (document, purl, component);
    return;
  }
  document->n_nameless += failure == NULL;
  document->n_bad += failure != NULL;
  if (failure != NULL && document->first_bad == NULL)
    document->first_bad = g_strdup (failure->message);
}

/* --- reading both formats --- */

#define READ_TEXT(function, T, member)                                                             \
  static gboolean function (SvJsonReader *reader, gpointer user_data, GError **error)              \
  {                                                                                                \
    return sv_json_take_text (reader, &((T *)user_data)->member, error);                           \
  }

READ_TEXT (read_type, Component, type)
READ_TEXT (read_name, Component, name)
READ_TEXT (read_version, Component, version)
READ_TEXT (read_bom_format, Document, bom_format)
READ_TEXT (read_spec_version, Document, spec_version)
READ_TEXT (read_spdx_version, Document, spdx_version)

static gboolean
read_purl (SvJsonReader *reader, gpointer user_data, GError **error)
{
  g_autofree char *text = NULL;
  if (!sv_json_take_text (reader, &text, error))
    return FALSE;
  if (text != NULL)
    g_ptr_array_add (((Component *)user_data)->purls, g_steal_pointer (&text));
  return TRUE;
}

static gboolean
take_component (Document *document, const Component *component, SvJsonReader *reader,
                GError **error)
{
  add_component (document, component);
  if (document->packages->len <= SV_LIMIT_PACKAGES)
    return TRUE;
  g_autofree char *path = sv_json_reader_dup_path (reader);
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT, "%s: more than %d packages", path,
               SV_LIMIT_PACKAGES);
  return FALSE;
}

/* --- CycloneDX --- */

typedef struct {
  char *name, *value;
} Property;

READ_TEXT (read_property_name, Property, name)
READ_TEXT (read_property_value, Property, value)

/* Where tools that have no qualifier for it put what we need. */
static const struct {
  const char *property;
  gsize member;
} properties[] = {
    {"aquasecurity:trivy:SrcName", G_STRUCT_OFFSET (Component, source)},
    {"aquasecurity:trivy:SrcVersion", G_STRUCT_OFFSET (Component, source_version)},
    {"aquasecurity:trivy:SrcRelease", G_STRUCT_OFFSET (Component, source_release)},
    {"aquasecurity:trivy:Modularitylabel", G_STRUCT_OFFSET (Component, module)},
    {"syft:metadata:source", G_STRUCT_OFFSET (Component, source)},
    {"syft:metadata:sourceVersion", G_STRUCT_OFFSET (Component, source_version)},
    {"syft:metadata:sourceRpm", G_STRUCT_OFFSET (Component, source_rpm)},
    {"syft:metadata:originPackage", G_STRUCT_OFFSET (Component, source)},
    {"syft:metadata:modularityLabel", G_STRUCT_OFFSET (Component, module)},
};

static gboolean
read_property (SvJsonReader *reader, gpointer user_data, GError **error)
{
  static const SvJsonMember members[] = {{"name", read_property_name},
                                         {"value", read_property_value}};
  Property property = {NULL, NULL};
  gboolean ok = sv_json_read_object (reader, members, G_N_ELEMENTS (members), &property, error);
  g_autofree char *name = property.name, *value = property.value;
  for (gsize i = 0; ok && name != NULL && value != NULL && i < G_N_ELEMENTS (properties); i++) {
    char **member = G_STRUCT_MEMBER_P (user_data, properties[i].member);
    if (*member == NULL && g_str_equal (name, properties[i].property))
      *member = g_strdup (value);
  }
  return ok;
}

static gboolean
read_properties (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_property, user_data, error);
}

static gboolean read_components (SvJsonReader *reader, gpointer document, GError **error);

/* Components nest; the depth is the reader's limit. The members need both the component that is
 * read and the document that nested ones go to. */
typedef struct {
  Component component; /* first: members that fill it take this struct for it */
  Document *document;
} Nest;

static gboolean
read_nested (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return read_components (reader, ((Nest *)user_data)->document, error);
}

static gboolean
read_into (SvJsonReader *reader, Document *document, gboolean system_only, GError **error)
{
  static const SvJsonMember members[] = {{"type", read_type},
                                         {"name", read_name},
                                         {"version", read_version},
                                         {"purl", read_purl},
                                         {"properties", read_properties},
                                         {"components", read_nested}};
  Nest nest = {{.purls = sv_strings_new ()}, document};
  gboolean ok = sv_json_read_object (reader, members, G_N_ELEMENTS (members), &nest, error);
  if (ok && system_only && g_strcmp0 (nest.component.type, "operating-system") == 0)
    identify_component (document, &nest.component);
  if (ok && !system_only)
    ok = take_component (document, &nest.component, reader, error);
  component_clear (&nest.component);
  return ok;
}

static gboolean
read_component (SvJsonReader *reader, gpointer document, GError **error)
{
  return read_into (reader, document, FALSE, error);
}

static gboolean
read_components (SvJsonReader *reader, gpointer document, GError **error)
{
  return sv_json_read_array (reader, read_component, document, error);
}

/* What the document is about is no package of itself, but may be the system. */
static gboolean
read_subject (SvJsonReader *reader, gpointer document, GError **error)
{
  return read_into (reader, document, TRUE, error);
}

static gboolean
read_metadata (SvJsonReader *reader, gpointer document, GError **error)
{
  static const SvJsonMember members[] = {{"component", read_subject}};
  return sv_json_read_object (reader, members, G_N_ELEMENTS (members), document, error);
}

/* --- SPDX 2 --- */

static gboolean
read_reference (SvJsonReader *reader, gpointer user_data, GError **error)
{
  static const SvJsonMember members[] = {{"referenceType", read_property_name},
                                         {"referenceLocator", read_property_value}};
  Property reference = {NULL, NULL};
  gboolean ok = sv_json_read_object (reader, members, G_N_ELEMENTS (members), &reference, error);
  g_autofree char *type = reference.name, *locator = reference.value;
  if (ok && type != NULL && locator != NULL && g_str_has_suffix (type, "purl"))
    g_ptr_array_add (((Component *)user_data)->purls, g_steal_pointer (&locator));
  return ok;
}

static gboolean
read_references (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_reference, user_data, error);
}

static gboolean
read_spdx_package (SvJsonReader *reader, gpointer user_data, GError **error)
{
  static const SvJsonMember members[] = {{"name", read_name},
                                         {"versionInfo", read_version},
                                         {"primaryPackagePurpose", read_type},
                                         {"externalRefs", read_references}};
  g_auto (Component) component = {.purls = sv_strings_new ()};
  return sv_json_read_object (reader, members, G_N_ELEMENTS (members), &component, error) &&
         take_component (user_data, &component, reader, error);
}

static gboolean
read_spdx_packages (SvJsonReader *reader, gpointer document, GError **error)
{
  return sv_json_read_array (reader, read_spdx_package, document, error);
}

static gboolean
read_context (SvJsonReader *reader, gpointer document, GError **error)
{
  ((Document *)document)->is_spdx3 = TRUE;
  return sv_json_skip (reader, error);
}

static const SvJsonMember document_members[] = {
    {"bomFormat", read_bom_format},     {"specVersion", read_spec_version},
    {"metadata", read_metadata},        {"components", read_components},
    {"spdxVersion", read_spdx_version}, {"packages", read_spdx_packages},
    {"@context", read_context},
};

/* --- the whole document --- */

static gboolean
is_supported (const char *const *versions, const char *version)
{
  return version != NULL && g_strv_contains (versions, version);
}

static gboolean
check_format (const Document *document, const char *name, GError **error)
{
  static const char *const cyclonedx[] = {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7", NULL};
  static const char *const spdx[] = {"SPDX-2.2", "SPDX-2.3", NULL};
  if (document->bom_format != NULL && is_supported (cyclonedx, document->spec_version))
    return TRUE;
  if (document->bom_format == NULL && is_supported (spdx, document->spdx_version))
    return TRUE;
  const char *version = document->bom_format != NULL ? document->spec_version
                        : document->is_spdx3         ? "3"
                                                     : document->spdx_version;
  if (document->bom_format == NULL && version == NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s' is neither CycloneDX nor SPDX",
                 name);
  else
    g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED,
                 "'%s': %s %s is not read: CycloneDX 1.2 to 1.7, SPDX 2.2 and 2.3 are", name,
                 document->bom_format != NULL ? "CycloneDX" : "SPDX",
                 version != NULL ? version : "without a version");
  return FALSE;
}

static void
say_gaps (const Document *document)
{
  SvCollect *collect = document->collect;
  if (document->n_nameless > 0)
    sv_collect_add_gap (collect, "packages",
                        "%u components have no package URL: no feed can speak of them",
                        document->n_nameless);
  if (document->n_bad > 0)
    sv_collect_add_gap (collect, "packages",
                        "%u components have a malformed package URL, the first: %s",
                        document->n_bad, document->first_bad);
  if (document->n_sources > 0)
    sv_collect_add_gap (collect, "packages", "%u source packages left out: they are not installed",
                        document->n_sources);
  if (document->n_images > 0)
    sv_collect_add_gap (collect, "packages", "%u images and archives left out: no packages",
                        document->n_images);
}

/* A tool that names sources at all leaves out those that are the package itself. */
static void
add_packages (Document *document)
{
  guint n_unknown = 0;
  for (guint i = 0; i < document->packages->len; i++) {
    SvPackage *package = document->packages->pdata[i];
    document->packages->pdata[i] = NULL;
    gboolean silent = package->source == NULL && package->ecosystem == NULL;
    if (silent && document->names_sources && document->scheme != SV_SCHEME_RPM)
      package->source_version = g_strdup (package->version);
    n_unknown += silent && !document->names_sources;
    sv_collect_add_package (document->collect, package, "package");
  }
  if (n_unknown > 0)
    sv_collect_add_gap (document->collect, "packages",
                        "the SBOM names no source packages: %u packages can be judged by their "
                        "own name only",
                        n_unknown);
}

gboolean
sv_sbom_read (SvCollect *collect, SvStream *stream, GError **error)
{
  g_auto (Document) document = {
      .collect = collect, .scheme = -1, .packages = g_ptr_array_new_with_free_func (free_package)};
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  if (!sv_json_read_object (reader, document_members, G_N_ELEMENTS (document_members), &document,
                            error) ||
      sv_json_next (reader, error) != SV_JSON_END ||
      !check_format (&document, sv_stream_get_name (stream), error))
    return FALSE;
  if (document.family != NULL)
    offer_identity (&document, sv_identity_new (document.family, NULL, NULL));
  if (document.distro != NULL && document.distro->scheme < 0)
    document.distro->scheme = document.scheme;
  add_packages (&document);
  say_gaps (&document);
  sv_collect_set_distro (collect, g_steal_pointer (&document.distro));
  return TRUE;
}

gboolean
sv_sbom_collect (SvCollect *collect, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (collect->source->sbom, error);
  return stream != NULL && sv_sbom_read (collect, stream, error);
}
