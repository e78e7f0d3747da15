-- Directories that say who somebody is: LDAP and OpenID Connect.

CREATE TABLE identity_provider (
  id TEXT NOT NULL PRIMARY KEY, -- a word, as in addresses
  kind TEXT NOT NULL, -- "ldap", "oidc"
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  ca_file TEXT,
  disabled BIGINT NOT NULL DEFAULT 0,
  makes_people BIGINT NOT NULL DEFAULT 0,
  second_factor TEXT, -- "*": always; else the value of amr or acr that says so; NULL: never
  account TEXT, -- as whom it is asked
  secret TEXT, -- of the account: shown to nobody
  subject_from TEXT,
  login_from TEXT,
  name_from TEXT,
  mail_from TEXT,
  groups_from TEXT,
  start_tls BIGINT NOT NULL DEFAULT 0,
  base TEXT,
  filter TEXT,
  bind_as TEXT,
  group_base TEXT,
  group_filter TEXT,
  own_address TEXT,
  scopes TEXT
);

CREATE TABLE group_mapping (
  id TEXT NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE,
  group_name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL,
  scope TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX group_mapping_once
  ON group_mapping (provider, group_name, role, scope_kind, scope);

-- Who somebody is there; by this alone they are known again, never by a name or a mail address.
CREATE TABLE person_identity (
  provider TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  person TEXT NOT NULL,
  login TEXT NOT NULL DEFAULT '', -- there; '': never came
  linked_at_us BIGINT NOT NULL,
  PRIMARY KEY (provider, subject)
);
CREATE UNIQUE INDEX person_identity_once ON person_identity (person, provider);

-- Logins under way at a provider; each comes back once.
CREATE TABLE login_start (
  digest BLOB NOT NULL PRIMARY KEY, -- SHA-256 of what the browser's cookie holds
  provider TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE,
  session BLOB, -- digest of the session that is to be proven; NULL: a new one
  started_at_us BIGINT NOT NULL
);
CREATE INDEX login_start_by_time ON login_start (started_at_us);

-- A role by hand and one by a group are two grants.
ALTER TABLE role_grant ADD COLUMN provider TEXT NOT NULL DEFAULT ''; -- '': by hand
DROP INDEX role_grant_once;
CREATE UNIQUE INDEX role_grant_once ON role_grant (person, role, scope_kind, scope, provider);
