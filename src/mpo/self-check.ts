import type { GateRecord, SelfCheck } from "../domain/gate-record.ts";
import { largestRounding } from "../evaluation/checks.ts";
import { addGuard, leftOut } from "../evaluation/gate-reason.ts";
import { expectLength } from "./check-rows.ts";
import { type JudgedRow, servedProbability } from "./judged-row.ts";

/** Rows as far as their logged propensities are borne out. */
export interface CheckedRows {
  /** For `filter`, on the rows and on arrays beside them. */
  readonly isKept: (_: unknown, index: number) => boolean;
  readonly selfCheck: SelfCheck;
}

/**
 * Compares each row's logged propensity with the probability that the policy of its arm gives the choice now. A slate with a row
 * that differs is left out whole: lower positions weigh by the probabilities of the first. Foreign rows have nothing to compare with.
 * @param logs log π₀ of the candidates under the serving policy, which made the rows that have no log π of another one
 * @throws RangeError if a row has no log π of each candidate
 */
export function checkLogged(
  rows: readonly JudgedRow[],
  logs: readonly Float64Array[],
): CheckedRows {
  const failed = new Set<number>();
  const starts: number[] = [];
  let [checked, largest] = [0, 0];
  for (const [index, row] of rows.entries()) {
    starts.push(row.position === 0 ? index : (starts.at(-1) ?? 0));
    if (row.isForeign) continue;
    const made = row.loggingLogs ?? logs[index];
    expectLength(`logs[${index}]`, made?.length, row.candidates.length);
    const served = servedProbability(Math.exp(made![row.action]!), row);
    const ratio = Math.abs(Math.log(served / row.propensity));
    checked++;
    // A damaged propensity gives no finite number, which no limit catches and JSON can't say.
    if (!(ratio <= largestRounding)) failed.add(starts[index]!);
    if (Number.isFinite(ratio)) largest = Math.max(largest, ratio);
  }
  const isKept = (_: unknown, index: number) => !failed.has(starts[index]!);
  const kept = rows.filter(isKept).length;
  return {
    isKept,
    selfCheck: { rows: checked, leftOut: rows.length - kept, largestLogRatio: largest },
  };
}

/**
 * Rows that are left out are chosen by their action: the floor's choices keep their probability. So what is left of many is biased,
 * and judges no candidate.
 */
const largestShareLeftOut = 0.1;

/** A gate with its self-check: a guard, or what a gate with too little to decide on lacks. */
export function applySelfCheck(gate: GateRecord, selfCheck: SelfCheck): GateRecord {
  const share = selfCheck.leftOut / Math.max(1, selfCheck.rows);
  if (gate.guards.length === 0) {
    const isShort = gate.verdict === "not-enough-data" && share > 0;
    const reason = isShort ? `${gate.reason} ${leftOut(selfCheck)}` : gate.reason;
    return { ...gate, reason, selfCheck };
  }
  const passed = share <= largestShareLeftOut;
  const guard = { name: "left out by the self-check", value: share, limit: largestShareLeftOut };
  return { ...addGuard(gate, { ...guard, passed }), selfCheck };
}
