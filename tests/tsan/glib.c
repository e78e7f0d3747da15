/* Tells ThreadSanitizer what GLib's locks order: they are futexes inside an uninstrumented library,
 * which it does not see. Linked into the tests of a build with -Db_sanitize=thread alone. */
#include <dlfcn.h>
#include <glib.h>
#include <sanitizer/tsan_interface.h>

#define NEXT(name) ((__typeof__ (&name))dlsym (RTLD_NEXT, #name))

/* As mutexes, so that orders of locking that could wait for each other are found too. */
void
g_mutex_init (GMutex *mutex)
{
  NEXT (g_mutex_init) (mutex);
  __tsan_mutex_create (mutex, 0);
}

void
g_mutex_clear (GMutex *mutex)
{
  __tsan_mutex_destroy (mutex, 0);
  NEXT (g_mutex_clear) (mutex);
}

void
g_mutex_lock (GMutex *mutex)
{
  __tsan_mutex_pre_lock (mutex, 0);
  NEXT (g_mutex_lock) (mutex);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

void
g_mutex_unlock (GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  NEXT (g_mutex_unlock) (mutex);
  __tsan_mutex_post_unlock (mutex, 0);
}

void
g_cond_wait (GCond *cond, GMutex *mutex)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  __tsan_mutex_pre_lock (mutex, 0);
  NEXT (g_cond_wait) (cond, mutex);
  __tsan_mutex_post_lock (mutex, 0, 0);
}

gboolean
g_cond_wait_until (GCond *cond, GMutex *mutex, gint64 end_us)
{
  __tsan_mutex_pre_unlock (mutex, 0);
  __tsan_mutex_post_unlock (mutex, 0);
  __tsan_mutex_pre_lock (mutex, 0);
  gboolean woken = NEXT (g_cond_wait_until) (cond, mutex, end_us);
  __tsan_mutex_post_lock (mutex, 0, 0);
  return woken;
}

void
g_async_queue_push (GAsyncQueue *queue, gpointer data)
{
  __tsan_release (queue);
  NEXT (g_async_queue_push) (queue, data);
}

gpointer
g_async_queue_pop (GAsyncQueue *queue)
{
  gpointer data = NEXT (g_async_queue_pop) (queue);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_try_pop (GAsyncQueue *queue)
{
  gpointer data = NEXT (g_async_queue_try_pop) (queue);
  __tsan_acquire (queue);
  return data;
}

gpointer
g_async_queue_timeout_pop (GAsyncQueue *queue, guint64 timeout_us)
{
  gpointer data = NEXT (g_async_queue_timeout_pop) (queue, timeout_us);
  __tsan_acquire (queue);
  return data;
}

#undef g_atomic_ref_count_dec
gboolean
g_atomic_ref_count_dec (gatomicrefcount *count)
{
  __tsan_release (count);
  gboolean last = NEXT (g_atomic_ref_count_dec) (count);
  if (last)
    __tsan_acquire (count);
  return last;
}

void
g_bytes_unref (GBytes *bytes)
{
  __tsan_release (bytes);
  NEXT (g_bytes_unref) (bytes);
}
