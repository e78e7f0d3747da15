/* Hosts kept on one minor release by what they subscribe to: nothing of a later one comes to them
 * (pitfall 68). */
#include "inventory/collect.h"

#include <string.h>

/* The variable that stands for the release in the addresses of repositories. */
static const char *const variables[] = {"etc/dnf/vars/releasever", "etc/yum/vars/releasever"};

/* What `subscription-manager release --set` keeps. */
#define SUBSCRIPTION "var/lib/rhsm/cache/releasever.json"

/* Names of repositories of one minor: extended update support and its kin. */
static const char *const minor_repositories[] = {"*-eus-*", "*-e4s-*", "*-aus-*", "*-tus-*"};

/* "8.6": a minor of the system's own release. */
static gboolean
is_minor (const SvCollect *collect, const char *text)
{
  const char *major = collect->inventory->distro->release;
  gsize n = major != NULL ? strlen (major) : 0;
  return n > 0 && strncmp (text, major, n) == 0 && text[n] == '.' &&
         g_ascii_isdigit (text[n + 1]) &&
         strspn (text + n + 1, "0123456789") == strlen (text + n + 1);
}

static void
lock (SvCollect *collect, const char *release, const char *origin)
{
  SvInventory *inventory = collect->inventory;
  if (inventory->release_lock != NULL || release == NULL || !is_minor (collect, release))
    return;
  inventory->release_lock = g_strdup (release);
  inventory->release_lock_origin = g_strdup (origin);
}

static gboolean
read_release (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_take_text (reader, user_data, error);
}

/* NULL where nothing is set, or the file is not what it should be. */
static char *
read_subscription (const SvCollect *collect)
{
  static const SvJsonMember members[] = {{"releaseVer", read_release}};
  g_autofree char *text = sv_collect_read (collect, SUBSCRIPTION, NULL);
  if (text == NULL)
    return NULL;
  g_autoptr (SvStream) stream = sv_stream_new_memory (SUBSCRIPTION, text, strlen (text));
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  char *release = NULL;
  sv_json_read_object (reader, members, G_N_ELEMENTS (members), &release, NULL);
  return release;
}

/* --- the repositories themselves --- */

/* The part of the address that is a minor: "8.6" of "…/eus/rhel8/8.6/x86_64/…". New; NULL. */
static char *
dup_minor_of (const SvCollect *collect, const SvRepository *repository)
{
  gboolean named = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (minor_repositories); i++)
    named = named || sv_text_glob (minor_repositories[i], repository->suite);
  g_auto (GStrv) parts = g_strsplit (named ? repository->uri : "", "/", -1);
  for (gsize i = 0; parts[i] != NULL; i++)
    if (is_minor (collect, parts[i]))
      return g_strdup (parts[i]);
  return NULL;
}

/* Only if every enabled one is of the same minor: whatever else there is may hold later ones. */
static char *
dup_common_minor (const SvCollect *collect)
{
  g_autofree char *common = NULL;
  const GPtrArray *repositories = collect->inventory->repositories;
  for (guint i = 0; i < repositories->len; i++) {
    const SvRepository *repository = repositories->pdata[i];
    if (!repository->enabled)
      continue;
    g_autofree char *minor = dup_minor_of (collect, repository);
    if (minor == NULL || (common != NULL && strcmp (common, minor) != 0))
      return NULL;
    sv_text_set (&common, minor);
  }
  return g_steal_pointer (&common);
}

gboolean
sv_release_lock_collect (SvCollect *collect, GError **error)
{
  const SvDistro *distro = collect->inventory->distro;
  if (distro == NULL || distro->scheme != SV_SCHEME_RPM)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (variables); i++) {
    g_autofree char *value = sv_collect_read_line (collect, variables[i]);
    lock (collect, value, variables[i]);
  }
  g_autofree char *subscribed = read_subscription (collect);
  lock (collect, subscribed, SUBSCRIPTION);
  g_autofree char *minor = dup_common_minor (collect);
  lock (collect, minor, "its repositories");
  return TRUE;
}
