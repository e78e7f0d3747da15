-- What the world says: feeds and the records that their readers produce. Columns are the fields of
-- the records; booleans are 0 and 1, enums their names, instants microseconds UTC with 0 for "not
-- known". A table of records belongs to its feeds: a feed is replaced as a whole.

CREATE TABLE feed (
  id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  url TEXT,
  release TEXT,
  schedule_s BIGINT NOT NULL DEFAULT 0,
  authenticity TEXT,
  authenticity_detail TEXT,
  enabled BIGINT NOT NULL DEFAULT 1,
  attempted_at_us BIGINT NOT NULL DEFAULT 0,
  synced_at_us BIGINT NOT NULL DEFAULT 0,
  content_at_us BIGINT NOT NULL DEFAULT 0,
  sha256 TEXT,
  records BIGINT NOT NULL DEFAULT 0,
  skipped BIGINT NOT NULL DEFAULT 0,
  error TEXT,
  engine TEXT
);

CREATE TABLE feed_statement (
  feed TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  advisory TEXT,
  release TEXT NOT NULL,
  package TEXT NOT NULL,
  name_kind TEXT NOT NULL,
  arch TEXT,
  module TEXT,
  scheme TEXT NOT NULL,
  status TEXT NOT NULL,
  promise TEXT NOT NULL,
  introduced TEXT,
  fixed TEXT,
  last_affected TEXT,
  urgency TEXT,
  note TEXT,
  class TEXT NOT NULL DEFAULT 'security',
  -- version keys: bytes whose order is the order of the versions
  introduced_key BLOB,
  fixed_key BLOB,
  last_affected_key BLOB
);
CREATE INDEX feed_statement_by_package ON feed_statement (release, package, feed);
CREATE INDEX feed_statement_by_vulnerability ON feed_statement (vulnerability);

CREATE TABLE feed_advisory (
  feed TEXT NOT NULL,
  id TEXT NOT NULL,
  class TEXT NOT NULL,
  title TEXT,
  severity TEXT,
  published_at_us BIGINT NOT NULL DEFAULT 0,
  modified_at_us BIGINT NOT NULL DEFAULT 0,
  withdrawn_at_us BIGINT NOT NULL DEFAULT 0,
  url TEXT,
  vulnerabilities TEXT NOT NULL, -- a JSON array
  reboot_suggested BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX feed_advisory_by_id ON feed_advisory (id);

CREATE TABLE feed_alias (
  feed TEXT NOT NULL,
  id TEXT NOT NULL,
  vulnerability TEXT NOT NULL
);
CREATE INDEX feed_alias_by_id ON feed_alias (id);
CREATE INDEX feed_alias_by_vulnerability ON feed_alias (vulnerability);

CREATE TABLE feed_kev (
  feed TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  added_at_us BIGINT NOT NULL DEFAULT 0,
  due_at_us BIGINT NOT NULL DEFAULT 0,
  ransomware BIGINT NOT NULL DEFAULT 0,
  name TEXT,
  action TEXT,
  forensic_triage TEXT
);
CREATE INDEX feed_kev_by_vulnerability ON feed_kev (vulnerability);

CREATE TABLE feed_epss (
  feed TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  score DOUBLE PRECISION,
  percentile DOUBLE PRECISION,
  scored_at_us BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX feed_epss_by_vulnerability ON feed_epss (vulnerability);

CREATE TABLE feed_cve (
  feed TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  title TEXT,
  state TEXT,
  published_at_us BIGINT NOT NULL DEFAULT 0,
  exploitation TEXT,
  automatable TEXT,
  technical_impact TEXT,
  assessed_at_us BIGINT NOT NULL DEFAULT 0,
  cvss TEXT,
  cvss_score DOUBLE PRECISION
);
CREATE INDEX feed_cve_by_vulnerability ON feed_cve (vulnerability);
