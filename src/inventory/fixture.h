/* Hosts made up by the tests: a directory tree that looks like a root. Tests only. */
#pragma once

#include "inventory/collect.h"

#include <errno.h>
#include <ftw.h>
#include <glib/gstdio.h>
#include <unistd.h>

typedef struct {
  char *root;
} Fixture;

static inline void
fixture_init (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  fixture->root = g_dir_make_tmp ("salve-inventory-XXXXXX", &error);
  g_assert_no_error (error);
}

static inline int
fixture_remove (const char *path, const struct stat *status, int kind, struct FTW *where)
{
  return remove (path);
}

static inline void
fixture_clear (Fixture *fixture)
{
  nftw (fixture->root, fixture_remove, 16, FTW_DEPTH | FTW_PHYS);
  g_free (fixture->root);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fixture, fixture_clear)

static inline char *
fixture_path (const Fixture *fixture, const char *relative)
{
  g_autofree char *path = g_build_filename (fixture->root, relative, NULL);
  g_autofree char *directory = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (directory, 0755), ==, 0);
  return g_steal_pointer (&path);
}

static inline void
fixture_write (const Fixture *fixture, const char *relative, const char *text)
{
  g_autofree char *path = fixture_path (fixture, relative);
  g_autoptr (GError) error = NULL;
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static inline void
fixture_link (const Fixture *fixture, const char *relative, const char *target)
{
  g_autofree char *path = fixture_path (fixture, relative);
  g_assert_cmpint (symlink (target, path), ==, 0);
}

#define FIXTURE_NOW_US (G_GINT64_CONSTANT (1795305600) * SV_SECOND_US) /* 2026-11-22 */

static inline SvInventory *
fixture_collect (const SvInventorySource *source)
{
  g_autoptr (GError) error = NULL;
  SvInventory *inventory = sv_inventory_collect (source, FIXTURE_NOW_US, &error);
  g_assert_no_error (error);
  g_assert_nonnull (inventory);
  return inventory;
}

/* Of whatever state and ecosystem; NULL if there is none. */
static inline const SvPackage *
fixture_find_package (const SvInventory *inventory, const char *name)
{
  for (guint i = 0; i < inventory->packages->len; i++) {
    const SvPackage *package = inventory->packages->pdata[i];
    if (g_str_equal (package->name, name))
      return package;
  }
  return NULL;
}

static inline const SvPackage *
fixture_get_package (const SvInventory *inventory, const char *name)
{
  const SvPackage *package = sv_inventory_find_package (inventory, name, NULL);
  g_assert_nonnull (package);
  return package;
}

/* Debian 12 with one package, so that a root can be looked at at all. */
static inline void
fixture_write_debian (const Fixture *fixture, const char *status)
{
  fixture_write (fixture, "etc/os-release",
                 "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\n");
  fixture_write (fixture, "var/lib/dpkg/status",
                 status != NULL ? status
                                : "Package: base-files\nStatus: install ok installed\n"
                                  "Architecture: amd64\nVersion: 12.4+deb12u15\n");
}

/* The text of the first gap of @what that holds @part, or NULL. */
static inline const char *
fixture_find_gap (const SvInventory *inventory, const char *what, const char *part)
{
  for (guint i = 0; i < inventory->gaps->len; i++) {
    const SvGap *gap = inventory->gaps->pdata[i];
    if (g_str_equal (gap->what, what) && strstr (gap->why, part) != NULL)
      return gap->why;
  }
  return NULL;
}

/* Path below the shared test data, or NULL after skipping the test. */
static inline char *
fixture_data (const char *relative)
{
  const char *data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *path = g_build_filename (data != NULL ? data : "/nonexistent", relative, NULL);
  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  g_test_skip ("the shared test data is absent");
  return NULL;
}
