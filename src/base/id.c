#include "base/id.h"

#include "base/time.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#define TICKS_PER_MS 4096 /* the 12 bits of rand_a */

/* The tick of the newest id: what keeps ids of this process in order. */
static _Atomic gint64 newest;

static gint64
next_tick (void)
{
  gint64 now = sv_time_now (), tick = now / 1000 * TICKS_PER_MS + now % 1000 * TICKS_PER_MS / 1000;
  gint64 last = atomic_load (&newest), next;
  do
    next = MAX (tick, last + 1);
  while (!atomic_compare_exchange_weak (&newest, &last, next));
  return next;
}

static void
fill_random (guint8 *bytes, gsize size)
{
  /* never partial for so few bytes; without a kernel that has it nothing here can work */
  if (getrandom (bytes, size, 0) != (ssize_t)size)
    g_error ("the kernel gives no random bytes");
}

char *
sv_id_new (void)
{
  guint8 b[16];
  gint64 tick = next_tick (), ms = tick / TICKS_PER_MS, fraction = tick % TICKS_PER_MS;
  fill_random (b + 8, 8);
  for (int i = 0; i < 6; i++)
    b[i] = (guint8)(ms >> (8 * (5 - i)));
  b[6] = (guint8)(0x70 | fraction >> 8);
  b[7] = (guint8)fraction;
  b[8] = (guint8)(0x80 | (b[8] & 0x3f));
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                          b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                          b[12], b[13], b[14], b[15]);
}

gboolean
sv_id_is_valid (const char *text)
{
  static const char form[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  G_STATIC_ASSERT (sizeof form - 1 == SV_ID_LENGTH);
  if (strlen (text) != SV_ID_LENGTH)
    return FALSE;
  for (gsize i = 0; form[i] != '\0'; i++) {
    gboolean digit = g_ascii_isdigit (text[i]) || (text[i] >= 'a' && text[i] <= 'f');
    if (form[i] == 'x' ? !digit : text[i] != '-')
      return FALSE;
  }
  return TRUE;
}
