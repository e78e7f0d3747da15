#include "cli/cli.h"

int
main (int argc, char **argv)
{
  return sv_cli_main (argc, argv);
}
