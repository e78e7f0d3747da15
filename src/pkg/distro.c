#include "pkg/distro.h"

#include <string.h>

#define TEXT(member, ...) SV_FIELD (SvDistro, member, SV_TYPE_STRING, __VA_ARGS__)

static const SvField distro_fields[] = {
    TEXT (id, .flags = SV_FIELD_REQUIRED, .doc = "Lower-case name of the distribution."),
    TEXT (version_id, .doc = "Version as the system states it."),
    TEXT (codename, .doc = "Codename of the release."),
    TEXT (name, .doc = "Name and version for people."),
    TEXT (like, .flags = SV_FIELD_WIDE, .doc = "Distributions that it is derived from."),
    TEXT (family, .doc = "Family whose packages and advisories it uses."),
    TEXT (release, .doc = "Release within the family, as feeds call it."),
    TEXT (ecosystem, .flags = SV_FIELD_WIDE, .doc = "OSV ecosystem with its release."),
    TEXT (cpe, .flags = SV_FIELD_WIDE, .doc = "CPE name of the system."),
    SV_FIELD (SvDistro, scheme, SV_TYPE_ENUM, .flags = SV_FIELD_WIDE | SV_FIELD_NULLABLE,
              .values = sv_scheme_names, .doc = "Version scheme of its packages."),
};
SV_RECORD_TYPE (sv_distro_type, SvDistro, "Distro", distro_fields, "Identity of a distribution.");

/* How OSV writes the release behind the name of the ecosystem. */
typedef enum { PLAIN, V_BEFORE, UBUNTU_LTS, SLES_PACK } Suffix;

typedef struct {
  const char *id;
  const char *title; /* how a one-line release file begins; NULL: there is no such file */
  const char *family;
  SvScheme scheme;
  guint n_parts;         /* version numbers that make a release; 0: rolling */
  const char *ecosystem; /* OSV's name up to the release; NULL if OSV has none */
  Suffix suffix;
} Row;

/* Longer titles come before those they begin with. Raspbian rebuilds Debian's packages with
 * versions of its own, so it has Debian's family, but not its ecosystem. */
static const Row rows[] = {
    {"debian", "Debian GNU/Linux", "debian", SV_SCHEME_DEB, 1, "Debian:"},
    {"raspbian", "Raspbian GNU/Linux", "debian", SV_SCHEME_DEB, 1},
    {"ubuntu", "Ubuntu", "ubuntu", SV_SCHEME_DEB, 2, "Ubuntu:", UBUNTU_LTS},
    {"rhel", "Red Hat Enterprise Linux", "rhel", SV_SCHEME_RPM, 1},
    {"centos-stream", "CentOS Stream", "rhel", SV_SCHEME_RPM, 1},
    {"centos", "CentOS", "rhel", SV_SCHEME_RPM, 1},
    {"almalinux", "AlmaLinux", "rhel", SV_SCHEME_RPM, 1, "AlmaLinux:"},
    {"rocky", "Rocky Linux", "rhel", SV_SCHEME_RPM, 1, "Rocky Linux:"},
    {"ol", "Oracle Linux", "rhel", SV_SCHEME_RPM, 1},
    {"scientific", "Scientific Linux", "rhel", SV_SCHEME_RPM, 1},
    {"cloudlinux", "CloudLinux", "rhel", SV_SCHEME_RPM, 1},
    {"eurolinux", "EuroLinux", "rhel", SV_SCHEME_RPM, 1},
    {"miraclelinux", "MIRACLE LINUX", "rhel", SV_SCHEME_RPM, 1},
    {"fedora", "Fedora", "fedora", SV_SCHEME_RPM, 1},
    {"amzn", "Amazon Linux", "amazon", SV_SCHEME_RPM, 1},
    {"sles", "SUSE Linux Enterprise Server", "suse", SV_SCHEME_RPM, 2,
     "SUSE:Linux Enterprise Server ", SLES_PACK},
    {"sles_sap", NULL, "suse", SV_SCHEME_RPM, 2,
     "SUSE:Linux Enterprise Server for SAP Applications ", SLES_PACK},
    {"sled", "SUSE Linux Enterprise Desktop", "suse", SV_SCHEME_RPM, 2,
     "SUSE:Linux Enterprise Desktop ", SLES_PACK},
    {"sle-micro", NULL, "suse", SV_SCHEME_RPM, 2, "SUSE:Linux Enterprise Micro "},
    {"sl-micro", NULL, "suse", SV_SCHEME_RPM, 2, "SUSE:Linux Micro "},
    {"opensuse-leap", "openSUSE Leap", "suse", SV_SCHEME_RPM, 2, "openSUSE:Leap "},
    {"opensuse-leap-micro", NULL, "suse", SV_SCHEME_RPM, 2, "openSUSE:Leap Micro "},
    {"opensuse-tumbleweed", "openSUSE Tumbleweed", "suse", SV_SCHEME_RPM, 0, "openSUSE:Tumbleweed"},
    {"opensuse-microos", NULL, "suse", SV_SCHEME_RPM, 0, "openSUSE:Tumbleweed"},
    {"opensuse", "openSUSE", "suse", SV_SCHEME_RPM, 2},
    {"alpine", "Alpine Linux", "alpine", SV_SCHEME_APK, 2, "Alpine:", V_BEFORE},
    {"photon", "VMware Photon", "photon", SV_SCHEME_RPM, 2, "Photon OS:"},
    {"azurelinux", "Microsoft Azure Linux", "azurelinux", SV_SCHEME_RPM, 2, "Azure Linux:"},
    {"mariner", "CBL-Mariner", "azurelinux", SV_SCHEME_RPM, 2, "Azure Linux:"},
    {"arch", "Arch Linux", "arch", SV_SCHEME_PACMAN, 0},
};

