-- Hosts that report by themselves: what lets them in, and what they prove who they are with.

-- What several servers over one store must have in common. Who can read it can vouch for hosts.
CREATE TABLE server_secret (
  name TEXT NOT NULL PRIMARY KEY, -- "ca"
  certificate BLOB NOT NULL, -- PEM
  key BLOB NOT NULL, -- PEM
  created_at_us BIGINT NOT NULL
);

CREATE TABLE enrol_token (
  id TEXT NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL, -- SHA-256 of the secret, which is kept nowhere
  note TEXT,
  quota BIGINT NOT NULL, -- hosts that may enrol with it
  used BIGINT NOT NULL DEFAULT 0, -- hosts that did
  created_at_us BIGINT NOT NULL,
  expires_at_us BIGINT NOT NULL,
  revoked_at_us BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX enrol_token_by_digest ON enrol_token (digest);

CREATE TABLE agent (
  host TEXT NOT NULL PRIMARY KEY, -- id, made when it enrolled
  hostname TEXT, -- as it called itself then
  token TEXT NOT NULL, -- id of what it enrolled with
  fingerprint TEXT NOT NULL, -- SHA-256 of its newest certificate
  previous TEXT, -- of the one before, good until the newest was used
  key_id TEXT NOT NULL, -- SHA-256 of its public key
  enrolled_at_us BIGINT NOT NULL,
  expires_at_us BIGINT NOT NULL, -- of the newest certificate
  seen_at_us BIGINT NOT NULL DEFAULT 0, -- when its last report came
  counter BIGINT NOT NULL DEFAULT 0, -- of that report
  nonce TEXT, -- of that report: tells one that is sent again from another's
  described BIGINT NOT NULL DEFAULT 0, -- packages that it described in the day that began
  described_since_us BIGINT NOT NULL DEFAULT 0, -- then
  revoked_at_us BIGINT NOT NULL DEFAULT 0,
  quarantined_at_us BIGINT NOT NULL DEFAULT 0,
  reason TEXT -- why it was
);
CREATE UNIQUE INDEX agent_by_fingerprint ON agent (fingerprint);
CREATE UNIQUE INDEX agent_by_previous ON agent (previous);
CREATE UNIQUE INDEX agent_by_key ON agent (key_id);
