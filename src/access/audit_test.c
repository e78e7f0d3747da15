#include "access/audit.h"

#include <string.h>

#define N 12

static SvAuditEntry *
make (guint i)
{
  SvAuditEntry *entry = sv_record_new (&sv_audit_entry_type);
  g_autofree char *who = g_strdup_printf ("person %u", i);
  entry->at_us = 1000 + i;
  entry->actor_kind = SV_ACTOR_PERSON;
  entry->actor = g_strdup (who);
  entry->actor_name = i % 2 != 0 ? g_strdup ("name") : NULL;
  entry->request = g_strdup ("request");
  sv_audit_say (entry, "test", who, SV_AUDIT_FACTS ({"key", i % 3 != 0 ? "value" : NULL}));
  return entry;
}

static GPtrArray *
make_log (SvAuditHead *ret_head, guint fork_at)
{
  SvAuditHead head = {0};
  GPtrArray *log = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_audit_entry_free);
  for (guint i = 0; i < N; i++) {
    SvAuditEntry *entry = make (i);
    if (i >= fork_at)
      sv_text_set (&entry->subject, "somebody else");
    sv_audit_chain (&head, entry);
    g_ptr_array_add (log, entry);
  }
  *ret_head = head;
  return log;
}

static gboolean
check (const GPtrArray *log, const SvAuditHead *known, GError **error)
{
  SvAuditCheck state = {0};
  if (known != NULL)
    state.known = *known;
  for (guint i = 0; i < log->len; i++)
    if (!sv_audit_check_next (&state, log->pdata[i], error))
      return FALSE;
  return sv_audit_check_end (&state, error);
}

static void
assert_found (const GPtrArray *log, const SvAuditHead *known, const char *part)
{
  g_autoptr (GError) error = NULL;
  g_assert_false (check (log, known, &error));
  g_assert_error (error, SV_ERROR, SV_ERROR_UNTRUSTED);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, part));
}

static void
test_whole (void)
{
  SvAuditHead head;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) log = make_log (&head, N);
  g_assert_true (check (log, &head, &error));
  g_assert_true (check (log, NULL, &error));
  g_assert_no_error (error);
  /* a head that was noted earlier holds, too */
  for (guint i = 0; i < N; i++) {
    const SvAuditEntry *entry = log->pdata[i];
    SvAuditHead earlier = {.sequence = i + 1};
    memcpy (earlier.hash, g_bytes_get_data (entry->hash, NULL), SV_SHA256_BYTES);
    g_assert_true (check (log, &earlier, &error));
    g_assert_no_error (error);
  }
}

static void
test_drop (void)
{
  for (guint i = 0; i < N - 1; i++) {
    SvAuditHead head;
    g_autoptr (GPtrArray) log = make_log (&head, N);
    g_ptr_array_remove_index (log, i);
    assert_found (log, NULL, "not where it belongs");
  }
}

/* Also with numbers set right again, so that nothing but the hashes tells. */
static void
test_drop_and_renumber (void)
{
  for (guint i = 0; i < N - 1; i++) {
    SvAuditHead head;
    g_autoptr (GPtrArray) log = make_log (&head, N);
    g_ptr_array_remove_index (log, i);
    for (guint k = 0; k < log->len; k++)
      ((SvAuditEntry *)log->pdata[k])->sequence = k + 1;
    assert_found (log, NULL, "does not follow");
  }
}

static void
test_insert (void)
{
  for (guint i = 0; i <= N; i++) {
    SvAuditHead head;
    g_autoptr (GPtrArray) log = make_log (&head, N);
    SvAuditEntry *entry = make (77);
    SvAuditHead before = {0};
    sv_audit_chain (&before, entry);
    g_ptr_array_insert (log, (gint)i, entry);
    for (guint k = 0; k < log->len; k++)
      ((SvAuditEntry *)log->pdata[k])->sequence = k + 1;
    assert_found (log, NULL, "does not follow");
  }
}

static void
test_reorder (void)
{
  for (guint i = 0; i + 1 < N; i++)
    for (guint renumber = 0; renumber < 2; renumber++) {
      SvAuditHead head;
      g_autoptr (GPtrArray) log = make_log (&head, N);
      gpointer entry = g_ptr_array_steal_index (log, i);
      g_ptr_array_insert (log, (gint)i + 1, entry);
      for (guint k = 0; renumber != 0 && k < log->len; k++)
        ((SvAuditEntry *)log->pdata[k])->sequence = k + 1;
      assert_found (log, NULL, renumber != 0 ? "does not follow" : "not where it belongs");
    }
}

static void
test_truncate (void)
{
  for (guint n = 0; n < N; n++) {
    SvAuditHead head;
    g_autoptr (GPtrArray) log = make_log (&head, N);
    g_ptr_array_set_size (log, (gint)n);
    g_assert_true (check (log, NULL, NULL)); /* nobody can see it without a head */
    assert_found (log, &head, "cut off");
  }
}

