import type { Decision } from "../../domain/decision.ts";
import {
  type Deferral,
  DeferralChanged,
  type DeferralStore,
  type NewDeferral,
} from "../deferral-store.ts";
import { readJson } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { prepareDecisionInsert } from "./decision-insert.ts";
import { prepareEventInsert } from "./events.ts";
import type { GroupCommit } from "./group-commit.ts";

/** As it is stored. Erasures read both lists (`erased-rows.ts`). */
interface Payload {
  readonly decisions: readonly Decision[];
  readonly rewards: Deferral["events"];
}

function firstOf([first]: NewDeferral["decisions"]): Decision {
  if (first === undefined) throw new RangeError("a deferral has a decision at least");
  return first;
}

export function createDeferralStore(connection: Connection, commits: GroupCommit): DeferralStore {
  const insert = prepareDecisionInsert(connection);
  const recordEvents = prepareEventInsert(connection);
  const expire = connection.prepare(
    "DELETE FROM documents WHERE kind = 'deferred' AND expires_at <= ?",
  );
  const add = connection.prepare(
    "INSERT INTO documents (kind, id, expires_at, payload) VALUES ('deferred', ?, ?, ?)",
  );
  const find = connection.prepare(
    "SELECT payload FROM documents WHERE kind = 'deferred' AND id = ? AND expires_at > ?",
  );
  // Events only join it, so their number tells whether it is still as it was read.
  const settle = connection.prepare(
    `DELETE FROM documents
     WHERE kind = 'deferred' AND id = ? AND json_array_length(payload, '$.rewards') = ?`,
  );
  const addOne = ({ id, decisions }: NewDeferral) => {
    const { decidedAt, expiresAt } = firstOf(decisions);
    expire.run(decidedAt);
    for (const decision of decisions) insert.checkFresh(decision);
    insert.checkNew({ decisionId: id, decidedAt });
    const payload: Payload = { decisions, rewards: [] };
    add.run(id, expiresAt, JSON.stringify(payload));
  };
  return {
    add: (deferrals, decided = []) =>
      commits.run((numbers) => {
        for (const decision of decided) {
          insert.checkFresh(decision);
          insert.append(decision, numbers);
        }
        for (const one of deferrals) addOne(one);
      }),
    find: async (id, now) => {
      const row = find.get(id, now);
      if (row === undefined) return undefined;
      const { decisions, rewards: events } = readJson<Payload>(row, "payload");
      return { id, decisions, events };
    },
    settle: ({ id, events: kept }, { decisions, events, asOf }) =>
      commits.run((numbers) => {
        if (settle.run(id, kept.length) === 0) throw new DeferralChanged(id);
        for (const decision of decisions) insert.append(decision, numbers, asOf);
        recordEvents(events, numbers);
      }),
  };
}
