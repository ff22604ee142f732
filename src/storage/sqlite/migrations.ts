// Numbered from 1, in order, never changed once released: a change of the schema is a new entry at the end.
// Every name is binary-collated TEXT; a rowid table's INTEGER PRIMARY KEY is part of each of its indexes.

const initialSchema = `
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

const holdback = `
ALTER TABLE assignments ADD COLUMN holdback INTEGER REFERENCES policy_snapshots;
ALTER TABLE assignments ADD COLUMN holdback_share REAL;
`;

// NULL if the fast loop had no part in the decision.
const fastLoop = "ALTER TABLE decisions ADD COLUMN fast_loop TEXT";

// NULL in decisions that were made before.
const rewardRules = `
CREATE TABLE reward_rules (
  rule INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE decisions ADD COLUMN reward_rule INTEGER REFERENCES reward_rules;
`;

// Closed decisions are counted and spanned without their rows, of which there may be millions.
const closedDecisions = `
DROP INDEX decisions_by_scenario;
CREATE INDEX decisions_by_scenario ON decisions (scenario, sequence, expires_at);
`;

// mode is NULL if promotions are automatic. An intervention is never changed.
const interventions = `
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
const liveness = `
CREATE TABLE learner_heartbeat (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  seen_at INTEGER NOT NULL
) STRICT;
CREATE INDEX cycles_by_outcome ON cycles (scenario, outcome, finished_at);
CREATE INDEX policies_rolled_back ON policy_snapshots (scenario) WHERE status = 'rolled-back';
`;

// The audit derives arms and candidates: assignments are kept, as of their event numbers, and decisions name the rule of their
// moment. serving_rule and checksum are NULL in decisions that were made before.
const auditedArms = `
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

// Whoever knows it can choose the lots of decisions: it leaves the file with a copy of the file only.
const secret = `
CREATE TABLE secret (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  bytes BLOB NOT NULL
) STRICT;
`;

// Positions that an event of a scenario's viewedType says were viewed.
const views = `
CREATE TABLE views (
  decision_sequence INTEGER NOT NULL REFERENCES decisions,
  position INTEGER NOT NULL,
  PRIMARY KEY (decision_sequence, position)
) STRICT, WITHOUT ROWID;
`;

const anchor = `
ALTER TABLE assignments ADD COLUMN anchor INTEGER REFERENCES policy_snapshots;
ALTER TABLE assignments ADD COLUMN anchor_share REAL;
ALTER TABLE assignments ADD COLUMN anchor_since INTEGER;
`;

// All arms share one retriever. A loop's start, which has no parent, ranks nothing: its candidates are drawn by lot. offered_by is
// NULL in decisions that were made before, retriever also if all offered items were candidates.
const retrievers = `
ALTER TABLE assignments ADD COLUMN retriever INTEGER REFERENCES policy_snapshots;
UPDATE assignments SET retriever = serving
  WHERE serving IN (SELECT version FROM policy_snapshots WHERE parent IS NOT NULL);
ALTER TABLE decisions ADD COLUMN offered_by TEXT;
ALTER TABLE decisions ADD COLUMN retriever INTEGER;
`;

// offer is NULL if the whole catalogue was asked for, and in decisions that were made before. retracted is the event number from which
// on an event is no behaviour any more. A reaction is the present state of a user's events of one type on an item; pending ones are
// no events yet.
const reactions = `
ALTER TABLE decisions ADD COLUMN offer TEXT;
ALTER TABLE events ADD COLUMN retracted INTEGER;
CREATE TABLE reactions (
  user_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  type TEXT NOT NULL,
  value REAL NOT NULL,
  occurred_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  pending INTEGER NOT NULL,
  notes TEXT NOT NULL,
  PRIMARY KEY (user_id, item_id, type)
) STRICT, WITHOUT ROWID;
CREATE INDEX reactions_by_item ON reactions (item_id, type, user_id);
CREATE INDEX reactions_by_type ON reactions (type, user_id, item_id);
CREATE INDEX reactions_pending ON reactions (user_id) WHERE pending = 1;
`;

// Documents of the wires of other systems: deferred events, settings, evaluations. expires_at is NULL if it stays.
const documents = `
CREATE TABLE documents (
  number INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  expires_at INTEGER,
  payload TEXT NOT NULL,
  UNIQUE (kind, id)
) STRICT;
CREATE INDEX documents_by_kind ON documents (kind, number);
CREATE INDEX documents_by_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL;
`;

// Encoders are stored once, by the hash of their bytes. Snapshots of before hold networks of another form, which can't be read:
// each loop starts anew, with its record and the mode of its promotions.
const encoders = `
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

// A key's row stays after its end, for those who ask later which keys there were. key_name is NULL if no key was asked for.
const apiKeys = `
CREATE TABLE api_keys (
  hash TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  ends_at INTEGER
) STRICT, WITHOUT ROWID;
ALTER TABLE interventions ADD COLUMN key_name TEXT;
`;

// written_at is NULL in revisions of before.
const itemTimes = `
ALTER TABLE item_revisions ADD COLUMN written_at INTEGER;
`;

/** After the number of the decision. */
const chargeColumns = `  position INTEGER NOT NULL,
  campaign TEXT NOT NULL,
  day INTEGER NOT NULL,
  pays TEXT NOT NULL,
  amount REAL NOT NULL,
  explored REAL NOT NULL,
  expires_at INTEGER NOT NULL,
  settled INTEGER,
  is_paid INTEGER NOT NULL,
  PRIMARY KEY (decision_sequence, position)
) STRICT, WITHOUT ROWID;`;
const chargeIndexes = `CREATE INDEX charges_outstanding ON charges (campaign, expires_at) WHERE settled IS NULL;
CREATE INDEX charges_by_day ON charges (campaign, day);`;

// A campaign is open as of an event number if its newest state by then says so. Sums stand beside the charges that they add up.
// settled is the event number at which a charge was paid or lapsed, NULL before.
const campaigns = `
CREATE TABLE campaign_revisions (
  id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  payload TEXT,
  written_at INTEGER,
  PRIMARY KEY (id, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX campaign_revisions_by_sequence ON campaign_revisions (sequence);

CREATE TABLE campaign_states (
  campaign TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  scenario TEXT NOT NULL,
  at INTEGER NOT NULL,
  is_open INTEGER NOT NULL,
  factor REAL NOT NULL,
  integral REAL NOT NULL,
  PRIMARY KEY (campaign, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_states_by_scenario ON campaign_states (scenario, sequence);

CREATE TABLE charges (
  decision_sequence INTEGER NOT NULL REFERENCES decisions,
${chargeColumns}
${chargeIndexes}

CREATE TABLE campaign_days (
  campaign TEXT NOT NULL,
  day INTEGER NOT NULL,
  impressions INTEGER NOT NULL,
  explored REAL NOT NULL,
  explored_spend REAL NOT NULL,
  reserved REAL NOT NULL,
  spend REAL NOT NULL,
  lapsed REAL NOT NULL,
  PRIMARY KEY (campaign, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic (
  scenario TEXT NOT NULL,
  day INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  decisions INTEGER NOT NULL,
  PRIMARY KEY (scenario, day, slot)
) STRICT, WITHOUT ROWID;

-- The slot up to which a scenario's campaigns are paced; its day is the one that is charged.
CREATE TABLE auctions (scenario TEXT PRIMARY KEY, slot INTEGER NOT NULL) STRICT, WITHOUT ROWID;

ALTER TABLE decisions ADD COLUMN ads TEXT;
`;

// present is 0 where an edge ended. An edge of friends has a row for each of them, under one event number.
const edges = `
CREATE TABLE edge_revisions (
  user_id TEXT NOT NULL,
  type TEXT NOT NULL,
  target TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  present INTEGER NOT NULL,
  PRIMARY KEY (user_id, type, target, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX edge_revisions_by_user ON edge_revisions (user_id, sequence);
`;

// Consent outlives attributes, so it has a table of its own; NULL is a flag that nobody stated. refused has a bit for each thing that an
// event refuses, NULL if nothing. untrained holds decisions with an answer that refuses training: without it they can't teach either.
// A pseudonym's user_id is the id in all other tables; its hash is the caller's id under the key, whose name is a hash of the key itself.
const consent = `
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
const removal = `
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

// rate is NULL without a limit. A deed names no user of the record.
const trail = `
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

// drawn_at is NULL if the decision was not deferred.
const deferrals = `
ALTER TABLE decisions ADD COLUMN drawn_at INTEGER;
`;

export const migrations: readonly string[] = [
  initialSchema,
  holdback,
  fastLoop,
  rewardRules,
  closedDecisions,
  interventions,
  liveness,
  auditedArms,
  secret,
  views,
  anchor,
  retrievers,
  reactions,
  documents,
  encoders,
  apiKeys,
  itemTimes,
  campaigns,
  edges,
  consent,
  removal,
  trail,
  deferrals,
];