static void
edit (SvAuditEntry *entry, const SvField *field)
{
  gpointer member = G_STRUCT_MEMBER_P (entry, field->offset);
  if (field->type == SV_TYPE_STRING)
    sv_text_take (member, *(char **)member != NULL ? g_strconcat (*(char **)member, "x", NULL)
                                                   : g_strdup (""));
  else if (field->type == SV_TYPE_ENUM)
    *(gint *)member += 1;
  else
    *(gint64 *)member += 1;
}

/* Every field of every entry. */
static void
test_rewrite (void)
{
  for (guint i = 0; i < N; i++)
    for (gsize k = 0; k < sv_audit_entry_type.n_fields; k++) {
      const SvField *field = &sv_audit_entry_type.fields[k];
      SvAuditHead head;
      if (field->type == SV_TYPE_BLOB)
        continue;
      g_autoptr (GPtrArray) log = make_log (&head, N);
      edit (log->pdata[i], field);
      assert_found (log, NULL, "entry ");
    }
}

/* What moves from one field to the next, and nothing for an empty text. */
static void
test_fields_are_apart (void)
{
  SvAuditHead head;
  g_autoptr (GPtrArray) log = make_log (&head, N);
  SvAuditEntry *entry = log->pdata[1];
  sv_text_set (&entry->actor, "person 1name");
  sv_text_set (&entry->actor_name, "");
  assert_found (log, NULL, "entry 2");
  g_autoptr (GPtrArray) other = make_log (&head, N);
  SvAuditEntry *nameless = other->pdata[2];
  g_assert_null (nameless->actor_name);
  sv_text_set (&nameless->actor_name, "");
  assert_found (other, NULL, "entry 3");
}

/* Written anew from some entry on, with right hashes: only a noted head tells. */
static void
test_fork (void)
{
  for (guint i = 0; i < N; i++) {
    SvAuditHead head, other_head;
    g_autoptr (GPtrArray) log = make_log (&head, N);
    g_autoptr (GPtrArray) other = make_log (&other_head, i);
    g_assert_true (check (other, NULL, NULL));
    assert_found (other, &head, "another one");
  }
}

/* Computed apart from this code, from the words of audit.h. */
static void
test_bytes (void)
{
  SvAuditHead head = {0};
  g_autoptr (SvAuditEntry) entry = sv_record_new (&sv_audit_entry_type);
  entry->at_us = 1234567890123456;
  entry->actor_kind = SV_ACTOR_TOKEN;
  entry->actor = g_strdup ("p-1");
  entry->address = g_strdup ("192.0.2.7");
  sv_audit_say (entry, "feed.sync", "käse", SV_AUDIT_FACTS ({"a", "b\""}));
  g_assert_cmpstr (entry->detail, ==, "{\"a\":\"b\\\"\"}");
  sv_audit_chain (&head, entry);
  g_autofree char *text = sv_audit_head_format (&head);
  g_assert_cmpstr (text, ==, "1:870dae147dbaaf74a2d54378e56e2c2bf61fc750ed45070442cd22ebdbf7b208");
}

static void
test_head_text (void)
{
  SvAuditHead head, again;
  g_autoptr (GPtrArray) log = make_log (&head, N);
  g_autofree char *text = sv_audit_head_format (&head);
  g_assert_true (sv_audit_head_parse (text, &again, NULL));
  g_assert_cmpmem (&head, sizeof head, &again, sizeof again);
  static const char *const wrong[] = {"", "12", "12:", ":", "12:00", "-1:", "x:00"};
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++) {
    g_autoptr (GError) error = NULL;
    g_assert_false (sv_audit_head_parse (wrong[i], &again, &error));
    g_assert_error (error, SV_ERROR, SV_ERROR_USAGE);
  }
  g_autofree char *odd = g_strdup (text);
  odd[strlen (odd) - 1] = 'g';
  g_assert_false (sv_audit_head_parse (odd, &again, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/audit/whole", test_whole);
  g_test_add_func ("/audit/drop", test_drop);
  g_test_add_func ("/audit/drop-and-renumber", test_drop_and_renumber);
  g_test_add_func ("/audit/insert", test_insert);
  g_test_add_func ("/audit/reorder", test_reorder);
  g_test_add_func ("/audit/truncate", test_truncate);
  g_test_add_func ("/audit/rewrite", test_rewrite);
  g_test_add_func ("/audit/fields", test_fields_are_apart);
  g_test_add_func ("/audit/fork", test_fork);
  g_test_add_func ("/audit/bytes", test_bytes);
  g_test_add_func ("/audit/head", test_head_text);
  return g_test_run ();
}
