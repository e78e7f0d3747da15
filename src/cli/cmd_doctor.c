/* doctor: what salve can see and do here, one line a check, with what to do about it. */
#include "cli/sources.h"

#include "inventory/inventory.h"

#include <string.h>
#include <unistd.h>

typedef struct {
  char *check;
  char *state; /* "ok", "missing", "limited" */
  char *detail;
  char *remedy;
} SvDiagnosis;

static const SvField diagnosis_fields[] = {
    SV_FIELD (SvDiagnosis, check, SV_TYPE_STRING, .doc = "What was looked at."),
    SV_FIELD (SvDiagnosis, state, SV_TYPE_STRING, .doc = "ok, limited or missing."),
    SV_FIELD (SvDiagnosis, detail, SV_TYPE_STRING, .doc = "What was seen."),
    SV_FIELD (SvDiagnosis, remedy, SV_TYPE_STRING, .doc = "What to do about it."),
};
static SV_RECORD_TYPE (diagnosis_type, SvDiagnosis, "Diagnosis", diagnosis_fields,
                       "One thing that salve needs.");

static void
add (GPtrArray *rows, const char *check, const char *state, const char *detail, const char *remedy)
{
  SvDiagnosis *row = sv_record_new (&diagnosis_type);
  row->check = g_strdup (check);
  row->state = g_strdup (state);
  row->detail = g_strdup (detail);
  row->remedy = g_strdup (strcmp (state, "ok") == 0 ? NULL : remedy);
  g_ptr_array_add (rows, row);
}

static void
free_row (gpointer row)
{
  sv_record_free (&diagnosis_type, row);
}

/* Programs and files that answers depend on. */
static const struct {
  const char *program, *remedy;
} programs[] = {
    {"gpgv", "install gpgv: without it no archive signature can be checked"},
    {"apt-get", "on other systems than Debian's this is as it should be"},
};

static void
check_programs (GPtrArray *rows)
{
  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++) {
    g_autofree char *path = g_find_program_in_path (programs[i].program);
    add (rows, programs[i].program, path != NULL ? "ok" : "missing",
         path != NULL ? path : "not in the PATH", programs[i].remedy);
  }
}

static void
check_decoder (GPtrArray *rows)
{
  g_autoptr (GError) reason = NULL;
  gboolean confined = sv_worker_check (&reason);
  add (rows, "decoder", confined ? "ok" : "missing",
       confined ? "compressed files are decoded in a confined process" : reason->message,
       "allow seccomp filters here: without them no compressed file is read");
}

static void
check_rights (GPtrArray *rows)
{
  gboolean root = geteuid () == 0;
  add (rows, "rights", root ? "ok" : "limited",
       root ? "root: every process can be seen" : "processes of other users cannot be seen",
       "run as root to see which of them still use replaced libraries");
}

static void
check_lists (GPtrArray *rows, gint64 now_us)
{
  SvArchiveOptions options = {.directory = "/var/lib/apt/lists", .root = "/", .at_us = now_us};
  g_autoptr (GError) reason = NULL;
  g_autoptr (SvArchive) archive = sv_archive_open (&options, &reason);
  const GPtrArray *releases = archive != NULL ? sv_archive_get_releases (archive) : NULL;
  guint held = 0;
  for (guint i = 0; releases != NULL && i < releases->len; i++)
    held += ((SvRelease *)releases->pdata[i])->authenticity == SV_AUTHENTICITY_VERIFIED;
  g_autofree char *detail = g_strdup_printf ("%u archives, %u verified and in time",
                                             releases != NULL ? releases->len : 0, held);
  gboolean fine = releases != NULL && releases->len > 0 && held == releases->len;
  add (rows, "archive metadata",
       fine       ? "ok"
       : held > 0 ? "limited"
                  : "missing",
       detail, "run 'apt-get update'");
}

static void
check_inventory (GPtrArray *rows, gint64 now_us)
{
  SvInventorySource source = {.root = "/", .live = TRUE};
  g_autoptr (GError) reason = NULL;
  g_autoptr (SvInventory) inventory = sv_inventory_collect (&source, now_us, &reason);
  if (inventory == NULL) {
    add (rows, "inventory", "missing", reason->message, "look at the reason given");
    return;
  }
  g_autofree char *detail =
      g_strdup_printf ("%u packages of %s", inventory->packages->len, inventory->distro->name);
  add (rows, "inventory", "ok", detail, NULL);
  for (guint i = 0; i < inventory->gaps->len; i++) {
    const SvGap *gap = inventory->gaps->pdata[i];
    add (rows, gap->what, "limited", gap->why, "this part of the answer stays unknown");
  }
}

static gboolean
check_store (SvCli *cli, GPtrArray *rows, GError **error)
{
  g_autofree char *url = sv_sources_store_url (cli, error);
  if (url == NULL)
    return FALSE;
  g_autoptr (GError) reason = NULL;
  g_autoptr (SvDb) db = sv_db_open (url, &reason);
  add (rows, "store", db != NULL ? "ok" : "missing", db != NULL ? url : reason->message,
       "give another one with --store");
  g_autoptr (GPtrArray) feeds = db != NULL ? sv_feed_list (db, NULL) : NULL;
  for (guint i = 0; feeds != NULL && i < feeds->len; i++) {
    const SvFeed *feed = feeds->pdata[i];
    SvHealth health = sv_feed_get_health (feed, sv_cli_get_now (cli));
    g_autofree char *name = g_strconcat ("feed ", feed->id, NULL);
    add (rows, name, health == SV_HEALTH_OK ? "ok" : "limited",
         feed->error != NULL ? feed->error : sv_health_names[health],
         "'salve feed sync', or 'salve feed import' from a file");
  }
  return TRUE;
}

int
sv_cmd_doctor (SvCli *cli, GError **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func (free_row);
  gint64 now_us = sv_cli_get_now (cli);
  check_programs (rows);
  check_decoder (rows);
  check_rights (rows);
  check_inventory (rows, now_us);
  check_lists (rows, now_us);
  if (!check_store (cli, rows, error) || !sv_cli_write_records (cli, &diagnosis_type, rows, error))
    return SV_EXIT_FAILED;
  return SV_EXIT_OK;
}