typedef struct {
  const char *family, *codename, *release;
} Codename;

/* By release, newest first. */
static const Codename codenames[] = {
    {"debian", "duke", "15"},        {"debian", "forky", "14"},
    {"debian", "trixie", "13"},      {"debian", "bookworm", "12"},
    {"debian", "bullseye", "11"},    {"debian", "buster", "10"},
    {"debian", "stretch", "9"},      {"debian", "jessie", "8"},
    {"debian", "wheezy", "7"},       {"debian", "squeeze", "6"},
    {"debian", "lenny", "5"},        {"debian", "etch", "4"},
    {"ubuntu", "stonking", "26.10"}, {"ubuntu", "resolute", "26.04"},
    {"ubuntu", "questing", "25.10"}, {"ubuntu", "plucky", "25.04"},
    {"ubuntu", "oracular", "24.10"}, {"ubuntu", "noble", "24.04"},
    {"ubuntu", "mantic", "23.10"},   {"ubuntu", "lunar", "23.04"},
    {"ubuntu", "kinetic", "22.10"},  {"ubuntu", "jammy", "22.04"},
    {"ubuntu", "impish", "21.10"},   {"ubuntu", "hirsute", "21.04"},
    {"ubuntu", "groovy", "20.10"},   {"ubuntu", "focal", "20.04"},
    {"ubuntu", "eoan", "19.10"},     {"ubuntu", "disco", "19.04"},
    {"ubuntu", "cosmic", "18.10"},   {"ubuntu", "bionic", "18.04"},
    {"ubuntu", "artful", "17.10"},   {"ubuntu", "zesty", "17.04"},
    {"ubuntu", "yakkety", "16.10"},  {"ubuntu", "xenial", "16.04"},
    {"ubuntu", "wily", "15.10"},     {"ubuntu", "vivid", "15.04"},
    {"ubuntu", "utopic", "14.10"},   {"ubuntu", "trusty", "14.04"},
    {"ubuntu", "saucy", "13.10"},    {"ubuntu", "raring", "13.04"},
    {"ubuntu", "quantal", "12.10"},  {"ubuntu", "precise", "12.04"},
    {"ubuntu", "oneiric", "11.10"},  {"ubuntu", "natty", "11.04"},
    {"ubuntu", "maverick", "10.10"}, {"ubuntu", "lucid", "10.04"},
};

#define DIGITS "0123456789"
#define UNKNOWN "unknown"

void
sv_distro_free (SvDistro *distro)
{
  sv_record_free (&sv_distro_type, distro);
}

const char *
sv_distro_find_release (const char *family, const char *codename)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codenames); i++)
    if (g_strcmp0 (codenames[i].family, family) == 0 &&
        g_strcmp0 (codenames[i].codename, codename) == 0)
      return codenames[i].release;
  return NULL;
}

