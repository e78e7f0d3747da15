#include "advisory/keyring.h"

#include <string.h>

void
sv_keyring_free (SvKeyring *keyring)
{
  if (keyring == NULL)
    return;
  g_free (keyring->path);
  g_clear_pointer (&keyring->keys, g_bytes_unref);
  g_clear_pointer (&keyring->fingerprints, g_hash_table_unref);
  g_free (keyring);
}

/* --- armour --- */

#define ARMOUR_BEGIN "-----BEGIN PGP PUBLIC KEY BLOCK-----"
#define ARMOUR_END "-----END PGP PUBLIC KEY BLOCK-----"

/* The base64 of one block: behind the empty line that ends its headers, up to its checksum line. */
static char *
block_body (const char *begin, const char *end)
{
  g_auto (GStrv) lines = NULL;
  g_autofree char *block = g_strndup (begin, (gsize)(end - begin));
  g_autoptr (GString) body = g_string_new (NULL);
  gboolean in_body = FALSE;

  lines = g_strsplit (block, "\n", -1);
  for (char **line = lines + 1; *line != NULL; line++) {
    g_strstrip (*line);
    if (in_body && **line == '=')
      break;
    if (in_body)
      g_string_append (body, *line);
    in_body = in_body || **line == '\0';
  }
  return g_string_free (g_steal_pointer (&body), FALSE);
}

static gboolean
append_armoured (const char *text, GByteArray *out, GError **error)
{
  for (const char *begin = strstr (text, ARMOUR_BEGIN); begin != NULL;
       begin = strstr (begin + 1, ARMOUR_BEGIN)) {
    const char *end = strstr (begin, ARMOUR_END);
    if (end == NULL) {
      g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "the armour has no end line");
      return FALSE;
    }
    g_autofree char *body = block_body (begin, end);
    gsize length = 0;
    g_autofree guchar *keys = g_base64_decode (body, &length);
    g_byte_array_append (out, keys, (guint)length);
  }
  return TRUE;
}

/* --- packets (RFC 4880 section 4.2) --- */

enum { PACKET_PUBLIC_KEY = 6, PACKET_PUBLIC_SUBKEY = 14 };

typedef struct {
  guint tag;
  const guint8 *body;
  gsize size;
} Packet;

static gsize
read_number (const guint8 *data, gsize octets)
{
  gsize value = 0;
  for (gsize i = 0; i < octets; i++)
    value = value << 8 | data[i];
  return value;
}

/* Octets of header and of length behind it; 0 if the form is none that a keyring may use. */
static gsize
read_header (const guint8 *data, gsize size, Packet *packet)
{
  if (size < 2 || (data[0] & 0x80) == 0)
    return 0;
  if ((data[0] & 0x40) == 0) {
    gsize octets = (gsize)1 << (data[0] & 3);
    packet->tag = data[0] >> 2 & 15;
    if (octets > 4 || size < 1 + octets)
      return 0;
    packet->size = read_number (data + 1, octets);
    return 1 + octets;
  }
  packet->tag = data[0] & 63;
  packet->size = data[1];
  if (data[1] < 192)
    return 2;
  if (data[1] < 224 && size >= 3) {
    packet->size = ((gsize)(data[1] - 192) << 8) + data[2] + 192;
    return 3;
  }
  if (data[1] != 255 || size < 6)
    return 0;
  packet->size = read_number (data + 2, 4);
  return 6;
}

static gboolean
next_packet (const guint8 **data, gsize *size, Packet *ret_packet)
{
  gsize header = read_header (*data, *size, ret_packet);
  if (header == 0 || ret_packet->size > *size - header)
    return FALSE;
  ret_packet->body = *data + header;
  *data += header + ret_packet->size;
  *size -= header + ret_packet->size;
  return TRUE;
}

/* New string. Version 4 is the SHA-1 of 0x99, two octets of length, body; older and newer keys are
 * not used by archives and get none. */
static char *
fingerprint_of (const Packet *packet)
{
  if (packet->size < 6 || packet->size > G_MAXUINT16 || packet->body[0] != 4)
    return NULL;
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 prefix[] = {0x99, (guint8)(packet->size >> 8), (guint8)packet->size};
  g_checksum_update (sum, prefix, sizeof prefix);
  g_checksum_update (sum, packet->body, (gssize)packet->size);
  return g_ascii_strup (g_checksum_get_string (sum), -1);
}

