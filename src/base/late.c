#include "base/late.h"

#include "base/error.h"

#include <dlfcn.h>

static gboolean
fill (SvLateLibrary *library, void *handle)
{
  for (gsize i = 0; library->symbols[i] != NULL; i++) {
    library->table[i] = dlsym (handle, library->symbols[i]);
    if (library->table[i] == NULL)
      return FALSE;
  }
  return TRUE;
}

gboolean
sv_late_load (SvLateLibrary *library, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&library->lock);
  if (library->loaded)
    return TRUE;
  void *handle = dlopen (library->library, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  library->loaded = handle != NULL && fill (library, handle);
  if (library->loaded)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_UNSUPPORTED, "%s need the library %s: %s",
               library->purpose, library->library, dlerror ());
  return FALSE;
}
