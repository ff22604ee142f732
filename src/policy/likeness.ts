import { itemTokenBuckets, namesOf } from "./item-features.ts";
import type { ItemView, PolicyState } from "./policy.ts";

/** Shares of names, and of pairs of names. */
export const likenessWidth = 2;

/** Of more names the first, so that there are at most fifteen pairs. */
const mostNames = 6;

/** Events that a user's shares are shrunk by: one click tells little. */
const doubtfulEvents = 3;

/** A number for each pair, beyond those of names. */
const pairOf = (one: number, other: number): number =>
  itemTokenBuckets * (1 + Math.min(one, other)) + Math.max(one, other);

interface Counts {
  /** By name, and by pair: Σ signal of the items that have it. */
  readonly weights: ReadonlyMap<number, number>;
  readonly total: number;
}

function countNames({ profile, history }: PolicyState): Counts {
  const weights = new Map<number, number>();
  let [signals, events] = [0, 0];
  for (const [event, { tokens }] of history.entries()) {
    const signal = profile.signals[event]!;
    if (signal === 0) continue;
    signals += Math.abs(signal);
    events++;
    const add = (feature: number) => weights.set(feature, (weights.get(feature) ?? 0) + signal);
    const names = namesOf(tokens, mostNames);
    for (const [place, name] of names.entries()) {
      add(name);
      for (let earlier = 0; earlier < place; earlier++) add(pairOf(name, names[earlier]!));
    }
  }
  return { weights, total: signals * (1 + doubtfulEvents / events) };
}

/**
 * How like items are to those that a user liked. A likeness is the mean of |F_h ∩ F_a|/|F_a| over the n items h of the history, weighted by their
 * signals, times n/(n + 3). F are an item's names, such as categories, and in the second number its pairs of names: some users like jackets of one
 * brand, and neither the brand nor jackets.
 * @returns [candidates · 2], in [−1, 1]; 0 of strangers
 */
export function measureLikeness(
  state: PolicyState,
  candidates: readonly Pick<ItemView, "tokens">[],
): Float64Array {
  const found = new Float64Array(likenessWidth * candidates.length);
  const { weights, total } = countNames(state);
  if (weights.size === 0) return found;
  const weightOf = (feature: number) => weights.get(feature) ?? 0;
  for (const [candidate, { tokens }] of candidates.entries()) {
    const names = namesOf(tokens, mostNames);
    let [ofNames, ofPairs] = [0, 0];
    for (let place = 0; place < names.length; place++) {
      ofNames += weightOf(names[place]!);
      for (let earlier = 0; earlier < place; earlier++)
        ofPairs += weightOf(pairOf(names[place]!, names[earlier]!));
    }
    const pairs = (names.length * (names.length - 1)) / 2;
    found[likenessWidth * candidate] = ofNames / Math.max(1, names.length) / total;
    found[likenessWidth * candidate + 1] = ofPairs / Math.max(1, pairs) / total;
  }
  return found;
}
