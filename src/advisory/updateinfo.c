/* updateinfo.xml of RPM repositories: Fedora, EPEL, AlmaLinux, Rocky, Amazon, CentOS, SUSE. */
#include "advisory/feed_reader.h"
#include "advisory/module.h"

#include "pkg/pkg.h"

#include <string.h>

typedef struct {
  char *name, *epoch, *version, *release, *arch;
  char *module; /* "name:stream" of its collection, or NULL */
} Package;

static void
package_free (gpointer data)
{
  Package *package = data;
  g_free (package->name);
  g_free (package->epoch);
  g_free (package->version);
  g_free (package->release);
  g_free (package->arch);
  g_free (package->module);
  g_free (package);
}

/* The update that is being read. */
typedef struct {
  char *id, *type, *status, *title, *severity, *url;
  char *product;       /* text that names the distribution: <release>, or the collection's name */
  char *module;        /* of the collection that is being read */
  char *remarks;       /* description; looked into for CVEs only if nothing else names any */
  GString *references; /* ids and titles of the references, a line each */
  gint64 issued_at_us, updated_at_us;
  gboolean reboot_suggested;
  GPtrArray *cves; /* NULL outside of an update */
  GPtrArray *packages;
  guint64 line;
} Update;

static void
update_clear (Update *update)
{
  g_free (update->id);
  g_free (update->type);
  g_free (update->status);
  g_free (update->title);
  g_free (update->severity);
  g_free (update->url);
  g_free (update->product);
  g_free (update->module);
  g_free (update->remarks);
  if (update->references != NULL)
    g_string_free (update->references, TRUE);
  g_clear_pointer (&update->cves, g_ptr_array_unref);
  g_clear_pointer (&update->packages, g_ptr_array_unref);
  *update = (Update){0};
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Update, update_clear)

typedef struct {
  const SvFeedInput *input;
  Update update;
} Reading;

/* -- What the update means -- */

static const struct {
  const char *type;
  SvAdvisoryClass class;
} classes[] = {{"security", SV_CLASS_SECURITY},      {"bugfix", SV_CLASS_BUGFIX},
               {"recommended", SV_CLASS_BUGFIX},     {"enhancement", SV_CLASS_ENHANCEMENT},
               {"newpackage", SV_CLASS_ENHANCEMENT}, {"feature", SV_CLASS_ENHANCEMENT},
               {"optional", SV_CLASS_ENHANCEMENT}};

static SvAdvisoryClass
class_of (const char *type)
{
  for (guint i = 0; type != NULL && i < G_N_ELEMENTS (classes); i++)
    if (strcmp (classes[i].type, type) == 0)
      return classes[i].class;
  return SV_CLASS_OTHER;
}

/* How products call themselves, and the id of their distribution. The longest comes first. */
static const struct {
  const char *words, *id;
} products[] = {{"Fedora EPEL", "epel"},
                {"Fedora", "fedora"},
                {"CentOS", "centos"},
                {"Rocky Linux", "rocky"},
                {"rocky-linux-", "rocky"},
                {"AlmaLinux", "almalinux"},
                {"almalinux-", "almalinux"},
                {"Amazon Linux AMI", "amzn"},
                {"Amazon Linux", "amzn"},
                {"Oracle Linux", "ol"},
                {"Red Hat Enterprise Linux", "rhel"},
                {"openSUSE Leap", "opensuse-leap"},
                {"SUSE Linux Enterprise", "sles"}};

/* "id:N" of "CentOS 6" or "almalinux-9-for-x86_64-baseos-rpms"; NULL if it names none. */
static char *
release_of_product (const char *product)
{
  for (guint i = 0; i < G_N_ELEMENTS (products); i++) {
    if (!g_str_has_prefix (product, products[i].words))
      continue;
    const char *rest = product + strlen (products[i].words);
    gsize gap = strcspn (rest, "0123456789");
    gsize length = strspn (rest + gap, "0123456789.");
    g_autofree char *version = g_strndup (rest + gap, length);
    if (length == 0 && strcmp (products[i].words, "Amazon Linux AMI") != 0)
      return NULL;
    return g_strconcat (products[i].id, ":", length > 0 ? version : "1", NULL);
  }
  return NULL;
}

static const char *const dist_tags[] = {".el", ".fc", ".amzn"};

/* The release number in the dist tag of an RPM release: "6.el8_5" has 8; 0 if there is none. One
 * CentOS notice lists builds of several releases under the name of one. */
