/* Which package a file belongs to: asked for many files, answered in one pass over the package
 * manager's file lists. */
#pragma once

#include <glib.h>

typedef struct SvOwners SvOwners;

/* Told the owner of a file that was asked for. @package is lent. */
typedef void (*SvOwnerFound) (gpointer target, const char *package);

SvOwners *sv_owners_new (void);
void sv_owners_free (SvOwners *owners);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SvOwners, sv_owners_free)

/* @path as seen inside the root. @target must live until the answer. */
void sv_owners_want (SvOwners *owners, const char *path, SvOwnerFound found, gpointer target);

gboolean sv_owners_is_empty (const SvOwners *owners);

/* @path belongs to @package: answers whoever asked. /lib and /usr/lib are one (usrmerge). */
void sv_owners_tell (SvOwners *owners, const char *path, const char *package);
