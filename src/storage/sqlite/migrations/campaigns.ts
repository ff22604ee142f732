/** After the number of the decision. */
export const chargeColumns = `  position INTEGER NOT NULL,
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
export const chargeIndexes = `CREATE INDEX charges_outstanding ON charges (campaign, expires_at) WHERE settled IS NULL;
CREATE INDEX charges_by_day ON charges (campaign, day);`;

// A campaign is open as of an event number if its newest state by then says so. Sums stand beside the charges that they add up.
// settled is the event number at which a charge was paid or lapsed, NULL before.
export const campaignsSchema: string = `
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
