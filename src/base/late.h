/* Libraries that only some commands need: loaded when they are first needed, and kept. With all
 * that they bring along, their loading would be a seventh of what a scan of one host costs. */
#pragma once

#include <glib.h>

typedef struct {
  const char *library;        /* its soname: the ABI that the headers describe */
  const char *purpose;        /* for people: "stores in PostgreSQL" */
  const char *const *symbols; /* NULL-terminated, in the order of the table */
  gpointer *table;            /* as many pointers: the functions, once it is loaded */
  GMutex lock;
  gboolean loaded;
} SvLateLibrary;

/**
 * sv_late_load:
 *
 * Loads @library if it is not there yet; from any thread. Its table may be called by every thread
 * in which, or after which, this returned TRUE. Never unloaded.
 * Errors: SV_ERROR_UNSUPPORTED if the library is not installed or lacks a symbol; what it loaded
 * before stays unused, and the next call tries again.
 */
gboolean sv_late_load (SvLateLibrary *library, GError **error);

/* A table has one pointer per symbol and nothing else. */
#define SV_LATE_FIELD(prefix, name) typeof (&prefix##name) name;
#define SV_LATE_NAME(prefix, name) #prefix #name,
