-- Who may do what, and who did what.

CREATE TABLE person (
  id TEXT NOT NULL PRIMARY KEY,
  login TEXT NOT NULL, -- in lower case
  name TEXT NOT NULL,
  mail TEXT,
  password TEXT, -- Argon2id; NULL: nobody logs in with one
  must_change BIGINT NOT NULL DEFAULT 0, -- the password, before anything else
  disabled BIGINT NOT NULL DEFAULT 0,
  totp_secret TEXT, -- base32, in force
  totp_offered TEXT, -- base32, not confirmed yet
  totp_step BIGINT NOT NULL DEFAULT 0, -- of the code that was accepted last
  created_at_us BIGINT NOT NULL,
  last_login_at_us BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX person_by_login ON person (login);

CREATE TABLE role_grant (
  id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL, -- "everything", "line-of-business", "product", "system"
  scope TEXT NOT NULL DEFAULT '', -- which one; nothing for everything
  granted_by TEXT,
  granted_at_us BIGINT NOT NULL
);
CREATE UNIQUE INDEX role_grant_once ON role_grant (person, role, scope_kind, scope);

CREATE TABLE session (
  digest BLOB NOT NULL PRIMARY KEY, -- SHA-256 of what the cookie holds
  person TEXT NOT NULL,
  created_at_us BIGINT NOT NULL,
  seen_at_us BIGINT NOT NULL,
  proved_at_us BIGINT NOT NULL, -- when a password or code was given last
  address TEXT
);
CREATE INDEX session_by_person ON session (person, created_at_us);

CREATE TABLE api_token (
  id TEXT NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL, -- SHA-256 of the token
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  permissions TEXT NOT NULL, -- JSON array
  created_at_us BIGINT NOT NULL,
  expires_at_us BIGINT NOT NULL,
  last_used_at_us BIGINT NOT NULL DEFAULT 0,
  revoked_at_us BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX api_token_by_digest ON api_token (digest);
CREATE INDEX api_token_by_person ON api_token (person, id);

-- The one link by which the first person comes in; gone once it was used.
CREATE TABLE setup_link (
  id BIGINT NOT NULL PRIMARY KEY, -- 1
  digest BLOB NOT NULL,
  expires_at_us BIGINT NOT NULL
);

-- Each entry holds the hash of all before it (access/audit.h).
CREATE TABLE audit_entry (
  sequence BIGINT NOT NULL PRIMARY KEY, -- from 1, without gaps
  at_us BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor TEXT,
  actor_name TEXT,
  action TEXT NOT NULL,
  subject TEXT,
  detail TEXT, -- a JSON object
  request TEXT,
  address TEXT,
  hash BLOB NOT NULL
);