static guint64
release_of_tag (const char *release)
{
  const char *module = strstr (release, "el");
  for (guint i = 0; i < G_N_ELEMENTS (dist_tags); i++) {
    const char *tag = strstr (release, dist_tags[i]);
    if (tag != NULL && g_ascii_isdigit (tag[strlen (dist_tags[i])]))
      return g_ascii_strtoull (tag + strlen (dist_tags[i]), NULL, 10);
  }
  gboolean modular = sv_module_find_build (release, NULL) != NULL && module != NULL;
  return modular ? g_ascii_strtoull (module + strlen ("el"), NULL, 10) : 0;
}

/* New "id:N" for one package: the asked-for or named product, with the number of the package's own
 * dist tag; NULL if the product is not known. */
static char *
release_of (const Reading *reading, const Package *package)
{
  const char *asked = reading->input->options->release;
  g_autofree char *named = asked != NULL ? g_strdup (asked)
                           : reading->update.product != NULL
                               ? release_of_product (reading->update.product)
                               : NULL;
  guint64 number = release_of_tag (package->release);
  char *colon = named != NULL ? strchr (named, ':') : NULL;
  if (colon == NULL || number == 0 || g_ascii_strtoull (colon + 1, NULL, 10) == number)
    return g_steal_pointer (&named);
  *colon = '\0';
  return g_strdup_printf ("%s:%" G_GUINT64_FORMAT, named, number);
}

static gboolean
add_statements (const Reading *reading, SvStatement *statement, GError **error)
{
  const Update *update = &reading->update;
  for (guint i = 0; i < MAX (update->cves->len, 1); i++) {
    statement->vulnerability = update->cves->len > 0 ? update->cves->pdata[i] : update->id;
    if (!sv_input_add (reading->input, SV_FEED_STATEMENT, statement, error))
      return FALSE;
  }
  return TRUE;
}

static char *
dup_evr (const Package *package)
{
  gboolean has_epoch =
      package->epoch != NULL && *package->epoch != '\0' && strcmp (package->epoch, "0") != 0;
  return g_strconcat (has_epoch ? package->epoch : "", has_epoch ? ":" : "", package->version, "-",
                      package->release, NULL);
}

static gboolean
add_package (const Reading *reading, const Package *package, GError **error)
{
  const Update *update = &reading->update;
  if (g_strcmp0 (package->arch, "src") == 0) { /* trap 23: not a name of what is installed */
    sv_input_pass (reading->input, "source package");
    return TRUE;
  }
  g_autofree char *release = release_of (reading, package);
  if (release == NULL)
    return sv_input_skip_line (reading->input, update->line,
                               "the notice names no known release: say which it is for", error);
  if (reading->input->options->release != NULL &&
      strcmp (release, reading->input->options->release) != 0) {
    sv_input_pass (reading->input, "another release");
    return TRUE;
  }
  g_autofree char *evr = dup_evr (package);
  gboolean modular = sv_module_find_build (package->release, NULL) != NULL;
  SvStatement statement = {.advisory = update->id,
                           .release = release,
                           .package = package->name,
                           .name_kind = SV_NAME_BINARY,
                           .arch = g_strcmp0 (package->arch, "noarch") != 0 ? package->arch : NULL,
                           .module = package->module != NULL ? package->module
                                     : modular               ? NULL
                                                             : (char *)"",
                           .scheme = SV_SCHEME_RPM,
                           .status = SV_STATUS_AFFECTED,
                           .fixed = evr,
                           .urgency = update->severity,
                           .class = (gint)class_of (update->type)};
  return add_statements (reading, &statement, error);
}

static gboolean
add_advisory (const Reading *reading, gboolean withdrawn, GError **error)
{
  const Update *update = &reading->update;
  gint64 changed_at_us = MAX (update->updated_at_us, update->issued_at_us);
  const SvAdvisory advisory = {.id = update->id,
                               .class = (gint)class_of (update->type),
                               .title = update->title,
                               .severity = update->severity,
                               .published_at_us = update->issued_at_us,
                               .modified_at_us = changed_at_us,
                               .withdrawn_at_us = withdrawn ? MAX (changed_at_us, 1) : 0,
                               .url = update->url,
                               .vulnerabilities = update->cves,
                               .reboot_suggested = update->reboot_suggested};
  return sv_input_add (reading->input, SV_FEED_ADVISORY, &advisory, error);
}

