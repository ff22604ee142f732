import type { Decision } from "../../domain/decision.ts";
import { EngineError } from "../../domain/errors.ts";
import type { DecisionId } from "../../domain/ids.ts";
import { ErasedMeanwhile } from "../erasure-store.ts";
import { prepareAdInsert } from "./ad-insert.ts";
import type { Connection } from "./connection.ts";
import { checkPropensities, defineDecisionTable } from "./decision-rows.ts";
import type { EventNumbers } from "./group-commit.ts";
import { checksumOf } from "./row-checksum.ts";

/** Appends decisions inside a write transaction. */
export interface DecisionInsert {
  /**
   * @param asOf event number as of which the campaigns of its ads are open. Default: the decision's
   * @throws conflict, CampaignClosed
   */
  append(decision: Decision, numbers: EventNumbers, asOf?: number): void;
  /** @throws ErasedMeanwhile if it may stand on rows that an erasure has removed since */
  checkFresh(decision: Decision): void;
  /** Whether a decision, or a deferral that has not expired by then, has the id. @throws conflict */
  checkNew(decision: Pick<Decision, "decisionId" | "decidedAt">): void;
}

function taken(decisionId: DecisionId): EngineError {
  const message = `decision '${decisionId}' is stored already; give each decision an id of its own`;
  return new EngineError("conflict", message, { details: { decisionId } });
}

export function prepareDecisionInsert(connection: Connection): DecisionInsert {
  const table = defineDecisionTable(connection);
  const ads = prepareAdInsert(connection);
  const erasedSince = connection.prepare(
    "SELECT 1 FROM removals WHERE sequence > ? AND kind = 'erasure' LIMIT 1",
  );
  const isKnown = connection.prepare(
    `SELECT 1 FROM decisions WHERE decision_id = ?1
     UNION ALL SELECT 1 FROM documents WHERE kind = 'deferred' AND id = ?1 AND expires_at > ?2`,
  );
  const insert = connection.prepare(
    `INSERT INTO decisions (sequence, ${table.columns}, checksum) VALUES (?, ${table.placeholders}, ?)`,
  );
  const checkNew: DecisionInsert["checkNew"] = ({ decisionId, decidedAt }) => {
    if (isKnown.get(decisionId, decidedAt)) throw taken(decisionId);
  };
  return {
    checkNew,
    append: (decision, numbers, asOf = decision.asOf) => {
      checkNew(decision);
      checkPropensities(decision);
      if (decision.ads) ads.checkOpen({ ...decision, asOf });
      const sequence = numbers.next();
      const values = [sequence, ...table.encode(decision)];
      insert.run(...values, checksumOf(values));
      if (decision.ads) ads.insert(decision, sequence, numbers);
    },
    checkFresh: ({ asOf, decisionId }) => {
      if (erasedSince.get(asOf)) throw new ErasedMeanwhile(decisionId);
    },
  };
}
