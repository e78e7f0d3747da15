/* A whole host: kernels, architectures, aliases, order and effort. */
#include "exposure/assess.h"

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  return g_test_run ();
}