const char *
sv_distro_find_codename (const char *family, const char *release)
{
  for (gsize i = 0; i < G_N_ELEMENTS (codenames); i++)
    if (g_strcmp0 (codenames[i].family, family) == 0 &&
        g_strcmp0 (codenames[i].release, release) == 0)
      return codenames[i].codename;
  return NULL;
}

static const Row *
find_row (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_strcmp0 (rows[i].id, id) == 0)
      return &rows[i];
  return NULL;
}

/* --- shell assignments --- */

/* What the shell makes of the word at @text, except that nothing is expanded. NULL if a quote stays
 * open. */
static char *
unquote (const char *text)
{
  g_autoptr (GString) value = g_string_new (NULL);
  char quote = '\0';
  for (const char *c = text; *c != '\0'; c++) {
    if (quote == '\0' && g_ascii_isspace (*c))
      return g_string_free (g_steal_pointer (&value), FALSE);
    if (quote == '\0' && (*c == '"' || *c == '\''))
      quote = *c;
    else if (*c == quote)
      quote = '\0';
    else if (*c == '\\' && c[1] != '\0' && quote != '\'' &&
             (quote == '\0' || strchr ("\"$`\\", c[1]) != NULL))
      g_string_append_c (value, *++c);
    else
      g_string_append_c (value, *c);
  }
  return quote == '\0' ? g_string_free (g_steal_pointer (&value), FALSE) : NULL;
}

/* Variables by name; the last assignment counts, a line that is none is passed over. */
static GHashTable *
read_assignments (const char *text)
{
  GHashTable *variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++) {
    const char *line = g_strstrip (lines[i]);
    gsize length = strspn (line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_" DIGITS);
    char *value = length > 0 && line[length] == '=' ? unquote (line + length + 1) : NULL;
    if (value != NULL)
      g_hash_table_replace (variables, g_strndup (line, length), value);
  }
  return variables;
}

/* New string of the first of @names that is set; NULL if none is, or it is too long to be true. */
static char *
take_variable (GHashTable *variables, const char *const *names)
{
  for (; *names != NULL; names++) {
    const char *value = g_hash_table_lookup (variables, *names);
    if (!sv_text_is_empty (value) && strlen (value) <= SV_LIMIT_NAME_BYTES)
      return g_utf8_make_valid (value, -1);
  }
  return NULL;
}

#define TAKE(variables, ...) take_variable (variables, (const char *const[]){__VA_ARGS__, NULL})

/* Lower case; anything that is no identifier is "unknown". */
static char *
clean_id (const char *id)
{
  g_autofree char *lower = g_ascii_strdown (sv_text_is_empty (id) ? UNKNOWN : id, -1);
  gsize length = strspn (lower, "abcdefghijklmnopqrstuvwxyz._-" DIGITS);
  return g_strdup (length == strlen (lower) ? lower : UNKNOWN);
}

/* --- from names to release and ecosystem --- */

/* The first @n_parts numbers of a version; NULL if it has fewer, or says that it is a preview. */
static char *
cut_version (const char *version, guint n_parts)
{
  const char *end = version;
  if (version == NULL || strchr (version, '_') != NULL)
    return NULL;
  for (guint i = 0; i < n_parts; i++) {
    if (i > 0 && *end++ != '.')
      return NULL;
    gsize n_digits = strspn (end, DIGITS);
    if (n_digits == 0)
      return NULL;
    end += n_digits;
  }
  return n_parts == 0 ? NULL : g_strndup (version, (gsize)(end - version));
}

/* Amazon Linux 1 states the year and month of its repository. */
static char *
find_amazon_release (const char *version)
{
  gboolean is_first = version != NULL && strlen (version) == 7 && version[4] == '.';
  return is_first ? g_strdup ("1") : cut_version (version, 1);
}

/* Previews of the next release are rolling. */
static gboolean
is_rolling (const SvDistro *distro)
{
  return distro->name != NULL &&
         (g_str_has_suffix (distro->name, " edge") || strstr (distro->name, "Rawhide") != NULL);
}

static char *
find_release (const SvDistro *distro, const Row *row)
{
  if (is_rolling (distro))
    return NULL;
  if (g_str_equal (row->family, "amazon"))
    return find_amazon_release (distro->version_id);
  guint n_parts = row->n_parts;
  if (g_str_equal (row->family, "suse") && distro->version_id != NULL &&
      strchr (distro->version_id, '.') == NULL)
    n_parts = MIN (n_parts, 1);
  char *release = cut_version (distro->version_id, n_parts);
  if (release == NULL && distro->version_id == NULL)
    return g_strdup (sv_distro_find_release (row->family, distro->codename));
  return release;
}

