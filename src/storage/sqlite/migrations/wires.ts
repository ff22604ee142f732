// offer is NULL if the whole catalogue was asked for, and in decisions that were made before. retracted is the event number from which
// on an event is no behaviour any more. A reaction is the present state of a user's events of one type on an item; pending ones are
// no events yet.
export const reactionsSchema = `
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
export const documentsSchema = `
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
