#include "exposure/upgrade.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- small hosts --- */

/* Each line is "name version arch; Field: value; …". */
typedef struct {
  const char *name;
  const char *status;
  const char *base;     /* bookworm */
  const char *security; /* bookworm-security */
  const char *foreign;  /* bookworm, i386 */
  const char *machine_id;
  const char *expected; /* see format_plan() */
} Row;

static const Row rows[] = {
    {"security-and-not", "a 1 amd64\nb 1 amd64\nc 1 amd64\n", "a 1 amd64\nb 2 amd64\nc 2 amd64\n",
     "a 2 amd64\nb 1.5 amd64\n",
     .expected = "upgrade a amd64 1 2 security\n"
                 "upgrade b amd64 1 2 security\n"
                 "upgrade c amd64 1 2 -\n"},
    {"pitfall-26-only-what-is-there",
     "a 1 amd64; Status: deinstall ok config-files\nb 1 amd64; Status: install ok unpacked\n",
     "a 2 amd64\nb 2 amd64\n", .expected = "upgrade b amd64 1 2 -\n"},
    {"pitfall-27-architectures", "a 1 amd64\na 1 i386\n", "a 2 amd64\n", .foreign = "a 3 i386\n",
     .expected = "upgrade a amd64 1 2 -\nupgrade a i386 1 3 -\n"},
    {"pitfall-79-all-becomes-any", "a 1 all\nb 1 amd64\nc 1 amd64; Depends: a, b\n",
     "a 2 amd64\nb 2 all\n", .expected = "upgrade a amd64 1 2 -\nupgrade b all 1 2 -\n"},
    {"pitfall-76-held", "a 1 amd64; Status: hold ok installed\nb 1 amd64\n",
     "a 2 amd64\nb 2 amd64\n", .expected = "upgrade a amd64 1 2 - (held)\nupgrade b amd64 1 2 -\n"},
    {"pitfall-76-held-keeps-others-back",
     "a 1 amd64; Status: hold ok installed\nb 1 amd64; Depends: a (= 1)\n",
     "a 2 amd64\nb 2 amd64; Depends: a (= 2)\n",
     .expected =
         "upgrade a amd64 1 2 - (held)\n"
         "upgrade b amd64 1 2 - (its new version needs a (= 2), which cannot be had here)\n"},
    {"pitfall-76-phased", "a 1 amd64\nb 1 amd64\n",
     "a 2 amd64; Source: src3 (34.3); Phased-Update-Percentage: 42\n"
     "b 2 amd64; Source: src3 (34.3); Phased-Update-Percentage: 43\n",
     .machine_id = "ec38008d331dfd3b272416317694e2fe",
     .expected = "upgrade a amd64 1 2 - (rolled out to 42 % of all hosts, not to this one yet)\n"
                 "upgrade b amd64 1 2 -\n"},
    {"pitfall-76-phases-do-not-delay-security", "a 1 amd64\n",
     "a 2 amd64; Source: src3 (34.3); Phased-Update-Percentage: 0\n", "a 1.5 amd64\n",
     .machine_id = "ec38008d331dfd3b272416317694e2fe",
     .expected = "upgrade a amd64 1 2 security\n"},
    {"pitfall-96-new-dependency",
     "linux-image-amd64 1 amd64; Depends: linux-image-1-amd64 (= 1)\n"
     "linux-image-1-amd64 1 amd64\n",
     "linux-image-amd64 2 amd64; Depends: linux-image-2-amd64 (= 2)\n"
     "linux-image-2-amd64 2 amd64; Depends: helper | other\n"
     "linux-image-3-amd64 3 amd64\nhelper 1 all; Pre-Depends: deep\ndeep 1 amd64\n",
     .expected = "install deep amd64 - 1 - (needed by helper 1)\n"
                 "install helper all - 1 - (needed by linux-image-2-amd64 2)\n"
                 "install linux-image-2-amd64 amd64 - 2 - (needed by linux-image-amd64 2)\n"
                 "upgrade linux-image-amd64 amd64 1 2 -\n"},
    {"pitfall-96-recommends-are-not-followed", "a 1 amd64\n",
     "a 2 amd64; Recommends: b; Suggests: b\nb 1 amd64\n", .expected = "upgrade a amd64 1 2 -\n"},
    {"pitfall-96-virtual-dependency", "a 1 amd64; Depends: mta\nm 1 amd64; Provides: mta\n",
     "a 2 amd64; Depends: mta, web (>= 2)\nw 3 amd64; Provides: web (= 2)\n",
     .expected = "upgrade a amd64 1 2 -\ninstall w amd64 - 3 - (needed by a 2)\n"},
    {"pitfall-96-new-package-not-brought-for-nothing", "a 1 amd64\n",
     "a 2 amd64; Depends: b, nowhere\nb 1 amd64\n",
     .expected =
         "upgrade a amd64 1 2 - (its new version needs nowhere, which cannot be had here)\n"},
    {"pitfall-96-what-stays-keeps-working", "lib 1 amd64\nuser 1 amd64; Depends: lib (<< 2)\n",
     "lib 2 amd64\n",
     .expected = "upgrade lib amd64 1 2 - (user, which stays at 1, needs lib (<< 2))\n"},
    {"pitfall-96-broken-before-stays-broken", "lib 1 amd64\nuser 1 amd64; Depends: gone\n",
     "lib 2 amd64\n", .expected = "upgrade lib amd64 1 2 -\n"},
    {"pitfall-96-locked-pair-moves-together", "lib 1 amd64\nlib-dev 1 amd64; Depends: lib (= 1)\n",
     "lib 2 amd64\nlib-dev 2 amd64; Depends: lib (= 2)\n",
     .expected = "upgrade lib amd64 1 2 -\nupgrade lib-dev amd64 1 2 -\n"},
    {"pitfall-96-conflict", "a 1 amd64\nb 1 amd64\n", "a 2 amd64; Breaks: b (<< 2)\n",
     .expected = "upgrade a amd64 1 2 - (its new version conflicts with b)\n"},
    {"pitfall-96-conflict-with-old-version-only", "a 1 amd64\nb 1 amd64\n",
     "a 2 amd64; Breaks: b (<< 2)\nb 2 amd64\n",
     .expected = "upgrade a amd64 1 2 -\nupgrade b amd64 1 2 -\n"},
    {"pitfall-96-conflict-with-itself-is-none", "a 1 amd64; Provides: mta\n",
     "a 2 amd64; Provides: mta; Conflicts: mta\n", .expected = "upgrade a amd64 1 2 -\n"},
    {"pitfall-78-replaced", "a 1 amd64\nold 1 amd64\nuser 1 amd64; Depends: old\n",
     "a 2 amd64; Conflicts: old; Replaces: old; Provides: old\n",
     .expected = "upgrade a amd64 1 2 -\nremove old amd64 1 - - (replaced by a 2)\n"},
    {"pitfall-78-replaced-but-needed", "a 1 amd64\nold 1 amd64\nuser 1 amd64; Depends: old\n",
     "a 2 amd64; Conflicts: old; Replaces: old\n",
     .expected = "upgrade a amd64 1 2 - (its new version conflicts with old)\n"},
    {"installed-conflict-keeps-back", "a 1 amd64\nb 1 amd64; Breaks: a (>> 1)\n", "a 2 amd64\n",
     .expected = "upgrade a amd64 1 2 - (b, which stays at 1, conflicts with it)\n"},
    {"multi-arch-in-step", "a 1 amd64; Multi-Arch: same\na 1 i386; Multi-Arch: same\n",
     "a 2 amd64; Multi-Arch: same\n", .foreign = "a 1 i386; Multi-Arch: same\n",
     .expected = "upgrade a amd64 1 2 - (a:i386 stays at another version)\n"},
    {"multi-arch-foreign-serves-all",
     "tool 1 amd64; Multi-Arch: foreign\nlib 1 i386; Depends: tool\n",
     "tool 2 amd64; Multi-Arch: foreign\n", .foreign = "lib 2 i386; Depends: tool (>= 2)\n",
     .expected = "upgrade lib i386 1 2 -\nupgrade tool amd64 1 2 -\n"},
    {"pitfall-95-highest-of-many", "a 1 amd64\n", "a 2 amd64\na 4 amd64\na 3 amd64\n",
     "a 3 amd64\na 2 amd64\n", .expected = "upgrade a amd64 1 4 security\n"},
    {"pitfall-10-same-version-is-no-update", "a 1.0 amd64\n", "a 1.0 all\n", .expected = ""},
};

