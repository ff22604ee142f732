import type { Arm } from "../domain/decision.ts";
import type { GateLooks, GateRecord, Guard } from "../domain/gate-record.ts";
import { judgeCandidate } from "../evaluation/gate.ts";
import type { Coverage, GateLimits } from "../evaluation/gate-guards.ts";
import { failedGuards } from "../evaluation/gate-reason.ts";
import { klDivergence } from "../numeric/log-probabilities.ts";
import { checkLogs, checkRows, expectLength } from "./check-rows.ts";
import { type JudgedRow, servedProbability } from "./judged-row.ts";
import { evenMemory, rewardMoments, type ScoredRow } from "./row-scores.ts";
import { checkedPart, loggedArrays, targetArrays, weightClip } from "./target-arrays.ts";
import type { Move } from "./trust-region.ts";

/** Probability below which a candidate's choices count as unsupported by the log, in units of the uniform choice. */
const unsupportedShare = 1e-3;
/** An item counts as covered when it gets this share of its share under the uniform policy. */
const coveredShare = 0.05;

/** Mass of the candidate on choices that the serving policy almost never made, mean over rows. */
function unsupportedMass(
  rows: readonly ScoredRow<JudgedRow>[],
  candidateLogs: readonly Float64Array[],
): number {
  let mass = 0;
  for (const [index, { row, scores }] of rows.entries()) {
    for (const [a, logProbability] of candidateLogs[index]!.entries()) {
      const logged = servedProbability(Math.exp(scores.logPolicy[a]!), row);
      if (logged * row.candidates.length < unsupportedShare) {
        mass += servedProbability(Math.exp(logProbability), row) / rows.length;
      }
    }
  }
  return mass;
}

/** Share of the offered items that each policy shows at least now and then. */
function coverage(
  rows: readonly ScoredRow<JudgedRow>[],
  candidateLogs: readonly Float64Array[],
): Coverage {
  const shown = new Map<string, { serving: number; candidate: number; uniform: number }>();
  for (const [index, { row, scores }] of rows.entries()) {
    for (const [a, { itemId }] of row.candidates.entries()) {
      const entry = shown.get(itemId) ?? { serving: 0, candidate: 0, uniform: 0 };
      if (entry.uniform === 0) shown.set(itemId, entry);
      entry.serving += servedProbability(Math.exp(scores.logPolicy[a]!), row);
      entry.candidate += servedProbability(Math.exp(candidateLogs[index]![a]!), row);
      entry.uniform += 1 / row.candidates.length;
    }
  }
  const items = [...shown.values()];
  const share = (policy: "serving" | "candidate") =>
    items.filter((item) => item[policy] >= coveredShare * item.uniform).length /
    Math.max(1, items.length);
  return { serving: share("serving"), candidate: share("candidate") };
}

/**
 * Arrays for the gate: the candidate against the serving policy on rows that nothing has seen.
 * @throws RangeError if a row, or the candidate on one, lacks anything
 */
export function gateCandidate(options: {
  readonly rows: readonly ScoredRow<JudgedRow>[];
  /** log π_θ' of each row's candidates. */
  readonly candidateLogs: readonly Float64Array[];
  /**
   * Arm of the candidate's own rows, if it has served too. The serving policy logged the others.
   */
  readonly candidateArm?: Arm;
  readonly predictedDifference: number;
  readonly limits: GateLimits;
  /** Of earlier cycles at the same two policies. */
  readonly earlier?: GateLooks | undefined;
}): GateRecord {
  const { rows, candidateLogs, candidateArm, predictedDifference } = options;
  checkRows(rows);
  checkLogs("candidateLogs", candidateLogs, rows);
  const moments = rows.map(({ scores }) => rewardMoments(scores, evenMemory));
  const lower = moments.map(({ mean, deviation }) => mean.map((value, a) => value - deviation[a]!));
  const servingLogs = rows.map(({ scores }) => scores.logPolicy);
  const loggingLogs = rows.map(({ row, scores }, index) =>
    row.arm === candidateArm ? candidateLogs[index]! : scores.logPolicy,
  );
  return judgeCandidate({
    ...loggedArrays(rows, lower),
    serving: targetArrays(rows, servingLogs, lower),
    candidate: targetArrays(rows, candidateLogs, lower),
    checked: checkedPart(rows, { candidate: candidateLogs, logging: loggingLogs }, lower),
    unsupportedMass: unsupportedMass(rows, candidateLogs),
    coverage: coverage(rows, candidateLogs),
    predictedDifference,
    weightClip,
    limits: options.limits,
    earlier: options.earlier,
  });
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
  const guards: Guard[] = [
    ...gate.guards,
    { name: "distillation gap", value: gap, limit, passed: gap <= limit },
  ];
  if (gap <= limit) return { ...gate, guards };
  const reason = failedGuards(guards.filter(({ passed }) => !passed));
  return { ...gate, guards, verdict: "hold", reason };
}
