import { meanOf } from "../numeric/statistics.ts";
import type { Network } from "./network.ts";
import type { PolicyTerms } from "./policy.ts";
import type { ScoreRequest } from "./scorer.ts";

export function lessMean(values: Float64Array): Float64Array {
  const mean = meanOf(values);
  return values.map((value) => value - mean);
}

/** κ·ℓ by its parts, and h·e + b + u·e as the remainder. @param logits f of the same request */
export function networkTerms(
  { parameters, encoder }: Network,
  { state, candidates }: ScoreRequest,
  logits: Float64Array,
): PolicyTerms {
  const whole = lessMean(logits);
  if (encoder === undefined) return { head: whole };
  const weight = parameters.logOddsWeights![0]!;
  const { product, chain } = encoder.logOddsParts(state, candidates);
  const scale = (values: Float64Array) => values.map((value) => weight * value);
  const head = whole.map((value, a) => value - weight * (product[a]! + (chain?.[a] ?? 0)));
  return { encoder: scale(product), ...(chain && { chain: scale(chain) }), head };
}
