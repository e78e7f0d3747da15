/* What can be allowed, and which roles allow it: one table. */
#pragma once

#include "base/base.h"

/* The roles of the process. Their names are kept in the store: they do not change. */
typedef enum {
  SV_ROLE_INCIDENT_TEAM,
  SV_ROLE_PRODUCT_MANAGER,
  SV_ROLE_RISK_MANAGER,
  SV_ROLE_OPERATIONS_MANAGER,
  SV_ROLE_SYSTEM_OWNER,
  SV_ROLE_EXPERT,
  SV_ROLE_BOARD_MEMBER,
  SV_ROLE_REPORTER,
  SV_ROLE_AUDITOR,
  SV_ROLE_ADMINISTRATOR,
  SV_N_ROLES
} SvRole;
extern const char *const sv_role_names[]; /* NULL-terminated */

typedef enum {
  SV_PERMISSION_EVERYONE = 1 << 0,    /* comes with logging in, whatever the roles */
  SV_PERMISSION_PERSON_ONLY = 1 << 1, /* no API token ever holds it */
  SV_PERMISSION_STEP_UP = 1 << 2      /* a session must have proved who it is a short while ago */
} SvPermissionFlags;

typedef struct {
  const char *name; /* "feed:read", as routes name it */
  guint flags;      /* SvPermissionFlags */
  guint roles;      /* bit per SvRole that holds it */
  const char *doc;  /* one sentence */
} SvPermission;
extern const SvPermission sv_permissions[];
extern const gsize sv_n_permissions;

/* NULL if there is none of that name: then nobody has it. */
const SvPermission *sv_permission_find (const char *name);
gboolean sv_role_holds (SvRole role, const SvPermission *permission);

/* A role as it is shown. */
typedef struct {
  char *name;
  char *doc;
  GPtrArray *permissions; /* strings */
} SvRoleInfo;
extern const SvRecordType sv_role_info_type;
/* New array of them, not owning, as sv_call_answer_list() takes it. */
GPtrArray *sv_role_list (void);

/* New string: the matrix of roles and permissions, for people and the golden file. */
char *sv_permission_format_matrix (void);
