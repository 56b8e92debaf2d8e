-- One row: which master secret the signing secrets of this database are derived from. The secret cannot be found from it.
CREATE TABLE master_secret_fingerprint (
  id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
  fingerprint text NOT NULL CHECK (fingerprint ~ '^[0-9a-f]{32}$')
);