/* Every second April's release is supported long. */
static gboolean
is_ubuntu_lts (const char *release)
{
  gint64 year = g_ascii_strtoll (release, NULL, 10);
  return year % 2 == 0 && g_str_has_suffix (release, ".04");
}

/* "15.5" is "15 SP5" up to version 15, "12.0" is "12". */
static char *
format_service_pack (const char *prefix, const char *release)
{
  g_auto (GStrv) parts = g_strsplit (release, ".", 2);
  gint64 major = g_ascii_strtoll (parts[0], NULL, 10);
  if (major > 15)
    return g_strconcat (prefix, release, NULL);
  if (sv_text_is_empty (parts[1]) || g_str_equal (parts[1], "0"))
    return g_strconcat (prefix, parts[0], NULL);
  return g_strconcat (prefix, parts[0], " SP", parts[1], NULL);
}

static char *
format_ecosystem (const Row *row, const char *release)
{
  if (row->ecosystem == NULL || (release == NULL && row->n_parts > 0))
    return NULL;
  if (row->n_parts == 0)
    return g_strdup (row->ecosystem);
  switch (row->suffix) {
  case V_BEFORE:
    return g_strconcat (row->ecosystem, "v", release, NULL);
  case UBUNTU_LTS:
    return g_strconcat (row->ecosystem, release, is_ubuntu_lts (release) ? ":LTS" : NULL, NULL);
  case SLES_PACK:
    return format_service_pack (row->ecosystem, release);
  case PLAIN:
  default:
    return g_strconcat (row->ecosystem, release, NULL);
  }
}

/* Azure Linux is "3.0" to itself and "3" to OSV. */
static void
complete (SvDistro *distro, const Row *row)
{
  distro->family = g_strdup (row->family);
  distro->scheme = (gint)row->scheme;
  distro->release = find_release (distro, row);
  if (distro->codename == NULL)
    distro->codename = g_strdup (sv_distro_find_codename (row->family, distro->release));
  g_autofree char *major = g_str_equal (row->family, "azurelinux")
                               ? cut_version (distro->release, 1)
                               : g_strdup (distro->release);
  distro->ecosystem = format_ecosystem (row, major);
}

/* "platform:el8", "platform:f40": the base that packages are built for. */
static void
apply_platform (SvDistro *distro, const char *platform)
{
  static const struct {
    const char *prefix, *family;
  } platforms[] = {{"platform:el", "rhel"}, {"platform:f", "fedora"}};
  for (gsize i = 0; platform != NULL && i < G_N_ELEMENTS (platforms); i++)
    if (g_str_has_prefix (platform, platforms[i].prefix)) {
      sv_text_take (&distro->family, g_strdup (platforms[i].family));
      sv_text_take (&distro->release, cut_version (platform + strlen (platforms[i].prefix), 1));
      return;
    }
}

/* What a derivative says about the release that it was made from. */
static void
complete_derivative (SvDistro *distro, GHashTable *variables)
{
  const Row *row = NULL;
  g_auto (GStrv) words = g_strsplit (distro->like != NULL ? distro->like : "", " ", -1);
  for (gsize i = 0; words[i] != NULL && row == NULL; i++)
    row = find_row (words[i]);
  if (row == NULL)
    return;
  const char *own_field =
      g_str_equal (row->family, "ubuntu") ? "UBUNTU_CODENAME" : "DEBIAN_CODENAME";
  g_autofree char *codename = TAKE (variables, own_field, "VERSION_CODENAME");
  g_autofree char *platform = TAKE (variables, "PLATFORM_ID");
  distro->family = g_strdup (row->family);
  distro->scheme = (gint)row->scheme;
  distro->release = g_strdup (sv_distro_find_release (row->family, codename));
  if (row->scheme == SV_SCHEME_RPM)
    apply_platform (distro, platform);
}

/* --- the files --- */

/* "12 (bookworm)", "12.04.5 LTS, Precise Pangolin", "Debian GNU/Linux trixie/sid": the codename of
 * files that have no field for it. */
