#include "advisory/gpgv.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

void
sv_gpgv_verdict_clear (SvGpgvVerdict *verdict)
{
  g_clear_pointer (&verdict->signer, g_free);
  g_clear_pointer (&verdict->primary, g_free);
  g_clear_pointer (&verdict->detail, g_free);
}

/* A directory that goes away with all that was put into it. */
typedef struct {
  char *path;
  GPtrArray *files; /* paths */
} Scratch;

static void
scratch_clear (Scratch *scratch)
{
  for (guint i = 0; scratch->files != NULL && i < scratch->files->len; i++)
    g_unlink (g_ptr_array_index (scratch->files, i));
  g_clear_pointer (&scratch->files, g_ptr_array_unref);
  if (scratch->path != NULL)
    g_rmdir (scratch->path);
  g_clear_pointer (&scratch->path, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scratch, scratch_clear)

static gboolean
scratch_init (Scratch *scratch, GError **error)
{
  scratch->files = sv_strings_new ();
  scratch->path = g_dir_make_tmp ("salve-gpgv-XXXXXX", NULL);
  if (scratch->path == NULL)
    return sv_error_set_errno (error, errno, "make a temporary directory in", g_get_tmp_dir ());
  return TRUE;
}

/* Path of a file that goes away with the directory. Lent. */
static const char *
scratch_name (Scratch *scratch, const char *name)
{
  char *path = g_build_filename (scratch->path, name, NULL);
  g_ptr_array_add (scratch->files, path);
  return path;
}

/* NULL with @error set if it cannot be written. */
static const char *
scratch_write (Scratch *scratch, const char *name, const void *data, gsize size, GError **error)
{
  g_autoptr (GError) cause = NULL;
  const char *path = scratch_name (scratch, name);
  if (g_file_set_contents (path, data, (gssize)size, &cause))
    return path;
  g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "%s", cause->message);
  return NULL;
}

/* All keys in one file: gpgv opens every --keyring by itself, and knows no armour. */
static const char *
write_keys (Scratch *scratch, const GPtrArray *keyrings, GError **error)
{
  g_autoptr (GByteArray) keys = g_byte_array_new ();
  for (guint i = 0; i < keyrings->len; i++) {
    const SvKeyring *keyring = g_ptr_array_index (keyrings, i);
    gsize size;
    const guint8 *data = g_bytes_get_data (keyring->keys, &size);
    g_byte_array_append (keys, data, (guint)size);
  }
  return scratch_write (scratch, "keys.gpg", keys->data, keys->len, error);
}

static gboolean
run_gpgv (Scratch *scratch, const SvGpgvRequest *request, SvRunResult *result, GError **error)
{
  const char *keys = write_keys (scratch, request->keyrings, error);
  const char *data = request->data_path, *signature = NULL;

  if (keys != NULL && data == NULL)
    data = scratch_write (scratch, "signed", request->data, request->size, error);
  if (keys == NULL || data == NULL)
    return FALSE;
  if (request->signature != NULL) {
    signature =
        scratch_write (scratch, "signature", request->signature, request->signature_size, error);
    if (signature == NULL)
      return FALSE;
  }
  const char *inline_argv[] = {"gpgv",      "--homedir", scratch->path,
                               "--keyring", keys,        "--status-fd",
                               "1",         "--output",  scratch_name (scratch, "payload"),
                               "--",        data,        NULL};
  const char *detached_argv[] = {"gpgv",    "--homedir",   scratch->path, "--keyring",
                                 keys,      "--status-fd", "1",           "--",
                                 signature, data,          NULL};
  return sv_run (signature == NULL ? inline_argv : detached_argv, NULL, result, error);
}

static GBytes *
read_payload (const Scratch *scratch, const SvGpgvRequest *request, GError **error)
{
  g_autofree char *path = g_build_filename (scratch->path, "payload", NULL);
  g_autoptr (GError) cause = NULL;
  char *text;
  gsize size;

  if (request->signature != NULL)
    return g_bytes_new (request->data, request->data_path == NULL ? request->size : 0);
  if (g_file_get_contents (path, &text, &size, &cause))
    return g_bytes_new_take (text, size);
  g_set_error (error, SV_ERROR, SV_ERROR_FAILED, "%s", cause->message);
  return NULL;
}

static gboolean
give_verdict (SvGpgvVerdict *verdict, SvAuthenticity authenticity, const char *detail)
{
  *verdict = (SvGpgvVerdict){.authenticity = authenticity, .detail = g_strdup (detail)};
  return TRUE;
}

/* The exit code says nothing here: it is 2 as soon as one of several signatures is by an unknown
 * key, and apt takes a file with one good signature. */
static gboolean
verify_in (Scratch *scratch, const SvGpgvRequest *request, SvGpgvVerdict *ret_verdict,
           GBytes **ret_payload, GError **error)
{
  g_auto (SvRunResult) result = {0};
  g_autoptr (GError) cause = NULL;

  if (!run_gpgv (scratch, request, &result, &cause)) {
    if (sv_error_is (cause, SV_ERROR_NOT_FOUND))
      return give_verdict (ret_verdict, SV_AUTHENTICITY_UNVERIFIED,
                           "gpgv is not installed: install the package gpgv");
    g_propagate_error (error, g_steal_pointer (&cause));
    return FALSE;
  }
  sv_gpgv_judge (result.output->str, request->at_us, ret_verdict);
  if (ret_verdict->authenticity != SV_AUTHENTICITY_VERIFIED)
    return TRUE;
  *ret_payload = read_payload (scratch, request, error);
  return *ret_payload != NULL;
}

gboolean
sv_gpgv_verify (const SvGpgvRequest *request, SvGpgvVerdict *ret_verdict, GBytes **ret_payload,
                GError **error)
{
  g_auto (Scratch) scratch = {0};
  g_autoptr (GError) wrong_frame = NULL;

  *ret_payload = NULL;
  if (request->signature == NULL &&
      !sv_gpgv_check_clearsigned (request->data, request->size, &wrong_frame))
    return give_verdict (ret_verdict, SV_AUTHENTICITY_BAD, wrong_frame->message);
  if (request->keyrings->len == 0)
    return give_verdict (ret_verdict, SV_AUTHENTICITY_UNVERIFIED,
                         "this host has no keyring that could vouch for it");
  if (!scratch_init (&scratch, error) ||
      !verify_in (&scratch, request, ret_verdict, ret_payload, error)) {
    sv_gpgv_verdict_clear (ret_verdict);
    g_prefix_error (error, "cannot check the signature of '%s': ", request->name);
    return FALSE;
  }
  return TRUE;
}