static gboolean
collect_fingerprints (SvKeyring *keyring, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (keyring->keys, &size);
  Packet packet;

  while (size > 0) {
    if (!next_packet (&data, &size, &packet)) {
      g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA, "this is no OpenPGP keyring");
      return FALSE;
    }
    if (packet.tag != PACKET_PUBLIC_KEY && packet.tag != PACKET_PUBLIC_SUBKEY)
      continue;
    char *fingerprint = fingerprint_of (&packet);
    if (fingerprint != NULL)
      g_hash_table_add (keyring->fingerprints, fingerprint);
  }
  return TRUE;
}

SvKeyring *
sv_keyring_parse (const char *path, const void *data, gsize size, GError **error)
{
  g_autoptr (SvKeyring) keyring = g_new0 (SvKeyring, 1);
  g_autofree char *text = g_strndup (data != NULL ? data : "", size);

  keyring->path = g_strdup (path);
  keyring->fingerprints = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (strstr (text, ARMOUR_BEGIN) != NULL) {
    g_autoptr (GByteArray) keys = g_byte_array_new ();
    if (!append_armoured (text, keys, error))
      return NULL;
    keyring->keys = g_byte_array_free_to_bytes (g_steal_pointer (&keys));
  } else {
    keyring->keys = g_bytes_new (data, size);
  }
  if (!collect_fingerprints (keyring, error))
    return NULL;
  return g_steal_pointer (&keyring);
}

SvKeyring *
sv_keyring_load (const char *path, GError **error)
{
  g_autoptr (GBytes) content = sv_file_read (path, SV_LIMIT_SMALL_FILE_BYTES, error);
  gsize size;
  const void *data = content != NULL ? g_bytes_get_data (content, &size) : NULL;
  SvKeyring *keyring = content != NULL ? sv_keyring_parse (path, data, size, error) : NULL;
  if (content != NULL && keyring == NULL)
    g_prefix_error (error, "%s: ", path);
  return keyring;
}

/* --- the host's keyrings --- */

typedef struct {
  const char *directory; /* below the root */
  const char *pattern;
  gboolean by_default;
} Place;

static const Place places[] = {
    {"etc/apt", "trusted.gpg", TRUE},
    {"etc/apt/trusted.gpg.d", "*.gpg", TRUE},
    {"etc/apt/trusted.gpg.d", "*.asc", TRUE},
    {"etc/apt/keyrings", "*.gpg", FALSE},
    {"etc/apt/keyrings", "*.asc", FALSE},
    {"usr/share/keyrings", "*archive*.gpg", FALSE},
    {"usr/share/keyrings", "*archive*.pgp", FALSE},
    {"usr/share/keyrings", "*archive*.asc", FALSE},
};

static void
load_place (const char *root, const Place *place, GPtrArray *keyrings)
{
  g_autofree char *folder = g_build_filename (root, place->directory, NULL);
  g_autoptr (GDir) directory = g_dir_open (folder, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL) {
    if (!sv_text_glob (place->pattern, name) || strstr (name, "removed") != NULL)
      continue;
    g_autofree char *path = g_build_filename (folder, name, NULL);
    SvKeyring *keyring = sv_keyring_load (path, NULL);
    if (keyring == NULL)
      continue;
    keyring->by_default = place->by_default;
    g_ptr_array_add (keyrings, keyring);
  }
}

static int
compare_keyrings (gconstpointer a, gconstpointer b)
{
  return strcmp ((*(SvKeyring *const *)a)->path, (*(SvKeyring *const *)b)->path);
}

GPtrArray *
sv_keyrings_load (const char *root)
{
  GPtrArray *keyrings = g_ptr_array_new_with_free_func ((GDestroyNotify)sv_keyring_free);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    load_place (root, &places[i], keyrings);
  g_ptr_array_sort (keyrings, compare_keyrings);
  return keyrings;
}

const SvKeyring *
sv_keyrings_find (GPtrArray *keyrings, const char *path)
{
  for (guint i = 0; i < keyrings->len; i++) {
    const SvKeyring *keyring = g_ptr_array_index (keyrings, i);
    if (strcmp (keyring->path, path) == 0)
      return keyring;
  }
  SvKeyring *added = sv_keyring_load (path, NULL);
  if (added != NULL)
    g_ptr_array_add (keyrings, added);
  return added;
}
