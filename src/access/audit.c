#include "access/audit.h"

#include <string.h>

const char *const sv_actor_names[] = {"nobody", "person", "token", "machine", NULL};

#define TEXT(member, text)                                                                         \
  SV_FIELD (SvAuditEntry, member, SV_TYPE_STRING, .max = SV_LIMIT_LINE_BYTES, .doc = text)

static const SvField entry_fields[] = {
    SV_FIELD (SvAuditEntry, sequence, SV_TYPE_INT64, .flags = SV_FIELD_REQUIRED,
              .doc = "Number of the entry, from 1."),
    SV_FIELD (SvAuditEntry, at_us, SV_TYPE_INSTANT, .flags = SV_FIELD_REQUIRED, .doc = "When."),
    SV_FIELD (SvAuditEntry, actor_kind, SV_TYPE_ENUM, .flags = SV_FIELD_REQUIRED,
              .values = sv_actor_names, .doc = "What kind of actor did it."),
    TEXT (actor, "Id of the person who did it."),
    TEXT (actor_name, "Their name then."),
    SV_FIELD (SvAuditEntry, action, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED,
              .max = SV_LIMIT_NAME_BYTES, .doc = "What was done."),
    TEXT (subject, "Id of what it was done to."),
    TEXT (detail, "More on it: a JSON object as text, exactly as it was hashed."),
    TEXT (request, "Id of the request."),
    TEXT (address, "Where it came from."),
    SV_FIELD (SvAuditEntry, hash, SV_TYPE_BLOB, .flags = SV_FIELD_REQUIRED, .max = SV_SHA256_BYTES,
              .doc = "SHA-256 over this entry and all before it."),
};
SV_RECORD_TYPE (sv_audit_entry_type, SvAuditEntry, "AuditEntry", entry_fields,
                "Something that was done, chained to all before it.");

void
sv_audit_entry_free (SvAuditEntry *entry)
{
  sv_record_free (&sv_audit_entry_type, entry);
}

/* -- Heads -- */

char *
sv_audit_head_format (const SvAuditHead *head)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_string_append_printf (text, "%" G_GINT64_FORMAT ":", head->sequence);
  for (guint i = 0; i < sizeof head->hash; i++)
    g_string_append_printf (text, "%02x", head->hash[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
parse_hash (const char *text, guint8 *hash)
{
  if (strlen (text) != 2 * SV_SHA256_BYTES)
    return FALSE;
  for (guint i = 0; i < SV_SHA256_BYTES; i++) {
    int high = g_ascii_xdigit_value (text[2 * i]), low = g_ascii_xdigit_value (text[2 * i + 1]);
    if (high < 0 || low < 0)
      return FALSE;
    hash[i] = (guint8)(high << 4 | low);
  }
  return TRUE;
}

gboolean
sv_audit_head_parse (const char *text, SvAuditHead *ret_head, GError **error)
{
  const char *colon = strchr (text, ':');
  g_autofree char *number = colon != NULL ? g_strndup (text, (gsize)(colon - text)) : NULL;
  if (number != NULL && sv_text_parse_int64 (number, &ret_head->sequence, NULL) &&
      ret_head->sequence >= 0 && parse_hash (colon + 1, ret_head->hash))
    return TRUE;
  g_set_error_literal (error, SV_ERROR, SV_ERROR_USAGE,
                       "a head is the number of an entry, ':' and its hash in hexadecimal");
  return FALSE;
}

/* -- The chain -- */

static void
add_number (GChecksum *sum, guint64 value, guint bytes)
{
  guint64 big = GUINT64_TO_BE (value);
  g_checksum_update (sum, (const guchar *)&big + sizeof big - bytes, (gssize)bytes);
}

static void
add_text (GChecksum *sum, const char *text)
{
  gsize size = text != NULL ? strlen (text) : 0;
  add_number (sum, text != NULL ? size + 1 : 0, 4);
  g_checksum_update (sum, (const guchar *)(text != NULL ? text : ""), (gssize)size);
}

static void
hash_entry (const guint8 *before, const SvAuditEntry *entry, guint8 *ret_hash)
{
  const char *const texts[] = {entry->actor,  entry->actor_name, entry->action, entry->subject,
                               entry->detail, entry->request,    entry->address};
  gsize size = SV_SHA256_BYTES;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sum, (const guchar *)"salve audit 1\n", -1);
  g_checksum_update (sum, before, SV_SHA256_BYTES);
  add_number (sum, (guint64)entry->sequence, 8);
  add_number (sum, (guint64)entry->at_us, 8);
  add_number (sum, (guint64)entry->actor_kind, 4);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    add_text (sum, texts[i]);
  g_checksum_get_digest (sum, ret_hash, &size);
}

void
sv_audit_chain (SvAuditHead *head, SvAuditEntry *entry)
{
  guint8 hash[SV_SHA256_BYTES];
  entry->sequence = head->sequence + 1;
  hash_entry (head->hash, entry, hash);
  g_clear_pointer (&entry->hash, g_bytes_unref);
  entry->hash = g_bytes_new (hash, sizeof hash);
  head->sequence = entry->sequence;
  memcpy (head->hash, hash, sizeof hash);
}

/* -- What is said -- */

static char *
write_facts (const SvAuditFact *facts)
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (json, 0);
  sv_json_open_object (writer, NULL);
  for (const SvAuditFact *fact = facts; fact->key != NULL; fact++)
    sv_json_add_string (writer, fact->key, fact->value);
  sv_json_close (writer);
  return g_strdup (json->str);
}

void
sv_audit_say (SvAuditEntry *entry, const char *action, const char *subject,
              const SvAuditFact *facts)
{
  sv_text_set (&entry->action, action);
  sv_text_set (&entry->subject, subject);
  sv_text_take (&entry->detail, facts != NULL ? write_facts (facts) : NULL);
}

/* -- Checking -- */

static gboolean
fail_entry (GError **error, gint64 sequence, const char *what)
{
  g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED, "entry %" G_GINT64_FORMAT ": %s", sequence,
               what);
  return FALSE;
}

static gboolean
is_hash (GBytes *bytes, const guint8 *hash)
{
  return bytes != NULL && g_bytes_get_size (bytes) == SV_SHA256_BYTES &&
         memcmp (g_bytes_get_data (bytes, NULL), hash, SV_SHA256_BYTES) == 0;
}

gboolean
sv_audit_check_next (SvAuditCheck *check, const SvAuditEntry *entry, GError **error)
{
  SvAuditHead *head = &check->head;
  guint8 hash[SV_SHA256_BYTES];
  if (entry->sequence != head->sequence + 1)
    return fail_entry (error, head->sequence + 1, "it is not where it belongs");
  hash_entry (head->hash, entry, hash);
  if (!is_hash (entry->hash, hash))
    return fail_entry (error, entry->sequence,
                       "its hash does not follow from it and what is before it");
  head->sequence = entry->sequence;
  memcpy (head->hash, hash, sizeof hash);
  if (head->sequence == check->known.sequence &&
      memcmp (head->hash, check->known.hash, sizeof hash) != 0)
    return fail_entry (error, entry->sequence, "it is another one than the head that was noted");
  return TRUE;
}

gboolean
sv_audit_check_end (const SvAuditCheck *check, GError **error)
{
  if (check->head.sequence >= check->known.sequence)
    return TRUE;
  g_set_error (error, SV_ERROR, SV_ERROR_UNTRUSTED,
               "the log ends at entry %" G_GINT64_FORMAT ", but reached %" G_GINT64_FORMAT
               " once: its end was cut off",
               check->head.sequence, check->known.sequence);
  return FALSE;
}
