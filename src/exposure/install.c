/* An installed package as trackers see it: source name, source version, build stream. */
#include "exposure/judge.h"

#include <string.h>

/* Source packages whose binaries trackers file under another name (trap 21). */
static const struct {
  const char *pattern;
  const char *source;
} source_names[] = {
    {"grub2-signed", "grub2"},         {"grub-efi-*-signed", "grub2"}, {"shim-signed", "shim"},
    {"shim-helpers-*-signed", "shim"}, {"fwupd-*-signed", "fwupd"},    {"fwupd-signed", "fwupd"},
};

/* Kernels come signed, or as a name that pulls in the newest: "linux-signed-5.10-amd64" and
 * "linux-latest-5.10" are "linux-5.10", Ubuntu's "linux-signed-hwe-6.8" is "linux-hwe-6.8". */
static const char *const kernel_prefixes[] = {"linux-signed", "linux-latest", "linux-meta"};
static const char *const kernel_arches[] = {"-amd64", "-arm64", "-i386", "-armhf"};

static char *
kernel_source (const char *source)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kernel_prefixes); i++) {
    if (!g_str_has_prefix (source, kernel_prefixes[i]))
      continue;
    g_autofree char *flavour = g_strdup (source + strlen (kernel_prefixes[i]));
    for (gsize a = 0; a < G_N_ELEMENTS (kernel_arches); a++)
      if (g_str_has_suffix (flavour, kernel_arches[a]))
        flavour[strlen (flavour) - strlen (kernel_arches[a])] = '\0';
    return g_strconcat ("linux", flavour, NULL);
  }
  return NULL;
}

char *
sv_source_of_tracker (const char *source)
{
  char *kernel = kernel_source (source);
  for (gsize i = 0; kernel == NULL && i < G_N_ELEMENTS (source_names); i++)
    if (sv_text_glob (source_names[i].pattern, source))
      return g_strdup (source_names[i].source);
  return kernel != NULL ? kernel : g_strdup (source);
}

/* Signed kernels are built as "6.1.119+1" from "6.1.119-1" (trap 21). */
char *
sv_source_version_of_tracker (const char *source, const char *version)
{
  const char *plus = version != NULL ? strrchr (version, '+') : NULL;
  gboolean is_signed = strstr (source, "-signed") != NULL && plus != NULL &&
                       strchr (version, '-') == NULL && strspn (plus + 1, "0123456789") > 0;
  if (!is_signed)
    return g_strdup (version);
  return g_strdup_printf ("%.*s-%s", (int)(plus - version), version, plus + 1);
}

/* "ALAS2" TOPIC "-" YEAR "-" NUMBER: Amazon Linux 2 has kernels, PostgreSQL, PHP and others in
 * several lines at once, each as a topic of its own. "ALAS2023-…" has none. */
char *
sv_line_of_notice (const char *advisory)
{
  static const char prefix[] = "ALAS2";
  if (advisory == NULL || !g_str_has_prefix (advisory, prefix) ||
      !g_ascii_isalpha (advisory[strlen (prefix)]))
    return NULL;
  g_autofree char *topic = g_strdup (advisory + strlen (prefix));
  for (int part = 0; part < 2; part++) {
    char *dash = strrchr (topic, '-');
    if (dash == NULL)
      return NULL;
    *dash = '\0';
  }
  const char *line = topic + strlen (topic);
  while (line > topic && (g_ascii_isdigit (line[-1]) || line[-1] == '.'))
    line--;
  return *line != '\0' ? g_strdup (line) : NULL;
}

gboolean
sv_version_is_of_line (const char *version, const char *line)
{
  const char *colon = strchr (version, ':');
  const char *upstream = colon != NULL ? colon + 1 : version;
  return g_str_has_prefix (upstream, line) && !g_ascii_isdigit (upstream[strlen (line)]);
}

char *
sv_release_of_distro (const SvDistro *distro)
{
  if (distro == NULL)
    return NULL;
  return g_strconcat (distro->id, ":", distro->release != NULL ? distro->release : "", NULL);
}

static char *
find_module (const SvPackage *package, const SvStreams *streams)
{
  gboolean is_told = package->module != NULL && *package->module != '\0';
  const char *label = is_told ? NULL : sv_streams_find (streams, package->version);
  return g_strdup (label != NULL ? label : package->module);
}

SvInstall *
sv_install_new (const SvPackage *package, const SvDistro *distro, const SvStreams *streams)
{
  SvInstall *install = g_new0 (SvInstall, 1);
  install->package = package;
  install->scheme = distro != NULL ? distro->scheme : -1;
  install->release = sv_release_of_distro (distro);
  install->source = sv_source_of_tracker (package->source);
  install->source_version = sv_source_version_of_tracker (package->source, package->source_version);
  if (install->scheme >= 0) {
    SvScheme scheme = (SvScheme)install->scheme;
    install->key = sv_version_key (scheme, package->version, NULL);
    if (install->source_version != NULL)
      install->source_key = sv_version_key (scheme, install->source_version, NULL);
  }
  install->stream = sv_stream_of_version (install->scheme, package->version);
  install->module = find_module (package, streams);
  install->streams = streams;
  install->low_relevance = sv_package_is_low_relevance (package->name);
  return install;
}

void
sv_install_free (SvInstall *install)
{
  if (install == NULL)
    return;
  g_free (install->release);
  g_free (install->source);
  g_free (install->source_version);
  g_free (install->stream);
  g_free (install->module);
  g_clear_pointer (&install->key, g_bytes_unref);
  g_clear_pointer (&install->source_key, g_bytes_unref);
  g_free (install);
}

static gboolean
matches_any (const char *const *patterns, const char *name)
{
  for (; *patterns != NULL; patterns++)
    if (sv_text_glob (*patterns, name))
      return TRUE;
  return FALSE;
}

/* Built from a vulnerable source, but without its code (trap 24). */
static const char *const low_relevance[] = {"linux-libc-dev*",
                                            "linux-headers-*",
                                            "linux-kbuild-*",
                                            "linux-doc*",
                                            "linux-source*",
                                            "linux-support-*",
                                            "linux-compiler-*",
                                            "kernel-headers",
                                            "kernel-doc*",
                                            "*-doc",
                                            "*-docs",
                                            "*-documentation",
                                            "emacs-filesystem",
                                            "*-filesystem",
                                            "*-man-pages",
                                            "*-l10n-*",
                                            "*-locale-*",
                                            "kernel-devel*",
                                            "kernel-*-devel*",
                                            "*-debuginfo",
                                            "*-debugsource",
                                            "*-dbgsym",
                                            NULL};

gboolean
sv_package_is_low_relevance (const char *name)
{
  return matches_any (low_relevance, name) || sv_package_is_meta (name);
}

/* Names that only pull in the versioned package with the code (trap 84). */
gboolean
sv_package_is_meta (const char *name)
{
  static const char *const kernels[] = {"linux-image-", "linux-headers-", "linux-modules-extra-"};
  for (gsize i = 0; i < G_N_ELEMENTS (kernels); i++)
    if (g_str_has_prefix (name, kernels[i]) && !g_ascii_isdigit (name[strlen (kernels[i])]) &&
        !g_str_has_prefix (name + strlen (kernels[i]), "unsigned-"))
      return TRUE;
  return strcmp (name, "linux-generic") == 0 || strcmp (name, "linux-virtual") == 0;
}
