import type { ComparedPolicy } from "../evaluation/feedback-pair.ts";
import type { LoggedFeedback } from "../evaluation/logged-feedback.ts";
import type { SlateMarginals } from "../evaluation/slates/slate-marginals.ts";
import { accumulate } from "../evaluation/slates/slate-prefix.ts";
import { expectLength } from "./check-rows.ts";
import type { JudgedRow } from "./judged-row.ts";
import {
  createFilling,
  createUniformFilling,
  type JudgedSlate,
  openSlate,
  readSlates,
} from "./judged-slates.ts";
import type { ScoredRow } from "./row-scores.ts";

/** Weights of the judge are clipped here; see docs/methods/estimators.md. */
export const weightClip = 20;

export const emptyArrays = (rows: number): ComparedPolicy => ({
  targetProbabilities: new Float64Array(rows),
  directValues: new Float64Array(rows),
});

/** Writes the rows of a slate. */
export function writeSlate(
  { targetProbabilities, directValues }: ComparedPolicy,
  { start }: JudgedSlate,
  { logged, direct }: Pick<SlateMarginals, "logged" | "direct">,
): void {
  targetProbabilities.set(logged, start);
  directValues.set(direct, start);
}

/**
 * A policy's item–position marginals on slates: P_π(a at k) of the logged item, and Σ_a P_π(a at k)·Q(a).
 * @param rows checked (`checkRows`); @param logs log π of each row's candidates; @param values Q of each row's candidates.
 * Of a slate the row of position 0 is read.
 */
export function targetArrays(
  rows: readonly ScoredRow<JudgedRow>[],
  logs: readonly Float64Array[],
  values: readonly Float64Array[],
): ComparedPolicy {
  const arrays = emptyArrays(rows.length);
  const fill = createFilling();
  for (const slate of readSlates(rows)) {
    const { start } = slate;
    const opened = openSlate(rows[start]!.row, slate);
    writeSlate(arrays, slate, fill(opened, logs[start]!, values[start]!));
  }
  return arrays;
}

/** The uniform choice among the candidates that each position has left. */
export function uniformArrays(
  rows: readonly ScoredRow<JudgedRow>[],
  values: readonly Float64Array[],
): ComparedPolicy {
  const arrays = emptyArrays(rows.length);
  const fill = createUniformFilling();
  for (const slate of readSlates(rows)) {
    const { start } = slate;
    writeSlate(arrays, slate, fill(openSlate(rows[start]!.row, slate), values[start]!));
  }
  return arrays;
}

/**
 * p of a slate's rows, as they are weighed. At position 0 it is the logged one. The logged ones below are given the items above: the
 * marginal of the policy that made the slate takes their place, or, if earlier items change a reward, their product.
 * @param marginals P(the shown item at its position) under that policy
 */
export function propensitiesOf(
  rows: readonly Pick<ScoredRow, "row">[],
  { start, items }: JudgedSlate,
  marginals: ArrayLike<number>,
): Float64Array {
  const logged = items.map((_, k) => rows[start + k]!.row.propensity);
  if (rows[start]!.row.isCascade) return accumulate(logged);
  return Float64Array.from(items, (_, k) => (k === 0 ? logged[0]! : marginals[k]!));
}

/**
 * Logged arrays of the rows, with the control variate at the logged item.
 * @param logging the arrays of the policies that made the rows
 */
export function loggedArrays(
  rows: readonly ScoredRow<JudgedRow>[],
  logging: Pick<ComparedPolicy, "targetProbabilities">,
  values: readonly Float64Array[],
): { readonly feedback: LoggedFeedback; readonly predictions: Float64Array } {
  const [predictions, propensities] = [rows, rows].map(({ length }) => new Float64Array(length));
  for (const slate of readSlates(rows)) {
    const { start, items } = slate;
    const marginals = logging.targetProbabilities.subarray(start, start + items.length);
    propensities!.set(propensitiesOf(rows, slate, marginals), start);
    for (const [k, item] of items.entries()) predictions![start + k] = values[start]![item]!;
  }
  return {
    feedback: {
      rewards: Float64Array.from(rows, ({ row }) => row.reward),
      propensities: propensities!,
      clusters: Int32Array.from(rows, ({ row }) => row.user),
    },
    predictions: predictions!,
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

/**
 * Σ_j w_j of both arrays: of the policy that draws a whole slate from one of the targets.
 * @param targets at least one, all of the same rows
 */
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
