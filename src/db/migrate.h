/* The schema's history: numbered, immutable, checksummed. Private to this room. */
#pragma once

#include "db/db.h"

typedef struct {
  const char *name; /* "0001_feeds": the number, and what it brings */
  const char *sql;
} SvMigration;

/* Compiled in from migrations/, in order. */
extern const SvMigration sv_migrations[];
extern const gsize sv_n_migrations;

typedef enum {
  SV_MIGRATE_APPLY,
  SV_MIGRATE_CHECK /* missing migrations are SV_ERROR_STALE */
} SvMigrateMode;

/**
 * sv_db_migrate:
 * @migrations: all of them, in order
 *
 * Compares what the store says was applied with what this program holds, and applies the rest, each
 * in a transaction of its own: a failed one leaves nothing behind. Several programs may do this at
 * once: the row of a migration goes in before its SQL, so the first one wins and the others see it.
 * Errors: SV_ERROR_CONFLICT, SV_ERROR_UNSUPPORTED, SV_ERROR_STALE as in db.h.
 */
gboolean sv_db_migrate (SvDb *db, const SvMigration *migrations, gsize n, SvMigrateMode mode,
                        GError **error);
