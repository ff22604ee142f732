export const initialSchema = `
-- The highest event number given out.
CREATE TABLE event_number (sequence INTEGER NOT NULL) STRICT;
INSERT INTO event_number VALUES (0);

-- payload is NULL where the row was deleted.
CREATE TABLE user_revisions (
  id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  payload TEXT,
  PRIMARY KEY (id, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_revisions (
  id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  payload TEXT,
  PRIMARY KEY (id, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX item_revisions_by_sequence ON item_revisions (sequence);

CREATE TABLE events (
  sequence INTEGER PRIMARY KEY,
  event_id TEXT,
  user_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  type TEXT NOT NULL,
  value REAL NOT NULL,
  occurred_at INTEGER NOT NULL,
  decision_id TEXT
) STRICT;
CREATE UNIQUE INDEX events_by_event_id ON events (event_id) WHERE event_id IS NOT NULL;
CREATE INDEX events_by_user ON events (user_id);

-- candidates is JSON text in raw deflate: it may hold hundreds of ids, most of the bytes of the whole record. Wide columns
-- come last, so that the others are read without them.
CREATE TABLE decisions (
  sequence INTEGER PRIMARY KEY,
  decision_id TEXT NOT NULL UNIQUE,
  user_id TEXT NOT NULL,
  scenario TEXT NOT NULL,
  arm TEXT NOT NULL,
  policy_version INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  slate_propensity REAL NOT NULL,
  exploration REAL NOT NULL,
  decided_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  slate TEXT NOT NULL,
  position_propensities TEXT NOT NULL,
  context TEXT NOT NULL,
  candidates BLOB NOT NULL
) STRICT;
CREATE INDEX decisions_by_user ON decisions (user_id, expires_at);
CREATE INDEX decisions_by_scenario ON decisions (scenario);
CREATE INDEX decisions_by_time ON decisions (scenario, decided_at);

CREATE TABLE rewards (
  decision_sequence INTEGER NOT NULL REFERENCES decisions,
  position INTEGER NOT NULL,
  event_type TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (decision_sequence, position, event_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_snapshots (
  version INTEGER PRIMARY KEY,
  scenario TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  parent INTEGER REFERENCES policy_snapshots,
  created_at INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  evidence TEXT NOT NULL
) STRICT;
CREATE INDEX policy_snapshots_by_scenario ON policy_snapshots (scenario);

CREATE TABLE policy_bytes (
  version INTEGER PRIMARY KEY REFERENCES policy_snapshots,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE assignments (
  scenario TEXT PRIMARY KEY,
  serving INTEGER REFERENCES policy_snapshots,
  canary INTEGER REFERENCES policy_snapshots,
  canary_share REAL NOT NULL,
  baseline INTEGER REFERENCES policy_snapshots,
  exploration REAL
) STRICT, WITHOUT ROWID;

CREATE TABLE cycles (
  cycle INTEGER PRIMARY KEY,
  scenario TEXT NOT NULL,
  outcome TEXT NOT NULL,
  reason TEXT NOT NULL,
  policy_version INTEGER,
  candidate_version INTEGER,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  through_sequence INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX cycles_by_scenario ON cycles (scenario);

CREATE TABLE checkpoints (
  name TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;
`;
