import { attributingFields, type Feedback } from "../../domain/decision.ts";
import { type ItemId, itemId } from "../../domain/ids.ts";
import type { DecisionStore } from "../decision-store.ts";
import { createChangeFinder } from "./changed-record.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { prepareDecisionInsert } from "./decision-insert.ts";
import { createDecisionPages } from "./decision-pages.ts";
import { defineDecisionTable, readDecision } from "./decision-rows.ts";
import { prepareEventInsert } from "./events.ts";
import type { GroupCommit } from "./group-commit.ts";
import { everything, type ReadScope } from "./read-scope.ts";
import { createSettledRewards } from "./settled-rewards.ts";
import { createUserActivity } from "./user-activity.ts";

/** Statements about many decisions, which read no wide column. */
function prepareCounts(connection: Connection, scope: ReadScope) {
  const decisions = `${scope.decisions} AS decisions`;
  return {
    span: connection.prepare(
      `SELECT count(*) AS decisions, coalesce(min(sequence), 1) AS first FROM (
         SELECT sequence FROM ${decisions} WHERE decided_at >= ? AND decided_at < ? AND sequence <= ?
         ORDER BY sequence DESC LIMIT ?)`,
    ),
    closedSpan: connection.prepare(
      `SELECT count(*) AS decisions, coalesce(min(sequence), 1) AS first FROM (
         SELECT sequence FROM ${decisions} WHERE scenario = ? AND sequence > ? AND expires_at <= ?
         ORDER BY sequence DESC LIMIT ?)`,
    ),
    dateRange: connection.prepare(
      `SELECT min(decided_at) AS oldest, max(decided_at) AS newest FROM ${decisions}
       WHERE scenario = ?`,
    ),
    nth: connection.prepare(
      `SELECT sequence FROM ${decisions} WHERE scenario = ? ORDER BY sequence LIMIT 1 OFFSET ?`,
    ),
    countAll: connection.prepare(
      `SELECT count(*) AS decisions FROM ${decisions} WHERE sequence > ? AND sequence <= ?`,
    ),
    countOfScenario: connection.prepare(
      `SELECT count(*) AS decisions FROM ${decisions}
       WHERE sequence > ? AND sequence <= ? AND scenario = ?`,
    ),
  };
}

/** Of event numbers and times. */
const most = Number.MAX_SAFE_INTEGER;

