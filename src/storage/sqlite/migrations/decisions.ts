// NULL if the fast loop had no part in the decision.
export const fastLoopSchema = "ALTER TABLE decisions ADD COLUMN fast_loop TEXT";

// NULL in decisions that were made before.
export const rewardRulesSchema = `
CREATE TABLE reward_rules (
  rule INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE decisions ADD COLUMN reward_rule INTEGER REFERENCES reward_rules;
`;

// Closed decisions are counted and spanned without their rows, of which there may be millions.
export const closedDecisionsSchema = `
DROP INDEX decisions_by_scenario;
CREATE INDEX decisions_by_scenario ON decisions (scenario, sequence, expires_at);
`;

// Whoever knows it can choose the lots of decisions: it leaves the file with a copy of the file only.
export const secretSchema = `
CREATE TABLE secret (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  bytes BLOB NOT NULL
) STRICT;
`;

// Positions that an event of a scenario's viewedType says were viewed.
export const viewsSchema = `
CREATE TABLE views (
  decision_sequence INTEGER NOT NULL REFERENCES decisions,
  position INTEGER NOT NULL,
  PRIMARY KEY (decision_sequence, position)
) STRICT, WITHOUT ROWID;
`;

// NULL in rows that were written before.
export const checksumsSchema = `
ALTER TABLE rewards ADD COLUMN checksum TEXT;
ALTER TABLE reward_rules ADD COLUMN checksum TEXT;
ALTER TABLE serving_rules ADD COLUMN checksum TEXT;
`;

// drawn_at is NULL if the decision was not deferred.
export const deferralsSchema = `
ALTER TABLE decisions ADD COLUMN drawn_at INTEGER;
`;
