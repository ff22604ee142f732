// written_at is NULL in revisions of before.
export const itemTimesSchema = `
ALTER TABLE item_revisions ADD COLUMN written_at INTEGER;
`;

// present is 0 where an edge ended. An edge of friends has a row for each of them, under one event number.
export const edgesSchema = `
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
