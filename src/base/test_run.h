/* Commands that must go well. Tests only. */
#pragma once

#include "base/run.h"

static inline void
sv_test_run (const char *const *argv)
{
  g_auto (SvRunResult) result = {0};
  g_autoptr (GError) error = NULL;
  g_assert_true (sv_run (argv, NULL, &result, &error));
  if (result.exit_code != 0)
    g_test_message ("%s: %s", argv[0], result.errors->str);
  g_assert_cmpint (result.exit_code, ==, 0);
}

#define SV_TEST_RUN(...) sv_test_run ((const char *const[]){__VA_ARGS__, NULL})
