import { drawAround, type OpenedRule } from "./draw-around.ts";
import { createSlateDrawer, type SlateRule, type ValuedSlate } from "./slate-drawer.ts";
import type { SlateDraws } from "./slate-draws.ts";

/** Where the items of a slate of L end up under a policy. */
export interface SlateMarginals {
  /** P(the logged item at its own position), exact at position 0; L of them. */
  readonly logged: Float64Array;
  /** Σ_a P(a at k)·v(a); L of them. */
  readonly direct: Float64Array;
  /** P(candidate a at position k), K for each position; each sums to 1. */
  positions(): readonly Float64Array[];
  /**
   * Σ_{j<k} x(a_j) of the items above each position, less its expectation given the item at k: what the policy's chance alone has
   * put above it. 0 on average, for any item, state and user. L for each feature, 0 at position 0.
   * @param features x of the K candidates
   */
  above(features: readonly Float64Array[]): readonly Float64Array[];
}

/** Drawn slates: entry [draw·L + k] is of the prefix above position k. */
interface DrawnSlates {
  /** The item that is drawn at k; none at the last position, of which the prefix alone counts. */
  readonly items: Int32Array;
  /** Σ π_k of the candidates that the prefix has left. */
  readonly left: Float64Array;
}

/** Σ_a P(a at k)·v(a) as the mean of its conditional expectation over drawn prefixes, which it writes. */
function drawSlates(
  { rule, drawer }: OpenedRule,
  { items: { length }, values }: ValuedSlate,
  { draws, uniforms }: SlateDraws,
  { items, left }: DrawnSlates,
): Float64Array {
  const { exploration } = rule;
  const direct = new Float64Array(length);
  const whole = values.reduce((sum, value) => sum + value, 0);
  for (let draw = 0; draw < draws; draw++) {
    drawer.clear();
    let floorValue = whole;
    for (let k = 0, cell = draw * length; k < length; k++, cell++) {
      const mass = drawer.leftMass();
      left[cell] = mass;
      direct[k]! +=
        ((1 - exploration) * drawer.leftValue()) / mass +
        (exploration * floorValue) / (values.length - k);
      if (k === length - 1) break;
      const chosen = drawer.draw(uniforms[cell]!, exploration);
      drawer.take(chosen);
      floorValue -= values[chosen]!;
      items[cell] = chosen;
    }
  }
  return direct.map((sum) => sum / draws);
}

/** A logged item. */
interface Place {
  readonly item: number;
  readonly position: number;
  readonly length: number;
}

/** Calls back with the conditional probability P(a | prefix) of each draw that has a left. @returns their share */
function readDrawn(
  { policies, exploration }: SlateRule,
  { items, left }: DrawnSlates,
  { item, position, length }: Place,
  visit: (weight: number, prefix: Int32Array, start: number) => void,
): number {
  const policy = policies[position] ?? policies.at(-1)!;
  const floor = exploration / (policy.length - position);
  const mass = (1 - exploration) * policy[item]!;
  let count = 0;
  for (let start = 0; start < items.length; start += length) {
    let k = 0;
    while (k < position && items[start + k] !== item) k++;
    if (k < position) continue;
    visit(mass / left[start + position]! + floor, items, start);
    count++;
  }
  return (count * length) / items.length;
}

/** P(a at k) of all candidates, as above. */
function fillPositions(
  { policies, exploration }: SlateRule,
  { items, left }: DrawnSlates,
  draws: number,
  positions: readonly Float64Array[],
): void {
  const { length } = positions;
  const missing = new Float64Array(positions[0]!.length);
  const missingScale = new Float64Array(positions[0]!.length);
  for (const [k, into] of positions.entries()) {
    const policy = policies[k] ?? policies.at(-1)!;
    const floor = exploration / (into.length - k) / draws;
    let scale = 0;
    missing.fill(0);
    missingScale.fill(0);
    for (let start = 0; start < draws * length; start += length) {
      const share = 1 / (left[start + k]! * draws);
      scale += share;
      for (let j = 0; j < k; j++) {
        missing[items[start + j]!]!++;
        missingScale[items[start + j]!]! += share;
      }
    }
    for (let a = 0; a < into.length; a++) {
      // Of an item that is above in all draws both differences are exactly 0.
      const chosen = policy[a]! * (scale - missingScale[a]!);
      into[a] = (1 - exploration) * chosen + floor * (draws - missing[a]!);
    }
  }
}

