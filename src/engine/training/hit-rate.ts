import type { ItemId } from "../../domain/ids.ts";
import type { NextItem } from "../../learning/pretrain.ts";
import type { ItemView, Policy } from "../../policy/policy.ts";

/** A held-out event and what the user had seen before it. */
export interface HeldOut extends NextItem {
  readonly seen: ReadonlySet<ItemId>;
}

/** Chance that the target is among the best `length` when ties are broken at random. */
export function hitProbability(logits: Float64Array, target: number, length: number): number {
  const own = logits[target] ?? Number.NaN;
  let above = 0;
  let equal = 0;
  for (const logit of logits) {
    if (logit > own) above++;
    else if (logit === own) equal++;
  }
  return Math.min(1, Math.max(0, (length - above) / equal));
}

/**
 * Hit rate@`length` (recall of one item): the mean over users of whether the held-out item is among the best `length` of
 * all available items that the user had not seen. The whole catalogue is ranked: sampled negatives change the order of
 * methods (Krichene & Rendle 2020).
 */
export async function measureHitRate(
  policy: Policy,
  heldOut: readonly HeldOut[],
  options: { readonly available: readonly ItemView[]; readonly length: number },
): Promise<number> {
  let hits = 0;
  for (const { state, next, seen } of heldOut) {
    const candidates = options.available.filter(({ itemId }) => !seen.has(itemId));
    const logits = await policy.logits(state, candidates);
    hits += hitProbability(logits, candidates.indexOf(next), options.length);
  }
  return hits / heldOut.length;
}
