import { type Deed, deedKinds } from "../../domain/trail.ts";
import type { TrailStore } from "../trail-store.ts";
import type { Connection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";
import { column, defineTable } from "./table.ts";

const table = defineTable<Deed>({
  kind: column.member("kind", deedKinds),
  madeAt: column.number("made_at"),
  subject: column.optional(column.text("subject")),
  by: column.optional(column.text("made_by")),
  key: column.optional(column.text("key_name")),
});

/** Adds a deed to the transaction of its caller. */
export function prepareDeedInsert(connection: Connection): (deed: Deed) => void {
  const insert = connection.prepare(
    `INSERT INTO deeds (${table.columns}) VALUES (${table.placeholders})`,
  );
  return (deed) => void insert.run(...table.encode(deed));
}

export function createTrailStore(connection: Connection, commits: GroupCommit): TrailStore {
  const insert = prepareDeedInsert(connection);
  const list = connection.prepare(
    `SELECT ${table.columns} FROM deeds ORDER BY number DESC LIMIT ?`,
  );
  return {
    add: (deed) => commits.run(() => insert(deed)),
    list: async (limit) => list.all(limit).map(table.decode),
  };
}
