import { createHmac } from "node:crypto";
import { type ErasedTable, erasedTables, type RowCounts } from "../../domain/erasure.ts";
import type { Connection, Row, SqlValue } from "./connection.ts";

/** Rows of one user in one table. ?1 is the user, ?2 the most rows. */
interface UserRows {
  readonly table: string;
  readonly where: string;
  readonly keys: readonly string[];
}

/** A user's decisions that a page removes, each with its rewards and views. */
const ofDecisions = `decision_sequence IN
  (SELECT sequence FROM decisions WHERE user_id = ?1 ORDER BY sequence LIMIT ?2)`;
const place = ["decision_sequence", "position"];

const has = (list: string) =>
  `EXISTS (SELECT 1 FROM json_each(payload, '$.${list}') WHERE json_extract(value, '$.userId') = ?1)`;

/** In the order of removal: rows that refer to a decision go before it. Personalizer's events name documents, and are its users. */
export const userRows: Readonly<Record<ErasedTable, UserRows>> = {
  rewards: { table: "rewards", where: ofDecisions, keys: [...place, "event_type"] },
  views: { table: "views", where: ofDecisions, keys: place },
  decisions: { table: "decisions", where: "user_id = ?1 ORDER BY sequence", keys: ["sequence"] },
  events: { table: "events", where: "user_id = ?1", keys: ["sequence"] },
  users: { table: "user_revisions", where: "id = ?1", keys: ["id", "sequence"] },
  edges: {
    table: "edge_revisions",
    where: "(user_id = ?1 OR target = ?1)",
    keys: ["user_id", "type", "target", "sequence"],
  },
  reactions: { table: "reactions", where: "user_id = ?1", keys: ["user_id", "item_id", "type"] },
  documents: {
    table: "documents",
    where: `((kind IN ('deferred', 'demonstration') AND id = ?1)
      OR (kind = 'deferred' AND (${has("decisions")} OR ${has("rewards")})))`,
    keys: ["number"],
  },
  consents: { table: "consents", where: "user_id = ?1", keys: ["user_id", "sequence"] },
  pseudonyms: { table: "pseudonyms", where: "user_id = ?1", keys: ["hash"] },
};

const order = Object.keys(userRows) as ErasedTable[];

/** Those that go with the decisions of a page, however many. */
const isPart = (name: ErasedTable) => name === "rewards" || name === "views";

/** A value as JSON has it: bytes in hexadecimal. */
const toJson = (value: unknown) =>
  value instanceof ArrayBuffer || value instanceof Uint8Array
    ? Buffer.from(value as Uint8Array).toString("hex")
    : value;

/** Removed rows so far. */
export interface Progress {
  readonly rows: RowCounts;
  readonly digests: Readonly<Partial<Record<ErasedTable, string>>>;
}

export const noRows: RowCounts = Object.fromEntries(
  erasedTables.map((name) => [name, 0]),
) as RowCounts;

function chain(before: string, row: Row, salt: string): string {
  const text = JSON.stringify(Object.values(row).map(toJson));
  return createHmac("sha256", Buffer.from(salt, "hex")).update(before).update(text).digest("hex");
}

/** Removes rows of a user inside a write transaction, at most about `limit` of each table. */
export type RemovePage = (
  user: { readonly userId: string; readonly salt: string },
  progress: Progress,
  limit: number,
) => Progress;

export function prepareRemoval(connection: Connection): RemovePage {
  const prepared = order.map((name) => {
    const { table, where, keys } = userRows[name];
    const limit = isPart(name) ? "" : " LIMIT ?2";
    const matches = keys.map((key) => `${key} = ?`).join(" AND ");
    return {
      name,
      keys,
      find: connection.prepare(`SELECT * FROM ${table} WHERE ${where}${limit}`),
      remove: connection.prepare(`DELETE FROM ${table} WHERE ${matches}`),
    };
  });
  return ({ userId, salt }, progress, limit) => {
    const rows = { ...progress.rows };
    const digests = { ...progress.digests };
    for (const { name, keys, find, remove } of prepared) {
      for (const row of find.all(userId, limit)) {
        digests[name] = chain(digests[name] ?? "", row, salt);
        remove.run(...keys.map((key) => row[key] as SqlValue));
        rows[name] += 1;
      }
    }
    return { rows, digests };
  };
}
