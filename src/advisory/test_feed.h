/* For tests only: reads a feed from text or from the shared data and keeps what came of it. */
#pragma once

#include "advisory/feed_format.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  GPtrArray *records[SV_N_FEED_RECORDS];
  GPtrArray *skips;  /* "where: why" */
  GPtrArray *passes; /* what */
  SvFeedCounts counts;
  GError *error;
} TestFeed;

static inline gboolean
test_feed_add (gpointer user_data, SvFeedRecord kind, gconstpointer record, GError **error)
{
  TestFeed *feed = user_data;
  g_ptr_array_add (feed->records[kind], sv_record_copy (sv_feed_record_types[kind], record));
  return TRUE;
}

static inline gboolean
test_feed_skip (gpointer user_data, const char *where, const char *why, GError **error)
{
  g_ptr_array_add (((TestFeed *)user_data)->skips, g_strdup_printf ("%s: %s", where, why));
  return TRUE;
}

static inline void
test_feed_pass (gpointer user_data, const char *what)
{
  g_ptr_array_add (((TestFeed *)user_data)->passes, g_strdup (what));
}

static inline void
test_feed_clear (TestFeed *feed)
{
  for (guint kind = 0; kind < SV_N_FEED_RECORDS; kind++) {
    for (guint i = 0; i < feed->records[kind]->len; i++)
      sv_record_free (sv_feed_record_types[kind], feed->records[kind]->pdata[i]);
    g_ptr_array_unref (feed->records[kind]);
  }
  g_ptr_array_unref (feed->skips);
  g_ptr_array_unref (feed->passes);
  g_clear_error (&feed->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TestFeed, test_feed_clear)

static inline void
test_feed_read_options (const char *format, const SvFeedOptions *options, TestFeed *feed)
{
  *feed = (TestFeed){.skips = sv_strings_new (), .passes = sv_strings_new ()};
  for (guint kind = 0; kind < SV_N_FEED_RECORDS; kind++)
    feed->records[kind] = g_ptr_array_new ();
  const SvFeedSink sink = {
      .add = test_feed_add, .skip = test_feed_skip, .pass = test_feed_pass, .user_data = feed};
  const SvFeedFormat *row = sv_feed_format_find (format);
  g_assert_nonnull (row);
  gboolean read = sv_feed_read (row, options, &sink, &feed->counts, &feed->error);
  g_assert_true (read == (feed->error == NULL));
  g_assert_cmpuint (feed->counts.skipped, >=, feed->skips->len);
}

static inline void
test_feed_read_path (const char *format, const char *path, TestFeed *feed)
{
  const SvFeedOptions options = {.path = path};
  test_feed_read_options (format, &options, feed);
}

/* Reads @size bytes as the one document of a feed. */
static inline void
test_feed_read_bytes (const char *format, const char *release, const void *bytes, gsize size,
                      TestFeed *feed)
{
  g_autofree char *directory = g_dir_make_tmp ("salve-feed-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "feed", NULL);
  const SvFeedOptions options = {.path = path, .release = release};
  g_assert_true (g_file_set_contents (path, bytes, (gssize)size, NULL));
  test_feed_read_options (format, &options, feed);
  g_unlink (path);
  g_rmdir (directory);
}

static inline void
test_feed_read_text (const char *format, const char *text, TestFeed *feed)
{
  test_feed_read_bytes (format, NULL, text, strlen (text), feed);
}

/* The path of a file of the shared data, new string; NULL, with the test skipped, without it. */
static inline char *
test_data_path (const char *name)
{
  const char *root = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path = root != NULL ? g_build_filename (root, name, NULL) : NULL;
  if (path != NULL && g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("shared data absent");
  return NULL;
}

/* Gives the member of an archive of the shared data as a file of its own: new path; remove it with
 * test_data_remove(). */
typedef struct {
  const char *member;
  const char *path;
  gboolean found;
} TestMember;

static inline gboolean
test_data_copy (const char *name, SvStream *content, gpointer user_data, GError **error)
{
  TestMember *member = user_data;
  if (!g_str_has_suffix (name, member->member))
    return TRUE;
  g_autoptr (GBytes) bytes = sv_stream_read_all (content, 64 << 20, error);
  g_assert_nonnull (bytes);
  member->found = TRUE;
  return g_file_set_contents (member->path, g_bytes_get_data (bytes, NULL),
                              (gssize)g_bytes_get_size (bytes), NULL);
}

static inline char *
test_data_unpack (const char *archive, const char *member_name)
{
  g_autofree char *path = test_data_path (archive);
  if (path == NULL)
    return NULL;
  g_autofree char *directory = g_dir_make_tmp ("salve-member-XXXXXX", NULL);
  char *copy = g_build_filename (directory, "member", NULL);
  TestMember member = {.member = member_name, .path = copy};
  g_assert_true (sv_documents_foreach (path, NULL, test_data_copy, &member, NULL));
  g_assert_true (member.found);
  return copy;
}

static inline void
test_data_remove (char *copy)
{
  g_autofree char *directory = g_path_get_dirname (copy);
  g_unlink (copy);
  g_rmdir (directory);
  g_free (copy);
}

static inline const SvStatement *
test_feed_get_statement (const TestFeed *feed, guint index)
{
  g_assert_no_error (feed->error);
  g_assert_cmpuint (index, <, feed->records[SV_FEED_STATEMENT]->len);
  return feed->records[SV_FEED_STATEMENT]->pdata[index];
}

static inline const SvAdvisory *
test_feed_get_advisory (const TestFeed *feed, guint index)
{
  g_assert_no_error (feed->error);
  g_assert_cmpuint (index, <, feed->records[SV_FEED_ADVISORY]->len);
  return feed->records[SV_FEED_ADVISORY]->pdata[index];
}

/* The first statement about @vulnerability (NULL: any) in @package, or NULL. */
static inline const SvStatement *
test_feed_find_statement (const TestFeed *feed, const char *vulnerability, const char *package)
{
  for (guint i = 0; i < feed->records[SV_FEED_STATEMENT]->len; i++) {
    const SvStatement *statement = feed->records[SV_FEED_STATEMENT]->pdata[i];
    if (strcmp (statement->package, package) == 0 &&
        (vulnerability == NULL || strcmp (statement->vulnerability, vulnerability) == 0))
      return statement;
  }
  return NULL;
}

/* How many records of @kind have the text @value in the enum or string field @name. */
static inline guint
test_feed_count (const TestFeed *feed, SvFeedRecord kind, const char *name, const char *value)
{
  const SvField *field = sv_record_find_field (sv_feed_record_types[kind], name);
  guint count = 0;
  g_assert_nonnull (field);
  for (guint i = 0; i < feed->records[kind]->len; i++) {
    g_autofree char *text = sv_record_format_field (field, feed->records[kind]->pdata[i]);
    count += strcmp (text, value) == 0;
  }
  return count;
}
