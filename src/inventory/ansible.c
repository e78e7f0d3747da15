/* Facts of ansible: what its modules setup and package_facts say of one host, together or as its
 * cache of facts keeps them. */
#include "inventory/foreign.h"

/* Managers as package_facts names them. */
static const struct {
  const char *name;
  int scheme;
} managers[] = {
    {"apt", SV_SCHEME_DEB},
    {"rpm", SV_SCHEME_RPM},
    {"apk", SV_SCHEME_APK},
    {"pacman", SV_SCHEME_PACMAN},
};

typedef struct {
  SvCollect *collect;
  char *distribution, *version, *codename, *family, *kernel, *nodename, *hostname, *machine;
  GPtrArray *rows;
  gboolean packages; /* package_facts was there */
} Facts;

static void
facts_clear (Facts *facts)
{
  char *const texts[] = {facts->distribution, facts->version,  facts->codename, facts->family,
                         facts->kernel,       facts->nodename, facts->hostname, facts->machine};
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (texts[i]);
  g_ptr_array_unref (facts->rows);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Facts, facts_clear)

static const struct {
  const char *key;
  gsize member;
} scalars[] = {
    {"ansible_distribution", G_STRUCT_OFFSET (Facts, distribution)},
    {"ansible_distribution_version", G_STRUCT_OFFSET (Facts, version)},
    {"ansible_distribution_release", G_STRUCT_OFFSET (Facts, codename)},
    {"ansible_os_family", G_STRUCT_OFFSET (Facts, family)},
    {"ansible_kernel", G_STRUCT_OFFSET (Facts, kernel)},
    {"ansible_nodename", G_STRUCT_OFFSET (Facts, nodename)},
    {"ansible_hostname", G_STRUCT_OFFSET (Facts, hostname)},
    {"ansible_architecture", G_STRUCT_OFFSET (Facts, machine)},
};

/* --- interfaces: "ansible_eth0": {"device", "macaddress", "ipv4": {…} or […], "ipv6": […]} --- */

typedef struct {
  char *device, *mac, *type;
  GPtrArray *addresses;
} Card;

static gboolean
read_address_member (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  g_autofree char *address = NULL;
  if (strcmp (key, "address") != 0)
    return sv_json_skip (reader, error);
  if (!sv_foreign_take_scalar (reader, &address, error))
    return FALSE;
  if (address != NULL)
    g_ptr_array_add (((Card *)user_data)->addresses, g_steal_pointer (&address));
  return TRUE;
}

/* Old ones have one address, new ones lists. */
static gboolean
read_addresses (SvJsonReader *reader, gpointer card, GError **error)
{
  SvJsonToken token = sv_json_peek (reader, NULL);
  if (token == SV_JSON_ARRAY_BEGIN)
    return sv_json_read_array (reader, read_addresses, card, error);
  return token == SV_JSON_OBJECT_BEGIN ? sv_json_read_map (reader, read_address_member, card, error)
                                       : sv_json_skip (reader, error);
}

static gboolean
read_card_member (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  Card *card = user_data;
  if (strcmp (key, "device") == 0)
    return sv_foreign_take_scalar (reader, &card->device, error);
  if (strcmp (key, "macaddress") == 0)
    return sv_foreign_take_scalar (reader, &card->mac, error);
  if (strcmp (key, "type") == 0)
    return sv_foreign_take_scalar (reader, &card->type, error);
  if (strcmp (key, "ipv4") == 0 || strcmp (key, "ipv6") == 0)
    return read_addresses (reader, card, error);
  return sv_json_skip (reader, error);
}

/* Takes what @card has; what has no device is another fact. */
static void
add_card (Facts *facts, Card *card)
{
  if (card->device == NULL) {
    g_free (card->mac);
    g_ptr_array_unref (card->addresses);
    return;
  }
  gboolean ether = g_strcmp0 (card->type, "ether") == 0;
  gboolean loopback = g_strcmp0 (card->type, "loopback") == 0;
  SvInterface *interface = sv_record_new (&sv_interface_type);
  interface->name = g_steal_pointer (&card->device);
  interface->state = g_strdup ("unknown");
  interface->medium = g_strdup (ether ? "wired" : loopback ? "loopback" : "virtual");
  interface->mac = card->mac;
  interface->addresses = card->addresses;
  g_ptr_array_add (facts->collect->inventory->interfaces, interface);
}

static gboolean
read_card (SvJsonReader *reader, Facts *facts, GError **error)
{
  Card card = {.addresses = sv_strings_new ()};
  gboolean read = sv_json_read_map (reader, read_card_member, &card, error);
  add_card (facts, &card);
  g_free (card.type);
  return read;
}

/* --- the document --- */

static gboolean
read_versions (SvJsonReader *reader, const char *name, gpointer user_data, GError **error)
{
  return sv_foreign_read_rows (reader, ((Facts *)user_data)->rows, error);
}