static gboolean
add_update (Reading *reading, GError **error)
{
  Update *update = &reading->update;
  if (sv_text_is_empty (update->id))
    return sv_input_skip_line (reading->input, update->line, "the update has no id", error);
  const char *texts[] = {update->references->str, update->title, update->remarks};
  for (guint i = 0; i < G_N_ELEMENTS (texts) && update->cves->len == 0; i++)
    if (texts[i] != NULL)
      sv_text_collect_cves (texts[i], strlen (texts[i]), update->cves);
  gboolean withdrawn = g_strcmp0 (update->status, "retracted") == 0;
  if (!add_advisory (reading, withdrawn, error))
    return FALSE;
  for (guint i = 0; i < update->packages->len && !withdrawn; i++)
    if (!add_package (reading, update->packages->pdata[i], error))
      return FALSE;
  return TRUE;
}

/* -- Elements -- */

/* "2022-06-08 00:00:00", "2011-09-27 22:46", or seconds. */
static gint64
parse_date (const char *text)
{
  if (text == NULL)
    return 0;
  gsize length = strlen (text);
  if (length > 4 && length < 12 && strspn (text, "0123456789") == length)
    return g_ascii_strtoll (text, NULL, 10) * SV_SECOND_US;
  g_autofree char *full =
      length == strlen ("2011-09-27 22:46") ? g_strconcat (text, ":00", NULL) : g_strdup (text);
  return sv_instant_or_zero (full);
}

static gboolean
begin_update (Reading *reading, const SvXmlElement *element, GError **error)
{
  update_clear (&reading->update);
  reading->update = (Update){.type = g_strdup (sv_xml_find_attribute (element, "type")),
                             .status = g_strdup (sv_xml_find_attribute (element, "status")),
                             .references = g_string_new (NULL),
                             .cves = sv_strings_new (),
                             .packages = g_ptr_array_new_with_free_func (package_free),
                             .line = element->line};
  return TRUE;
}

static gboolean
begin_issued (Reading *reading, const SvXmlElement *element, GError **error)
{
  reading->update.issued_at_us = parse_date (sv_xml_find_attribute (element, "date"));
  return TRUE;
}

static gboolean
begin_updated (Reading *reading, const SvXmlElement *element, GError **error)
{
  reading->update.updated_at_us = parse_date (sv_xml_find_attribute (element, "date"));
  return TRUE;
}

static gboolean
refuse_size (const Reading *reading, GError **error)
{
  g_set_error (error, SV_ERROR, SV_ERROR_LIMIT,
               "'%s' line %" G_GUINT64_FORMAT ": the update has too many packages or references",
               sv_stream_get_name (reading->input->content), reading->update.line);
  return FALSE;
}

static void
append_line (GString *lines, const char *text)
{
  if (text != NULL)
    g_string_append_printf (lines, "%s\n", text);
}

static gboolean
begin_reference (Reading *reading, const SvXmlElement *element, GError **error)
{
  const char *type = sv_xml_find_attribute (element, "type");
  if (reading->update.references->len > SV_LIMIT_RECORD_BYTES)
    return refuse_size (reading, error);
  if (reading->update.url == NULL && g_strcmp0 (type, "self") == 0)
    reading->update.url = g_strdup (sv_xml_find_attribute (element, "href"));
  append_line (reading->update.references, sv_xml_find_attribute (element, "id"));
  append_line (reading->update.references, sv_xml_find_attribute (element, "title"));
  return TRUE;
}

static gboolean
begin_collection (Reading *reading, const SvXmlElement *element, GError **error)
{
  g_clear_pointer (&reading->update.module, g_free);
  return TRUE;
}

static gboolean
begin_module (Reading *reading, const SvXmlElement *element, GError **error)
{
  const char *name = sv_xml_find_attribute (element, "name");
  const char *stream = sv_xml_find_attribute (element, "stream");
  g_clear_pointer (&reading->update.module, g_free);
  if (name != NULL && stream != NULL)
    reading->update.module = g_strconcat (name, ":", stream, NULL);
  return TRUE;
}

static gboolean
begin_package (Reading *reading, const SvXmlElement *element, GError **error)
{
  const char *name = sv_xml_find_attribute (element, "name");
  const char *version = sv_xml_find_attribute (element, "version");
  const char *release = sv_xml_find_attribute (element, "release");
  if (name == NULL || version == NULL || release == NULL)
    return sv_input_skip_line (reading->input, element->line,
                               "the package has no name, version or release", error);
  if (reading->update.packages->len >= SV_LIMIT_RECORD_ITEMS)
    return refuse_size (reading, error);
  Package *package = g_new0 (Package, 1);
  package->name = g_strdup (name);
  package->version = g_strdup (version);
  package->release = g_strdup (release);
  package->epoch = g_strdup (sv_xml_find_attribute (element, "epoch"));
  package->arch = g_strdup (sv_xml_find_attribute (element, "arch"));
  package->module = g_strdup (reading->update.module);
  g_ptr_array_add (reading->update.packages, package);
  return TRUE;
}