function prepareStatements(connection: Connection, scope: ReadScope) {
  const table = defineDecisionTable(connection);
  const columns = `sequence, ${table.columns}`;
  // Of hundreds of candidates an event needs none.
  const shown = table.pick(attributingFields);
  return {
    table,
    columns,
    shown,
    find: connection.prepare(`SELECT ${columns} FROM decisions WHERE decision_id = ?`),
    findShown: connection.prepare(`SELECT ${shown.columns} FROM decisions WHERE decision_id = ?`),
    findByItem: connection.prepare(
      `SELECT ${shown.columns} FROM decisions
       WHERE user_id = ? AND expires_at > ? AND decided_at <= ?
         AND EXISTS (SELECT 1 FROM json_each(slate) WHERE json_each.value = ?)
       ORDER BY sequence DESC LIMIT 1`,
    ),
    openOf: connection.prepare(
      `SELECT ${columns} FROM decisions
       WHERE user_id = ? AND expires_at > ? AND scenario = ? ORDER BY sequence DESC LIMIT ?`,
    ),
    showings: connection.prepare(
      `SELECT item.value AS item_id, decided_at FROM decisions, json_each(slate) AS item
       WHERE user_id = ?1 AND expires_at > ?2 AND decided_at > ?2 AND scenario = ?3 AND sequence <= ?4`,
    ),
    feedback: connection.prepare(
      `SELECT ${columns} FROM ${scope.decisions} AS decisions
       WHERE scenario = ? AND sequence > ? AND expires_at <= ?
         AND decided_at >= ? AND decided_at < ? ORDER BY sequence LIMIT ?`,
    ),
    at: connection.prepare(`SELECT ${columns} FROM decisions WHERE sequence = ?`),
    recent: connection.prepare(`SELECT ${columns} FROM decisions ORDER BY sequence DESC LIMIT ?`),
    scan: connection.prepare(
      `SELECT ${columns}, checksum FROM ${scope.decisions} AS decisions
       WHERE sequence > ? AND sequence <= ? AND decided_at >= ? AND decided_at < ?
       ORDER BY sequence LIMIT ?`,
    ),
    rewards: connection.prepare(
      // With the viewed positions, whose reward is NULL, and −1 if an answer refuses training: a statement costs more than its rows.
      `SELECT position, sum(value) AS reward FROM rewards
       WHERE decision_sequence = ?1 GROUP BY position
       UNION ALL SELECT position, NULL FROM views WHERE decision_sequence = ?1
       UNION ALL SELECT -1, NULL FROM untrained WHERE decision_sequence = ?1`,
    ),
    ...prepareCounts(connection, scope),
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function decodeFeedback(statements: Statements, row: Row): Feedback {
  const sequence = readNumber(row, "sequence");
  const { decision, rewards } = readDecision(row, () => {
    const decision = statements.table.decode(row);
    return { decision, rewards: decision.slate.map((): number | undefined => undefined) };
  });
  const viewed: number[] = [];
  let isUntrained = false;
  for (const found of statements.rewards.all(sequence)) {
    const position = readNumber(found, "position");
    if (position < 0) isUntrained = true;
    else if (found.reward === null) viewed.push(position);
    else rewards[position] = readNumber(found, "reward");
  }
  return {
    decision,
    sequence,
    rewards,
    ...(viewed.length > 0 && { viewed }),
    ...(isUntrained && { isUntrained }),
  };
}

const decodeSpan = (row: Row = {}) => ({
  count: readNumber(row, "decisions"),
  after: readNumber(row, "first") - 1,
});

type Counts = "dateRange" | "span" | "closedSpan" | "nth" | "count";

const createCounts = (statements: Statements): Pick<DecisionStore, Counts> => ({
  dateRange: async (scenario) => {
    const row = statements.dateRange.get(scenario);
    if (row === undefined || row.oldest === null) return undefined;
    return { from: readNumber(row, "oldest"), to: readNumber(row, "newest") };
  },
  span: async ({ from, to, asOf, limit = -1 }) =>
    decodeSpan(statements.span.get(from, to, asOf, limit)),
  closedSpan: async ({ scenario, after, closedBefore, limit = -1 }) =>
    decodeSpan(statements.closedSpan.get(scenario, after, closedBefore, limit)),
  nth: async (scenario, n) => {
    const row = statements.nth.get(scenario, n - 1);
    return row && readNumber(row, "sequence");
  },
  count: async ({ scenario, after = 0, asOf = most } = {}) => {
    const row =
      scenario === undefined
        ? statements.countAll.get(after, asOf)
        : statements.countOfScenario.get(after, asOf, scenario);
    return readNumber(row ?? {}, "decisions");
  },
});

/** @param scope of reads of many decisions */
export function createDecisionStore(
  connection: Connection,
  commits: GroupCommit,
  scope: ReadScope = everything,
): DecisionStore {
  const statements = prepareStatements(connection, scope);
  const insert = prepareDecisionInsert(connection);
  const recordEvents = prepareEventInsert(connection);
  const findChange = createChangeFinder(connection, statements.columns.split(", "));
  const decode = (row: Row) => decodeFeedback(statements, row);
  const decodeFound = (row: Row | undefined) => row && decode(row);
  const decodeShown = (row: Row | undefined) => row && statements.shown.decode(row);
  return {
    append: (...decisions) =>
      commits.run((numbers) => {
        for (const decision of decisions) {
          insert.checkFresh(decision);
          insert.append(decision, numbers);
        }
      }),
    appendAll: (decisions, { events = [] } = {}) =>
      commits.run((numbers) => {
        for (const decision of decisions) insert.append(decision, numbers);
        recordEvents(events, numbers);
      }),
    find: async (id) => decodeFound(statements.find.get(id)),
    findShown: async (id) => decodeShown(statements.findShown.get(id)),
    findByItem: async ({ userId: user, itemId: item, occurredAt, now }) =>
      decodeShown(statements.findByItem.get(user, now, occurredAt, item)),
    openOf: async ({ userId: user, scenario, now, limit }) =>
      statements.openOf.all(user, now, scenario, limit).map(decode),
    showings: async ({ userId: user, scenario, since, asOf }) => {
      const times = new Map<ItemId, number[]>();
      for (const row of statements.showings.all(user, since, scenario, asOf)) {
        const item = itemId(readText(row, "item_id"));
        times.set(item, [...(times.get(item) ?? []), readNumber(row, "decided_at")]);
      }
      return times;
    },
    feedback: async ({ scenario, after, closedBefore, from = 0, to = most, limit }) =>
      statements.feedback.all(scenario, after, closedBefore, from, to, limit).map(decode),
    recent: async (limit) => statements.recent.all(limit).map(decode),
    scan: async ({ from, to, after, asOf, limit }) =>
      statements.scan.all(after, asOf, from, to, limit).map((row) => {
        const changed = findChange(row);
        return { ...decode(row), ...(changed !== undefined && { changed }) };
      }),
    ...createDecisionPages(connection, (sequence) => statements.at.all(sequence).map(decode)),
    ...createSettledRewards(connection, scope),
    ...createUserActivity(connection),
    ...createCounts(statements),
  };
}
