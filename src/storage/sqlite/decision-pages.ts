import type { Feedback } from "../../domain/decision.ts";
import { decisionId } from "../../domain/ids.ts";
import type { DecisionStore } from "../decision-store.ts";
import { readJson, readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { readDecision } from "./decision-rows.ts";

type Query = Parameters<DecisionStore["list"]>[0];

/** Decisions that a page of an item looks at, so that a rare item costs no request the whole record. */
const mostLookedAt = 1000;

/** Whole decisions that are read without a pause: one of hundreds of candidates takes some 0.3 ms. */
const readAtOnce = 10;

interface Key {
  readonly sequence: number;
  readonly id: string;
  readonly slate: readonly string[];
}

/** Keys first, since the other columns of a decision are wide. */
function prepareKeys(connection: Connection) {
  const keysOf = (condition: string) =>
    connection.prepare(
      `SELECT sequence, decision_id, slate FROM decisions
       WHERE ${condition} AND decided_at >= ? AND (decided_at, sequence) < (?, ?)
       ORDER BY decided_at DESC, sequence DESC LIMIT ?`,
    );
  const ofScenario = keysOf("scenario = ?");
  const ofUser = keysOf("scenario = ? AND user_id = ?");
  return ({ scenario, userId, from, before }: Query, limit: number): readonly Key[] => {
    const range = [from, before.decidedAt, before.sequence ?? 0, limit] as const;
    const rows =
      userId === undefined
        ? ofScenario.all(scenario, ...range)
        : ofUser.all(scenario, userId, ...range);
    return rows.map((row) => ({
      sequence: readNumber(row, "sequence"),
      id: readText(row, "decision_id"),
      slate: readDecision(row, () => readJson<string[]>(row, "slate")),
    }));
  };
}

/** @param find the decision of an event number */
export function createDecisionPages(
  connection: Connection,
  find: (sequence: number) => readonly Feedback[],
): Pick<DecisionStore, "list"> {
  const readKeys = prepareKeys(connection);
  return {
    list: async (query) => {
      const { itemId, limit } = query;
      const most = itemId === undefined ? limit : mostLookedAt;
      const keys = readKeys(query, most + 1);
      const rows: Feedback[] = [];
      let last: Key | undefined;
      for (const key of keys.slice(0, most)) {
        last = key;
        if (itemId !== undefined && !key.slate.includes(itemId)) continue;
        rows.push(...find(key.sequence));
        if (rows.length === limit) break;
        if (rows.length % readAtOnce === 0) await new Promise(setImmediate);
      }
      return { rows, ...(last && last !== keys.at(-1) && { next: decisionId(last.id) }) };
    },
  };
}
