#include "inventory/ini.h"

#include "inventory/collect.h"

gboolean
sv_ini_next (SvIni *ini)
{
  SvLines lines = {ini->rest, 0};
  for (char *line; (line = sv_lines_next (&lines)) != NULL;) {
    char *end = strchr (line, ']'), *equals = strchr (line, '=');
    if (*line == '#' || *line == ';' || *line == ' ' || *line == '\t')
      continue;
    if (*line == '[' && end != NULL) {
      *end = '\0';
      *ini = (SvIni){lines.rest, line + 1, NULL, NULL};
      return TRUE;
    }
    if (equals == NULL)
      continue;
    *equals = '\0';
    ini->rest = lines.rest;
    ini->key = g_strstrip (line);
    ini->value = g_strstrip (equals + 1);
    return TRUE;
  }
  ini->rest = NULL;
  return FALSE;
}

static gboolean
is_among (const char *value, const char *const *words)
{
  for (gsize i = 0; value != NULL && words[i] != NULL; i++)
    if (g_ascii_strcasecmp (value, words[i]) == 0)
      return TRUE;
  return FALSE;
}

gboolean
sv_ini_is_true (const char *value)
{
  static const char *const words[] = {"1", "yes", "true", "on", "with", "enable", NULL};
  return is_among (value, words);
}

gboolean
sv_ini_is_false (const char *value)
{
  static const char *const words[] = {"0", "no", "false", "off", "without", "disable", NULL};
  return is_among (value, words);
}
