import { createDiverseDrawing } from "./diverse-drawing.ts";
import type { SlateRule, ValuedSlate } from "./slate-drawer.ts";
import { createPlainDrawing, type LoggedPlace, type VisitPrefix } from "./slate-drawing.ts";
import type { SlateDraws } from "./slate-draws.ts";

/** Where the items of a slate of L end up under a policy. */
export interface SlateMarginals {
  /** P(the logged item at its own position), exact at position 0; L of them. */
  readonly logged: Float64Array;
  /** Σ_a P(a at k)·v(a); L of them. */
  readonly direct: Float64Array;
  /** P(candidate a at position k), K for each position that was asked for; each sums to 1, or to less if caps may end the slate above it. */
  positions(): readonly Float64Array[];
  /**
   * Σ_{j<k} x(a_j) of the items above each position, less its expectation given the item at k: what the policy's chance alone has
   * put above it. 0 on average, for any item, state and user. L for each feature, 0 at position 0.
   * @param features x of the K candidates
   */
  above(features: readonly Float64Array[]): readonly Float64Array[];
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
  visitPrefixes: (place: LoggedPlace, visit: VisitPrefix) => void,
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
  const plain = createPlainDrawing();
  const diverse = createDiverseDrawing();
  let table: readonly Float64Array[] = [];
  return (rule, slate, given) => {
    const { length } = slate.items;
    const { length: count } = slate.values;
    const drawing = rule.diversity === undefined ? plain : diverse;
    const direct = drawing.draw(rule, slate, given);
    const isSeldomLeft = slate.items.map(() => false);
    const logged = Float64Array.from(slate.items, (item, position) => {
      const place = { item, position, length };
      let sum = 0;
      const add = (weight: number) => {
        sum += weight;
      };
      const leftShare = drawing.readDrawn(place, add);
      if (leftShare < seldomLeft) {
        isSeldomLeft[position] = true;
        sum = 0;
        drawing.drawAround(place, add);
      }
      return sum / given.draws;
    });
    const positions = () => {
      const asked = Math.max(length, slate.asked ?? 0);
      if (table.length !== asked || table[0]!.length !== count)
        table = Array.from({ length: asked }, () => new Float64Array(count));
      drawing.fillPositions(table);
      return table;
    };
    const above = (features: readonly Float64Array[]) =>
      subtractExpected(slate.items, features, (place, visit) => {
        if (isSeldomLeft[place.position]) drawing.drawAround(place, visit);
        else drawing.readDrawn(place, visit);
      });
    return { logged, direct, positions, above };
  };
}
