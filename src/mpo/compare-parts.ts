import type { ComparedPolicy, PairedDifference } from "../evaluation/feedback-pair.ts";
import { differenceCovariance, pairedDifference } from "../evaluation/paired-difference.ts";
import type { MeasuredPart } from "./measure.ts";
import { joinArrays, loggedArrays, weightClip } from "./target-arrays.ts";

/** The judge's fold has no feedback. */
const noEvidence = {
  difference: 0,
  standardError: Number.POSITIVE_INFINITY,
  sharedError: Number.POSITIVE_INFINITY,
  z: 0,
  servingValue: 0,
};

/** Policies against the serving policy, over all parts. */
interface PartsComparison {
  readonly rows: MeasuredPart["rows"];
  readonly values: MeasuredPart["values"];
  readonly serving: ComparedPolicy;
  readonly compare: (candidate: ComparedPolicy) => PairedDifference;
  /** Of the errors of several differences, row-major. */
  readonly covary: (candidates: readonly ComparedPolicy[]) => Float64Array;
}

export function compareParts(parts: readonly MeasuredPart[]): PartsComparison {
  const rows = parts.flatMap((part) => part.rows);
  const values = parts.flatMap((part) => part.values);
  const serving = joinArrays(parts.map((part) => part.serving));
  const logging = joinArrays(parts.map((part) => part.logging));
  const { feedback, predictions } = loggedArrays(rows, logging, values);
  const compare = (candidate: ComparedPolicy): PairedDifference =>
    rows.length === 0
      ? noEvidence
      : pairedDifference({ feedback, predictions, serving, candidate, weightClip });
  const covary = (candidates: readonly ComparedPolicy[]): Float64Array =>
    rows.length === 0
      ? new Float64Array(candidates.length ** 2).fill(Number.POSITIVE_INFINITY)
      : differenceCovariance({ feedback, predictions, serving, candidates, weightClip });
  return { rows, values, serving, compare, covary };
}
