import { itemId, userId } from "../../domain/ids.ts";
import type { ReactionKey, UserReaction } from "../../domain/reaction.ts";
import type { ReactionFilter, ReactionRow, ReactionStore, Scored } from "../reaction-store.ts";
import { readJson, readNumber, readText } from "./columns.ts";
import type { Connection, Row, Statement } from "./connection.ts";
import { prepareEventInsert } from "./events.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import { everything, type ReadScope } from "./read-scope.ts";

/** Users of an item, or items of a user, whose reactions are compared. */
const mostCompared = 1000;

const columns = "user_id, item_id, type, value, occurred_at, updated_at, pending, notes";
const isOfTypes = "type IN (SELECT value FROM json_each(?2))";

/** |A∩B| / √(|A|·|B|) of the sets of `other` that each `own` has. */
const similarity = (
  reactions: string,
  own: "item_id" | "user_id",
  other: "item_id" | "user_id",
) => `
  WITH shared AS (
    SELECT ${own} AS id, count(DISTINCT ${other}) AS both FROM ${reactions}
    WHERE ${isOfTypes} AND pending = 0 AND ${own} <> ?1 AND ${other} IN (
      SELECT DISTINCT ${other} FROM ${reactions}
      WHERE ${own} = ?1 AND ${isOfTypes} AND pending = 0 LIMIT ${mostCompared})
    GROUP BY ${own}),
  size AS (
    SELECT ${own} AS id, count(DISTINCT ${other}) AS members FROM ${reactions}
    WHERE ${isOfTypes} AND pending = 0 AND (${own} = ?1 OR ${own} IN (SELECT id FROM shared))
    GROUP BY ${own})
  SELECT id, both / sqrt(1.0 * size.members * (SELECT members FROM size WHERE id = ?1)) AS score
  FROM shared JOIN size USING (id) ORDER BY score DESC, id`;

const columnByField = { userId: "user_id", itemId: "item_id", type: "type" } as const;
const fields = ["userId", "itemId", "type"] as const;

/** A statement for each set of given fields, so that SQLite can choose the index. */
function prepareLists(connection: Connection) {
  const statements = new Map<string, Statement>();
  return (filter: ReactionFilter) => {
    const given = fields.filter((field) => filter[field] !== undefined);
    const condition = given.map((field) => `${columnByField[field]} = ? AND `).join("");
    const known = statements.get(condition);
    const statement =
      known ??
      connection.prepare(
        `SELECT ${columns} FROM reactions
         WHERE ${condition} occurred_at <= ? AND (user_id, item_id, type) > (?, ?, ?)
         ORDER BY user_id, item_id, type LIMIT ?`,
      );
    statements.set(condition, statement);
    const values = given.map((field) => filter[field] ?? null);
    return (after: readonly string[], limit: number) =>
      statement.all(...values, filter.until, ...after, limit).map(decode);
  };
}

function prepareStatements(connection: Connection, { reactions }: ReadScope = everything) {
  const upsert = `INSERT INTO reactions (${columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
    ON CONFLICT DO UPDATE SET occurred_at = ?5, updated_at = ?6, pending = ?7, notes = ?8`;
  return {
    add: connection.prepare(
      // A sum of finite values may not be finite.
      `${upsert}, value = max(-${Number.MAX_VALUE}, min(${Number.MAX_VALUE}, value + ?4))`,
    ),
    overwrite: connection.prepare(`${upsert}, value = ?4`),
    list: prepareLists(connection),
    due: connection.prepare(
      `SELECT ${columns} FROM reactions INDEXED BY reactions_pending
       WHERE pending = 1 AND occurred_at <= ? LIMIT ?`,
    ),
    dueOf: connection.prepare(
      `SELECT ${columns} FROM reactions
       WHERE pending = 1 AND occurred_at <= ? AND user_id = ? LIMIT ?`,
    ),
    isPending: connection.prepare(
      `SELECT 1 FROM reactions
       WHERE user_id = ? AND item_id = ? AND type = ? AND occurred_at = ? AND pending = 1`,
    ),
    delete: connection.prepare(
      "DELETE FROM reactions WHERE user_id = ? AND item_id = ? AND type = ?",
    ),
    retract: connection.prepare(
      `UPDATE events SET retracted = ?4
       WHERE user_id = ?1 AND item_id = ?2 AND type = ?3 AND retracted IS NULL`,
    ),
    popular: connection.prepare(
      `SELECT item_id AS id, count(DISTINCT user_id) AS score FROM ${reactions}
       WHERE type IN (SELECT value FROM json_each(?)) AND pending = 0
       GROUP BY item_id ORDER BY score DESC, item_id`,
    ),
    similarItems: connection.prepare(similarity(reactions, "item_id", "user_id")),
    similarUsers: connection.prepare(similarity(reactions, "user_id", "item_id")),
  };
}

