#include "advisory/feed.h"

#include <string.h>

#define HOUR_S 3600
#define DAY_S (24 * HOUR_S)
#define MIN_STALE_US (5 * SV_DAY_US)
#define CLOCK_SLACK_US SV_DAY_US /* clocks may disagree by that much */

const char *const sv_health_names[] = {"ok", "never", "failing", "stale", "empty", NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (sv_health_names) == SV_N_HEALTHS + 1);

static const SvField feed_fields[] = {
    SV_FIELD (SvFeed, id, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Name of the feed."),
    SV_FIELD (SvFeed, kind, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .max = SV_LIMIT_NAME_BYTES,
              .doc = "Its format."),
    SV_FIELD (SvFeed, url, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .doc = "Where it comes from."),
    SV_FIELD (SvFeed, release, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Releases that are wanted, separated by spaces; none: all."),
    SV_FIELD (SvFeed, keyring, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "OpenPGP keyring that must vouch for it; none: no signature is asked for."),
    SV_FIELD (SvFeed, signature, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Where its detached signature is; none: at its address with .asc behind it."),
    SV_FIELD (SvFeed, schedule_s, SV_TYPE_INT64, .flags = SV_FIELD_WIDE,
              .doc = "Seconds between two syncs; 0: by hand only."),
    SV_FIELD (SvFeed, authenticity, SV_TYPE_ENUM, .values = sv_authenticity_names,
              .doc = "Whether it is known to come from its source."),
    SV_FIELD (SvFeed, authenticity_detail, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "How that is known."),
    SV_FIELD (SvFeed, enabled, SV_TYPE_BOOL, .doc = "Whether it is synced."),
    SV_FIELD (SvFeed, attempted_at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_WIDE,
              .doc = "When a sync was last tried."),
    SV_FIELD (SvFeed, synced_at_us, SV_TYPE_INSTANT, .doc = "When one last succeeded."),
    SV_FIELD (SvFeed, content_at_us, SV_TYPE_INSTANT, .doc = "Date of its newest content."),
    SV_FIELD (SvFeed, sha256, SV_TYPE_STRING, .flags = SV_FIELD_WIDE, .max = 64,
              .doc = "Digest of the content in force."),
    SV_FIELD (SvFeed, records, SV_TYPE_INT64, .doc = "Records in force."),
    SV_FIELD (SvFeed, skipped, SV_TYPE_INT64, .doc = "Bad records that were left out."),
    SV_FIELD (SvFeed, error, SV_TYPE_STRING, .doc = "Why the last try failed."),
    SV_FIELD (SvFeed, engine, SV_TYPE_STRING, .flags = SV_FIELD_WIDE,
              .doc = "Version of the program that read it."),
};
SV_RECORD_TYPE (sv_feed_type, SvFeed, "Feed", feed_fields,
                "A registered source of advisories, with its state.");

SvFeed *
sv_feed_new (const char *id, const char *kind, const char *url)
{
  SvFeed *feed = sv_record_new (&sv_feed_type);
  feed->id = g_strdup (id);
  feed->kind = g_strdup (kind);
  feed->url = g_strdup (url);
  feed->authenticity = SV_AUTHENTICITY_UNVERIFIED;
  feed->enabled = TRUE;
  return feed;
}

void
sv_feed_free (SvFeed *feed)
{
  sv_record_free (&sv_feed_type, feed);
}

/* How old the newest content of a living feed may be; formats that this does not name may be still
 * for years. */
static const struct {
  const char *kind;
  gint64 max_age_us;
} content_ages[] = {{"epss", 7 * SV_DAY_US},
                    {"kev", 60 * SV_DAY_US},
                    {"debian-list", 60 * SV_DAY_US},
                    {"cve5", 30 * SV_DAY_US}};

static gboolean
is_content_old (const SvFeed *feed, gint64 now_us)
{
  for (guint i = 0; i < G_N_ELEMENTS (content_ages); i++)
    if (strcmp (content_ages[i].kind, feed->kind) == 0)
      return feed->content_at_us != 0 && now_us - feed->content_at_us > content_ages[i].max_age_us;
  return FALSE;
}

SvHealth
sv_feed_get_health (const SvFeed *feed, gint64 now_us)
{
  gint64 stale_us = MAX (3 * feed->schedule_s * SV_SECOND_US, MIN_STALE_US);
  if (feed->synced_at_us == 0)
    return feed->error != NULL ? SV_HEALTH_FAILING : SV_HEALTH_NEVER;
  if (feed->records == 0)
    return SV_HEALTH_EMPTY;
  if (now_us - feed->synced_at_us > stale_us || feed->synced_at_us - now_us > CLOCK_SLACK_US ||
      is_content_old (feed, now_us))
    return SV_HEALTH_STALE;
  return feed->error != NULL ? SV_HEALTH_FAILING : SV_HEALTH_OK;
}

gboolean
sv_feed_is_due (const SvFeed *feed, gint64 now_us)
{
  if (!feed->enabled || feed->url == NULL || feed->schedule_s <= 0)
    return FALSE;
  gint64 wait_us = feed->schedule_s * SV_SECOND_US / (feed->error != NULL ? 4 : 1);
  gint64 since_us = now_us - feed->attempted_at_us;
  return since_us >= wait_us || since_us < 0; /* a clock that was set back must not stop us */
}

#define OSV_URL "https://osv-vulnerabilities.storage.googleapis.com/"
#define DEBIAN_LIST_URL                                                                            \
  "https://salsa.debian.org/security-tracker-team/security-tracker/-/raw/master/data/"
#define TLS "TLS certificate of the source's host"

const SvFeedSource sv_feed_sources[] = {
    {"cisa-kev", "kev",
     "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json", NULL,
     NULL, 6 * HOUR_S, TLS, "Vulnerabilities that are known to be exploited"},
    {"cisa-vulnrichment", "cve5",
     "https://codeload.github.com/cisagov/vulnrichment/zip/refs/heads/develop", NULL, NULL, DAY_S,
     TLS, "CVE records with CISA's assessment"},
    {"first-epss", "epss", "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz", NULL,
     NULL, DAY_S, TLS, "Probability of exploitation of every CVE"},
    {"debian-tracker", "debian-tracker", "https://security-tracker.debian.org/tracker/data/json",
     "debian", NULL, 6 * HOUR_S, TLS, "What Debian knows of every CVE in every release"},
    {"debian-dsa", "debian-list", DEBIAN_LIST_URL "DSA/list", "debian", NULL, 6 * HOUR_S, TLS,
     "Debian security advisories"},
    {"debian-dla", "debian-list", DEBIAN_LIST_URL "DLA/list", "debian", NULL, 6 * HOUR_S, TLS,
     "Debian LTS advisories"},
    {"osv-almalinux", "osv", OSV_URL "AlmaLinux/all.zip", "almalinux", NULL, DAY_S, TLS,
     "AlmaLinux advisories"},
    {"osv-alpine", "osv", OSV_URL "Alpine/all.zip", "alpine", NULL, DAY_S, TLS,
     "Alpine security database"},
    {"osv-opensuse", "osv", OSV_URL "openSUSE/all.zip", "opensuse-leap", NULL, DAY_S, TLS,
     "openSUSE advisories"},
    {"osv-photon", "osv", OSV_URL "Photon%20OS/all.zip", "photon", NULL, DAY_S, TLS,
     "Photon OS advisories"},
    {"osv-redhat", "osv", OSV_URL "Red%20Hat/all.zip", "rhel", NULL, DAY_S, TLS,
     "Red Hat advisories"},
    {"osv-rocky", "osv", OSV_URL "Rocky%20Linux/all.zip", "rocky", NULL, DAY_S, TLS,
     "Rocky Linux advisories"},
    {"osv-suse", "osv", OSV_URL "SUSE/all.zip", "sles", "sles-ltss", DAY_S, TLS,
     "SUSE Linux Enterprise advisories"},
    {"osv-ubuntu", "osv", OSV_URL "Ubuntu/all.zip", "ubuntu", "ubuntu-pro", DAY_S, TLS,
     "Ubuntu CVEs and notices"},
    {"osv-wolfi", "osv", OSV_URL "Wolfi/all.zip", "wolfi", NULL, DAY_S, TLS, "Wolfi advisories"},
};
const gsize sv_n_feed_sources = G_N_ELEMENTS (sv_feed_sources);

/* "ubuntu:22.04 ubuntu-pro:22.04" */
static char *
wanted_releases (const SvFeedSource *source, const SvDistro *distro)
{
  const char *release = distro->release != NULL ? distro->release : "";
  return source->entitled == NULL
             ? g_strdup_printf ("%s:%s", source->distro, release)
             : g_strdup_printf ("%s:%s %s:%s", source->distro, release, source->entitled, release);
}

/* A derivative has its parent's advisories only through its own release of that parent. */
static gboolean
is_for (const SvFeedSource *source, const SvDistro *distro)
{
  if (source->distro == NULL)
    return TRUE;
  return distro != NULL && g_strcmp0 (source->distro, distro->id) == 0;
}

GPtrArray *
sv_feed_list_defaults (const SvDistro *distro)
{
  GPtrArray *feeds = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_feed_free);
  for (gsize i = 0; i < sv_n_feed_sources; i++) {
    const SvFeedSource *source = &sv_feed_sources[i];
    if (!is_for (source, distro))
      continue;
    SvFeed *feed = sv_feed_new (source->id, source->kind, source->url);
    feed->schedule_s = source->schedule_s;
    feed->release = source->distro != NULL ? wanted_releases (source, distro) : NULL;
    g_ptr_array_add (feeds, feed);
  }
  return feeds;
}
