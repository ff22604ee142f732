import { chargeColumns, chargeIndexes } from "./campaigns.ts";

// Consent outlives attributes, so it has a table of its own; NULL is a flag that nobody stated. refused has a bit for each thing that an
// event refuses, NULL if nothing. untrained holds decisions with an answer that refuses training: without it they can't teach either.
// A pseudonym's user_id is the id in all other tables; its hash is the caller's id under the key, whose name is a hash of the key itself.
export const consentSchema = `
CREATE TABLE consents (
  user_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  train INTEGER,
  personalise INTEGER,
  PRIMARY KEY (user_id, sequence)
) STRICT, WITHOUT ROWID;
ALTER TABLE events ADD COLUMN refused INTEGER;
CREATE TABLE untrained (decision_sequence INTEGER PRIMARY KEY REFERENCES decisions ON DELETE CASCADE) STRICT;
CREATE TABLE pseudonym_keys (
  key TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pseudonyms (
  hash TEXT PRIMARY KEY,
  key TEXT NOT NULL REFERENCES pseudonym_keys,
  user_id TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;
CREATE INDEX pseudonyms_by_key ON pseudonyms (key);
`;

// An erasure has its user until it has ended, and its receipt until that is in the list beside the file. Retention has one row.
// first is the lowest event number of its events, decisions and edges. A fresh start is a policy that was made from the record as of
// an event number alone; later versions of its scenario stand on it.
export const removalSchema: string = `
CREATE TABLE removals (
  removal INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  ended_at INTEGER,
  sequence INTEGER,
  first INTEGER,
  counts TEXT NOT NULL,
  user_id TEXT UNIQUE,
  salt TEXT,
  digests TEXT,
  receipt TEXT,
  receipt_hash TEXT
) STRICT;
CREATE INDEX removals_by_sequence ON removals (sequence);
CREATE UNIQUE INDEX removals_by_receipt ON removals (receipt_hash) WHERE receipt_hash IS NOT NULL;

CREATE TABLE pruned_decisions (
  scenario TEXT PRIMARY KEY,
  decisions INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE fresh_starts (
  version INTEGER PRIMARY KEY REFERENCES policy_snapshots,
  scenario TEXT NOT NULL,
  sequence INTEGER NOT NULL
) STRICT;

CREATE TABLE written_files (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  written_at INTEGER NOT NULL
) STRICT;

CREATE INDEX edge_revisions_by_target ON edge_revisions (target);

-- Charges stay when their decision goes: without it they are of nobody.
ALTER TABLE charges RENAME TO bound_charges;
DROP INDEX charges_outstanding;
DROP INDEX charges_by_day;
CREATE TABLE charges (
  decision_sequence INTEGER NOT NULL,
${chargeColumns}
INSERT INTO charges SELECT * FROM bound_charges;
DROP TABLE bound_charges;
${chargeIndexes}
`;