/**
 * An item that fewer draws have left for its position is drawn around. Of n draws the others would give its probability with a relative
 * variance of (1 − share)/(share·n), and a ratio of probabilities a bias of that size: 1.6 % at a share of 0.5, 0.5 % at 0.75.
 */
const seldomLeft = 0.75;

const sumAbove = (feature: Float64Array, items: ArrayLike<number>, end: number, start = 0) => {
  let sum = 0;
  for (let k = start; k < end; k++) sum += feature[items[k]!]!;
  return sum;
};

/** @param visitPrefixes calls back with weighted prefixes of a logged item, whose first ones from `start` on count */
function subtractExpected(
  items: readonly number[],
  features: readonly Float64Array[],
  visitPrefixes: (
    place: Place,
    visit: (weight: number, prefix: Int32Array, start?: number) => void,
  ) => void,
): readonly Float64Array[] {
  const { length } = items;
  const above = features.map(() => new Float64Array(length));
  const sums = new Float64Array(features.length);
  for (let position = 1; position < length; position++) {
    let weights = 0;
    sums.fill(0);
    visitPrefixes({ item: items[position]!, position, length }, (weight, prefix, start = 0) => {
      weights += weight;
      for (let index = 0; index < sums.length; index++)
        sums[index]! += weight * sumAbove(features[index]!, prefix, start + position, start);
    });
    for (const [index, feature] of features.entries())
      above[index]![position] = sumAbove(feature, items, position) - sums[index]! / weights;
  }
  return above;
}

/**
 * Makes item–position marginals of slates that are drawn without replacement, for the policy value under a position-based reward:
 * V(π) = Σ_k Σ_a P_π(a at k)·q(a, k). The arrays of an answer's `positions()` and `above()` are valid until the next call, which uses them again.
 *
 * @returns a function of a rule, a slate, and draws that are the same for all policies that are compared on the slate
 */
export function createMarginals(): (
  rule: SlateRule,
  slate: ValuedSlate,
  draws: SlateDraws,
) => SlateMarginals {
  const drawer = createSlateDrawer();
  let drawn: DrawnSlates = { items: new Int32Array(), left: new Float64Array() };
  let table: readonly Float64Array[] = [];
  return (rule, slate, given) => {
    const { draws } = given;
    const { length } = slate.items;
    const { length: count } = slate.values;
    drawer.open(rule, slate);
    if (drawn.items.length !== draws * length)
      drawn = { items: new Int32Array(draws * length), left: new Float64Array(draws * length) };
    const direct = drawSlates({ rule, drawer }, slate, given, drawn);
    const isSeldomLeft = slate.items.map(() => false);
    const logged = Float64Array.from(slate.items, (item, position) => {
      const place = { item, position, length };
      let sum = 0;
      const add = (weight: number) => {
        sum += weight;
      };
      const leftShare = readDrawn(rule, drawn, place, add);
      if (leftShare < seldomLeft) {
        isSeldomLeft[position] = true;
        sum = 0;
        drawAround({ rule, drawer }, place, given, add);
      }
      return sum / draws;
    });
    const positions = () => {
      if (table.length !== length || table[0]!.length !== count)
        table = Array.from({ length }, () => new Float64Array(count));
      fillPositions(rule, drawn, draws, table);
      return table;
    };
    const above = (features: readonly Float64Array[]) =>
      subtractExpected(slate.items, features, (place, visit) => {
        if (isSeldomLeft[place.position]) drawAround({ rule, drawer }, place, given, visit);
        else readDrawn(rule, drawn, place, visit);
      });
    return { logged, direct, positions, above };
  };
}
