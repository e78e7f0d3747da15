-- The version from which on a statement can do no harm (advisory/settled.h): the settled history of
-- a package is told by the index and never read. NULL: only judging tells, which is also what
-- statements from before this column say; feeds are read anew when next synced.

ALTER TABLE feed_statement ADD COLUMN settled_key BLOB;
UPDATE feed SET sha256 = NULL;
DROP INDEX feed_statement_by_package;
DROP INDEX feed_statement_by_vulnerability;
CREATE INDEX feed_statement_by_package
  ON feed_statement (release, package, name_kind, vulnerability, settled_key);