static char *
find_codename (const char *family, const char *text)
{
  for (gsize i = 0; text != NULL && i < G_N_ELEMENTS (codenames); i++) {
    g_autofree char *lower = g_ascii_strdown (text, -1);
    const char *at = strstr (lower, codenames[i].codename);
    gsize length = strlen (codenames[i].codename);
    if (g_strcmp0 (codenames[i].family, family) == 0 && at != NULL &&
        (at == lower || !g_ascii_isalnum (at[-1])) && !g_ascii_isalnum (at[length]))
      return g_strdup (codenames[i].codename);
  }
  return NULL;
}

static void
tell_stream (SvDistro *distro)
{
  if (!g_str_equal (distro->id, "centos") || distro->name == NULL ||
      strstr (distro->name, "Stream") == NULL)
    return;
  sv_text_take (&distro->id, g_strdup ("centos-stream"));
}

static SvDistro *
parse_assignments (GHashTable *variables)
{
  SvDistro *distro = sv_record_new (&sv_distro_type);
  g_autofree char *id = TAKE (variables, "ID", "DISTRIB_ID");
  distro->id = clean_id (id);
  distro->version_id = TAKE (variables, "VERSION_ID", "DISTRIB_RELEASE");
  distro->codename = TAKE (variables, "VERSION_CODENAME", "DISTRIB_CODENAME");
  distro->name = TAKE (variables, "PRETTY_NAME", "DISTRIB_DESCRIPTION", "NAME");
  distro->like = TAKE (variables, "ID_LIKE");
  distro->cpe = TAKE (variables, "CPE_NAME");
  distro->scheme = -1;
  tell_stream (distro);
  const Row *row = find_row (distro->id);
  if (row == NULL) {
    complete_derivative (distro, variables);
    return distro;
  }
  g_autofree char *version = TAKE (variables, "VERSION", "PRETTY_NAME");
  if (distro->codename == NULL)
    distro->codename = find_codename (row->family, version);
  complete (distro, row);
  return distro;
}

/* alpine-release holds "3.19.1", debian_version "12.5" or "trixie/sid". Debian's old versions of
 * three numbers began with 4 or more. */
static const char *
tell_bare_version (const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, ".", -1);
  guint n_parts = g_strv_length (parts);
  gboolean is_number = n_parts > 0 && parts[0][0] != '\0' && strspn (line, DIGITS) > 0;
  if (strchr (line, ' ') != NULL)
    return NULL;
  if (strchr (line, '_') != NULL && is_number)
    return "alpine";
  if (is_number)
    return n_parts >= 3 && g_ascii_strtoll (parts[0], NULL, 10) <= 3 ? "alpine" : "debian";
  return g_str_has_suffix (line, "/sid") ? "debian" : NULL;
}

static const Row *
find_row_by_title (const char *line)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].title != NULL && g_str_has_prefix (line, rows[i].title))
      return &rows[i];
  return NULL;
}

/* The first word of @line that begins with a digit. */
static char *
find_version_word (const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    if (g_ascii_isdigit (words[i][0]))
      return g_strdup (words[i]);
  return NULL;
}

static SvDistro *
parse_line (const char *line)
{
  const char *bare = tell_bare_version (line);
  const Row *row = bare != NULL ? find_row (bare) : find_row_by_title (line);
  if (row == NULL)
    return NULL;
  SvDistro *distro = sv_record_new (&sv_distro_type);
  distro->id = g_strdup (row->id);
  distro->name = bare == NULL ? g_strdup (line) : NULL;
  distro->version_id = find_version_word (line);
  distro->codename = find_codename (row->family, line);
  complete (distro, row);
  return distro;
}

static SvDistro *
parse_first_line (const char *text)
{
  g_autofree char *line = g_strndup (text, strcspn (text, "\n"));
  g_autofree char *valid = g_utf8_make_valid (g_strstrip (line), -1);
  return strlen (valid) <= SV_LIMIT_NAME_BYTES ? parse_line (valid) : NULL;
}

SvDistro *
sv_distro_parse (const char *text, GError **error)
{
  SvDistro *distro = NULL;
  g_autoptr (GHashTable) variables = read_assignments (text);
  if (g_hash_table_contains (variables, "ID") || g_hash_table_contains (variables, "ID_LIKE") ||
      g_hash_table_contains (variables, "NAME") || g_hash_table_contains (variables, "DISTRIB_ID"))
    distro = parse_assignments (variables);
  else
    distro = parse_first_line (text);
  if (distro == NULL)
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "this names no distribution: an os-release file has a line ID=, older files "
                 "name one in their first line");
  return distro;
}
