/* One statement interface, two drivers (SQLite, PostgreSQL), migrations. The only door to storage.
 * A store is used by one thread at a time; threads open one each. */
#pragma once

#include "base/base.h"

typedef struct SvDb SvDb;
typedef struct SvQuery SvQuery;

typedef struct {
  gboolean read_only; /* nothing is made or migrated: the store must be there and up to date */
  guint busy_ms;      /* how long to wait for somebody else's lock; 0: ten seconds */
} SvDbOptions;

/**
 * sv_db_open:
 * @url: "sqlite:PATH", "sqlite::memory:", a bare path, or "postgresql://…"
 *
 * Opens the store and brings its schema up to date. SQLite: WAL, synchronous FULL, foreign keys on,
 * the file is made with mode 0600. PostgreSQL: the database must be in UTF-8; every transaction and
 * every single statement is SERIALIZABLE, as on SQLite.
 * Errors: SV_ERROR_UNREACHABLE (no server; the connection does not come back by itself, open
 * again), SV_ERROR_NOT_FOUND and SV_ERROR_DENIED (the path), SV_ERROR_INVALID_DATA (the file is
 * no SQLite database, or another program's), SV_ERROR_CONFLICT if a migration that was applied has
 * changed since, SV_ERROR_UNSUPPORTED if the store was written by a newer salve. A failed
 * migration leaves the store as it was.
 */
SvDb *sv_db_open (const char *url, GError **error);
/* @options: (nullable). A read-only store that lacks migrations is SV_ERROR_STALE. */
SvDb *sv_db_open_options (const char *url, const SvDbOptions *options, GError **error);
void sv_db_free (SvDb *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvDb, sv_db_free)

/* Whether the store answers, and its schema is still this program's. Errors as of sv_db_open(). */
gboolean sv_db_check_schema (SvDb *db, GError **error);

/**
 * sv_db_verify:
 *
 * Looks whether the store is whole, and whether the disk takes a write: to be asked of a store that
 * was opened anew after a write failed, before anything is acknowledged again. Takes as long as
 * reading the store once (SQLite); PostgreSQL does this by itself when it starts.
 * Errors: SV_ERROR_UNREACHABLE, SV_ERROR_FULL, SV_ERROR_BUSY.
 */
gboolean sv_db_verify (SvDb *db, GError **error);

/**
 * sv_db_backup:
 * @path: where the copy goes; must not be there yet
 *
 * Writes the store as it is at one moment to a file that opens as a store of its own, while others
 * read and write. The file is on disk, with mode 0600, when this returns; on error there is none.
 * Errors: SV_ERROR_EXISTS, SV_ERROR_DENIED, SV_ERROR_UNSUPPORTED where the engine has tools of its
 * own for this (pg_dump).
 */
gboolean sv_db_backup (SvDb *db, const char *path, GError **error);

/* "sqlite" or "postgresql". */
const char *sv_db_get_engine (const SvDb *db);

/**
 * sv_db_begin:
 *
 * Begins a transaction; sv_tx_free() rolls it back unless sv_tx_commit() came before. One at a
 * time; a second begin is SV_ERROR_USAGE. Takes the write lock at once on SQLite (SV_ERROR_BUSY).
 *
 * The first statement that fails breaks the transaction on both engines: whatever follows fails
 * with the same error, sv_tx_commit() too. SV_ERROR_CONFLICT means: roll back and do all of it
 * again. Free queries that began to step inside before the transaction ends.
 */
typedef struct SvTx SvTx;
SvTx *sv_db_begin (SvDb *db, GError **error);
/* A transaction that only reads, all of it one moment of the store. Never waits for writers nor
 * makes them wait. Writing in it is SV_ERROR_USAGE. */
SvTx *sv_db_begin_read (SvDb *db, GError **error);
/* On error nothing was written, except after SV_ERROR_UNREACHABLE, where nobody can know. */
gboolean sv_tx_commit (SvTx *tx, GError **error);
void sv_tx_free (SvTx *tx);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvTx, sv_tx_free)

