/* Lists of owned strings: GPtrArray of char *, as records hold them. */
#pragma once

#include <glib.h>

GPtrArray *sv_strings_new (void);

/* A list of its own; empty for NULL. */
GPtrArray *sv_strings_copy (const GPtrArray *list);

/* @list may be NULL, which has nothing. */
gboolean sv_strings_contain (const GPtrArray *list, const char *text);

/* Adds a copy of @text unless it is there or NULL. */
void sv_strings_add_distinct (GPtrArray *list, const char *text);
