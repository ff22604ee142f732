import type { Arm } from "../domain/decision.ts";
import type { GateLooks, GateRecord, GateStratum, Guard } from "../domain/gate-record.ts";
import type { GuardTest } from "../domain/guard-metric.ts";
import { type GateInput, judgeCandidate } from "../evaluation/gate.ts";
import type { GateLimits } from "../evaluation/gate-guards.ts";
import { addGuard } from "../evaluation/gate-reason.ts";
import { applyGuardMetrics, judgeMetric, loggedChange } from "../evaluation/guard-metrics.ts";
import type { RowWeights } from "../evaluation/strata.ts";
import { klDivergence } from "../numeric/log-probabilities.ts";
import { checkLogs, checkRows, expectLength } from "./check-rows.ts";
import { gateArrays } from "./gate-arrays.ts";
import type { JudgedRow } from "./judged-row.ts";
import { slateValues } from "./judged-slates.ts";
import type { ScoredRow } from "./row-scores.ts";
import { weightClip } from "./target-arrays.ts";
import type { Move } from "./trust-region.ts";

/**
 * The candidate against the serving policy on rows that nothing has seen.
 * @throws RangeError if a row, or the candidate on one, lacks anything
 */
export function gateCandidate(options: {
  readonly rows: readonly ScoredRow<JudgedRow>[];
  /** log π_θ' of each row's candidates. */
  readonly candidateLogs: readonly Float64Array[];
  readonly predictedDifference: number;
  readonly limits: GateLimits;
  /** Of earlier cycles at the same two policies. */
  readonly earlier?: GateLooks | undefined;
  /** See `GateInput`. */
  readonly errorFactor?: number;
  /** Guard metrics, which the rows have the outcomes of. */
  readonly guards?: readonly GuardTest[] | undefined;
}): GateRecord {
  const { rows, candidateLogs, predictedDifference } = options;
  checkRows(rows);
  checkLogs("candidateLogs", candidateLogs, rows);
  const arrays = gateArrays(options, slateValues(rows));
  const { limits, earlier, errorFactor = 1, guards = [] } = options;
  const input = { ...arrays, predictedDifference, weightClip, limits, earlier, errorFactor };
  const judged = judgeCandidate(input);
  // Unusable numbers reach no guard.
  const metrics = judged.guards.length === 0 ? [] : judgeMetrics(guards, rows, input);
  const gate = applyGuardMetrics(judged, metrics);
  const strata = describeStrata(rows, arrays.rowWeights);
  return strata.length < 2 ? gate : { ...gate, strata };
}

/** On the gate's own rows. */
const judgeMetrics = (
  guards: readonly GuardTest[],
  rows: readonly ScoredRow<JudgedRow>[],
  input: GateInput,
): readonly Guard[] =>
  guards.map((test, index) => {
    const outcomes = Float64Array.from(rows, ({ row }) => row.outcomes?.[index] ?? Number.NaN);
    const { standardError, ...change } = loggedChange(input, outcomes);
    const { errorFactor = 1 } = input;
    return judgeMetric(
      test,
      { ...change, standardError: errorFactor * standardError },
      guards.length,
    );
  });

/** The largest first. */
function describeStrata(
  rows: readonly ScoredRow<JudgedRow>[],
  { difference: weights }: RowWeights,
): GateStratum[] {
  const strata = new Map<number | Arm, GateStratum>();
  for (const [index, { row }] of rows.entries()) {
    const { policyVersion, arm } = row;
    const known = strata.get(policyVersion ?? arm);
    strata.set(policyVersion ?? arm, {
      ...(policyVersion !== undefined && { policyVersion }),
      rows: (known?.rows ?? 0) + 1,
      weight: weights[index]!,
    });
  }
  return [...strata.values()].sort((left, right) => right.rows - left.rows);
}

/** Mean divergences from the target over the states, nats. */
export interface DistillationGap {
  /** KL(t ‖ π_θ): the way from the serving policy to the target. */
  readonly way: number;
  /** KL(t ‖ π_θ'): the remainder after distillation. */
  readonly gap: number;
}

/** @param moves with the policy before; @param logs log π of the policy after, on the same states */
export function distillationGap(
  moves: readonly Pick<Move<JudgedRow>, "target" | "logPolicy">[],
  logs: readonly Float64Array[],
): DistillationGap {
  expectLength("logs", logs.length, moves.length);
  const sums = { way: 0, gap: 0 };
  for (const [index, { target, logPolicy }] of moves.entries()) {
    const logTarget = target.map(Math.log);
    sums.way += klDivergence(logTarget, logPolicy) / moves.length;
    sums.gap += klDivergence(logTarget, logs[index]!) / moves.length;
  }
  return sums;
}

/** Left undone without harm, nats: of a target that hardly differs from the serving policy nothing need be reached. */
const negligibleGap = 0.05;

/**
 * A candidate that distillation left too far from its target is not the policy that was judged: its
 * guard fails, and the verdict is hold. If the gate had too few rows to look at guards, its verdict
 * stays.
 * @param largestGap share of the distance that may be left
 */
export function checkDistillation(
  gate: GateRecord,
  { way, gap }: DistillationGap,
  largestGap: number,
): GateRecord {
  if (gate.guards.length === 0) return gate;
  const limit = largestGap * way + negligibleGap;
  return addGuard(gate, { name: "distillation gap", value: gap, limit, passed: gap <= limit });
}
