-- Feeds that are believed only with a detached OpenPGP signature by a key of the keyring.
ALTER TABLE feed ADD COLUMN keyring TEXT;
ALTER TABLE feed ADD COLUMN signature TEXT; -- its address; NULL: the feed's own with ".asc" behind it
