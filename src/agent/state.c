/* The agent's memory on disk: a few small files, each replaced in one step. */
#include "agent/agent.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#define MEMORY "state.json"
#define KNOWN "known" /* digests of the acknowledged packages, one after the other */
#define KNOWN_BYTES (SV_LIMIT_PACKAGES * (gsize)SV_DIGEST_BYTES)

static const SvField memory_fields[] = {
    SV_FIELD (SvMemory, server, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Its URL."),
    SV_FIELD (SvMemory, host, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Id there."),
    SV_FIELD (SvMemory, counter, SV_TYPE_INT64, .doc = "Report acknowledged last."),
    SV_FIELD (SvMemory, nonce, SV_TYPE_STRING, .doc = "Of the report that is being sent."),
    SV_FIELD (SvMemory, set, SV_TYPE_STRING, .doc = "Acknowledged packages."),
    SV_FIELD (SvMemory, facts, SV_TYPE_STRING, .doc = "Acknowledged facts."),
    SV_FIELD (SvMemory, renew_at_us, SV_TYPE_INSTANT, .doc = "When to renew the certificate."),
    SV_FIELD (SvMemory, expires_at_us, SV_TYPE_INSTANT, .doc = "When the certificate ends."),
    SV_FIELD (SvMemory, reported_at_us, SV_TYPE_INSTANT, .doc = "Last acknowledgement."),
    SV_FIELD (SvMemory, failed_at_us, SV_TYPE_INSTANT, .doc = "Last failure, if after it."),
    SV_FIELD (SvMemory, failure, SV_TYPE_STRING, .doc = "What failed."),
};
static SV_RECORD_TYPE (memory_type, SvMemory, "Memory", memory_fields, "What the agent remembers.");

struct SvStateDir {
  char *path;
  uid_t owner;
  gid_t group;
  char *identity;
  char *ca;
  SvFd lock;
};

void
sv_memory_free (SvMemory *memory)
{
  sv_record_free (&memory_type, memory);
}

/* --- the directory --- */

void
sv_state_dir_free (SvStateDir *dir)
{
  sv_fd_close (&dir->lock);
  g_free (dir->path);
  g_free (dir->identity);
  g_free (dir->ca);
  g_free (dir);
}

static gboolean
not_enrolled (GError **error)
{
  g_set_error_literal (error, SV_ERROR, SV_ERROR_NOT_FOUND,
                       "this host has not enrolled: salve-agent enrol");
  return FALSE;
}

/* The service is somebody of its own; what an administrator does here must stay readable to it. */
static gboolean
give_to_owner (const SvStateDir *dir, const char *path, GError **error)
{
  if (geteuid () != 0 || dir->owner == 0 || lchown (path, dir->owner, dir->group) == 0)
    return TRUE;
  return sv_error_set_errno (error, errno, "give away", path);
}

static gboolean
find_owner (SvStateDir *dir, GError **error)
{
  struct stat info;
  if (stat (dir->path, &info) != 0)
    return errno == ENOENT ? not_enrolled (error)
                           : sv_error_set_errno (error, errno, "look at", dir->path);
  dir->owner = info.st_uid;
  dir->group = info.st_gid;
  return TRUE;
}

static gboolean
lock (SvStateDir *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir->path, "lock", NULL);
  dir->lock = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (dir->lock >= 0 && flock (dir->lock, LOCK_EX) == 0)
    return give_to_owner (dir, path, error);
  return sv_error_set_errno (error, errno, "lock", path);
}

SvStateDir *
sv_state_dir_open (const char *path, SvStateUse use, GError **error)
{
  if (use == SV_STATE_MAKE && g_mkdir_with_parents (path, 0700) != 0) {
    sv_error_set_errno (error, errno, "make", path);
    return NULL;
  }
  g_autoptr (SvStateDir) dir = g_new0 (SvStateDir, 1);
  dir->lock = -1;
  dir->path = g_strdup (path);
  dir->identity = g_build_filename (path, SV_STATE_IDENTITY, NULL);
  dir->ca = g_build_filename (path, SV_STATE_CA, NULL);
  gboolean open = find_owner (dir, error) && (use == SV_STATE_LOOK || lock (dir, error));
  return open ? g_steal_pointer (&dir) : NULL;
}

const char *
sv_state_dir_get_identity (const SvStateDir *dir)
{
  return dir->identity;
}

const char *
sv_state_dir_find_ca (const SvStateDir *dir)
{
  return g_file_test (dir->ca, G_FILE_TEST_EXISTS) ? dir->ca : NULL;
}

/* --- files --- */

gboolean
sv_state_dir_put (const SvStateDir *dir, const char *name, GBytes *content, GError **error)
{
  gsize size;
  const char *data = g_bytes_get_data (content, &size);
  g_autofree char *path = g_build_filename (dir->path, name, NULL);
  g_autoptr (GError) cause = NULL;
  if (g_file_set_contents_full (path, data != NULL ? data : "", (gssize)size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &cause))
    return give_to_owner (dir, path, error);
  g_set_error_literal (error, SV_ERROR, SV_ERROR_FAILED, cause->message);
  return FALSE;
}

static gboolean
read_memory (GBytes *text, SvMemory *memory, GError **error)
{
  gsize size;
  const void *data = g_bytes_get_data (text, &size);
  g_autoptr (SvStream) stream = sv_stream_new_memory (MEMORY, data, size);
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  return sv_record_read_json (&memory_type, reader, SV_RECORD_LENIENT, memory, error);
}

SvMemory *
sv_state_dir_load (const SvStateDir *dir, GError **error)
{
  g_autofree char *path = g_build_filename (dir->path, MEMORY, NULL);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GBytes) text = sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, &cause);
  if (sv_error_is (cause, SV_ERROR_NOT_FOUND)) {
    not_enrolled (error);
    return NULL;
  }
  if (text == NULL) {
    g_propagate_error (error, g_steal_pointer (&cause));
    return NULL;
  }
  g_autoptr (SvMemory) memory = sv_record_new (&memory_type);
  return read_memory (text, memory, error) ? g_steal_pointer (&memory) : NULL;
}

