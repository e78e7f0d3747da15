/* RPM modules: which build of which stream a version belongs to (traps 63 to 66). */
#pragma once

#include <glib.h>

/* The tag of the module build inside an RPM version ("module_el8.6.0+2811+fe6c84b0" of
 * "1.05-10.module_el8.6.0+2811+fe6c84b0"), lent, with its length; NULL if it is no modular build.
 */
const char *sv_module_find_build (const char *version, gsize *ret_length);

/* Appends each distinct NAME:STREAM word of an advisory's title to @list (strings):
 * "Moderate: container-tools:4.0 security update" has "container-tools:4.0". */
void sv_module_collect_streams (const char *title, GPtrArray *list);
