#include "pkg/purl_type.h"

#include <string.h>

void
sv_purl_fold (char **component)
{
  if (*component == NULL)
    return;
  GString *folded = g_string_new (NULL);
  for (const char *c = *component; *c != '\0'; c = g_utf8_next_char (c))
    g_string_append_unichar (folded, g_unichar_tolower (g_utf8_get_char (c)));
  sv_text_take (component, g_string_free (folded, FALSE));
}

static gboolean
refuse (GError **error, const char *why)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_INVALID_DATA, why);
  return FALSE;
}

/* Runs of '-', '_' and '.' are one dash. */
static gboolean
refine_pypi (SvPurl *purl, GError **error)
{
  GString *name = g_string_new (NULL);
  for (const char *c = purl->name; *c != '\0'; c++)
    if (strchr ("-_.", *c) == NULL)
      g_string_append_c (name, *c);
    else if (c == purl->name || strchr ("-_.", c[-1]) == NULL)
      g_string_append_c (name, '-');
  sv_text_take (&purl->name, g_string_free (name, FALSE));
  return TRUE;
}

static gboolean
refine_pub (SvPurl *purl, GError **error)
{
  g_strdelimit (purl->name, "-", '_');
  return TRUE;
}

/* Databricks ignores the case of model names, other servers do not. */
static gboolean
refine_mlflow (SvPurl *purl, GError **error)
{
  const char *url = sv_purl_find_qualifier (purl, "repository_url");
  if (url != NULL && strstr (url, "databricks") != NULL)
    sv_purl_fold (&purl->name);
  return TRUE;
}

/* Paths on a git host keep their case, except on hosts that are known to ignore it. */
static gboolean
refine_git (SvPurl *purl, GError **error)
{
  static const char *const careless_hosts[] = {"github", "github.com", "bitbucket.org", NULL};
  if (g_strv_contains (careless_hosts, purl->namespace))
    sv_purl_fold (&purl->name);
  return TRUE;
}

static gboolean
refine_cpan (SvPurl *purl, GError **error)
{
  if (strstr (purl->name, "::") != NULL)
    return refuse (error, "a cpan name is that of a distribution, not of a module with '::'");
  if (purl->namespace != NULL)
    sv_text_take (&purl->namespace, g_ascii_strup (purl->namespace, -1));
  return TRUE;
}

static gboolean
refine_cocoapods (SvPurl *purl, GError **error)
{
  if (purl->name[0] == '.' || strpbrk (purl->name, "+ \t\n") != NULL)
    return refuse (error, "a pod name holds no '+' or white space and begins with no '.'");
  return TRUE;
}

static gboolean
refine_swift (SvPurl *purl, GError **error)
{
  if (strchr (purl->namespace, '/') == NULL)
    return refuse (error, "the namespace of a Swift package is host and owner");
  return TRUE;
}

/* Up to four numbers. */
static gboolean
is_chrome_version (const char *version)
{
  g_auto (GStrv) parts = g_strsplit (version, ".", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    if (parts[i][0] == '\0' || strspn (parts[i], "0123456789") != strlen (parts[i]))
      return FALSE;
  return g_strv_length (parts) <= 4;
}

static gboolean
refine_chrome_extension (SvPurl *purl, GError **error)
{
  if (strlen (purl->name) != 32 || strspn (purl->name, "abcdefghijklmnop") != 32)
    return refuse (error, "a Chrome extension id is 32 letters from a to p");
  if (purl->version != NULL && !is_chrome_version (purl->version))
    return refuse (error, "a Chrome extension version is one to four numbers");
  return TRUE;
}

/* The registered types, in byte order. Go's standard library and old RPM names have no namespace in
 * practice, so theirs is optional. */
static const SvPurlType types[] = {
    {"alpm", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMES},
    {"apk", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMES},
    {"bazel", SV_PURL_PROHIBITED, 0},
    {"bitbucket", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMES},
    {"bitnami", SV_PURL_PROHIBITED, SV_PURL_FOLD_NAME},
    {"brew", SV_PURL_OPTIONAL, SV_PURL_FOLD_NAMES},
    {"cargo", SV_PURL_PROHIBITED, 0},
    {"chrome-extension", SV_PURL_PROHIBITED, SV_PURL_FOLD_NAME, .refine = refine_chrome_extension},
    {"cocoapods", SV_PURL_PROHIBITED, 0, .refine = refine_cocoapods},
    {"composer", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMES},
    {"conan", SV_PURL_OPTIONAL, 0},
    {"conda", SV_PURL_PROHIBITED, 0},
    {"cpan", SV_PURL_OPTIONAL, 0, .refine = refine_cpan},
    {"cran", SV_PURL_PROHIBITED, 0},
    {"deb", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMES},
    {"docker", SV_PURL_OPTIONAL, 0},
    {"gem", SV_PURL_PROHIBITED, SV_PURL_EXACT_KEYS},
    {"generic", SV_PURL_OPTIONAL, 0},
    {"git", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMESPACE | SV_PURL_NAME_IS_PATH, .refine = refine_git},
    {"github", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMES},
    {"golang", SV_PURL_OPTIONAL, SV_PURL_FOLD_NAMES},
    {"hackage", SV_PURL_PROHIBITED, 0},
    {"hex", SV_PURL_OPTIONAL, SV_PURL_FOLD_NAMES},
    {"huggingface", SV_PURL_OPTIONAL, SV_PURL_FOLD_VERSION},
    {"julia", SV_PURL_PROHIBITED, 0, "uuid"},
    {"luarocks", SV_PURL_OPTIONAL, SV_PURL_FOLD_NAMES},
    {"maven", SV_PURL_REQUIRED, 0},
    {"mlflow", SV_PURL_PROHIBITED, 0, .refine = refine_mlflow},
    {"npm", SV_PURL_OPTIONAL, SV_PURL_FOLD_NAMES},
    {"nuget", SV_PURL_PROHIBITED, 0},
    {"oci", SV_PURL_PROHIBITED, SV_PURL_FOLD_NAME | SV_PURL_FOLD_VERSION},
    {"opam", SV_PURL_PROHIBITED, 0},
    {"otp", SV_PURL_PROHIBITED, SV_PURL_FOLD_NAME},
    {"pub", SV_PURL_PROHIBITED, SV_PURL_FOLD_NAME, .refine = refine_pub},
    {"pypi", SV_PURL_PROHIBITED, SV_PURL_FOLD_NAME | SV_PURL_FOLD_VERSION, .refine = refine_pypi},
    {"qpkg", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMESPACE},
    {"rpm", SV_PURL_OPTIONAL, SV_PURL_FOLD_NAMESPACE},
    {"swid", SV_PURL_OPTIONAL, 0, "tag_id"},
    {"swift", SV_PURL_REQUIRED, 0, .refine = refine_swift},
    {"vcpkg", SV_PURL_PROHIBITED, 0},
    {"vscode-extension", SV_PURL_REQUIRED, SV_PURL_FOLD_NAMES | SV_PURL_FOLD_VERSION},
    {"yocto", SV_PURL_OPTIONAL, SV_PURL_FOLD_NAMESPACE},
};

static const SvPurlType other_type = {NULL, SV_PURL_OPTIONAL, 0};

const SvPurlType *
sv_purl_type_find (const char *type)
{
  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].type, type))
      return &types[i];
  return &other_type;
}
