#include "cli/config.h"

#include <string.h>
#include <unistd.h>

const SvSetting sv_settings[] = {
    {"store", "URL", NULL, "where to keep feeds and history: a path or postgresql://…"},
    {"cache", "DIR", NULL, "where downloaded files and changelogs are kept"},
    {"proxy", "URL", NULL, "fetch feeds through this proxy (http://proxy.example:3128)"},
    {"ca-file", "FILE", NULL, "believe sources certified by this PEM file, not by the system's"},
    {"exposure", "VALUE", NULL, "how this host can be reached: small, controlled or open"},
    {"mission-impact", "VALUE", NULL,
     "degraded, mef-support-crippled, mef-failure or mission-failure"},
    {"safety-impact", "VALUE", NULL, "negligible, marginal, critical or catastrophic"},
    {"criticality", "VALUE", NULL,
     "what an outage of this host means: low, medium, high, critical"},
    {"zone", "NAME", NULL, "network zone of this host"},
    {"max-age", "SPAN", NULL, "refuse to answer from sources older than this: 36h, 5d"},
    {"fail-on", "WHAT", NULL,
     "exit 10 if the answer holds: any, security, exploited, immediate, out-of-cycle, overdue"},
    {"colour", "WHEN", "auto", "always, never or auto"},
    {"server", "URL", NULL, "the server to ask: https://salve.example:8443"},
    {"server-ca", "FILE", NULL, "believe a server certified by this PEM file"},
    {"token", "TOKEN", NULL, "who asks: an API token; better in SALVE_TOKEN than in a flag"},
};
const gsize sv_n_settings = G_N_ELEMENTS (sv_settings);

static const SvField setting_fields[] = {
    SV_FIELD (SvSettingValue, name, SV_TYPE_STRING, .doc = "Name of the setting."),
    SV_FIELD (SvSettingValue, value, SV_TYPE_STRING, .doc = "Its value; nothing: not set."),
    SV_FIELD (SvSettingValue, origin, SV_TYPE_STRING, .doc = "Where the value comes from."),
};
SV_RECORD_TYPE (sv_setting_value_type, SvSettingValue, "Setting", setting_fields,
                "One setting, its value and where that comes from.");

struct SvConfig {
  GPtrArray *files; /* GKeyFile, strongest first */
  GPtrArray *paths; /* their paths */
  GHashTable *variables;
};

static const SvSetting *
find_setting (const char *name)
{
  for (gsize i = 0; i < sv_n_settings; i++)
    if (strcmp (sv_settings[i].name, name) == 0)
      return &sv_settings[i];
  return NULL;
}

static gboolean
check_key (GKeyFile *file, const char *key, const char *path, GError **error)
{
  if (find_setting (key) == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "'%s': unknown key '%.64s'; 'salve config show' lists them all", path, key);
    return FALSE;
  }
  g_autofree char *value = g_key_file_get_string (file, "salve", key, NULL);
  if (value != NULL)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
               "'%s': the value of '%s' is not UTF-8 or has a bad escape", path, key);
  return FALSE;
}

static gboolean
check_keys (GKeyFile *file, const char *path, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++) {
    if (strcmp (*group, "salve") != 0) {
      g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                   "'%s': unknown group [%.64s]; the only one is [salve]", path, *group);
      return FALSE;
    }
    g_auto (GStrv) keys = g_key_file_get_keys (file, *group, NULL, NULL);
    for (char **key = keys; *key != NULL; key++)
      if (!check_key (file, *key, path, error))
        return FALSE;
  }
  return TRUE;
}

static gboolean
add_file (SvConfig *config, const char *path, gboolean required, GError **error)
{
  if (!required && access (path, F_OK) != 0)
    return TRUE;
  g_autoptr (GBytes) text = sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, error);
  if (text == NULL)
    return FALSE;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) reason = NULL;
  if (!g_key_file_load_from_bytes (file, text, G_KEY_FILE_NONE, &reason)) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "'%s': %s", path, reason->message);
    return FALSE;
  }
  if (!check_keys (file, path, error))
    return FALSE;
  g_ptr_array_add (config->files, g_steal_pointer (&file));
  g_ptr_array_add (config->paths, g_strdup (path));
  return TRUE;
}

/* "SALVE_MAX_AGE" of "max-age" */
static char *
variable_name (const char *setting)
{
  g_autofree char *name = g_ascii_strup (setting, -1);
  return g_strconcat ("SALVE_", g_strdelimit (name, "-", '_'), NULL);
}

static void
add_variables (SvConfig *config)
{
  for (gsize i = 0; i < sv_n_settings; i++) {
    g_autofree char *variable = variable_name (sv_settings[i].name);
    const char *value = g_getenv (variable);
    if (value != NULL && *value != '\0')
      g_hash_table_insert (config->variables, g_strdup (sv_settings[i].name), g_strdup (value));
  }
}

SvConfig *
sv_config_load (const char *explicit_path, GError **error)
{
  g_autoptr (SvConfig) config = g_new0 (SvConfig, 1);
  config->files = g_ptr_array_new_with_free_func ((GDestroyNotify)g_key_file_unref);
  config->paths = sv_strings_new ();
  config->variables = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  add_variables (config);
  if (explicit_path != NULL)
    return add_file (config, explicit_path, TRUE, error) ? g_steal_pointer (&config) : NULL;
  g_autofree char *user = g_build_filename (g_get_user_config_dir (), "salve", "salve.conf", NULL);
  if (!add_file (config, "salve.conf", FALSE, error) || !add_file (config, user, FALSE, error) ||
      !add_file (config, "/etc/salve/salve.conf", FALSE, error))
    return NULL;
  return g_steal_pointer (&config);
}

void
sv_config_free (SvConfig *config)
{
  if (config == NULL)
    return;
  g_ptr_array_unref (config->files);
  g_ptr_array_unref (config->paths);
  g_hash_table_unref (config->variables);
  g_free (config);
}

/* The one walk over the sources of a setting; value and origin are found together. */
static char *
look_up (const SvConfig *config, const char *name, const char *flag, char **ret_origin)
{
  const SvSetting *setting = find_setting (name);
  g_return_val_if_fail (setting != NULL, NULL);
  const char *variable = g_hash_table_lookup (config->variables, name);
  if (flag != NULL || variable != NULL) {
    *ret_origin = flag != NULL ? g_strdup ("flag") : variable_name (name);
    return g_strdup (flag != NULL ? flag : variable);
  }
  for (guint i = 0; i < config->files->len; i++) {
    char *value = g_key_file_get_string (config->files->pdata[i], "salve", name, NULL);
    if (value != NULL) {
      *ret_origin = g_strdup (config->paths->pdata[i]);
      return value;
    }
  }
  *ret_origin = g_strdup (setting->fallback != NULL ? "default" : "");
  return g_strdup (setting->fallback);
}

const char *
sv_config_get (const SvConfig *config, const char *name, const char *flag)
{
  g_autofree char *origin = NULL, *value = look_up (config, name, flag, &origin);
  return value != NULL ? g_intern_string (value) : NULL;
}

const char *
sv_config_get_origin (const SvConfig *config, const char *name, const char *flag)
{
  g_autofree char *origin = NULL;
  g_free (look_up (config, name, flag, &origin));
  return g_intern_string (origin);
}
