#include "exposure/depends.h"

#include <string.h>

static void
dependency_free (SvDependency *dependency)
{
  g_free (dependency->name);
  g_free (dependency->qualifier);
  g_free (dependency->version);
  g_clear_pointer (&dependency->key, g_bytes_unref);
  g_free (dependency);
}

static void
group_free (SvDependencyGroup *group)
{
  g_free (group->text);
  g_clear_pointer (&group->alternatives, g_ptr_array_unref);
  g_free (group);
}

typedef struct {
  const char *sign;
  SvRelation relation;
} RelationRow;

/* Longer signs first; "<" and ">" are dpkg's old way to write "<=" and ">=". */
static const RelationRow relation_rows[] = {
    {"<<", SV_RELATION_LESS},          {"<=", SV_RELATION_LESS_EQUAL},
    {">=", SV_RELATION_GREATER_EQUAL}, {">>", SV_RELATION_GREATER},
    {"=", SV_RELATION_EQUAL},          {"<", SV_RELATION_LESS_EQUAL},
    {">", SV_RELATION_GREATER_EQUAL},
};

/* @text stands between the brackets. */
static void
parse_version (SvDependency *dependency, const char *text)
{
  for (gsize i = 0; i < G_N_ELEMENTS (relation_rows); i++) {
    const RelationRow *row = &relation_rows[i];
    if (!g_str_has_prefix (text, row->sign))
      continue;
    g_autofree char *version = g_strstrip (g_strdup (text + strlen (row->sign)));
    dependency->key = sv_version_key (SV_SCHEME_DEB, version, NULL);
    if (dependency->key == NULL)
      return;
    dependency->relation = row->relation;
    dependency->version = g_steal_pointer (&version);
    return;
  }
}

static SvDependency *
parse_dependency (const char *text)
{
  SvDependency *dependency = g_new0 (SvDependency, 1);
  gsize name = strcspn (text, " \t\n:(");
  const char *open = strchr (text, '('), *close = open != NULL ? strchr (open, ')') : NULL;

  dependency->name = g_strndup (text, name);
  if (text[name] == ':')
    dependency->qualifier = g_strndup (text + name + 1, strcspn (text + name + 1, " \t\n("));
  if (close != NULL) {
    g_autofree char *inside = g_strndup (open + 1, (gsize)(close - open - 1));
    parse_version (dependency, g_strstrip (inside));
  }
  return dependency;
}

static SvDependencyGroup *
parse_group (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, "|", -1);
  SvDependencyGroup *group = g_new0 (SvDependencyGroup, 1);

  group->text = g_strdup (text);
  group->alternatives = g_ptr_array_new_with_free_func ((GDestroyNotify)dependency_free);
  for (char **word = words; *word != NULL; word++) {
    g_strstrip (*word);
    if (**word != '\0')
      g_ptr_array_add (group->alternatives, parse_dependency (*word));
  }
  return group;
}

GPtrArray *
sv_dependencies_parse (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text != NULL ? text : "", ",", -1);
  GPtrArray *groups = g_ptr_array_new_with_free_func ((GDestroyNotify)group_free);

  for (char **part = parts; *part != NULL; part++) {
    g_strstrip (*part);
    if (**part != '\0')
      g_ptr_array_add (groups, parse_group (*part));
  }
  return groups;
}

gboolean
sv_dependency_allows (const SvDependency *dependency, GBytes *key)
{
  int order = dependency->key != NULL ? sv_key_bytes_compare (key, dependency->key) : 0;

  switch ((SvRelation)dependency->relation) {
  case SV_RELATION_LESS:
    return order < 0;
  case SV_RELATION_LESS_EQUAL:
    return order <= 0;
  case SV_RELATION_EQUAL:
    return order == 0;
  case SV_RELATION_GREATER_EQUAL:
    return order >= 0;
  case SV_RELATION_GREATER:
    return order > 0;
  case SV_RELATION_ANY:
  default:
    return TRUE;
  }
}
