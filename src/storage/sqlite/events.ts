import type { HistoryEntry } from "../../domain/behaviour.ts";
import { EngineError } from "../../domain/errors.ts";
import { type DecisionId, itemId, userId } from "../../domain/ids.ts";
import {
  type EventRow,
  type EventRowOutcome,
  type EventStore,
  lastEventsOfUser,
  type ScannedEvent,
} from "../event-store.ts";
import { prepareCharges } from "./charges.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection, Row } from "./connection.ts";
import { decodeRefusals, encodeRefusals, refusalBits } from "./consents.ts";
import type { EventNumbers, GroupCommit } from "./group-commit.ts";
import { prepareKeptEvents } from "./kept-events.ts";
import { everything, type ReadScope } from "./read-scope.ts";
import { prepareRewards } from "./rewards.ts";

const beforeAllTimes = Number.MIN_SAFE_INTEGER;

const entryColumns = "sequence, item_id, type, value, occurred_at";

/** Of events that the user's slates may depend on, as of ?2. */
const isSeen = `coalesce(retracted > ?2, 1) AND coalesce(refused & ${refusalBits.personalise}, 0) = 0`;

/** Of user ?1 as of ?2, occurred after ?3, of the types ?4 or of all. */
const selectLast = (events: string) =>
  `SELECT item_id, max(occurred_at) AS occurred_at FROM (
     SELECT item_id, type, occurred_at FROM ${events} AS events
     WHERE user_id = ?1 AND sequence <= ?2 AND ${isSeen}
     ORDER BY sequence DESC LIMIT ${lastEventsOfUser})
   WHERE occurred_at > ?3 AND (?4 IS NULL OR type IN (SELECT value FROM json_each(?4)))
   GROUP BY item_id`;

