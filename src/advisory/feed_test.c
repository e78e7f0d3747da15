#include "advisory/feed.h"

#include <string.h>

#define NOW (G_GINT64_CONSTANT (1790000000) * SV_SECOND_US)

/* A feed that was synced an hour ago and is fine. */
static SvFeed *
make_fine (const char *kind)
{
  SvFeed *feed = sv_feed_new ("x", kind, "https://mirror.example/x");
  feed->schedule_s = 6 * 3600;
  feed->attempted_at_us = feed->synced_at_us = NOW - SV_HOUR_US;
  feed->records = 10;
  return feed;
}

static void
test_health (void)
{
  g_autoptr (SvFeed) feed = make_fine ("osv");
  g_assert_cmpint (sv_feed_get_health (feed, NOW), ==, SV_HEALTH_OK);

  feed->error = g_strdup ("no answer");
  g_assert_cmpint (sv_feed_get_health (feed, NOW), ==, SV_HEALTH_FAILING);
  g_assert_cmpint (sv_feed_get_health (feed, NOW + 4 * SV_DAY_US), ==, SV_HEALTH_FAILING);
  g_assert_cmpint (sv_feed_get_health (feed, NOW + 6 * SV_DAY_US), ==, SV_HEALTH_STALE);
  g_clear_pointer (&feed->error, g_free);

  g_assert_cmpint (sv_feed_get_health (feed, NOW + 5 * SV_DAY_US - 2 * SV_HOUR_US), ==,
                   SV_HEALTH_OK);
  g_assert_cmpint (sv_feed_get_health (feed, NOW + 5 * SV_DAY_US), ==, SV_HEALTH_STALE);
  feed->schedule_s = 7 * 24 * 3600; /* a weekly feed may be three weeks old */
  g_assert_cmpint (sv_feed_get_health (feed, NOW + 20 * SV_DAY_US), ==, SV_HEALTH_OK);
  g_assert_cmpint (sv_feed_get_health (feed, NOW + 22 * SV_DAY_US), ==, SV_HEALTH_STALE);

  feed->records = 0;
  g_assert_cmpint (sv_feed_get_health (feed, NOW), ==, SV_HEALTH_EMPTY);
  feed->synced_at_us = 0;
  g_assert_cmpint (sv_feed_get_health (feed, NOW), ==, SV_HEALTH_NEVER);
  feed->error = g_strdup ("no answer");
  g_assert_cmpint (sv_feed_get_health (feed, NOW), ==, SV_HEALTH_FAILING);
}

/* A clock that was set back, and a mirror that serves the same old file for ever. */
static void
test_clock_and_freeze (void)
{
  g_autoptr (SvFeed) future = make_fine ("osv");
  g_assert_cmpint (sv_feed_get_health (future, NOW - SV_DAY_US / 2), ==, SV_HEALTH_OK);
  g_assert_cmpint (sv_feed_get_health (future, NOW - 10 * SV_DAY_US), ==, SV_HEALTH_STALE);

  g_autoptr (SvFeed) frozen = make_fine ("epss");
  frozen->content_at_us = NOW - 6 * SV_DAY_US;
  g_assert_cmpint (sv_feed_get_health (frozen, NOW), ==, SV_HEALTH_OK);
  frozen->content_at_us = NOW - 8 * SV_DAY_US;
  g_assert_cmpint (sv_feed_get_health (frozen, NOW), ==, SV_HEALTH_STALE);
  frozen->content_at_us = 0; /* a layout without a date */
  g_assert_cmpint (sv_feed_get_health (frozen, NOW), ==, SV_HEALTH_OK);
}

static void
test_due (void)
{
  g_autoptr (SvFeed) feed = make_fine ("osv");
  g_assert_false (sv_feed_is_due (feed, NOW));
  g_assert_true (sv_feed_is_due (feed, NOW + 5 * SV_HOUR_US));
  feed->error = g_strdup ("no answer"); /* tried again sooner */
  g_assert_false (sv_feed_is_due (feed, NOW));
  g_assert_true (sv_feed_is_due (feed, NOW + SV_HOUR_US));
  g_assert_true (sv_feed_is_due (feed, NOW - SV_DAY_US)); /* the clock was set back */
  feed->enabled = FALSE;
  g_assert_false (sv_feed_is_due (feed, NOW + SV_DAY_US));
  feed->enabled = TRUE;
  feed->schedule_s = 0;
  g_assert_false (sv_feed_is_due (feed, NOW + SV_DAY_US));
  feed->schedule_s = 1;
  g_clear_pointer (&feed->url, g_free);
  g_assert_false (sv_feed_is_due (feed, NOW + SV_DAY_US));
}

/* Every source can be fetched, read and is named once. */
static void
test_sources (void)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < sv_n_feed_sources; i++) {
    const SvFeedSource *source = &sv_feed_sources[i];
    g_test_message ("%s", source->id);
    g_assert_true (g_hash_table_add (ids, (gpointer)source->id));
    g_assert_nonnull (sv_feed_format_find (source->kind));
    g_assert_true (g_str_has_prefix (source->url, "https://"));
    g_assert_cmpint (source->schedule_s, >=, 3600);
    g_assert_true (g_str_is_ascii (source->doc) && *source->doc != '\0');
  }
}

static const SvFeed *
find (const GPtrArray *feeds, const char *id)
{
  for (guint i = 0; i < feeds->len; i++)
    if (strcmp (((const SvFeed *)feeds->pdata[i])->id, id) == 0)
      return feeds->pdata[i];
  return NULL;
}

static void
test_defaults (void)
{
  const SvDistro debian = {.id = (char *)"debian", .release = (char *)"12"};
  const SvDistro ubuntu = {.id = (char *)"ubuntu", .release = (char *)"22.04"};
  g_autoptr (GPtrArray) nobody = sv_feed_list_defaults (NULL);
  g_autoptr (GPtrArray) of_debian = sv_feed_list_defaults (&debian);
  g_autoptr (GPtrArray) of_ubuntu = sv_feed_list_defaults (&ubuntu);
  g_assert_cmpuint (nobody->len, ==, 3);
  g_assert_nonnull (find (nobody, "cisa-kev"));
  g_assert_null (find (nobody, "cisa-kev")->release);
  g_assert_cmpuint (of_debian->len, ==, 6);
  g_assert_cmpstr (find (of_debian, "debian-tracker")->release, ==, "debian:12");
  g_assert_cmpint (find (of_debian, "debian-tracker")->authenticity, ==,
                   SV_AUTHENTICITY_UNVERIFIED);
  g_assert_cmpstr (find (of_ubuntu, "osv-ubuntu")->release, ==, "ubuntu:22.04 ubuntu-pro:22.04");
}

static void
test_formats (void)
{
  for (gsize i = 0; i < sv_n_feed_formats; i++) {
    g_assert_true (sv_feed_format_find (sv_feed_formats[i].name) == &sv_feed_formats[i]);
    if (i > 0)
      g_assert_cmpstr (sv_feed_formats[i - 1].name, <, sv_feed_formats[i].name);
  }
  g_assert_null (sv_feed_format_find ("oval"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/feed/pitfall-109-health", test_health);
  g_test_add_func ("/feed/pitfall-109-clock-and-freeze", test_clock_and_freeze);
  g_test_add_func ("/feed/due", test_due);
  g_test_add_func ("/feed/sources", test_sources);
  g_test_add_func ("/feed/defaults", test_defaults);
  g_test_add_func ("/feed/formats", test_formats);
  return g_test_run ();
}
