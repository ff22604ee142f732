import type { LoggedFeedback } from "../evaluation/logged-feedback.ts";
import type { CheckedPart, ComparedPolicy } from "../evaluation/paired-difference.ts";
import { expectLength } from "./check-rows.ts";
import { type JudgedRow, servedProbability } from "./judged-row.ts";
import type { ScoredRow } from "./row-scores.ts";

/** Weights of the judge are clipped here; see docs/methods/estimators.md. */
export const weightClip = 20;

/** Served probability of the logged action, and Σ_a π(a|s)·Q(s,a). */
export function measureRow(
  row: JudgedRow,
  logs: Float64Array,
  values: Float64Array,
): { readonly direct: number; readonly target: number } {
  let direct = 0;
  for (let a = 0; a < logs.length; a++) {
    direct += servedProbability(Math.exp(logs[a]!), row) * values[a]!;
  }
  return { direct, target: servedProbability(Math.exp(logs[row.action]!), row) };
}

/** @param rows checked (`checkRows`); @param logs log π of each row's candidates; @param values Q of each row's candidates */
export function targetArrays(
  rows: readonly ScoredRow<JudgedRow>[],
  logs: readonly Float64Array[],
  values: readonly Float64Array[],
): ComparedPolicy {
  const targetProbabilities = new Float64Array(rows.length);
  const directValues = new Float64Array(rows.length);
  for (const [index, { row }] of rows.entries()) {
    const { target, direct } = measureRow(row, logs[index]!, values[index]!);
    directValues[index] = direct;
    targetProbabilities[index] = target;
  }
  return { targetProbabilities, directValues };
}

/** Σ_a min(π, c·p) and Σ_a min(π, c·p)·Q of a row. @param logs log π of the candidate, and of the policy that made the row */
function checkRow(
  row: JudgedRow,
  logs: { readonly candidate: Float64Array; readonly logging: Float64Array },
  values: Float64Array,
): readonly [mass: number, value: number] {
  if (row.isForeign) {
    const served = servedProbability(Math.exp(logs.candidate[row.action]!), row);
    const weight = Math.min(weightClip, served / row.propensity);
    return [weight, weight * values[row.action]!];
  }
  let [mass, value] = [0, 0];
  for (let a = 0; a < logs.candidate.length; a++) {
    const within = Math.min(
      servedProbability(Math.exp(logs.candidate[a]!), row),
      weightClip * servedProbability(Math.exp(logs.logging[a]!), row),
    );
    mass += within;
    value += within * values[a]!;
  }
  return [mass, value];
}

/**
 * The part of a candidate that the log can check. Of a foreign row only the choice's p is known,
 * and the clipped weight replaces the sums, whose expectation it has: E_p min(π/p, c)·x = Σ_a
 * min(π, c·p)·x.
 * @param logs log π of the candidate, and of the policies that made the rows
 */
export function checkedPart(
  rows: readonly ScoredRow<JudgedRow>[],
  logs: { readonly candidate: readonly Float64Array[]; readonly logging: readonly Float64Array[] },
  values: readonly Float64Array[],
): CheckedPart {
  const mass = new Float64Array(rows.length);
  const checked = new Float64Array(rows.length);
  for (const [index, { row }] of rows.entries()) {
    const own = { candidate: logs.candidate[index]!, logging: logs.logging[index]! };
    [mass[index], checked[index]] = checkRow(row, own, values[index]!);
  }
  return { mass, values: checked };
}

/** Logged arrays of the rows, with the control variate at the logged action. */
export function loggedArrays(
  rows: readonly ScoredRow<JudgedRow>[],
  values: readonly Float64Array[],
): { readonly feedback: LoggedFeedback; readonly predictions: Float64Array } {
  return {
    feedback: {
      rewards: Float64Array.from(rows, ({ row }) => row.reward),
      propensities: Float64Array.from(rows, ({ row }) => row.propensity),
      clusters: Int32Array.from(rows, ({ row }) => row.user),
    },
    predictions: Float64Array.from(rows, ({ row }, index) => values[index]![row.action]!),
  };
}

/** One array after the other. */
export function concatenate(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const array of arrays) {
    all.set(array, offset);
    offset += array.length;
  }
  return all;
}

/** Of the same policy on several parts. */
export const joinArrays = (targets: readonly ComparedPolicy[]): ComparedPolicy => ({
  targetProbabilities: concatenate(targets.map((target) => target.targetProbabilities)),
  directValues: concatenate(targets.map((target) => target.directValues)),
});

/** Σ_j w_j of both arrays: served probabilities are linear in π. @param targets at least one, all of the same rows */
export function mixArrays(
  targets: readonly ComparedPolicy[],
  weights: readonly number[],
): ComparedPolicy {
  expectLength("weights", weights.length, targets.length);
  const mix = (name: keyof ComparedPolicy) =>
    targets[0]![name].map((_, row) =>
      targets.reduce((sum, target, j) => sum + weights[j]! * target[name][row]!, 0),
    );
  return { targetProbabilities: mix("targetProbabilities"), directValues: mix("directValues") };
}
