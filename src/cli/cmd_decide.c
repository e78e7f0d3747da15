/* Decision tables and settings. */
#include "cli/cli.h"

#include "cli/config.h"
#include "triage/triage.h"

#include <string.h>

int
sv_cmd_ssvc (SvCli *cli, GError **error)
{
  const SvCommand *command = sv_cli_get_command (cli);
  g_autoptr (GArray) pairs = g_array_new (FALSE, FALSE, sizeof (SvSsvcPair));
  for (gsize i = 0; i < command->n_options; i++) {
    SvSsvcPair pair = {command->options[i].name, sv_cli_find (cli, command->options[i].name)};
    if (pair.value != NULL)
      g_array_append_val (pairs, pair);
  }
  g_auto (SvSsvc) ssvc = {0};
  if (!sv_ssvc_ask ((SvSsvcPair *)(gpointer)pairs->data, pairs->len, "flag", &ssvc, error) ||
      !sv_cli_write_record (cli, &sv_decision_answer_type, ssvc.answer, error))
    return SV_EXIT_FAILED;
  return SV_EXIT_OK;
}

int
sv_cmd_config_show (SvCli *cli, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (g_free);
  for (gsize i = 0; i < sv_n_settings; i++) {
    SvSettingValue *row = g_new0 (SvSettingValue, 1); /* its strings are lent */
    row->name = (char *)sv_settings[i].name;
    row->value = (char *)sv_cli_get_setting (cli, sv_settings[i].name);
    row->origin = (char *)sv_cli_get_setting_origin (cli, sv_settings[i].name);
    g_ptr_array_add (rows, row);
  }
  return sv_cli_write_records (cli, &sv_setting_value_type, rows, error) ? SV_EXIT_OK
                                                                         : SV_EXIT_FAILED;
}
