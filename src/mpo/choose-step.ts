import type { ComparedPolicy } from "../evaluation/feedback-pair.ts";
import { normalQuantile } from "../numeric/statistics.ts";
import { compareParts } from "./compare-parts.ts";
import { createFilling, openSlate, readSlates } from "./judged-slates.ts";
import type { MeasuredPart } from "./measure.ts";
import { mixChallengers } from "./mixture.ts";
import { emptyArrays, joinArrays, writeSlate } from "./target-arrays.ts";
import { limitToTrustRegion } from "./trust-region.ts";

/** How far the policy moves towards the mixture of its challengers. */
export interface PolicyStep {
  /** ESS/n that each state's target has at least: its weights are at most the reciprocal. */
  readonly sampleShare: number;
  /** Judged difference of the targets to the serving policy, reward units a row. */
  readonly difference: number;
  readonly standardError: number;
}

/** The targets of each step on a part's slates, in the order of the shares. */
function measureTargets(
  { rows, values, challengers }: MeasuredPart,
  weights: Readonly<Record<string, number>>,
  sampleShares: readonly number[],
): readonly ComparedPolicy[] {
  const targets = sampleShares.map(() => emptyArrays(rows.length));
  const mix = mixChallengers(challengers, weights);
  const fill = createFilling();
  for (const slate of readSlates(rows)) {
    const { start } = slate;
    const scored = rows[start]!;
    const opened = openSlate(scored.row, slate);
    const mixture = mix(scored).map(Math.exp);
    const limit = limitToTrustRegion(scored);
    for (const [index, share] of sampleShares.entries()) {
      writeSlate(targets[index]!, slate, fill(opened, limit(mixture, share), values[start]!));
    }
  }
  return targets;
}

/**
 * The step whose gain is surest: that with the highest lower bound, at the gate's confidence and with the gate's error. Long steps have
 * weights that few rows bear out, so much feedback allows longer ones than little (docs/decisions/0115).
 * @param parts the halves that judge, or one of them
 * @param weights of their challengers in the mixture
 * @param sampleShares at least one
 * @returns the shortest of the steps that are equally sure, as they are without rows
 */
export function chooseStep(
  parts: readonly MeasuredPart[],
  weights: Readonly<Record<string, number>>,
  {
    sampleShares,
    confidence,
  }: { readonly sampleShares: readonly number[]; readonly confidence: number },
): PolicyStep {
  const { compare } = compareParts(parts);
  const shares = sampleShares.toSorted((left, right) => right - left);
  const measured = parts.map((part) => measureTargets(part, weights, shares));
  // The errors of both halves add up, as in the gate (docs/decisions/0114).
  const deviations = normalQuantile(confidence) * Math.sqrt(parts.length);
  const steps = shares.map((sampleShare, index) => {
    const { difference, standardError } = compare(joinArrays(measured.map((of) => of[index]!)));
    return { sampleShare, difference, standardError };
  });
  const surely = ({ difference, standardError }: PolicyStep) =>
    difference - deviations * standardError;
  return steps.reduce((best, step) => (surely(step) > surely(best) ? step : best));
}