function prepareStatements(connection: Connection, { events }: ReadScope = everything) {
  return {
    decision: connection.prepare("SELECT sequence FROM decisions WHERE decision_id = ?"),
    isKnown: connection.prepare("SELECT 1 FROM events WHERE event_id = ?"),
    insert: connection.prepare(
      `INSERT INTO events
         (sequence, event_id, user_id, item_id, type, value, occurred_at, decision_id, refused)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    addReward: prepareRewards(connection),
    charges: prepareCharges(connection),
    keep: prepareKeptEvents(connection),
    untrain: connection.prepare("INSERT OR IGNORE INTO untrained VALUES (?)"),
    view: connection.prepare("INSERT OR IGNORE INTO views VALUES (?, ?)"),
    history: connection.prepare(
      `SELECT ${entryColumns} FROM ${events} AS events
       WHERE user_id = ?1 AND sequence <= ?2 AND ${isSeen}
       ORDER BY sequence DESC LIMIT ?3`,
    ),
    last: connection.prepare(selectLast(events)),
    trending: connection.prepare(
      `SELECT item_id FROM ${events} AS events
       WHERE sequence > ?1 AND sequence <= ?2 AND ${isSeen}
         AND type IN (SELECT value FROM json_each(?3))
         AND coalesce((SELECT personalise FROM consents
           WHERE consents.user_id = events.user_id AND consents.sequence <= ?2
           ORDER BY consents.sequence DESC LIMIT 1), ?5) = 1
       GROUP BY item_id ORDER BY count(DISTINCT user_id) DESC, max(sequence) DESC LIMIT ?4`,
    ),
    usersByItem: connection.prepare(
      `SELECT item_id, count(DISTINCT user_id) AS users
       FROM ${events} AS events JOIN json_each(?1) AS weights ON weights.key = events.type
       WHERE occurred_at < ?3 AND retracted IS NULL AND events.value * weights.value > ?2
       GROUP BY item_id`,
    ),
    ofUser: connection.prepare(
      `SELECT user_id, refused, ${entryColumns} FROM events WHERE user_id = ? ORDER BY sequence`,
    ),
    scan: connection.prepare(
      `SELECT user_id, refused, ${entryColumns} FROM ${events} AS events WHERE sequence > ? AND retracted IS NULL
       ORDER BY sequence LIMIT ?`,
    ),
    count: connection.prepare(
      `SELECT count(*) AS events FROM ${events} AS events WHERE sequence > ?`,
    ),
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function decodeEntry(row: Row): HistoryEntry {
  return {
    sequence: readNumber(row, "sequence"),
    itemId: itemId(readText(row, "item_id")),
    type: readText(row, "type"),
    value: readNumber(row, "value"),
    occurredAt: readNumber(row, "occurred_at"),
  };
}

function getDecisionSequence(statements: Statements, decisionId: DecisionId): number {
  const row = statements.decision.get(decisionId);
  if (row !== undefined) return readNumber(row, "sequence");
  throw new EngineError(
    "unknown_decision",
    `a reward needs its decision, '${decisionId}' is unknown; append the decision first`,
    { details: { decisionId } },
  );
}

function recordRow(
  statements: Statements,
  { event, reward, viewed, deferral }: EventRow,
  numbers: EventNumbers,
): EventRowOutcome {
  if (deferral) return statements.keep(deferral, event);
  const isUntrained = event.consent?.train === false;
  if (viewed) {
    const decision = getDecisionSequence(statements, viewed.decisionId);
    if (isUntrained) statements.untrain.run(decision);
    const stored = statements.view.run(decision, viewed.position);
    return stored === 0 ? "duplicate" : "stored";
  }
  if (event.eventId !== undefined && statements.isKnown.get(event.eventId)) return "duplicate";
  const sequence = numbers.next();
  statements.insert.run(
    sequence,
    event.eventId ?? null,
    event.userId,
    event.itemId,
    event.type,
    event.value,
    event.occurredAt,
    event.decisionId ?? null,
    encodeRefusals(event.consent),
  );
  if (reward) {
    const decision = getDecisionSequence(statements, reward.decisionId);
    if (isUntrained) statements.untrain.run(decision);
    statements.addReward(decision, event.type, reward);
    statements.charges.pay(decision, reward.position, { type: event.type, settled: sequence });
  }
  return "stored";
}

/** Stores rows inside a write transaction. */
export type RecordEvents = (
  rows: readonly EventRow[],
  numbers: EventNumbers,
) => readonly EventRowOutcome[];

export function prepareEventInsert(connection: Connection): RecordEvents {
  const statements = prepareStatements(connection);
  return (rows, numbers) => rows.map((row) => recordRow(statements, row, numbers));
}

const decodeScanned = (row: Row): ScannedEvent => ({
  userId: userId(readText(row, "user_id")),
  ...decodeEntry(row),
  ...decodeRefusals(row.refused),
});

/** @param scope of all reads across users */
export function createEventStore(
  connection: Connection,
  commits: GroupCommit,
  scope?: ReadScope,
): EventStore {
  const statements = prepareStatements(connection, scope);
  return {
    record: (rows) =>
      commits.run((numbers) => rows.map((row) => recordRow(statements, row, numbers))),
    history: async (user, { asOf, limit }) =>
      statements.history.all(user, asOf, limit).map(decodeEntry).reverse(),
    lastEvents: async (user, { asOf, types, since = beforeAllTimes }) => {
      const rows = statements.last.all(user, asOf, since, types ? JSON.stringify(types) : null);
      return new Map(
        rows.map((row) => [itemId(readText(row, "item_id")), readNumber(row, "occurred_at")]),
      );
    },
    trending: async ({ after, asOf, types, limit, byDefault }) =>
      statements.trending
        .all(after, asOf, JSON.stringify(types), limit, Number(byDefault))
        .map((row) => itemId(readText(row, "item_id"))),
    usersByItem: async ({ weights, above, before }) => {
      const rows = statements.usersByItem.all(JSON.stringify(weights), above, before);
      return new Map(
        rows.map((row) => [itemId(readText(row, "item_id")), readNumber(row, "users")]),
      );
    },
    ofUser: async (user) => statements.ofUser.all(user).map(decodeScanned),
    scan: async ({ after, limit }) => statements.scan.all(after, limit).map(decodeScanned),
    count: async ({ after = 0 } = {}) => readNumber(statements.count.get(after) ?? {}, "events"),
  };
}