gboolean
sv_state_dir_save (const SvStateDir *dir, const SvMemory *memory, GError **error)
{
  GString *text = g_string_new (NULL);
  g_autoptr (SvJsonWriter) writer = sv_json_writer_new (text, 2);
  sv_record_write_json (&memory_type, memory, writer, NULL);
  g_autoptr (GBytes) bytes = g_string_free_to_bytes (text);
  return sv_state_dir_put (dir, MEMORY, bytes, error);
}

/* --- digests --- */

/* The name of a set is the digest of its members': what does not make it is of another report. */
GArray *
sv_state_dir_load_known (const SvStateDir *dir, const char *set)
{
  g_autofree char *path = g_build_filename (dir->path, KNOWN, NULL);
  g_autoptr (GBytes) bytes = set != NULL ? sv_file_read (path, KNOWN_BYTES, NULL) : NULL;
  gsize size = bytes != NULL ? g_bytes_get_size (bytes) : 0;
  if (bytes == NULL || size % SV_DIGEST_BYTES != 0)
    return NULL;
  g_autoptr (GArray) known = g_array_new (FALSE, FALSE, sizeof (SvDigest));
  if (size > 0)
    g_array_append_vals (known, g_bytes_get_data (bytes, NULL), (guint)(size / SV_DIGEST_BYTES));
  SvDigest digest = sv_package_set_digest (known);
  g_autofree char *name = sv_digest_format (&digest);
  return strcmp (name, set) == 0 ? g_steal_pointer (&known) : NULL;
}

gboolean
sv_state_dir_save_known (const SvStateDir *dir, const GArray *known, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (known->data, known->len * sizeof (SvDigest));
  return sv_state_dir_put (dir, KNOWN, bytes, error);
}
