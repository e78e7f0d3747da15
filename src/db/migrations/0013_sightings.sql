-- What other sources see of computers: name servers, directories, leases, scanners, hypervisors.

CREATE TABLE sighting_source (
  source TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL, -- "dns", "ad", "dhcp", "scan", "hypervisor", "other"
  at_us BIGINT NOT NULL, -- when it was last replaced
  sightings BIGINT NOT NULL,
  passed_over BIGINT NOT NULL
);

CREATE TABLE sighting (
  source TEXT NOT NULL REFERENCES sighting_source (source) ON DELETE CASCADE,
  name TEXT,
  address TEXT,
  mac TEXT,
  os TEXT,
  last_seen_us BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX sighting_by_source ON sighting (source);

-- What people know of computers that do not report. It stays when sources are replaced.
CREATE TABLE computer_note (
  computer TEXT NOT NULL PRIMARY KEY, -- "mac:…", "name:…", "address:…"
  owner TEXT,
  note TEXT,
  changed_at_us BIGINT NOT NULL
);

ALTER TABLE host ADD COLUMN macs TEXT NOT NULL DEFAULT ''; -- of its cards, separated by ' '
