/* What the feeds in force say of a package, and what is known of a flaw itself. */
#pragma once

#include "advisory/statement.h"

#include "db/db.h"

/* A version key; size 0: there is none. */
typedef struct {
  const guint8 *data;
  gsize size;
} SvKey;

/* All lent for the call. */
typedef struct {
  const char *feed;
  const SvStatement *statement;
  SvKey introduced; /* size 0: from the beginning */
  SvKey fixed;
  SvKey last_affected;
} SvStatementRow;

/* FALSE with @error ends the walk. */
typedef gboolean (*SvStatementFunc) (const SvStatementRow *row, gpointer user_data, GError **error);

/* Which of the statements on a package: most of a distribution's history is settled for what is
 * installed, and need not be read (advisory/settled.h). */
typedef enum {
  SV_STATEMENTS_ALL,
  SV_STATEMENTS_OPEN,   /* those that `installed` does not settle */
  SV_STATEMENTS_SETTLED /* those that it does, on `vulnerability` alone */
} SvStatementPart;

typedef struct {
  const char *release; /* "debian:12"; statements for any release count too */
  const char *package;
  gint name_kind;        /* SvNameKind of @package */
  gboolean only_release; /* what is said of every release is known to be nothing */
  gboolean every_class;  /* notices that are about no flaw too: which updates there are (trap 55) */
  SvStatementPart part;
  GBytes *installed;         /* key of the installed version; ignored for ALL */
  const char *vulnerability; /* the id that statements use; ignored but for SETTLED */
} SvStatementQuery;

/**
 * sv_statement_foreach:
 *
 * Walks statements of every feed in force about a package: all of them ordered by vulnerability,
 * feed and version, so that answers do not depend on the order of import (trap 106); parts come in
 * no order. Conflicting statements are all given: the caller judges (trap 108).
 */
gboolean sv_statement_foreach (SvDb *db, const SvStatementQuery *asked, SvStatementFunc func,
                               gpointer user_data, GError **error);

/* Whether any feed in force says anything of packages in @release (trap 49); what is said of every
 * release does not count. */
gboolean sv_statement_covers (SvDb *db, const char *release, gboolean *ret_covers, GError **error);

/* Whether any feed in force says anything of every release at once. */
gboolean sv_statement_of_every_release (SvDb *db, gboolean *ret_any, GError **error);

/* The notice @id as @feed has it; NULL without an error if there is none. */
SvAdvisory *sv_advisory_find (SvDb *db, const char *feed, const char *id, GError **error);
void sv_advisory_free (SvAdvisory *advisory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvAdvisory, sv_advisory_free)

/* What is known of one flaw under all of its names. Members but @names may be NULL: not known. */
typedef struct {
  GPtrArray *names; /* strings: every alias, the asked-for first, then in order (trap 53) */
  SvKev *kev;
  SvEpss *epss;
  SvCveFact *cve;
} SvFacts;

/* Every name of the flaw @id as strings: itself first, then its aliases and theirs (trap 53). */
GPtrArray *sv_flaw_list_names (SvDb *db, const char *id, GError **error);

/* Whether any feed in force names one flaw in two ways. */
gboolean sv_flaw_has_aliases (SvDb *db, gboolean *ret_has, GError **error);

/* New set of strings: ids of all that some feed in force says is exploited. */
GHashTable *sv_kev_list (SvDb *db, GError **error);

void sv_facts_clear (SvFacts *facts);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SvFacts, sv_facts_clear)

/* Not knowing anything is no error. Where several feeds know of it, the newest word counts; a
 * catalogue entry that names a deadline comes before one that does not. */
gboolean sv_facts_load (SvDb *db, const char *vulnerability, SvFacts *ret_facts, GError **error);