static char *
expand (const char *spec, gboolean installed)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (spec != NULL ? spec : "", "\n", -1);

  for (char **line = lines; *line != NULL && **line != '\0'; line++) {
    g_auto (GStrv) fields = g_strsplit (*line, "; ", -1);
    g_auto (GStrv) words = g_strsplit (fields[0], " ", 3);
    g_string_append_printf (out, "Package: %s\nVersion: %s\nArchitecture: %s\n", words[0], words[1],
                            words[2]);
    if (installed && strstr (*line, "Status: ") == NULL)
      g_string_append (out, "Status: install ok installed\n");
    for (char **field = fields + 1; *field != NULL; field++)
      g_string_append_printf (out, "%s\n", *field);
    g_string_append_c (out, '\n');
  }
  return g_string_free (out, FALSE);
}

static void
write_file (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
write_index (const char *folder, const char *name, const char *spec)
{
  g_autofree char *text = expand (spec, FALSE);
  if (spec != NULL)
    write_file (folder, name, text);
}

static SvInventory *
read_status (const char *path)
{
  SvInventorySource source = {.dpkg_status = path};
  g_autoptr (GError) error = NULL;
  SvInventory *inventory = sv_inventory_collect (&source, SV_DAY_US, &error);
  g_assert_no_error (error);
  return inventory;
}

/* "kind package arch installed candidate security (why it is not done, or is)" */
static char *
format_plan (const SvUpgradePlan *plan)
{
  GString *out = g_string_new (NULL);
  for (guint i = 0; i < plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = g_ptr_array_index (plan->upgrades, i);
    gboolean done = upgrade->kind == SV_UPGRADE_UPGRADE && upgrade->reachable;
    g_string_append_printf (out, "%s %s %s %s %s %s", sv_upgrade_kind_names[upgrade->kind],
                            upgrade->package, upgrade->arch,
                            upgrade->installed != NULL ? upgrade->installed : "-",
                            upgrade->candidate != NULL ? upgrade->candidate : "-",
                            upgrade->security ? "security" : "-");
    g_assert_true (done == (upgrade->reason == NULL));
    if (!done)
      g_string_append_printf (out, " (%s)", upgrade->reason);
    g_string_append_c (out, '\n');
  }
  return g_string_free (out, FALSE);
}

static SvUpgradePlan *
plan_of (SvArchive *archive, const SvInventory *inventory, const char *machine_id)
{
  SvUpgradeInput input = {.packages = inventory->packages,
                          .pins = inventory->pins,
                          .native_arch = "amd64",
                          .machine_id = machine_id};
  return sv_upgrade_plan (archive, &input);
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  g_autofree char *folder = g_dir_make_tmp ("salve-test-XXXXXX", NULL);
  g_autofree char *status = expand (row->status, TRUE);
  g_autofree char *path = g_build_filename (folder, "status", NULL);
  SvArchiveOptions options = {.directory = folder, .allow_unverified = TRUE};

  write_file (folder, "status", status);
  write_index (folder, "bookworm_main_binary-amd64_Packages", row->base);
  write_index (folder, "bookworm-security_main_binary-amd64_Packages", row->security);
  write_index (folder, "bookworm_main_binary-i386_Packages", row->foreign);
  g_autoptr (SvInventory) inventory = read_status (path);
  g_autoptr (SvArchive) archive = sv_archive_open (&options, NULL);
  g_autoptr (SvUpgradePlan) plan = plan_of (archive, inventory, row->machine_id);
  g_autofree char *got = format_plan (plan);
  g_assert_cmpstr (got, ==, row->expected);
  static const char *const files[] = {"status", "bookworm_main_binary-amd64_Packages",
                                      "bookworm-security_main_binary-amd64_Packages",
                                      "bookworm_main_binary-i386_Packages"};
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++) {
    g_autofree char *file = g_build_filename (folder, files[i], NULL);
    g_unlink (file);
  }
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* --- a host with preferences --- */

static void
test_pinned (void)
{
  g_autofree char *folder = g_dir_make_tmp ("salve-test-XXXXXX", NULL);
  g_autofree char *status = g_build_filename (folder, "status", NULL);
  g_autofree char *index =
      g_build_filename (folder, "bookworm-security_main_binary-amd64_Packages", NULL);
  g_autofree char *text = expand ("a 1 amd64\nb 1 amd64\n", TRUE);
  g_autoptr (GPtrArray) pins = g_ptr_array_new ();
  SvPin pin = {
      .package = (char *)"a", .pin = (char *)"release n=bookworm-security", .priority = -1};
  SvArchiveOptions options = {.directory = folder, .allow_unverified = TRUE};

  write_file (folder, "status", text);
  write_index (folder, "bookworm-security_main_binary-amd64_Packages",
               "a 2 amd64; Source: src (2); SHA256: aa\nb 2 amd64; Source: src (2); SHA256: bb\n"
               "stranger 1 amd64\n");
  g_ptr_array_add (pins, &pin);
  g_autoptr (SvInventory) inventory = read_status (status);
  g_autoptr (SvArchive) archive = sv_archive_open (&options, NULL);
  SvUpgradeInput input = {.packages = inventory->packages, .pins = pins};
  g_autoptr (SvUpgradePlan) plan = sv_upgrade_plan (archive, &input);
  g_autofree char *got = format_plan (plan);
  g_assert_cmpstr (got, ==,
                   "upgrade a amd64 1 2 security (a preference keeps it away (priority -1))\n"
                   "upgrade b amd64 1 2 security\n");

  g_autoptr (GPtrArray) needs = sv_upgrade_list_needs (plan);
  g_autoptr (GArray) wants = sv_upgrade_list_wants (plan);
  g_assert_cmpuint (needs->len, ==, 1);
  const SvChangelogNeed *need = g_ptr_array_index (needs, 0);
  g_assert_cmpstr (need->source, ==, "src");
  g_assert_cmpuint (need->debs->len, ==, 2);
  g_assert_cmpuint (wants->len, ==, 2);
  g_assert_cmpstr (g_array_index (wants, SvChangelogWant, 0).installed, ==, "1");
  g_unlink (status);
  g_unlink (index);
  g_rmdir (folder);
}

/* --- where installed versions come from --- */

static void
test_origin (void)
{
  g_autofree char *folder = g_dir_make_tmp ("salve-test-XXXXXX", NULL);
  g_autofree char *index = g_build_filename (folder, "bookworm_main_binary-amd64_Packages", NULL);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  SvArchiveOptions options = {.directory = folder, .allow_unverified = TRUE};
  SvArchiveQuery query = {.names = names};
  SvPackage managed = {.name = (char *)"a", .arch = (char *)"amd64", .version = (char *)"1"};
  SvPackage unmanaged = {.name = (char *)"a", .arch = (char *)"amd64", .version = (char *)"1+ppa"};

  write_index (folder, "bookworm_main_binary-amd64_Packages", "a 1 amd64\n");
  g_hash_table_add (names, (gpointer) "a");
  g_autoptr (SvArchive) archive = sv_archive_open (&options, NULL);
  sv_archive_read (archive, &query);
  g_autofree char *from = sv_upgrade_find_origin (archive, &managed);
  g_autofree char *nowhere = sv_upgrade_find_origin (archive, &unmanaged);
  g_assert_cmpstr (from, ==, "bookworm");
  g_assert_cmpstr (nowhere, ==, "");
  g_unlink (index);
  g_rmdir (folder);
}

/* --- real roots against what apt itself computed --- */

static gboolean
append_value (SvJsonReader *reader, GString *out, GError **error)
{
  g_autofree char *text = NULL;
  SvJsonToken token = sv_json_peek (reader, error);
  gint64 number;
  gboolean truth;

  if (token == SV_JSON_TRUE || token == SV_JSON_FALSE) {
    if (!sv_json_read_bool (reader, &truth, error))
      return FALSE;
    text = g_strdup (truth ? "yes" : "no");
  } else if (token == SV_JSON_NUMBER) {
    if (!sv_json_read_int64 (reader, &number, error))
      return FALSE;
    text = g_strdup_printf ("%" G_GINT64_FORMAT, number);
  } else if (!sv_json_read_string (reader, &text, error)) {
    return FALSE;
  }
  g_string_append_printf (out, "\t%s", text != NULL ? text : "-");
  return TRUE;
}

/* The order in which both sides are written. */
static const char *const keys[] = {"package",
                                   "arch",
                                   "installed",
                                   "candidate",
                                   "apt_origins",
                                   "source",
                                   "candidate_source_version",
                                   "deb_size",
                                   "deb_sha256",
                                   "installed_source_version",
                                   "is_security"};

typedef struct {
  GString *values[G_N_ELEMENTS (keys)];
  GPtrArray *lines;
} Truth;

static gboolean
read_member (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  Truth *truth = user_data;
  g_autoptr (GPtrArray) origins = sv_strings_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
    if (strcmp (keys[i], key) != 0)
      continue;
    if (strcmp (key, "apt_origins") != 0)
      return append_value (reader, truth->values[i], error);
    if (!sv_json_read_strings (reader, origins, error))
      return FALSE;
    g_ptr_array_add (origins, NULL);
    g_autofree char *joined = g_strjoinv (", ", (char **)origins->pdata);
    g_string_append_printf (truth->values[i], "\t%s", joined);
    return TRUE;
  }
  return sv_json_skip (reader, error);
}