static gboolean
end_update (Reading *reading, const char *text, GError **error)
{
  gboolean added = add_update (reading, error);
  update_clear (&reading->update);
  return added;
}

static gboolean
end_id (Reading *reading, const char *text, GError **error)
{
  sv_text_set (&reading->update.id, text);
  return TRUE;
}

static gboolean
end_title (Reading *reading, const char *text, GError **error)
{
  sv_text_set (&reading->update.title, text);
  return TRUE;
}

/* "None" is how some say that they do not say. */
static gboolean
end_severity (Reading *reading, const char *text, GError **error)
{
  if (*text != '\0' && g_ascii_strcasecmp (text, "none") != 0)
    sv_text_set (&reading->update.severity, text);
  return TRUE;
}

static gboolean
end_description (Reading *reading, const char *text, GError **error)
{
  sv_text_set (&reading->update.remarks, text);
  return TRUE;
}

/* Some write "0" or nothing into <release>: then the collection's name has to do. */
static gboolean
end_product (Reading *reading, const char *text, GError **error)
{
  g_autofree char *release = release_of_product (text);
  if (release != NULL && reading->update.product == NULL)
    sv_text_set (&reading->update.product, text);
  return TRUE;
}

/* trap 88: restart_suggested and relogin_suggested are no reboot. */
static gboolean
end_reboot (Reading *reading, const char *text, GError **error)
{
  reading->update.reboot_suggested =
      g_ascii_strcasecmp (text, "false") != 0 && strcmp (text, "0") != 0;
  return TRUE;
}

/* Elements by the path of their last two names; text is trimmed. */
static const struct {
  const char *parent, *name;
  gboolean (*begin) (Reading *reading, const SvXmlElement *element, GError **error);
  gboolean (*end) (Reading *reading, const char *text, GError **error);
} rows[] = {
    {"updates", "update", begin_update, end_update},
    {"update", "id", NULL, end_id},
    {"update", "title", NULL, end_title},
    {"update", "release", NULL, end_product},
    {"update", "severity", NULL, end_severity},
    {"update", "description", NULL, end_description},
    {"update", "issued", begin_issued, NULL},
    {"update", "updated", begin_updated, NULL},
    {"update", "reboot_suggested", NULL, end_reboot},
    {"references", "reference", begin_reference, NULL},
    {"pkglist", "collection", begin_collection, NULL},
    {"collection", "name", NULL, end_product},
    {"collection", "module", begin_module, NULL},
    {"collection", "package", begin_package, NULL},
    {"package", "reboot_suggested", NULL, end_reboot},
};

static int
find_row (const SvXmlElement *element)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (strcmp (rows[i].name, element->name) == 0 && strcmp (rows[i].parent, element->parent) == 0)
      return (int)i;
  return -1;
}

/* An update inside an update, or its parts outside of one, have no meaning. */
static gboolean
is_misplaced (const Reading *reading, int row)
{
  return row > 0 && reading->update.cves == NULL;
}

static gboolean
begin (gpointer user_data, const SvXmlElement *element, GError **error)
{
  int row = find_row (element);
  return row < 0 || rows[row].begin == NULL || is_misplaced (user_data, row) ||
         rows[row].begin (user_data, element, error);
}

static gboolean
end (gpointer user_data, const SvXmlElement *element, const char *text, GError **error)
{
  int row = find_row (element);
  return row < 0 || rows[row].end == NULL || is_misplaced (user_data, row) ||
         rows[row].end (user_data, text, error);
}

static gboolean
wants_text (gpointer user_data, const SvXmlElement *element)
{
  int row = find_row (element);
  return row >= 0 && rows[row].end != NULL;
}

gboolean
sv_updateinfo_read (const SvFeedInput *input, GError **error)
{
  Reading reading = {.input = input};
  const SvXmlHandler handler = {.begin = begin,
                                .end = end,
                                .wants_text = wants_text,
                                .root = "updates",
                                .user_data = &reading};
  gboolean read = sv_xml_read (input->content, &handler, error);
  update_clear (&reading.update);
  return read;
}
