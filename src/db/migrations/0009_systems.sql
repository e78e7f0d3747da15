-- What hosts are for: each belongs to one system or to none.

CREATE TABLE system (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  owner TEXT,
  line_of_business TEXT,
  role TEXT,
  criticality TEXT NOT NULL,
  mission_impact TEXT NOT NULL,
  safety_impact TEXT NOT NULL,
  national TEXT NOT NULL,
  targeted TEXT NOT NULL,
  zone TEXT NOT NULL,
  link_mbps BIGINT NOT NULL DEFAULT 0, -- 0: not known
  remote BIGINT NOT NULL DEFAULT 0,
  intermittent BIGINT NOT NULL DEFAULT 0,
  maintenance TEXT, -- when it may be changed
  baseline TEXT, -- class of baseline
  hardening BIGINT NOT NULL DEFAULT 0, -- 1: kept under the regime for what has no updates
  protect_rank BIGINT NOT NULL, -- higher: to be protected before others (inventory/system.h)
  created_at_us BIGINT NOT NULL,
  changed_at_us BIGINT NOT NULL
);
CREATE UNIQUE INDEX system_by_name ON system (name);
CREATE INDEX system_by_line ON system (line_of_business);
CREATE INDEX system_by_rank ON system (protect_rank, name);

-- Which hosts belong where: the first rule that fits. The list is kept as one document.
CREATE TABLE system_rules (
  id BIGINT NOT NULL PRIMARY KEY, -- 1
  revision BIGINT NOT NULL, -- grows with every change
  document TEXT NOT NULL -- JSON
);

ALTER TABLE host ADD COLUMN system TEXT; -- NULL: none
ALTER TABLE host ADD COLUMN system_by TEXT; -- "hand", "rule"; NULL: nobody said
ALTER TABLE host ADD COLUMN placed BIGINT NOT NULL DEFAULT 0; -- revision of the rules it was placed by, -1: look anew
ALTER TABLE host ADD COLUMN addresses TEXT NOT NULL DEFAULT ''; -- separated by ' '
ALTER TABLE host ADD COLUMN retired_at_us BIGINT NOT NULL DEFAULT 0;
CREATE INDEX host_by_system ON host (system, package_set);
-- Lists are still counted in this index alone.
DROP INDEX host_by_name;
CREATE INDEX host_by_name
  ON host (hostname, id, package_set, distro, reboot, last_seen_us, system);
CREATE INDEX host_by_placed ON host (placed);
