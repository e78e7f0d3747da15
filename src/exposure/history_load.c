#include "exposure/history_load.h"

typedef struct {
  SvDictionary *dictionary;
  SvDb *db;
} Names;

static char *
name_platform (gpointer user_data, gint64 posture, GError **error)
{
  const Names *names = user_data;
  g_autoptr (SvInventory) facts = sv_posture_load (names->db, posture, error);
  return facts != NULL ? sv_part_format_platform (facts) : NULL;
}

static gboolean
is_joint (gpointer user_data, guint32 entry)
{
  const Names *names = user_data;
  const SvPackage *package = sv_dictionary_find_package (names->dictionary, entry);
  return package != NULL && sv_part_is_joint (package);
}

GPtrArray *
sv_history_load (SvDictionary *dictionary, SvDb *db, SvPartFlaws *flaws, const char *host,
                 GError **error)
{
  Names names = {dictionary, db};
  const SvPartNames asked = {name_platform, is_joint, &names};
  g_autoptr (SvHostPast) past = sv_host_past_load (db, host, error);
  if (past == NULL || !sv_dictionary_refresh (dictionary, db, error))
    return NULL;
  g_autoptr (GPtrArray) tenures = sv_history_list_tenures (past, &asked, error);
  return tenures != NULL ? sv_history_list_intervals (tenures, sv_part_flaws_get, flaws, error)
                         : NULL;
}
