-- What hosts of one class are meant to run, and who agreed to what differs.

CREATE TABLE baseline (
  name TEXT NOT NULL PRIMARY KEY, -- the class: system.baseline
  services TEXT NOT NULL, -- JSON: "tcp/22", "tcp/22/sshd"
  created_at_us BIGINT NOT NULL,
  changed_at_us BIGINT NOT NULL
);

-- One distribution and release of a baseline, with the host it was taken from.
CREATE TABLE baseline_part (
  baseline TEXT NOT NULL REFERENCES baseline (name) ON DELETE CASCADE,
  distro TEXT NOT NULL, -- "debian:12"
  host TEXT, -- NULL: from a file
  packages BIGINT NOT NULL,
  at_us BIGINT NOT NULL,
  PRIMARY KEY (baseline, distro)
);

CREATE TABLE baseline_package (
  baseline TEXT NOT NULL,
  distro TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  PRIMARY KEY (baseline, distro, name),
  FOREIGN KEY (baseline, distro) REFERENCES baseline_part (baseline, distro) ON DELETE CASCADE
);

CREATE TABLE baseline_exemption (
  id TEXT NOT NULL PRIMARY KEY,
  baseline TEXT NOT NULL REFERENCES baseline (name) ON DELETE CASCADE,
  host TEXT NOT NULL DEFAULT '', -- '': every host of the class
  item TEXT NOT NULL, -- "openssl", "tcp/8080"
  reason TEXT NOT NULL,
  owner TEXT NOT NULL,
  expires_at_us BIGINT NOT NULL, -- then it counts again
  created_at_us BIGINT NOT NULL
);
CREATE INDEX baseline_exemption_by_baseline ON baseline_exemption (baseline, id);
CREATE INDEX system_by_baseline ON system (baseline);
