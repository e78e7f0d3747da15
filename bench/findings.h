/* What each tool found on the one host, in one form: a set of "flaw TAB source package". */
#pragma once

#include <glib.h>

/* @made: the directory make_data.py wrote. Each returns a new set, NULL with @error. */
GHashTable *bench_findings_of_oracle (const char *output, GError **error);
GHashTable *bench_findings_of_salve (const char *output, GError **error);
GHashTable *bench_findings_of_debsecan (const char *output, const char *made, GError **error);
GHashTable *bench_findings_of_oscap (const char *output, const char *made, GError **error);

/* How many of @a are not in @b; @ret_example, if there is one, is lent by @a. */
guint bench_findings_count_missing (GHashTable *a, GHashTable *b, const char **ret_example);