static gboolean
read_fact (SvJsonReader *reader, const char *key, gpointer user_data, GError **error)
{
  Facts *facts = user_data;
  SvJsonToken token = sv_json_peek (reader, NULL);
  if (strcmp (key, "ansible_facts") == 0)
    return sv_json_read_map (reader, read_fact, facts, error);
  if (strcmp (key, "packages") == 0 || strcmp (key, "ansible_packages") == 0) {
    facts->packages = TRUE;
    return sv_json_read_map (reader, read_versions, facts, error);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (scalars); i++)
    if (strcmp (key, scalars[i].key) == 0)
      return sv_foreign_take_scalar (reader, &G_STRUCT_MEMBER (char *, facts, scalars[i].member),
                                     error);
  return token == SV_JSON_OBJECT_BEGIN && g_str_has_prefix (key, "ansible_")
             ? read_card (reader, facts, error)
             : sv_json_skip (reader, error);
}

/* --- putting it together --- */

static gboolean
set_identity (const Facts *facts, const char *name, GError **error)
{
  SvInventory *inventory = facts->collect->inventory;
  SvDistro *distro;
  if (facts->distribution == NULL) {
    g_set_error (error, SV_ERROR, SV_ERROR_INVALID_DATA,
                 "'%s' names no ansible_distribution: facts of the module setup are needed", name);
    return FALSE;
  }
  gboolean numbered = facts->version != NULL && g_ascii_isdigit (*facts->version);
  if (g_strcmp0 (facts->family, "Windows") == 0)
    distro = sv_windows_distro_new (facts->kernel != NULL ? facts->kernel : facts->version,
                                    facts->distribution);
  else
    distro =
        sv_identity_new (facts->distribution, numbered ? facts->version : facts->codename, error);
  if (distro == NULL)
    return FALSE;
  sv_collect_set_distro (facts->collect, distro);
  sv_text_set (&inventory->hostname, facts->nodename != NULL ? facts->nodename : facts->hostname);
  sv_text_set (&inventory->machine, facts->machine);
  if (g_strcmp0 (facts->family, "Windows") != 0)
    sv_text_set (&facts->collect->running_release, facts->kernel);
  return TRUE;
}

static int
find_scheme (const char *manager)
{
  for (gsize i = 0; i < G_N_ELEMENTS (managers); i++)
    if (g_strcmp0 (manager, managers[i].name) == 0)
      return managers[i].scheme;
  return -1;
}

/* What pip and the like have installed is no package of the distribution. FALSE: it is left out. */
static gboolean
add_row (const Facts *facts, const SvForeignRow *row)
{
  const SvDistro *distro = facts->collect->inventory->distro;
  int scheme = find_scheme (row->source);
  gboolean key = scheme == SV_SCHEME_RPM && row->name != NULL && !sv_rpm_is_software (row->name);
  if (scheme < 0 || (distro->scheme >= 0 && scheme != distro->scheme))
    return FALSE;
  if (key)
    return TRUE;
  SvPackage *package = sv_record_new (&sv_package_type);
  package->name = g_strdup (row->name);
  package->arch = g_strdup (row->arch);
  package->version = sv_rpm_join_version (row->epoch, row->version, row->release);
  sv_collect_add_package (facts->collect, package, "packages");
  return TRUE;
}

static void
add_rows (const Facts *facts)
{
  SvCollect *collect = facts->collect;
  guint n_left_out = 0;
  for (guint i = 0; i < facts->rows->len; i++)
    n_left_out += !add_row (facts, facts->rows->pdata[i]);
  if (!facts->packages)
    sv_collect_add_gap (collect, "packages",
                        "the facts name none: the module package_facts was not run");
  else if (collect->inventory->packages->len > 0)
    sv_collect_add_gap (collect, "packages",
                        "ansible names no source packages: %u packages can be judged by their own "
                        "name only",
                        collect->inventory->packages->len);
  if (n_left_out > 0)
    sv_collect_add_gap (collect, "packages",
                        "%u rows left out: they are of no package manager of the distribution",
                        n_left_out);
}

gboolean
sv_ansible_read (SvCollect *collect, SvStream *stream, GError **error)
{
  g_auto (Facts) facts = {.collect = collect, .rows = sv_foreign_rows_new ()};
  g_autoptr (SvJsonReader) reader = sv_json_reader_new (stream);
  if (!sv_json_read_map (reader, read_fact, &facts, error) ||
      sv_json_next (reader, error) != SV_JSON_END ||
      !set_identity (&facts, sv_stream_get_name (stream), error))
    return FALSE;
  add_rows (&facts);
  return TRUE;
}

gboolean
sv_ansible_collect (SvCollect *collect, GError **error)
{
  g_autoptr (SvStream) stream = sv_stream_open (collect->source->ansible, error);
  return stream != NULL && sv_ansible_read (collect, stream, error);
}