/**
 * sv_db_query:
 * @sql: static text with parameters as ":name"; the common subset of both engines
 *
 * Prepares a statement (prepared once per connection and address of a text, then reused). Free it
 * to give it back. @db must outlive it. The same text may be in use several times over, one inside
 * the other.
 *
 * The common subset: text compares by its bytes; no LIKE, no engine's own functions; a parameter
 * that is only selected or only compared with a literal needs CAST (:n AS BIGINT).
 */
SvQuery *sv_db_query (SvDb *db, const char *sql, GError **error);
void sv_query_free (SvQuery *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvQuery, sv_query_free)

/* Binds by name without the colon. Values are copied. A name that the text lacks is a bug and
 * aborts. Parameters not bound are NULL, and so is a @value or @data of NULL. Text that is not
 * UTF-8 makes the next step fail with SV_ERROR_INVALID_DATA. */
void sv_query_bind_text (SvQuery *query, const char *name, const char *value);
void sv_query_bind_int64 (SvQuery *query, const char *name, gint64 value);
void sv_query_bind_double (SvQuery *query, const char *name, double value); /* NaN binds NULL */
void sv_query_bind_blob (SvQuery *query, const char *name, const void *data, gsize size);
void sv_query_bind_null (SvQuery *query, const char *name);
/* Binds every stored field of @record whose name is a parameter of the text. STRINGS are stored as
 * JSON arrays, instants and booleans as integers, enums by name. RECORD fields are not stored. */
void sv_query_bind_record (SvQuery *query, const SvRecordType *type, gconstpointer record);

typedef enum { SV_STEP_ERROR, SV_STEP_ROW, SV_STEP_DONE } SvStep;

/* Runs to the next row. After DONE the query is reset and may be bound and run again; bindings are
 * cleared. Errors: SV_ERROR_EXISTS for a broken unique constraint, SV_ERROR_CONFLICT for what may
 * be retried (PostgreSQL 40001, 40P01), SV_ERROR_BUSY, SV_ERROR_UNREACHABLE (the server is gone, or
 * the disk failed), SV_ERROR_FULL, SV_ERROR_FAILED. */
SvStep sv_query_step (SvQuery *query, GError **error);

/**
 * sv_query_run:
 *
 * For statements without rows: steps to DONE.
 *
 * Inside a transaction PostgreSQL gets a statement that gives no rows in a batch with its
 * neighbours, so that a bulk load does not wait for the network at each row. Its error comes then
 * from a later call inside the transaction, at the latest from sv_tx_commit(). Who must branch on
 * the error of this very statement calls sv_query_step(), which always waits.
 */
gboolean sv_query_run (SvQuery *query, GError **error);

/* Columns of the current row, from 0. Text and blobs are lent until the next step. Read a column
 * as what it is declared: only integers and doubles convert to each other and to text. */
const char *sv_query_get_text (const SvQuery *query, guint column); /* NULL for NULL */
gint64 sv_query_get_int64 (const SvQuery *query, guint column);     /* 0 for NULL */
double sv_query_get_double (const SvQuery *query, guint column);    /* NaN for NULL */
/* NULL for NULL only: an empty blob has an address. */
const void *sv_query_get_blob (const SvQuery *query, guint column, gsize *ret_size);
gboolean sv_query_is_null (const SvQuery *query, guint column);

/* Fills the fields whose names are columns of the row; @record is cleared first, and stays so for
 * columns that are NULL (doubles get NaN). SV_ERROR_INVALID_DATA for an enum's name or a list that
 * this program does not know. */
gboolean sv_query_read_record (const SvQuery *query, const SvRecordType *type, gpointer record,
                               GError **error);

/* Statements without parameters, separated by ';', their rows passed over: for migrations, tests
 * and maintenance. In CREATE and ALTER the types are TEXT, BIGINT, DOUBLE PRECISION and BLOB, in
 * capitals, and each engine gets its own word for them. Not atomic outside a transaction. */
gboolean sv_db_exec (SvDb *db, const char *sql, GError **error);

/* the rest of this door */
#include "db/rows.h"
#include "db/writer.h"
