-- What was, so that it can be told when each host was exposed to what.

-- How hosts came to what they have: each change. Back from what a host has now, all it ever had can
-- be told.
CREATE TABLE host_move (
  host TEXT NOT NULL,
  at_us BIGINT NOT NULL,
  posture BIGINT NOT NULL, -- that it had before; 0: it was not there
  added BLOB, -- package entries that came (inventory/id_list.h); NULL: all it then had
  removed BLOB NOT NULL -- that went
);
CREATE INDEX host_move_by_host ON host_move (host, at_us);
CREATE INDEX host_move_by_time ON host_move (at_us);

-- What was true of packages, whoever has them (exposure/part.h): from when to when they were
-- affected in code that can run, and since when a fixed version was named.
CREATE TABLE part_flaw (
  part TEXT NOT NULL,
  vulnerability TEXT NOT NULL,
  since_us BIGINT NOT NULL,
  fix_since_us BIGINT NOT NULL DEFAULT 0, -- 0: none was named
  until_us BIGINT NOT NULL DEFAULT 0 -- 0: it is true now
);
CREATE UNIQUE INDEX part_flaw_open ON part_flaw (part, vulnerability) WHERE until_us = 0;
CREATE INDEX part_flaw_by_part ON part_flaw (part, since_us);

-- How exposed each system was, day by day; the last look at a day stays.
CREATE TABLE exposure_day (
  day BIGINT NOT NULL, -- since 1970, UTC
  system TEXT NOT NULL, -- '': hosts that belong to none
  at_us BIGINT NOT NULL, -- when it was looked at
  hosts BIGINT NOT NULL,
  stale BIGINT NOT NULL,
  unknown BIGINT NOT NULL,
  affected BIGINT NOT NULL,
  exposures BIGINT NOT NULL,
  fixable BIGINT NOT NULL,
  exploited BIGINT NOT NULL,
  resolved BIGINT NOT NULL,
  within_2 BIGINT NOT NULL,
  within_14 BIGINT NOT NULL,
  within_30 BIGINT NOT NULL,
  within_60 BIGINT NOT NULL,
  PRIMARY KEY (system, day)
);
