-- 1 0001_feeds 143e5731d0ff8f02fb5136b81eeba8683006c9d804d4ba341ce181f163dda16e
-- 2 0002_scans 710eccf3460d6ff18989e933a9ec854f31322fff2f8ad1468772b94b5e6d132d
-- 3 0003_finding_intervals b20711029f6f7b5f72aa9750c1e641fc089b48e8b281ca0008ed375164ec9349
-- 4 0004_settled_statements d12ef0ba4fb81f0324f3abe294d2cff04afa643d0cedb25cfb5666e0d2c0a87e
-- 5 0005_fleet 94c06d5318ca162a234b154f069fa989b17506cb3385fac92d590b348de5d0f9
-- 6 0006_feed_signatures cb29e0c36475aca5943347a4501eca2da835ccc86d4d2535892ed44aae524cb2
-- 7 0007_access 506743e96e2c1ab603049cce3d7f460d376e6fec08f9fbf71348f74f42779ce8
-- 8 0008_agents 9ecf7d22ac66cfee19f79661d4877187d0ec92640cbb6c6ebd941b8a8550dec0
-- 9 0009_systems 23e85a0c8b6a02beccb53943da0bfb79a6cacc8875be825aaef53ab8000938ac
-- 10 0010_history 4ee3d85b2ff51084735b5af63e028806dc7f5630f89f585d76835fcc6530cfa0
-- 11 0011_identity_providers db45ea0ba0e2e0edb9c2330681e95cbd17cb761d04a04eb27eac69bdd70659b5
-- 12 0012_inventory_audits 160b10eef7a03629817e62569c22b4f6c32a91a6c7050244a3402e525a2703a9
-- 13 0013_sightings c5f24f4b7e7ff876de4667775873eeccfa2b38dc83339a41408f3ba78556b031
-- 14 0014_baselines 927034a781208df2adb5077a534e8420261ac84eda817e5632b264555a34d3a4


CREATE TABLE agent ( host TEXT NOT NULL PRIMARY KEY,
  hostname TEXT,
  token TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  previous TEXT,
  key_id TEXT NOT NULL,
  enrolled_at_us INTEGER NOT NULL,
  expires_at_us INTEGER NOT NULL,
  seen_at_us INTEGER NOT NULL DEFAULT 0,
  counter INTEGER NOT NULL DEFAULT 0,
  nonce TEXT,
  described INTEGER NOT NULL DEFAULT 0,
  described_since_us INTEGER NOT NULL DEFAULT 0,
  revoked_at_us INTEGER NOT NULL DEFAULT 0,
  quarantined_at_us INTEGER NOT NULL DEFAULT 0,
  reason TEXT ) STRICT;

CREATE UNIQUE INDEX agent_by_fingerprint ON agent (fingerprint);

CREATE UNIQUE INDEX agent_by_key ON agent (key_id);

CREATE UNIQUE INDEX agent_by_previous ON agent (previous);

