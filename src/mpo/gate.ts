import type { Arm } from "../domain/decision.ts";
import { type GateRecord, judgeCandidate } from "../evaluation/gate.ts";
import type { Coverage, GateLimits } from "../evaluation/gate-guards.ts";
import type { GateLooks } from "../evaluation/pooled-looks.ts";
import { type JudgedRow, servedProbability } from "../learning/feedback-row.ts";
import type { ScoredRow } from "../learning/scored-row.ts";
import { rewardMoments } from "./challengers.ts";
import { evenMemory } from "./measure.ts";
import { checkedPart, loggedArrays, targetArrays, weightClip } from "./target-arrays.ts";

/** Probability below which a candidate's choices count as unsupported by the log, in units of the uniform choice. */
const unsupportedShare = 1e-3;
/** An item counts as covered when it gets this share of what the uniform policy would give it. */
const coveredShare = 0.05;

/** Mass of the candidate on choices that the serving policy as good as never made, mean over rows. */
function unsupportedMass(
  rows: readonly ScoredRow<JudgedRow>[],
  candidateLogs: readonly Float64Array[],
): number {
  let mass = 0;
  for (const [index, { row, scores }] of rows.entries()) {
    for (const [a, logProbability] of (candidateLogs[index] ?? []).entries()) {
      const logged = servedProbability(Math.exp(scores.logPolicy[a] ?? 0), row);
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
      entry.serving += servedProbability(Math.exp(scores.logPolicy[a] ?? 0), row);
      entry.candidate += servedProbability(Math.exp(candidateLogs[index]?.[a] ?? 0), row);
      entry.uniform += 1 / row.candidates.length;
    }
  }
  const items = [...shown.values()];
  const share = (policy: "serving" | "candidate") =>
    items.filter((item) => item[policy] >= coveredShare * item.uniform).length /
    Math.max(1, items.length);
  return { serving: share("serving"), candidate: share("candidate") };
}

/** Arrays for the gate: the candidate against the serving policy on rows that nothing has seen. */
export function gateCandidate(options: {
  readonly rows: readonly ScoredRow<JudgedRow>[];
  /** log π_θ' of each row's candidates. */
  readonly candidateLogs: readonly Float64Array[];
  /** Where the candidate has served too: its rows' arm. The serving policy logged the others. */
  readonly candidateArm?: Arm;
  readonly predictedDifference: number;
  readonly limits: GateLimits;
  /** Of earlier cycles at the same two policies. */
  readonly earlier?: GateLooks | undefined;
}): GateRecord {
  const { rows, candidateLogs, predictedDifference } = options;
  const moments = rows.map(({ scores }) => rewardMoments(scores, evenMemory));
  const lower = moments.map(({ mean, deviation }) =>
    mean.map((value, a) => value - (deviation[a] ?? 0)),
  );
  const servingLogs = rows.map(({ scores }) => scores.logPolicy);
  const loggingLogs = rows.map(
    ({ row, scores }, index) =>
      (row.arm === options.candidateArm ? candidateLogs[index] : undefined) ?? scores.logPolicy,
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
