/* Names that this program gives to what it makes. */
#pragma once

#include <glib.h>

#define SV_ID_LENGTH 36

/**
 * sv_id_new:
 *
 * New string: a UUID of version 7 in lower case. Ids of one process sort by when they were made,
 * also when the clock steps back; ids of several processes sort as their clocks agree. 62 bits of
 * each are random, from the kernel. Safe on any thread.
 * Source: RFC 9562, 5.7 and 6.2 (method 3: the fraction of the millisecond in rand_a).
 */
char *sv_id_new (void);

/* True for 8-4-4-4-12 hexadecimal digits in lower case: the form in which all ids are kept. */
gboolean sv_id_is_valid (const char *text);
