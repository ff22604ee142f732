import type { RandomStream } from "../numeric/random.ts";
import {
  drawIndex,
  openPlaces,
  type PlaceRules,
  positionProbabilities,
  tiltLogits,
} from "./slate.ts";

/**
 * Chance that a slate of `sampleSlate` holds the target, from one slate drawn without it. Unbiased: P(miss) is the mean over such slates
 * of Π_k (1 − p_k), p_k the target's probability at the k-th drawn position, 0 if a cap forbids it there.
 *
 * @param target index of a candidate; −1 if it is not among them
 */
export function drawHitChance(
  { logits, target }: { readonly logits: Float64Array; readonly target: number },
  options: {
    readonly slateSize: number;
    readonly exploration: number;
    readonly random: RandomStream;
    readonly rules?: PlaceRules | undefined;
  },
): number {
  if (target === -1) return 0;
  const { exploration, random, rules = {} } = options;
  const pinned = [...(rules.pins?.values() ?? [])];
  if (pinned.includes(target)) return 1;
  const prefix = openPlaces(logits.length, rules);
  const { closed, take } = prefix;
  let miss = 1;
  for (let left = Math.min(options.slateSize, logits.length) - pinned.length; left > 0; left--) {
    const probabilities = positionProbabilities(tiltLogits(logits, prefix), closed, exploration);
    const own = probabilities[target]!;
    miss *= 1 - own;
    if (left === 1) break;
    probabilities[target] = 0;
    const other = drawIndex(probabilities, random.uniform() * (1 - own));
    // Nothing but the target is left for this position, or for any below.
    if (other === -1) break;
    take(other);
  }
  return 1 - miss;
}

/**
 * e^H of the first position's distribution, exploration included: the effective number of choices.
 */
export function effectiveChoices(logits: Float64Array, exploration: number): number {
  const none = new Array<boolean>(logits.length).fill(false);
  let entropy = 0;
  for (const p of positionProbabilities(logits, none, exploration)) entropy -= p * Math.log(p);
  return Math.exp(entropy);
}
