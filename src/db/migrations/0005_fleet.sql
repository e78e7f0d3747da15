-- What a fleet runs. A package in one version is one entry, however many hosts have it; a set names
-- entries by their numbers, whole or by what differs from another set; a host points at a set.

CREATE TABLE package_entry (
  id BIGINT NOT NULL PRIMARY KEY, -- counted from 1
  digest BLOB NOT NULL, -- SHA-256 of the rest (inventory/package_set.h)
  name TEXT NOT NULL,
  arch TEXT,
  version TEXT NOT NULL,
  source TEXT,
  source_version TEXT,
  state TEXT NOT NULL,
  module TEXT,
  vendor TEXT,
  origin TEXT,
  ecosystem TEXT
);
CREATE UNIQUE INDEX package_entry_by_digest ON package_entry (digest);

CREATE TABLE package_set (
  id BIGINT NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL,
  base BIGINT NOT NULL DEFAULT 0, -- the whole set that it differs from; 0: it is whole itself
  size BIGINT NOT NULL, -- packages in it
  members BLOB NOT NULL, -- ids (inventory/id_list.h): all, or those that the base lacks
  removed BLOB -- those that only the base has
);
CREATE UNIQUE INDEX package_set_by_digest ON package_set (digest);
CREATE INDEX package_set_by_base ON package_set (base);

-- Of each whole set some numbers that sets much like it mostly share: to find it by.
CREATE TABLE package_set_sketch (
  package_set BIGINT NOT NULL,
  place BIGINT NOT NULL,
  value BIGINT NOT NULL
);
CREATE INDEX package_set_sketch_by_value ON package_set_sketch (place, value);
CREATE INDEX package_set_sketch_by_set ON package_set_sketch (package_set);

-- What of a host's facts its exposure depends on: few hosts differ in it.
CREATE TABLE posture (
  id BIGINT NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL, -- SHA-256 of the document
  document TEXT NOT NULL -- an inventory of nothing but distro, hardware class, kernels …: JSON
);
CREATE UNIQUE INDEX posture_by_digest ON posture (digest);

ALTER TABLE host ADD COLUMN package_set BIGINT NOT NULL DEFAULT 0; -- 0: it never checked in
ALTER TABLE host ADD COLUMN posture BIGINT NOT NULL DEFAULT 0;
ALTER TABLE host ADD COLUMN moved_at_us BIGINT NOT NULL DEFAULT 0; -- when one of both changed
ALTER TABLE host ADD COLUMN packages BIGINT NOT NULL DEFAULT 0;
ALTER TABLE host ADD COLUMN os TEXT;
ALTER TABLE host ADD COLUMN machine TEXT;
ALTER TABLE host ADD COLUMN hardware_class TEXT;
ALTER TABLE host ADD COLUMN kernel TEXT;
ALTER TABLE host ADD COLUMN reboot TEXT; -- "needed", "not-needed", "unknown"
ALTER TABLE host ADD COLUMN collected_at_us BIGINT NOT NULL DEFAULT 0;

-- Apart, so that lists of hosts do not read over it.
CREATE TABLE host_facts (
  host TEXT NOT NULL PRIMARY KEY REFERENCES host (id) ON DELETE CASCADE,
  facts BLOB NOT NULL -- its inventory without packages: JSON, deflated
);

CREATE INDEX host_by_set ON host (package_set);
CREATE INDEX host_by_move ON host (moved_at_us);
-- In the order of lists, with all that lists are narrowed by: they are counted in it alone.
CREATE INDEX host_by_name
  ON host (hostname, id, package_set, distro, reboot, last_seen_us);
