/* Settings: one table; flag > SALVE_* > project (./salve.conf) > user > system > default. */
#pragma once

#include "base/base.h"

typedef struct {
  const char *name; /* "store": flag --store, variable SALVE_STORE, key `store` in [salve] */
  const char *value_name;
  const char *fallback; /* default; NULL: none */
  const char *doc;
} SvSetting;

extern const SvSetting sv_settings[];
extern const gsize sv_n_settings;

typedef struct {
  char *name;
  char *value;
  char *origin; /* "flag", "SALVE_STORE", a file path, "default" */
} SvSettingValue;
extern const SvRecordType sv_setting_value_type;

typedef struct SvConfig SvConfig;

/**
 * sv_config_load:
 * @explicit_path: (nullable): file named by --config: read instead of project, user and system
 * files
 *
 * A file with an unknown group or key is SV_ERROR_INVALID_DATA that names it.
 */
SvConfig *sv_config_load (const char *explicit_path, GError **error);
void sv_config_free (SvConfig *config);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvConfig, sv_config_free)

/* @flag is the value from the command line or NULL. Lent. */
const char *sv_config_get (const SvConfig *config, const char *name, const char *flag);
const char *sv_config_get_origin (const SvConfig *config, const char *name, const char *flag);
