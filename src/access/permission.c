#include "access/permission.h"

#include <string.h>

static const char *const role_docs[SV_N_ROLES] = {
    [SV_ROLE_INCIDENT_TEAM] = "Hears of vulnerabilities first, judges them and leads the answer.",
    [SV_ROLE_PRODUCT_MANAGER] = "Knows one product: finds, tests and releases its mitigation.",
    [SV_ROLE_RISK_MANAGER] = "Sees to it that the information of a line of business is secured.",
    [SV_ROLE_OPERATIONS_MANAGER] = "Has patches deployed on the systems, and reports on it.",
    [SV_ROLE_SYSTEM_OWNER] = "Answers for a system and when it may be changed.",
    [SV_ROLE_EXPERT] = "Is asked on a matter of a product or system.",
    [SV_ROLE_BOARD_MEMBER] = "Sits on the board that approves changes.",
    [SV_ROLE_REPORTER] = "Reads and reports what was found.",
    [SV_ROLE_AUDITOR] = "Reads everything, changes nothing.",
    [SV_ROLE_ADMINISTRATOR] = "Keeps people, sources and the server itself.",
};

const char *const sv_role_names[] = {"incident-team",
                                     "product-manager",
                                     "risk-manager",
                                     "operations-manager",
                                     "system-owner",
                                     "expert",
                                     "board-member",
                                     "reporter",
                                     "auditor",
                                     "administrator",
                                     NULL};
G_STATIC_ASSERT (G_N_ELEMENTS (sv_role_names) == SV_N_ROLES + 1);

#define R(role) (1u << SV_ROLE_##role)
#define ALL ((1u << SV_N_ROLES) - 1)
#define PERSON SV_PERMISSION_PERSON_ONLY
#define OWN (SV_PERMISSION_EVERYONE | SV_PERMISSION_PERSON_ONLY)
#define PROVED (SV_PERMISSION_PERSON_ONLY | SV_PERMISSION_STEP_UP)

const SvPermission sv_permissions[] = {
    {"account:own", OWN, 0, "See and end one's own sessions, change one's own password."},
    {"account:secure", OWN | SV_PERMISSION_STEP_UP, 0, "Change one's own second factor."},
    {"token:own", PERSON, ALL, "See and revoke one's own API tokens."},
    {"token:create", PROVED, ALL, "Make API tokens for oneself."},
    {"host:read", 0, ALL, "See hosts and what they run."},
    {"host:write", 0, R (OPERATIONS_MANAGER) | R (SYSTEM_OWNER) | R (ADMINISTRATOR),
     "Say what belongs to a host, and take hosts away."},
    {"system:read", 0, ALL, "See systems, and which hosts belong to them."},
    {"system:write", 0, R (RISK_MANAGER) | R (OPERATIONS_MANAGER) | R (ADMINISTRATOR),
     "Say what systems there are, and which hosts belong to them."},
    {"agent:enrol", 0, R (OPERATIONS_MANAGER) | R (ADMINISTRATOR), "Let new hosts report."},
    {"agent:read", 0, ALL, "See which hosts enrolled, and whether they are in."},
    {"agent:write", 0, R (INCIDENT_TEAM) | R (OPERATIONS_MANAGER) | R (ADMINISTRATOR),
     "Shut hosts out."},
    {"feed:read", 0, ALL, "See the sources of news and their health."},
    {"feed:write", 0, R (INCIDENT_TEAM) | R (ADMINISTRATOR), "Add, change and remove sources."},
    {"feed:sync", 0, R (INCIDENT_TEAM) | R (PRODUCT_MANAGER) | R (ADMINISTRATOR),
     "Bring sources up to date now."},
    {"finding:read", 0, ALL, "See what is affected, and why."},
    {"event:read", 0, ALL, "Follow what changes."},
    {"metrics:read", 0, R (OPERATIONS_MANAGER) | R (AUDITOR) | R (ADMINISTRATOR),
     "Read the metrics of the server."},
    {"change:write", 0,
     R (INCIDENT_TEAM) | R (PRODUCT_MANAGER) | R (OPERATIONS_MANAGER) | R (SYSTEM_OWNER),
     "Ask for changes, and plan them."},
    {"change:approve", PROVED, R (RISK_MANAGER) | R (SYSTEM_OWNER) | R (BOARD_MEMBER),
     "Approve changes that others ask for."},
    {"user:read", 0, R (AUDITOR) | R (ADMINISTRATOR), "See people and their roles."},
    {"user:write", PROVED, R (ADMINISTRATOR), "Add and disable people, grant and take roles."},
    {"audit:read", 0, R (RISK_MANAGER) | R (AUDITOR) | R (ADMINISTRATOR),
     "Read who did what, and the head of that log."},
    {"backup:write", SV_PERMISSION_STEP_UP, R (ADMINISTRATOR), "Make backups."},
};
const gsize sv_n_permissions = G_N_ELEMENTS (sv_permissions);

const SvPermission *
sv_permission_find (const char *name)
{
  for (gsize i = 0; i < sv_n_permissions; i++)
    if (strcmp (sv_permissions[i].name, name) == 0)
      return &sv_permissions[i];
  return NULL;
}

gboolean
sv_role_holds (SvRole role, const SvPermission *permission)
{
  return (permission->roles >> role & 1) != 0;
}

/* -- As they are shown -- */

static const SvField role_fields[] = {
    SV_FIELD (SvRoleInfo, name, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Its name."),
    SV_FIELD (SvRoleInfo, doc, SV_TYPE_STRING, .flags = SV_FIELD_REQUIRED, .doc = "Who has it."),
    SV_FIELD (SvRoleInfo, permissions, SV_TYPE_STRINGS, .doc = "What it allows."),
};
SV_RECORD_TYPE (sv_role_info_type, SvRoleInfo, "Role", role_fields,
                "A part in the process, with what it allows.");

static SvRoleInfo *
describe (SvRole role)
{
  SvRoleInfo *info = sv_record_new (&sv_role_info_type);
  info->name = g_strdup (sv_role_names[role]);
  info->doc = g_strdup (role_docs[role]);
  info->permissions = sv_strings_new ();
  for (gsize i = 0; i < sv_n_permissions; i++)
    if (sv_role_holds (role, &sv_permissions[i]))
      g_ptr_array_add (info->permissions, g_strdup (sv_permissions[i].name));
  return info;
}

GPtrArray *
sv_role_list (void)
{
  GPtrArray *list = g_ptr_array_new ();
  for (guint role = 0; role < SV_N_ROLES; role++)
    g_ptr_array_add (list, describe ((SvRole)role));
  return list;
}

static void
append_flags (GString *out, guint flags)
{
  static const char *const words[] = {"everyone", "person-only", "step-up"};
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if ((flags >> i & 1) != 0)
      g_string_append_printf (out, " %s", words[i]);
}

char *
sv_permission_format_matrix (void)
{
  g_autoptr (GString) out = g_string_new (NULL);
  for (gsize i = 0; i < sv_n_permissions; i++) {
    const SvPermission *permission = &sv_permissions[i];
    g_string_append (out, permission->name);
    append_flags (out, permission->flags);
    g_string_append_c (out, '\n');
    for (guint role = 0; role < SV_N_ROLES; role++)
      if (sv_role_holds ((SvRole)role, permission))
        g_string_append_printf (out, "  %s\n", sv_role_names[role]);
  }
  return g_string_free (g_steal_pointer (&out), FALSE);
}
