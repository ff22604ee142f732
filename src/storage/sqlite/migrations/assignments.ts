export const holdbackSchema = `
ALTER TABLE assignments ADD COLUMN holdback INTEGER REFERENCES policy_snapshots;
ALTER TABLE assignments ADD COLUMN holdback_share REAL;
`;

// The audit derives arms and candidates: assignments are kept, as of their event numbers, and decisions name the rule of their
// moment. serving_rule and checksum are NULL in decisions that were made before.
export const auditedArmsSchema = `
ALTER TABLE assignments RENAME TO present_assignments;
CREATE TABLE assignments (
  scenario TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  serving INTEGER REFERENCES policy_snapshots,
  canary INTEGER REFERENCES policy_snapshots,
  canary_share REAL NOT NULL,
  baseline INTEGER REFERENCES policy_snapshots,
  exploration REAL,
  holdback INTEGER REFERENCES policy_snapshots,
  holdback_share REAL,
  mode TEXT,
  waiting INTEGER REFERENCES policy_snapshots,
  PRIMARY KEY (scenario, sequence)
) STRICT, WITHOUT ROWID;
INSERT INTO assignments
  SELECT scenario, (SELECT sequence FROM event_number), serving, canary, canary_share, baseline,
    exploration, holdback, holdback_share, mode, waiting
  FROM present_assignments;
DROP TABLE present_assignments;
CREATE TABLE serving_rules (
  rule INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE decisions ADD COLUMN serving_rule INTEGER REFERENCES serving_rules;
ALTER TABLE decisions ADD COLUMN checksum TEXT;
`;

export const anchorSchema = `
ALTER TABLE assignments ADD COLUMN anchor INTEGER REFERENCES policy_snapshots;
ALTER TABLE assignments ADD COLUMN anchor_share REAL;
ALTER TABLE assignments ADD COLUMN anchor_since INTEGER;
`;

// All arms share one retriever. A loop's start, which has no parent, ranks nothing: its candidates are drawn by lot. offered_by is
// NULL in decisions that were made before, retriever also if all offered items were candidates.
export const retrieversSchema = `
ALTER TABLE assignments ADD COLUMN retriever INTEGER REFERENCES policy_snapshots;
UPDATE assignments SET retriever = serving
  WHERE serving IN (SELECT version FROM policy_snapshots WHERE parent IS NOT NULL);
ALTER TABLE decisions ADD COLUMN offered_by TEXT;
ALTER TABLE decisions ADD COLUMN retriever INTEGER;
`;

// Encoders are stored once, by the hash of their bytes. Snapshots of before hold networks of another form, which can't be read:
// each loop starts anew, with its record and the mode of its promotions.
export const encodersSchema = `
CREATE TABLE encoders (
  hash TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;
UPDATE event_number SET sequence = 1 + max(sequence, (SELECT max(sequence) FROM assignments))
  WHERE EXISTS (SELECT 1 FROM assignments);
INSERT INTO assignments (scenario, sequence, canary_share, mode)
  SELECT scenario, (SELECT sequence FROM event_number), 0, mode
  FROM (SELECT scenario, max(sequence), mode FROM assignments GROUP BY scenario);
UPDATE policy_snapshots SET status = 'retired' WHERE status IN ('serving', 'canary', 'waiting');
DELETE FROM checkpoints WHERE name LIKE 'critic/%';
`;

// A checkpoint is in parts: an unfinished training of a large network has more bytes than a cell holds.
export const checkpointPartsSchema = `
ALTER TABLE checkpoints RENAME TO whole_checkpoints;
CREATE TABLE checkpoints (
  name TEXT NOT NULL,
  part INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (name, part)
) STRICT;
INSERT INTO checkpoints SELECT name, 0, bytes FROM whole_checkpoints;
DROP TABLE whole_checkpoints;
`;