static gboolean
read_upgrade (SvJsonReader *reader, gpointer user_data, GError **error)
{
  Truth *truth = user_data;
  g_autoptr (GString) line = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_string_truncate (truth->values[i], 0);
  if (!sv_json_read_map (reader, read_member, truth, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_string_append (line, truth->values[i]->len > 0 ? truth->values[i]->str : "\t?");
  g_ptr_array_add (truth->lines, g_string_free (g_steal_pointer (&line), FALSE));
  return TRUE;
}

static gboolean
read_upgrades (SvJsonReader *reader, gpointer user_data, GError **error)
{
  return sv_json_read_array (reader, read_upgrade, user_data, error);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(char *const *)a, *(char *const *)b);
}

static char *
join_sorted (GPtrArray *lines)
{
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **)lines->pdata);
}

static char *
read_truth (const char *path)
{
  static const SvJsonMember members[] = {{"upgrades", read_upgrades},
                                         {"newly_installed", read_upgrades}};
  g_autoptr (SvStream) stream = sv_stream_open (path, NULL);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  g_autoptr (GPtrArray) lines = sv_strings_new ();
  g_autoptr (GError) error = NULL;
  Truth truth = {.lines = lines};

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    truth.values[i] = g_string_new (NULL);
  sv_json_read_object (reader, members, G_N_ELEMENTS (members), &truth, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    g_string_free (truth.values[i], TRUE);
  return join_sorted (lines);
}

/* New packages have neither installed versions nor a security flag in the truth. */
static char *
format_like_truth (const SvUpgradePlan *plan)
{
  g_autoptr (GPtrArray) lines = sv_strings_new ();
  for (guint i = 0; i < plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = g_ptr_array_index (plan->upgrades, i);
    gboolean new_one = upgrade->kind == SV_UPGRADE_INSTALL;
    g_assert_true (upgrade->reachable);
    g_ptr_array_add (
        lines, g_strdup_printf ("\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%" G_GINT64_FORMAT "\t%s\t%s\t%s",
                                upgrade->package, upgrade->arch, new_one ? "-" : upgrade->installed,
                                upgrade->candidate, upgrade->origin, upgrade->source,
                                upgrade->source_version, upgrade->size_bytes, upgrade->sha256,
                                new_one ? "?" : upgrade->installed_source_version,
                                new_one             ? "?"
                                : upgrade->security ? "yes"
                                                    : "no"));
  }
  return join_sorted (lines);
}

typedef struct {
  const char *root, *codename;
} RootRow;

static const RootRow roots[] = {{"rootfs-a-bookworm-minbase", "bookworm"},
                                {"rootfs-b-bookworm-server", "bookworm"},
                                {"rootfs-e-bullseye-small", "bullseye"}};

static void
test_root (gconstpointer data)
{
  const RootRow *row = data;
  const char *test_data = g_getenv ("SALVE_TEST_DATA");
  g_autofree char *debian =
      g_build_filename (test_data != NULL ? test_data : "/nonexistent", "debian", NULL);
  g_autofree char *lists = g_build_filename (debian, "archive", NULL);
  g_autofree char *status = g_build_filename (debian, row->root, "dpkg-status", NULL);
  g_autofree char *os_release = g_build_filename (debian, row->root, "os-release", NULL);
  g_autofree char *truth = g_build_filename (debian, row->root, "truth-upgrades.json", NULL);
  SvInventorySource source = {.dpkg_status = status, .os_release = os_release};
  SvArchiveOptions options = {.directory = lists, .allow_unverified = TRUE};
  g_autoptr (GError) error = NULL;

  if (!g_file_test (truth, G_FILE_TEST_EXISTS)) {
    g_test_skip ("debian data absent");
    return;
  }
  g_assert_true (sv_time_parse ("2026-11-22T00:00:00Z", &options.at_us, NULL));
  g_autoptr (SvInventory) inventory = sv_inventory_collect (&source, options.at_us, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (inventory->distro->codename, ==, row->codename);
  options.distro = inventory->distro;
  g_autoptr (SvArchive) archive = sv_archive_open (&options, &error);
  g_assert_no_error (error);
  g_autoptr (SvUpgradePlan) plan = plan_of (archive, inventory, NULL);
  g_autofree char *got = format_like_truth (plan);
  g_autofree char *expected = read_truth (truth);
  g_assert_cmpstr (got, ==, expected);
  g_assert_cmpuint (plan->upgrades->len, >, 5);
}

/* --- this very machine, against its own apt-get --- */

static char *
next_word (const char **at, const char *open, const char *close)
{
  const char *begin = strstr (*at, open);
  const char *end = begin != NULL ? strstr (begin + strlen (open), close) : NULL;
  if (end == NULL)
    return NULL;
  *at = end + strlen (close);
  return g_strndup (begin + strlen (open), (gsize)(end - begin) - strlen (open));
}

/* "Inst name[:arch] [old] (new origin, origin [arch]) …", "Remv name [old]" */
static char *
parse_inst (const char *line)
{
  const char *at = line + strlen ("Inst ");
  g_autofree char *name = g_strndup (at, strcspn (at, " :"));
  at += strcspn (at, " ");
  gboolean upgrade = at[1] == '[';
  g_autofree char *old = upgrade ? next_word (&at, "[", "]") : g_strdup ("-");
  g_autofree char *new = next_word (&at, "(", " ");
  g_autofree char *origin = next_word (&at, "", " [");
  g_autofree char *arch = next_word (&at, "", "]");
  return g_strdup_printf ("%s %s %s %s %s", name, arch, old, new, origin);
}

static char *
parse_simulation (const char *output)
{
  g_auto (GStrv) lines = g_strsplit (output, "\n", -1);
  g_autoptr (GPtrArray) found = sv_strings_new ();
  for (char **line = lines; *line != NULL; line++) {
    if (g_str_has_prefix (*line, "Inst "))
      g_ptr_array_add (found, parse_inst (*line));
    else if (g_str_has_prefix (*line, "Remv "))
      g_ptr_array_add (found, g_strdup (*line));
  }
  return join_sorted (found);
}

static char *
format_like_simulation (const SvUpgradePlan *plan)
{
  g_autoptr (GPtrArray) lines = sv_strings_new ();
  for (guint i = 0; i < plan->upgrades->len; i++) {
    const SvUpgrade *upgrade = g_ptr_array_index (plan->upgrades, i);
    if (!upgrade->reachable)
      continue;
    if (upgrade->kind == SV_UPGRADE_REMOVE)
      g_ptr_array_add (lines,
                       g_strdup_printf ("Remv %s [%s]", upgrade->package, upgrade->installed));
    else
      g_ptr_array_add (lines,
                       g_strdup_printf ("%s %s %s %s %s", upgrade->package, upgrade->arch,
                                        upgrade->installed != NULL ? upgrade->installed : "-",
                                        upgrade->candidate, upgrade->origin));
  }
  return join_sorted (lines);
}

static gboolean
simulate (SvRunResult *result)
{
  static const char *const argv[] = {"apt-get",      "-s", "-o", "APT::Install-Recommends=false",
                                     "dist-upgrade", NULL};
  return sv_run (argv, NULL, result, NULL) && result->exit_code == 0;
}

static void
test_this_machine (void)
{
  g_auto (SvRunResult) result = {0};
  g_autoptr (GError) error = NULL;
  g_autofree char *machine_id = NULL;
  SvInventorySource source = {.root = "/"};
  SvArchiveOptions options = {
      .directory = "/var/lib/apt/lists", .at_us = sv_time_now (), .allow_unverified = TRUE};

  if (!simulate (&result)) {
    g_test_skip ("apt-get absent, or not able to simulate");
    return;
  }
  g_autoptr (SvInventory) inventory = sv_inventory_collect (&source, options.at_us, &error);
  g_assert_no_error (error);
  options.repositories = inventory->repositories;
  g_autoptr (SvArchive) archive = sv_archive_open (&options, &error);
  g_assert_no_error (error);
  if (g_file_get_contents ("/etc/machine-id", &machine_id, NULL, NULL))
    g_strchomp (machine_id);
  SvUpgradeInput input = {
      .packages = inventory->packages, .pins = inventory->pins, .machine_id = machine_id};
  g_autoptr (SvUpgradePlan) plan = sv_upgrade_plan (archive, &input);
  g_autofree char *expected = parse_simulation (result.output->str);
  g_autofree char *got = format_like_simulation (plan);
  g_assert_cmpstr (got, ==, expected);
  g_test_message ("%u entries", plan->upgrades->len);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autofree char *path = g_strconcat ("/upgrade/", rows[i].name, NULL);
    g_test_add_data_func (path, &rows[i], test_row);
  }
  g_test_add_func ("/upgrade/pitfall-76-pinned", test_pinned);
  g_test_add_func ("/upgrade/pitfall-72-origin", test_origin);
  for (gsize i = 0; i < G_N_ELEMENTS (roots); i++) {
    g_autofree char *path = g_strconcat ("/upgrade/truth-", roots[i].root, NULL);
    g_test_add_data_func (path, &roots[i], test_root);
  }
  g_test_add_func ("/upgrade/this-machine", test_this_machine);
  return g_test_run ();
}
