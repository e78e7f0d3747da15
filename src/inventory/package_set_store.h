/* Sets of packages in the store: each once, most of them as what differs from another. */
#pragma once

#include "db/db.h"
#include "inventory/package_set.h"

/* The number of the set named @digest; 0: there is none. */
gboolean sv_package_set_find (SvDb *db, const SvDigest *digest, gint64 *ret_set, GError **error);

/* @ret_ids: (out): new (element-type guint32), ascending: what set @set holds; nothing for set 0,
 * which every host has before its first report. */
gboolean sv_package_set_load (SvDb *db, gint64 set, GArray **ret_ids, GError **error);

/* A set as it is laid out: for who holds many in memory. */
typedef struct {
  gint64 set;
  gint64 base;     /* 0: `added` is the whole set */
  GArray *added;   /* (element-type guint32) */
  GArray *removed; /* likewise */
} SvPackageSetRow;

void sv_package_set_row_clear (SvPackageSetRow *row);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvPackageSetRow, sv_package_set_row_clear)

/* SV_ERROR_NOT_FOUND if there is none of that number. */
gboolean sv_package_set_load_row (SvDb *db, gint64 set, SvPackageSetRow *ret_row, GError **error);

/* Walks all sets, whole ones first. Lent for the call; FALSE with @error ends the walk. */
typedef gboolean (*SvPackageSetFunc) (const SvPackageSetRow *row, gpointer user_data,
                                      GError **error);
gboolean sv_package_set_foreach (SvDb *db, SvPackageSetFunc func, gpointer user_data,
                                 GError **error);

/**
 * sv_package_set_keep:
 * @ids: what it holds, ascending
 * @near: a set that is probably much like it; 0: none
 *
 * Stores the set @digest, unless it is there, and gives its number. It is kept as what differs from
 * the whole set behind @near, or from one that is found to be much like it, if that is less than a
 * third of it: a number of a difference takes twice the bytes.
 */
gboolean sv_package_set_keep (SvDb *db, const SvDigest *digest, const GArray *ids, gint64 near,
                              gint64 *ret_set, GError **error);

/* Forgets @set if no host points at it and no set differs from it. */
gboolean sv_package_set_drop (SvDb *db, gint64 set, GError **error);
