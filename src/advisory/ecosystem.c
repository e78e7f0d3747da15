#include "advisory/ecosystem.h"

#include <string.h>

/* Makes "id:release" of what stands behind the ecosystem's name; NULL if there is no release. */
typedef char *(*ReleaseOf) (const char *id, const char *suffix);

static char *
as_it_is (const char *id, const char *suffix)
{
  return *suffix != '\0' ? g_strconcat (id, ":", suffix, NULL) : NULL;
}

static char *
rolling (const char *id, const char *suffix)
{
  return g_strconcat (id, ":", suffix, NULL);
}

static char *
alpine (const char *id, const char *suffix)
{
  return as_it_is (id, *suffix == 'v' ? suffix + 1 : suffix);
}

/* "22.04:LTS", "Pro:16.04:LTS", "Pro:FIPS-updates:22.04": words before the version are a stream. */
static char *
ubuntu (const char *id, const char *suffix)
{
  g_auto (GStrv) words = g_strsplit (suffix, ":", -1);
  g_autoptr (GString) full = g_string_new (id);
  for (guint i = 0; words[i] != NULL; i++) {
    g_autofree char *word = g_ascii_strdown (words[i], -1);
    gboolean is_version = g_ascii_isdigit (*word);
    g_string_append_printf (full, "%c%s", is_version ? ':' : '-', word);
    if (is_version)
      return g_strdup (full->str);
  }
  return NULL;
}

static const struct {
  const char *product, *id;
} red_hat_products[] = {{"enterprise_linux", "rhel"}, {"rhel_eus", "rhel-eus"},
                        {"rhel_aus", "rhel-aus"},     {"rhel_tus", "rhel-tus"},
                        {"rhel_e4s", "rhel-e4s"},     {"rhel_els", "rhel-els"}};

/* "enterprise_linux:8::baseos" */
static char *
red_hat (const char *id, const char *suffix)
{
  g_auto (GStrv) words = g_strsplit (suffix, ":", 3);
  if (words[0] == NULL || words[1] == NULL || *words[1] == '\0')
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (red_hat_products); i++)
    if (strcmp (words[0], red_hat_products[i].product) == 0)
      return g_strconcat (red_hat_products[i].id, ":", words[1], NULL);
  return NULL;
}

static const struct {
  const char *words, *id;
} suse_products[] = {{"Linux Enterprise Micro", "sle-micro"},
                     {"Linux Micro", "sl-micro"},
                     {"Linux Enterprise Desktop", "sled"},
                     {"LTSS", "sles-ltss"},
                     {"ESPOS", "sles-ltss"},
                     {"Linux Enterprise", "sles"},
                     {"Package Hub", "packagehub"},
                     {"Leap", "opensuse-leap"},
                     {"Tumbleweed", "opensuse-tumbleweed"}};

/* The last number of @suffix: "15 SP5" is "15.5", "Leap 15.5" is "15.5"; "" if there is none. */
static char *
suse_version (const char *suffix)
{
  const char *pack = strstr (suffix, " SP");
  const char *end = pack != NULL ? pack : suffix + strlen (suffix);
  const char *begin = end;
  while (begin > suffix && (g_ascii_isdigit (begin[-1]) || begin[-1] == '.'))
    begin--;
  g_autofree char *major = g_strndup (begin, (gsize)(end - begin));
  const char *minor = pack != NULL ? pack + strlen (" SP") : "";
  gsize digits = strspn (minor, "0123456789");
  g_autofree char *level = g_strndup (minor, digits);
  return digits > 0 ? g_strconcat (major, ".", level, NULL) : g_steal_pointer (&major);
}

static char *
suse (const char *id, const char *suffix)
{
  g_autofree char *version = suse_version (suffix);
  for (guint i = 0; i < G_N_ELEMENTS (suse_products); i++)
    if (strstr (suffix, suse_products[i].words) != NULL)
      return g_strconcat (suse_products[i].id, ":", version, NULL);
  return NULL;
}

static const struct {
  const char *name;
  const char *id;
  SvScheme scheme;
  gboolean is_source;
  gboolean modular;
  ReleaseOf release_of;
} ecosystems[] = {
    {"AlmaLinux", "almalinux", SV_SCHEME_RPM, FALSE, TRUE, as_it_is},
    {"Alpaquita", "alpaquita", SV_SCHEME_APK, TRUE, FALSE, alpine},
    {"Alpine", "alpine", SV_SCHEME_APK, TRUE, FALSE, alpine},
    {"Azure Linux", "azurelinux", SV_SCHEME_RPM, FALSE, FALSE, as_it_is},
    {"Chainguard", "chainguard", SV_SCHEME_APK, TRUE, FALSE, rolling},
    {"Debian", "debian", SV_SCHEME_DEB, TRUE, FALSE, as_it_is},
    {"Mageia", "mageia", SV_SCHEME_RPM, TRUE, FALSE, as_it_is},
    {"Photon OS", "photon", SV_SCHEME_RPM, FALSE, FALSE, as_it_is},
    {"Red Hat", "rhel", SV_SCHEME_RPM, FALSE, TRUE, red_hat},
    {"Rocky Linux", "rocky", SV_SCHEME_RPM, FALSE, TRUE, as_it_is},
    {"SUSE", "sles", SV_SCHEME_RPM, TRUE, FALSE, suse},
    {"Ubuntu", "ubuntu", SV_SCHEME_DEB, TRUE, FALSE, ubuntu},
    {"Wolfi", "wolfi", SV_SCHEME_APK, TRUE, FALSE, rolling},
    {"openEuler", "openEuler", SV_SCHEME_RPM, TRUE, FALSE, as_it_is},
    {"openSUSE", "opensuse", SV_SCHEME_RPM, TRUE, FALSE, suse},
};

void
sv_ecosystem_clear (SvEcosystem *ecosystem)
{
  g_clear_pointer (&ecosystem->release, g_free);
}

gboolean
sv_ecosystem_parse (const char *text, SvEcosystem *ret_ecosystem)
{
  gsize length = strcspn (text, ":");
  const char *suffix = text[length] == ':' ? text + length + 1 : "";
  for (guint i = 0; i < G_N_ELEMENTS (ecosystems); i++) {
    if (strlen (ecosystems[i].name) != length || strncmp (ecosystems[i].name, text, length) != 0)
      continue;
    *ret_ecosystem = (SvEcosystem){.release = ecosystems[i].release_of (ecosystems[i].id, suffix),
                                   .scheme = ecosystems[i].scheme,
                                   .is_source = ecosystems[i].is_source,
                                   .modular = ecosystems[i].modular};
    return ret_ecosystem->release != NULL;
  }
  return FALSE;
}
