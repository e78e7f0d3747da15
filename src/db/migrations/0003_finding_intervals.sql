-- A finding that comes back opens an interval beside the old one, which stays: at most one of them
-- is open.

ALTER TABLE finding RENAME TO finding_0002;
CREATE TABLE finding (
  host TEXT NOT NULL REFERENCES host (id) ON DELETE CASCADE,
  vulnerability TEXT NOT NULL,
  package TEXT NOT NULL,
  arch TEXT NOT NULL, -- "" where the package has none
  installed TEXT NOT NULL, -- as last seen
  status TEXT NOT NULL,
  first_seen_us BIGINT NOT NULL,
  fix_available_us BIGINT NOT NULL DEFAULT 0,
  last_seen_us BIGINT NOT NULL,
  resolved_us BIGINT NOT NULL DEFAULT 0 -- 0: open
);
INSERT INTO finding (host, vulnerability, package, arch, installed, status, first_seen_us,
                     fix_available_us, last_seen_us, resolved_us)
  SELECT host, vulnerability, package, arch, installed, status, first_seen_us, fix_available_us,
         last_seen_us, resolved_us FROM finding_0002;
DROP TABLE finding_0002;
CREATE UNIQUE INDEX finding_open ON finding (host, vulnerability, package, arch)
  WHERE resolved_us = 0;
CREATE INDEX finding_by_host ON finding (host, first_seen_us);
CREATE INDEX finding_by_vulnerability ON finding (vulnerability);