const decode = (row: Row): UserReaction => ({
  userId: userId(readText(row, "user_id")),
  itemId: itemId(readText(row, "item_id")),
  type: readText(row, "type"),
  value: readNumber(row, "value"),
  occurredAt: readNumber(row, "occurred_at"),
  updatedAt: readNumber(row, "updated_at"),
  isPending: readNumber(row, "pending") === 1,
  notes: readJson(row, "notes"),
});

const decodeScored = (row: Row): Scored => ({
  id: readText(row, "id"),
  score: readNumber(row, "score"),
});

const keyOf = ({ userId: user, itemId: item, type }: ReactionKey) => [user, item, type] as const;

const start = ["", "", ""] as const;

/** @param scope of reads across users */
export function createReactionStore(
  connection: Connection,
  commits: GroupCommit,
  scope?: ReadScope,
): ReactionStore {
  const statements = prepareStatements(connection, scope);
  const recordEvents = prepareEventInsert(connection);
  const recordRow = ({ reaction, event, overwrites }: ReactionRow, numbers: EventNumbers) => {
    const { value, occurredAt, updatedAt, isPending, notes } = reaction;
    const key = keyOf(reaction);
    if (overwrites) statements.retract.run(...key, numbers.next());
    const write = overwrites ? statements.overwrite : statements.add;
    write.run(...key, value, occurredAt, updatedAt, isPending ? 1 : 0, JSON.stringify(notes));
    if (event) recordEvents([event], numbers);
  };
  const deleteRow = (reaction: UserReaction, numbers: EventNumbers) => {
    statements.retract.run(...keyOf(reaction), numbers.next());
    statements.delete.run(...keyOf(reaction));
  };
  const scored =
    (statement: { all(...values: string[]): readonly Row[] }) =>
    async (...values: string[]) =>
      statement.all(...values).map(decodeScored);
  const similarItems = scored(statements.similarItems);
  const similarUsers = scored(statements.similarUsers);
  const popular = scored(statements.popular);
  return {
    record: (rows) =>
      commits.run((numbers) => {
        for (const row of rows) recordRow(row, numbers);
      }),
    list: async (filter, { after, limit }) =>
      statements.list(filter)(after === undefined ? start : keyOf(after), limit),
    due: async ({ userId: user, now, limit }) =>
      (user === undefined
        ? statements.due.all(now, limit)
        : statements.dueOf.all(now, user, limit)
      ).map(decode),
    settle: (rows) =>
      commits.run((numbers) => {
        for (const row of rows) {
          const { reaction } = row;
          if (statements.isPending.get(...keyOf(reaction), reaction.occurredAt))
            recordRow(row, numbers);
        }
      }),
    delete: (filter) =>
      commits.run((numbers) => {
        const found = statements.list(filter)(start, -1);
        for (const reaction of found) deleteRow(reaction, numbers);
        return found.length;
      }),
    popular: (types) => popular(JSON.stringify(types)),
    similarItems: (item, types) => similarItems(item, JSON.stringify(types)),
    similarUsers: (user, types) => similarUsers(user, JSON.stringify(types)),
  };
}
