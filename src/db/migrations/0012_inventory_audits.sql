-- Counts of the hosts that are present, each compared with the one before.

CREATE TABLE inventory_audit (
  id BIGINT NOT NULL PRIMARY KEY, -- counted from 1, none left out
  at_us BIGINT NOT NULL,
  within_s BIGINT NOT NULL, -- present: reported within so long
  hosts_before BIGINT NOT NULL,
  hosts BIGINT NOT NULL,
  new_hosts BIGINT NOT NULL,
  returned BIGINT NOT NULL,
  retired BIGINT NOT NULL,
  silent BIGINT NOT NULL
);

-- Only what differs from the audit before.
CREATE TABLE inventory_audit_host (
  audit BIGINT NOT NULL REFERENCES inventory_audit (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  kind TEXT NOT NULL, -- "new", "returned", "retired", "silent"
  PRIMARY KEY (audit, host)
);

-- Of audits: n, present since the nth; -n, not present since the nth; 0: none saw it yet. It changes
-- only where an audit finds a difference.
ALTER TABLE host ADD COLUMN audited BIGINT NOT NULL DEFAULT 0;
