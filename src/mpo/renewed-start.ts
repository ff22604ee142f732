import type { GateRecord } from "../domain/gate-record.ts";
import type { GateLimits } from "../evaluation/gate-guards.ts";
import { addGuard } from "../evaluation/gate-reason.ts";
import { gateCandidate } from "./gate.ts";
import type { JudgedRow } from "./judged-row.ts";
import type { ScoredRow } from "./row-scores.ts";

export const renewedStartGuard = "probability of a gain over renewed popularity";

/**
 * A candidate that would take the place of a start which is renewed anyway has to be better than the renewed one, which nobody has
 * served yet, with the probability `limits.canaryProbability`.
 * @param gate of the candidate against the serving policy, on the same rows
 * @param renewed.score log π of the renewed start on each row, fitted without the half of the row
 */
export async function checkRenewedStart(
  gate: GateRecord,
  {
    rows,
    candidateLogs,
    score,
    limits,
  }: {
    readonly rows: readonly ScoredRow<JudgedRow>[];
    readonly candidateLogs: readonly Float64Array[];
    readonly score: () => Promise<readonly Float64Array[]>;
    readonly limits: GateLimits;
  },
): Promise<GateRecord> {
  // Any other verdict puts nothing in the start's place at once.
  if (gate.verdict !== "promote") return gate;
  const renewedLogs = await score();
  const against = rows.map(({ row, scores }, index) => ({
    row: { ...row, loggingLogs: row.loggingLogs ?? scores.logPolicy },
    scores: { ...scores, logPolicy: renewedLogs[index]! },
  }));
  const compared = gateCandidate({ rows: against, candidateLogs, predictedDifference: 0, limits });
  // Numbers that can't be used are no gain.
  const { probabilityPositive: value = 0 } = compared;
  const { canaryProbability: limit } = limits;
  return addGuard(gate, { name: renewedStartGuard, value, limit, passed: value >= limit });
}
