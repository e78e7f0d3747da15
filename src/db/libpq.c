#include "db/libpq.h"

SvPq sv_pq;
static const char *const symbols[] = {SV_PQ_SYMBOLS (SV_LATE_NAME) NULL};
G_STATIC_ASSERT (sizeof sv_pq / sizeof (gpointer) + 1 == G_N_ELEMENTS (symbols));

gboolean
sv_pq_load (GError **error)
{
  static SvLateLibrary library = {.library = "libpq.so.5",
                                  .purpose = "stores in PostgreSQL",
                                  .symbols = symbols,
                                  .table = (gpointer *)&sv_pq};
  return sv_late_load (&library, error);
}