CREATE TABLE api_token ( id TEXT NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL,
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  permissions TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  expires_at_us INTEGER NOT NULL,
  last_used_at_us INTEGER NOT NULL DEFAULT 0,
  revoked_at_us INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE UNIQUE INDEX api_token_by_digest ON api_token (digest);

CREATE INDEX api_token_by_person ON api_token (person, id);

CREATE TABLE audit_entry ( sequence INTEGER NOT NULL PRIMARY KEY,
  at_us INTEGER NOT NULL,
  actor_kind TEXT NOT NULL,
  actor TEXT,
  actor_name TEXT,
  action TEXT NOT NULL,
  subject TEXT,
  detail TEXT,
  request TEXT,
  address TEXT,
  hash BLOB NOT NULL ) STRICT;

CREATE TABLE baseline ( name TEXT NOT NULL PRIMARY KEY,
  services TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  changed_at_us INTEGER NOT NULL ) STRICT;

CREATE TABLE baseline_exemption ( id TEXT NOT NULL PRIMARY KEY,
  baseline TEXT NOT NULL REFERENCES baseline (name) ON DELETE CASCADE,
  host TEXT NOT NULL DEFAULT '',
  item TEXT NOT NULL,
  reason TEXT NOT NULL,
  owner TEXT NOT NULL,
  expires_at_us INTEGER NOT NULL,
  created_at_us INTEGER NOT NULL ) STRICT;

CREATE INDEX baseline_exemption_by_baseline ON baseline_exemption (baseline, id);

CREATE TABLE baseline_package ( baseline TEXT NOT NULL,
  distro TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (baseline,
  distro,
  name),
  FOREIGN KEY (baseline,
  distro) REFERENCES baseline_part (baseline,
  distro) ON DELETE CASCADE ) STRICT;

CREATE TABLE baseline_part ( baseline TEXT NOT NULL REFERENCES baseline (name) ON DELETE CASCADE,
  distro TEXT NOT NULL,
  host TEXT,
  packages INTEGER NOT NULL,
  at_us INTEGER NOT NULL,
  PRIMARY KEY (baseline,
  distro) ) STRICT;

CREATE TABLE computer_note ( computer TEXT NOT NULL PRIMARY KEY,
  owner TEXT,
  note TEXT,
  changed_at_us INTEGER NOT NULL ) STRICT;

CREATE TABLE enrol_token ( id TEXT NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL,
  note TEXT,
  quota INTEGER NOT NULL,
  used INTEGER NOT NULL DEFAULT 0,
  created_at_us INTEGER NOT NULL,
  expires_at_us INTEGER NOT NULL,
  revoked_at_us INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE UNIQUE INDEX enrol_token_by_digest ON enrol_token (digest);

CREATE TABLE exposure_day ( day INTEGER NOT NULL,
  system TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  hosts INTEGER NOT NULL,
  stale INTEGER NOT NULL,
  unknown INTEGER NOT NULL,
  affected INTEGER NOT NULL,
  exposures INTEGER NOT NULL,
  fixable INTEGER NOT NULL,
  exploited INTEGER NOT NULL,
  resolved INTEGER NOT NULL,
  within_2 INTEGER NOT NULL,
  within_14 INTEGER NOT NULL,
  within_30 INTEGER NOT NULL,
  within_60 INTEGER NOT NULL,
  PRIMARY KEY (system,
  day) ) STRICT;

CREATE TABLE feed ( id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  url TEXT,
  release TEXT,
  schedule_s INTEGER NOT NULL DEFAULT 0,
  authenticity TEXT,
  authenticity_detail TEXT,
  enabled INTEGER NOT NULL DEFAULT 1,
  attempted_at_us INTEGER NOT NULL DEFAULT 0,
  synced_at_us INTEGER NOT NULL DEFAULT 0,
  content_at_us INTEGER NOT NULL DEFAULT 0,
  sha256 TEXT,
  records INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  error TEXT,
  engine TEXT ,
  keyring TEXT,
  signature TEXT) STRICT;

CREATE TABLE feed_advisory ( feed TEXT NOT NULL,
  id TEXT NOT NULL,
  class TEXT NOT NULL,
  title TEXT,
  severity TEXT,
  published_at_us INTEGER NOT NULL DEFAULT 0,
  modified_at_us INTEGER NOT NULL DEFAULT 0,
  withdrawn_at_us INTEGER NOT NULL DEFAULT 0,
  url TEXT,
  vulnerabilities TEXT NOT NULL,
  reboot_suggested INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE INDEX feed_advisory_by_id ON feed_advisory (id);

CREATE TABLE feed_alias ( feed TEXT NOT NULL,
  id TEXT NOT NULL,
  vulnerability TEXT NOT NULL ) STRICT;

CREATE INDEX feed_alias_by_id ON feed_alias (id);

CREATE INDEX feed_alias_by_vulnerability ON feed_alias (vulnerability);

CREATE TABLE feed_cve ( feed TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  title TEXT,
  state TEXT,
  published_at_us INTEGER NOT NULL DEFAULT 0,
  exploitation TEXT,
  automatable TEXT,
  technical_impact TEXT,
  assessed_at_us INTEGER NOT NULL DEFAULT 0,
  cvss TEXT,
  cvss_score REAL ) STRICT;

CREATE INDEX feed_cve_by_vulnerability ON feed_cve (vulnerability);

CREATE TABLE feed_epss ( feed TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  score REAL ,
  percentile REAL ,
  scored_at_us INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE INDEX feed_epss_by_vulnerability ON feed_epss (vulnerability);

CREATE TABLE feed_kev ( feed TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  added_at_us INTEGER NOT NULL DEFAULT 0,
  due_at_us INTEGER NOT NULL DEFAULT 0,
  ransomware INTEGER NOT NULL DEFAULT 0,
  name TEXT,
  action TEXT,
  forensic_triage TEXT ) STRICT;

CREATE INDEX feed_kev_by_vulnerability ON feed_kev (vulnerability);

CREATE TABLE feed_statement ( feed TEXT NOT NULL,
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
  introduced_key BLOB,
  fixed_key BLOB,
  last_affected_key BLOB ,
  settled_key BLOB) STRICT;

CREATE INDEX feed_statement_by_package ON feed_statement (release, package, name_kind, vulnerability, settled_key);

CREATE TABLE finding ( host TEXT NOT NULL REFERENCES host (id) ON DELETE CASCADE,
  vulnerability TEXT NOT NULL,
  package TEXT NOT NULL,
  arch TEXT NOT NULL,
  installed TEXT NOT NULL,
  status TEXT NOT NULL,
  first_seen_us INTEGER NOT NULL,
  fix_available_us INTEGER NOT NULL DEFAULT 0,
  last_seen_us INTEGER NOT NULL,
  resolved_us INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE INDEX finding_by_host ON finding (host, first_seen_us);

CREATE INDEX finding_by_vulnerability ON finding (vulnerability);

CREATE UNIQUE INDEX finding_open ON finding (host, vulnerability, package, arch) WHERE resolved_us = 0;

CREATE TABLE group_mapping ( id TEXT NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE,
  group_name TEXT NOT NULL,
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL,
  scope TEXT NOT NULL DEFAULT '' ) STRICT;

CREATE UNIQUE INDEX group_mapping_once ON group_mapping (provider, group_name, role, scope_kind, scope);

CREATE TABLE host ( id TEXT NOT NULL PRIMARY KEY,
  hostname TEXT,
  distro TEXT,
  first_seen_us INTEGER NOT NULL DEFAULT 0,
  last_seen_us INTEGER NOT NULL DEFAULT 0 ,
  package_set INTEGER NOT NULL DEFAULT 0,
  posture INTEGER NOT NULL DEFAULT 0,
  moved_at_us INTEGER NOT NULL DEFAULT 0,
  packages INTEGER NOT NULL DEFAULT 0,
  os TEXT,
  machine TEXT,
  hardware_class TEXT,
  kernel TEXT,
  reboot TEXT,
  collected_at_us INTEGER NOT NULL DEFAULT 0,
  system TEXT,
  system_by TEXT,
  placed INTEGER NOT NULL DEFAULT 0,
  addresses TEXT NOT NULL DEFAULT '',
  retired_at_us INTEGER NOT NULL DEFAULT 0,
  audited INTEGER NOT NULL DEFAULT 0,
  macs TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX host_by_move ON host (moved_at_us);

CREATE INDEX host_by_name ON host (hostname, id, package_set, distro, reboot, last_seen_us, system);

CREATE INDEX host_by_placed ON host (placed);

CREATE INDEX host_by_set ON host (package_set);

CREATE INDEX host_by_system ON host (system, package_set);

CREATE TABLE host_facts ( host TEXT NOT NULL PRIMARY KEY REFERENCES host (id) ON DELETE CASCADE,
  facts BLOB NOT NULL ) STRICT;

CREATE TABLE host_move ( host TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  posture INTEGER NOT NULL,
  added BLOB,
  removed BLOB NOT NULL ) STRICT;

CREATE INDEX host_move_by_host ON host_move (host, at_us);

CREATE INDEX host_move_by_time ON host_move (at_us);

CREATE TABLE identity_provider ( id TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  ca_file TEXT,
  disabled INTEGER NOT NULL DEFAULT 0,
  makes_people INTEGER NOT NULL DEFAULT 0,
  second_factor TEXT,
  account TEXT,
  secret TEXT,
  subject_from TEXT,
  login_from TEXT,
  name_from TEXT,
  mail_from TEXT,
  groups_from TEXT,
  start_tls INTEGER NOT NULL DEFAULT 0,
  base TEXT,
  filter TEXT,
  bind_as TEXT,
  group_base TEXT,
  group_filter TEXT,
  own_address TEXT,
  scopes TEXT ) STRICT;

CREATE TABLE inventory_audit ( id INTEGER NOT NULL PRIMARY KEY,
  at_us INTEGER NOT NULL,
  within_s INTEGER NOT NULL,
  hosts_before INTEGER NOT NULL,
  hosts INTEGER NOT NULL,
  new_hosts INTEGER NOT NULL,
  returned INTEGER NOT NULL,
  retired INTEGER NOT NULL,
  silent INTEGER NOT NULL ) STRICT;

CREATE TABLE inventory_audit_host ( audit INTEGER NOT NULL REFERENCES inventory_audit (id) ON DELETE CASCADE,
  host TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (audit,
  host) ) STRICT;

CREATE TABLE login_start ( digest BLOB NOT NULL PRIMARY KEY,
  provider TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE,
  session BLOB,
  started_at_us INTEGER NOT NULL ) STRICT;

CREATE INDEX login_start_by_time ON login_start (started_at_us);

CREATE TABLE package_entry ( id INTEGER NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL,
  name TEXT NOT NULL,
  arch TEXT,
  version TEXT NOT NULL,
  source TEXT,
  source_version TEXT,
  state TEXT NOT NULL,
  module TEXT,
  vendor TEXT,
  origin TEXT,
  ecosystem TEXT ) STRICT;

CREATE UNIQUE INDEX package_entry_by_digest ON package_entry (digest);

CREATE TABLE package_set ( id INTEGER NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL,
  base INTEGER NOT NULL DEFAULT 0,
  size INTEGER NOT NULL,
  members BLOB NOT NULL,
  removed BLOB ) STRICT;

CREATE INDEX package_set_by_base ON package_set (base);

CREATE UNIQUE INDEX package_set_by_digest ON package_set (digest);

CREATE TABLE package_set_sketch ( package_set INTEGER NOT NULL,
  place INTEGER NOT NULL,
  value INTEGER NOT NULL ) STRICT;

CREATE INDEX package_set_sketch_by_set ON package_set_sketch (package_set);

CREATE INDEX package_set_sketch_by_value ON package_set_sketch (place, value);

CREATE TABLE part_flaw ( part TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  since_us INTEGER NOT NULL,
  fix_since_us INTEGER NOT NULL DEFAULT 0,
  until_us INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE INDEX part_flaw_by_part ON part_flaw (part, since_us);

CREATE UNIQUE INDEX part_flaw_open ON part_flaw (part, vulnerability) WHERE until_us = 0;

CREATE TABLE person ( id TEXT NOT NULL PRIMARY KEY,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  mail TEXT,
  password TEXT,
  must_change INTEGER NOT NULL DEFAULT 0,
  disabled INTEGER NOT NULL DEFAULT 0,
  totp_secret TEXT,
  totp_offered TEXT,
  totp_step INTEGER NOT NULL DEFAULT 0,
  created_at_us INTEGER NOT NULL,
  last_login_at_us INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE UNIQUE INDEX person_by_login ON person (login);

CREATE TABLE person_identity ( provider TEXT NOT NULL REFERENCES identity_provider (id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  person TEXT NOT NULL,
  login TEXT NOT NULL DEFAULT '',
  linked_at_us INTEGER NOT NULL,
  PRIMARY KEY (provider,
  subject) ) STRICT;

CREATE UNIQUE INDEX person_identity_once ON person_identity (person, provider);

CREATE TABLE posture ( id INTEGER NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL,
  document TEXT NOT NULL ) STRICT;

CREATE UNIQUE INDEX posture_by_digest ON posture (digest);

CREATE TABLE role_grant ( id TEXT NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  role TEXT NOT NULL,
  scope_kind TEXT NOT NULL,
  scope TEXT NOT NULL DEFAULT '',
  granted_by TEXT,
  granted_at_us INTEGER NOT NULL ,
  provider TEXT NOT NULL DEFAULT '') STRICT;

CREATE UNIQUE INDEX role_grant_once ON role_grant (person, role, scope_kind, scope, provider);

CREATE TABLE scan ( id TEXT NOT NULL PRIMARY KEY,
  host TEXT NOT NULL REFERENCES host (id) ON DELETE CASCADE,
  at_us INTEGER NOT NULL,
  engine TEXT NOT NULL,
  packages INTEGER NOT NULL DEFAULT 0,
  updates INTEGER NOT NULL DEFAULT 0,
  security INTEGER NOT NULL DEFAULT 0,
  findings INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE INDEX scan_by_host ON scan (host, at_us);

CREATE TABLE schema_migration ( number INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  applied_at_us INTEGER NOT NULL,
  engine TEXT NOT NULL) STRICT;

CREATE TABLE server_secret ( name TEXT NOT NULL PRIMARY KEY,
  certificate BLOB NOT NULL,
  key BLOB NOT NULL,
  created_at_us INTEGER NOT NULL ) STRICT;

CREATE TABLE session ( digest BLOB NOT NULL PRIMARY KEY,
  person TEXT NOT NULL,
  created_at_us INTEGER NOT NULL,
  seen_at_us INTEGER NOT NULL,
  proved_at_us INTEGER NOT NULL,
  address TEXT ) STRICT;

CREATE INDEX session_by_person ON session (person, created_at_us);

CREATE TABLE setup_link ( id INTEGER NOT NULL PRIMARY KEY,
  digest BLOB NOT NULL,
  expires_at_us INTEGER NOT NULL ) STRICT;

CREATE TABLE sighting ( source TEXT NOT NULL REFERENCES sighting_source (source) ON DELETE CASCADE,
  name TEXT,
  address TEXT,
  mac TEXT,
  os TEXT,
  last_seen_us INTEGER NOT NULL DEFAULT 0 ) STRICT;

CREATE INDEX sighting_by_source ON sighting (source);

CREATE TABLE sighting_source ( source TEXT NOT NULL PRIMARY KEY,
  kind TEXT NOT NULL,
  at_us INTEGER NOT NULL,
  sightings INTEGER NOT NULL,
  passed_over INTEGER NOT NULL ) STRICT;

CREATE TABLE system ( id TEXT NOT NULL PRIMARY KEY,
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
  link_mbps INTEGER NOT NULL DEFAULT 0,
  remote INTEGER NOT NULL DEFAULT 0,
  intermittent INTEGER NOT NULL DEFAULT 0,
  maintenance TEXT,
  baseline TEXT,
  hardening INTEGER NOT NULL DEFAULT 0,
  protect_rank INTEGER NOT NULL,
  created_at_us INTEGER NOT NULL,
  changed_at_us INTEGER NOT NULL ) STRICT;

CREATE INDEX system_by_baseline ON system (baseline);

CREATE INDEX system_by_line ON system (line_of_business);

CREATE UNIQUE INDEX system_by_name ON system (name);

CREATE INDEX system_by_rank ON system (protect_rank, name);

CREATE TABLE system_rules ( id INTEGER NOT NULL PRIMARY KEY,
  revision INTEGER NOT NULL,
  document TEXT NOT NULL ) STRICT;
