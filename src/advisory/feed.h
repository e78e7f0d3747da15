/* The register of feeds: where news comes from, when it is due, how it is doing. */
#pragma once

#include "advisory/authenticity.h"
#include "advisory/feed_format.h"

#include "pkg/pkg.h"

typedef struct {
  char *id;                  /* "debian-tracker" */
  char *kind;                /* name of an SvFeedFormat */
  char *url;                 /* https://…, file://… or a path; NULL: imported by hand only */
  char *release;             /* releases that are wanted ("debian:12 debian:11"); NULL: all */
  char *keyring;             /* OpenPGP keyring that must vouch for it; NULL: none is asked for */
  char *signature;           /* where its detached signature is; NULL: at `url` + ".asc" */
  gint64 schedule_s;         /* how often it is due; 0: never by itself */
  gint authenticity;         /* SvAuthenticity of what is in force */
  char *authenticity_detail; /* how that is known: "TLS certificate of …", "imported by hand" */
  gboolean enabled;
  gint64 attempted_at_us; /* the last try, good or not */
  gint64 synced_at_us;    /* the last good one */
  gint64 content_at_us;   /* how new the content itself says it is; 0: it does not say */
  char *sha256;           /* of what is in force, as it came */
  gint64 records;         /* in force */
  gint64 skipped;         /* bad records in it that were left out */
  char *error;            /* why the last try failed; NULL: it did not */
  char *engine;           /* version of this program that read it (trap 104) */
} SvFeed;
extern const SvRecordType sv_feed_type;

/* Enabled, with nothing known about it yet. */
SvFeed *sv_feed_new (const char *id, const char *kind, const char *url);
void sv_feed_free (SvFeed *feed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvFeed, sv_feed_free)

typedef enum {
  SV_HEALTH_OK,
  SV_HEALTH_NEVER,   /* not a single good sync, and none was tried */
  SV_HEALTH_FAILING, /* the last try failed; what is in force is still young enough */
  SV_HEALTH_STALE,   /* what is in force is too old to answer from, or is from the future */
  SV_HEALTH_EMPTY,   /* nothing is in force: never an answer of "nothing to fix" */
  SV_N_HEALTHS
} SvHealth;
extern const char *const sv_health_names[];

/**
 * sv_feed_get_health:
 * Pure. A feed is stale three schedules, at least five days, after its last good sync, or when its
 * content is older than its format ever should be (a mirror that froze). Source: pitfalls 103, 109.
 */
SvHealth sv_feed_get_health (const SvFeed *feed, gint64 now_us);

/* Whether it is enabled, has a URL and a schedule, and its last try is longer ago than that. A
 * failed try is repeated after a quarter of the schedule. */
gboolean sv_feed_is_due (const SvFeed *feed, gint64 now_us);

/* A source that everybody knows. */
typedef struct {
  const char *id;
  const char *kind;
  const char *url;
  const char *distro;   /* SvDistro id it is for; NULL: every host's */
  const char *entitled; /* (nullable) id of the distribution's stream for entitled hosts */
  gint64 schedule_s;
  const char *authenticity; /* how it is checked */
  const char *doc;
} SvFeedSource;

extern const SvFeedSource sv_feed_sources[];
extern const gsize sv_n_feed_sources;

/* The well-known sources for a host of @distro (nullable: only those for every host), as feeds to
 * register: (element-type SvFeed), owned by the caller. */
GPtrArray *sv_feed_list_defaults (const SvDistro *distro);
