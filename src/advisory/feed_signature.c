#include "advisory/feed_signature.h"

#include "advisory/gpgv.h"

static void
free_keyring (gpointer keyring)
{
  sv_keyring_free (keyring);
}

static gboolean
judge (const SvFeedSignature *asked, const SvGpgvVerdict *verdict, char **ret_detail,
       GError **error)
{
  if (verdict->authenticity != SV_AUTHENTICITY_VERIFIED) {
    g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED, "the signature of '%s' does not hold: %s",
                 asked->name, verdict->detail != NULL ? verdict->detail : "no reason is given");
    return FALSE;
  }
  *ret_detail = g_strdup_printf ("OpenPGP signature by %s of %s", verdict->primary, asked->keyring);
  return TRUE;
}

gboolean
sv_feed_signature_check (const SvFeedSignature *asked, char **ret_detail, GError **error)
{
  g_autoptr (GPtrArray) keyrings = g_ptr_array_new_with_free_func (free_keyring);
  g_autoptr (GBytes) signature = sv_file_read (asked->signature, SV_LIMIT_SIGNATURE_BYTES, error);
  SvKeyring *keyring = signature != NULL ? sv_keyring_load (asked->keyring, error) : NULL;
  if (keyring == NULL)
    return FALSE;
  g_ptr_array_add (keyrings, keyring);
  SvGpgvRequest request = {
      .name = asked->name, .data_path = asked->path, .keyrings = keyrings, .at_us = asked->at_us};
  request.signature = g_bytes_get_data (signature, &request.signature_size);
  g_auto (SvGpgvVerdict) verdict = {0};
  g_autoptr (GBytes) payload = NULL;
  return sv_gpgv_verify (&request, &verdict, &payload, error) &&
         judge (asked, &verdict, ret_detail, error);
}
