/* What every feed reader gets, and the small steps they share. Private to this room. */
#pragma once

#include "advisory/statement.h"

typedef struct {
  const char *path; /* file, directory or archive */
  /* (nullable) "rocky:9": release of a format that may not say it itself (updateinfo) */
  const char *release;
  /* (nullable) NULL-terminated: statements of other releases are passed over */
  const char *const *releases;
} SvFeedOptions;

/* One document of a feed. All are borrowed. */
typedef struct {
  SvStream *content;
  const SvFeedOptions *options;
  const SvFeedSink *sink;
} SvFeedInput;

/**
 * SvFeedRead:
 * Reads one document and gives its records to the sink. One bad record is skipped with its place
 * and hides no other; an error is for a document that breaks its own format.
 */
typedef gboolean (*SvFeedRead) (const SvFeedInput *input, GError **error);

gboolean sv_cve5_read (const SvFeedInput *input, GError **error);
gboolean sv_debian_list_read (const SvFeedInput *input, GError **error);
gboolean sv_epss_read (const SvFeedInput *input, GError **error);
gboolean sv_kev_read (const SvFeedInput *input, GError **error);
gboolean sv_osv_read (const SvFeedInput *input, GError **error);
gboolean sv_tracker_json_read (const SvFeedInput *input, GError **error);
gboolean sv_updateinfo_read (const SvFeedInput *input, GError **error);

gboolean sv_input_add (const SvFeedInput *input, SvFeedRecord kind, gconstpointer record,
                       GError **error);
void sv_input_pass (const SvFeedInput *input, const char *what);

/* Skips the record that begins on @line. */
gboolean sv_input_skip_line (const SvFeedInput *input, guint64 line, const char *why,
                             GError **error);
/* Skips the record at the JSON path where @reader stands. */
gboolean sv_input_skip_json (const SvFeedInput *input, const SvJsonReader *reader, const char *why,
                             GError **error);

/**
 * sv_input_expect:
 * @want: SV_JSON_OBJECT_BEGIN, SV_JSON_ARRAY_BEGIN …
 * @ret_is: (out): whether the next value is that
 *
 * Looks at the next value without taking it; a value of another type is taken and skipped, so that
 * reading can go on behind it.
 */
gboolean sv_input_expect (const SvFeedInput *input, SvJsonReader *reader, SvJsonToken want,
                          gboolean *ret_is, GError **error);

/* The next value if it is a string (new), else passed over and left NULL. */
gboolean sv_take_string (SvJsonReader *reader, char **ret_text, GError **error);
/* The strings of the next value if it is an array, else passed over. Other elements are too. */
gboolean sv_take_strings (SvJsonReader *reader, GPtrArray *list, GError **error);
/* An instant as text; what is no time is passed over and leaves 0. */
gboolean sv_take_instant (SvJsonReader *reader, gint64 *ret_instant_us, GError **error);

/* 0 for NULL and for what is no time. */
gint64 sv_instant_or_zero (const char *text);
