import { createPrefix, type PrefixRules, type SlatePrefix } from "../domain/prefix-rules.ts";
import { tiltBy } from "../domain/slate-diversity.ts";
import type { RandomStream } from "../numeric/random.ts";

/**
 * Slates by Plackett–Luce without replacement (Plackett 1975) under an exploration floor: at each position
 * P(a | rest) = (1 − ε)·exp(z_a)/Σ_rest exp(z) + ε/|rest|. The rest are the candidates that may still be taken. With diversity exp(z_a) is
 * multiplied by a power of the part of a that the items above leave unexplained (`createSpread`): each position is sampled from its exact conditional.
 */
export interface SampledSlate {
  /** Indices into the candidates, position 0 first. */
  readonly order: readonly number[];
  /** P of each choice given the choices before it, each in (0, 1]. */
  readonly positionPropensities: readonly number[];
}

/** Rules about the places of a slate, whatever the policy. */
export interface PlaceRules extends PrefixRules {
  /**
   * By position, ascending, the index of the candidate that stands there with probability 1. It counts for caps and diversity from the
   * start. If nothing is left for a position, the next one moves up.
   */
  readonly pins?: ReadonlyMap<number, number>;
  /** Candidates that chance puts nowhere, by index. */
  readonly barred?: readonly number[];
}

/** Product of the position propensities. */
export const jointPropensity = (positionPropensities: readonly number[]): number =>
  positionPropensities.reduce((product, propensity) => product * propensity, 1);

/**
 * Probabilities of the candidates that are not closed; 0 for those that are.
 * @param logits z, finite, one for each candidate
 * @param closed truthy for a candidate that is taken or forbidden
 */
export function positionProbabilities(
  logits: ArrayLike<number>,
  closed: ArrayLike<boolean | number>,
  exploration: number,
): Float64Array {
  const probabilities = new Float64Array(logits.length);
  let largest = Number.NEGATIVE_INFINITY;
  let remaining = 0;
  for (let index = 0; index < logits.length; index++) {
    if (closed[index]) continue;
    remaining++;
    largest = Math.max(largest, logits[index]!);
  }
  let total = 0;
  for (let index = 0; index < logits.length; index++) {
    if (closed[index]) continue;
    probabilities[index] = Math.exp(logits[index]! - largest);
    total += probabilities[index]!;
  }
  for (let index = 0; index < logits.length; index++) {
    if (closed[index]) continue;
    probabilities[index] =
      ((1 - exploration) * probabilities[index]!) / total + exploration / remaining;
  }
  return probabilities;
}

/** Index at which the running sum passes `uniform` in [0, 1); never one of probability 0. −1 if all are 0. */
export function drawIndex(probabilities: Float64Array, uniform: number): number {
  let cumulative = 0;
  let last = -1;
  for (let index = 0; index < probabilities.length; index++) {
    if (probabilities[index] === 0) continue;
    last = index;
    cumulative += probabilities[index]!;
    if (uniform < cumulative) return index;
  }
  // Rounding can leave the sum a hair below 1.
  return last;
}

/** An empty slate, in which pinned candidates have their places already. */
export function openPlaces(
  candidates: number,
  { pins, barred = [], ...rules }: PlaceRules,
): SlatePrefix {
  const prefix = createPrefix(rules, candidates);
  for (const index of barred) prefix.closed[index] = 1;
  for (const pinned of pins?.values() ?? []) prefix.take(pinned);
  return prefix;
}

/** Log-odds given the items above, with the part of diversity. */
export function tiltLogits(
  logits: ArrayLike<number>,
  { spread }: Pick<SlatePrefix, "spread">,
): ArrayLike<number> {
  if (spread === undefined) return logits;
  const { unexplained, power } = spread;
  return unexplained.map((u, a) => logits[a]! + tiltBy(u, power));
}

interface Walk {
  readonly logits: ArrayLike<number>;
  readonly slateSize: number;
  readonly exploration: number;
  readonly rules?: PlaceRules | undefined;
}

/** The choice of one position, given the items above. */
export interface PlaceChoice {
  /** Of all candidates. */
  readonly probabilities: Float64Array;
  /** Log-odds, with the part of diversity. */
  readonly logits: ArrayLike<number>;
}

/** Walks the positions, up to one that nothing may fill; `choose` gives the index at each one that isn't pinned. */
function walk(
  { logits, slateSize, exploration, rules = {} }: Walk,
  choose: (choice: PlaceChoice, position: number) => number,
): SampledSlate {
  const prefix = openPlaces(logits.length, rules);
  const { closed, take } = prefix;
  const waiting = new Map(rules.pins);
  const order: number[] = [];
  const positionPropensities: number[] = [];
  for (let position = 0; position < slateSize; position++) {
    const [next] = waiting.keys();
    const place = waiting.has(position) || closed.every(Boolean) ? next : undefined;
    if (place !== undefined) {
      order.push(waiting.get(place)!);
      positionPropensities.push(1);
      waiting.delete(place);
      continue;
    }
    const tilted = tiltLogits(logits, prefix);
    const probabilities = positionProbabilities(tilted, closed, exploration);
    const index = choose({ probabilities, logits: tilted }, position);
    if (index === -1) break;
    order.push(index);
    positionPropensities.push(probabilities[index]!);
    if (position < slateSize - 1) take(index);
  }
  return { order, positionPropensities };
}

/**
 * Shorter than its size if the rules leave nothing for a position.
 * @param slateSize at most the number of candidates
 */
export function sampleSlate(options: Walk & { readonly random: RandomStream }): SampledSlate {
  return walk(options, ({ probabilities }) => drawIndex(probabilities, options.random.uniform()));
}

/** The propensities that a given slate has under these logits. 0 for an item that may not stand at its position. */
export function slatePropensities(
  options: Omit<Walk, "slateSize"> & { readonly order: readonly number[] },
): readonly number[] {
  const { order: asked } = options;
  const { order, positionPropensities } = walk(
    { ...options, slateSize: asked.length },
    (_, position) => asked[position]!,
  );
  return positionPropensities.map((p, position) => (order[position] === asked[position] ? p : 0));
}

/**
 * The choices of a given slate by position, given the items above; undefined at a pinned one.
 * @param options.order a slate that the rules allow
 */
export function slateChoices(
  options: Omit<Walk, "slateSize"> & { readonly order: readonly number[] },
): readonly (PlaceChoice | undefined)[] {
  const { order } = options;
  const found = order.map((): PlaceChoice | undefined => undefined);
  walk({ ...options, slateSize: order.length }, (choice, position) => {
    found[position] = choice;
    return order[position]!;
  });
  return found;
}
