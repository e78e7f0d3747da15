/* What an engine must be able to do. Private to this room. A driver is told about transactions by
 * the front and never has two at a time; one connection is used by one thread at a time. */
#pragma once

#include "db/db.h"
#include "db/sql.h"

/* How long a lock of somebody else is waited for before it is SV_ERROR_BUSY. */
#define SV_DB_BUSY_MS 10000

typedef enum {
  SV_VALUE_NULL,
  SV_VALUE_INT64,
  SV_VALUE_DOUBLE,
  SV_VALUE_TEXT,
  SV_VALUE_BLOB
} SvValueKind;

/* One bound parameter. Text has a NUL behind it that @size does not count. */
typedef struct {
  SvValueKind kind;
  gint64 integer;
  double real;
  gsize offset; /* of text and blobs in the query's arena; @data is set from it before the start */
  const char *data;
  gsize size;
} SvValue;

typedef struct {
  const char *engine;
  char parameter_sign;
  SvSqlDialect dialect;

  gpointer (*open) (const char *url, const SvDbOptions *options, GError **error);
  void (*close) (gpointer connection);
  gboolean (*begin) (gpointer connection, gboolean write, GError **error);
  gboolean (*commit) (gpointer connection, GError **error);
  void (*rollback) (gpointer connection);
  gboolean (*exec) (gpointer connection, const char *statement, GError **error);
  /* See sv_db_verify(); NULL: the engine sees to it by itself. */
  gboolean (*verify) (gpointer connection, GError **error);
  /* Copies the store to the empty file @path; NULL: the engine has tools of its own. */
  gboolean (*backup) (gpointer connection, const char *path, GError **error);

  gpointer (*prepare) (gpointer connection, const char *sql, guint n_parameters, GError **error);
  void (*finalize) (gpointer statement);
  /* Begins an execution. @values live until the statement is done or reset. */
  gboolean (*start) (gpointer statement, const SvValue *values, GError **error);
  SvStep (*step) (gpointer statement, GError **error);
  void (*reset) (gpointer statement);
  /* The whole execution, without its rows; may be put off, at the latest to the commit. */
  gboolean (*run) (gpointer statement, const SvValue *values, GError **error);

  guint (*n_columns) (gpointer statement);
  const char *(*column_name) (gpointer statement, guint column);
  gboolean (*is_null) (gpointer statement, guint column);
  const char *(*get_text) (gpointer statement, guint column);
  gint64 (*get_int64) (gpointer statement, guint column);
  double (*get_double) (gpointer statement, guint column);
  const void *(*get_blob) (gpointer statement, guint column, gsize *ret_size);
} SvDriver;

extern const SvDriver sv_sqlite_driver;
extern const SvDriver sv_postgres_driver;

struct SvDb {
  const SvDriver *driver;
  gpointer connection;
  GHashTable *idle; /* address of an SQL text -> queries made of it that nobody uses */
  SvTx *tx;         /* the one that is open, or NULL */
  GError *failure;  /* what broke the open transaction: nothing in it can succeed any more */
};

/* Opens without bringing the schema up to date. */
SvDb *sv_db_connect (const char *url, const SvDbOptions *options, GError **error);

/* FALSE with the error that broke the open transaction, if one did. */
gboolean sv_db_check (const SvDb *db, GError **error);
/* Hands @failure on to @error; inside a transaction, the transaction is broken by it. Takes
 * @failure. Always returns FALSE. */
gboolean sv_db_fail (SvDb *db, GError *failure, GError **error);

/* Drops the idle queries. */
void sv_db_clear_queries (SvDb *db);
