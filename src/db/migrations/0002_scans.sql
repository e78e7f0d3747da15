-- What was seen on hosts, as intervals from the first day: history cannot be added later.

CREATE TABLE host (
  id TEXT NOT NULL PRIMARY KEY,
  hostname TEXT,
  distro TEXT,
  first_seen_us BIGINT NOT NULL DEFAULT 0,
  last_seen_us BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE scan (
  id TEXT NOT NULL PRIMARY KEY,
  host TEXT NOT NULL REFERENCES host (id) ON DELETE CASCADE,
  at_us BIGINT NOT NULL,
  engine TEXT NOT NULL,
  packages BIGINT NOT NULL DEFAULT 0,
  updates BIGINT NOT NULL DEFAULT 0,
  security BIGINT NOT NULL DEFAULT 0,
  findings BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX scan_by_host ON scan (host, at_us);

CREATE TABLE finding (
  host TEXT NOT NULL REFERENCES host (id) ON DELETE CASCADE,
  vulnerability TEXT NOT NULL,
  package TEXT NOT NULL,
  arch TEXT NOT NULL, -- "" where the package has none
  installed TEXT NOT NULL,
  status TEXT NOT NULL,
  first_seen_us BIGINT NOT NULL,
  fix_available_us BIGINT NOT NULL DEFAULT 0,
  last_seen_us BIGINT NOT NULL,
  resolved_us BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (host, vulnerability, package, arch)
);
CREATE INDEX finding_by_vulnerability ON finding (vulnerability);
