// mode is NULL if promotions are automatic. An intervention is never changed.
export const interventionsSchema = `
CREATE TABLE interventions (
  intervention INTEGER PRIMARY KEY,
  scenario TEXT NOT NULL,
  kind TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  made_by TEXT,
  reason TEXT,
  version INTEGER REFERENCES policy_snapshots,
  replaced INTEGER REFERENCES policy_snapshots
) STRICT;
CREATE INDEX interventions_by_scenario ON interventions (scenario);
ALTER TABLE assignments ADD COLUMN mode TEXT;
ALTER TABLE assignments ADD COLUMN waiting INTEGER REFERENCES policy_snapshots;
`;

// Figures for each scrape of the metrics are counted without wide rows.
export const livenessSchema = `
CREATE TABLE learner_heartbeat (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cycles_by_outcome ON cycles (scenario, outcome, finished_at);
CREATE INDEX policies_rolled_back ON policy_snapshots (scenario) WHERE status = 'rolled-back';
`;

// A key's row stays after its end, for those who ask later which keys there were. key_name is NULL if no key was asked for.
export const apiKeysSchema = `
CREATE TABLE api_keys (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ends_at INTEGER
) STRICT, WITHOUT ROWID;
ALTER TABLE interventions ADD COLUMN key_name TEXT;
`;

// rate is NULL without a limit. A deed names no user of the record.
export const trailSchema = `
ALTER TABLE api_keys ADD COLUMN rate INTEGER;
CREATE TABLE deeds (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  subject TEXT,
  made_by TEXT,
  key_name TEXT
) STRICT;
`;
