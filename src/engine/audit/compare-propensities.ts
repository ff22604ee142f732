import type { Decision } from "../../domain/decision.ts";
import { createRandom } from "../../numeric/random.ts";
import {
  jointPropensity,
  type PlaceRules,
  sampleSlate,
  slatePropensities,
} from "../../policy/slate.ts";

/** Largest |log(derived/logged)| of a propensity that rounding explains. */
export const auditTolerance = 1e-6;

/** Largest difference of the log propensities, and the reason why they are not those of the moment. */
export interface PropensityComparison {
  readonly difference: number;
  readonly problem?: string;
}

/** Infinite if one of them is missing or 0. */
const logDifference = (derived = 0, logged = 0): number =>
  derived === logged ? 0 : Math.abs(Math.log(derived / logged));

/** Of the position propensities and of the joint one. */
function largestDifference(decision: Decision, derived: readonly number[]): number {
  const { positionPropensities: logged, slatePropensity } = decision;
  const positions = Math.max(derived.length, logged.length);
  const differences = Array.from({ length: positions }, (_, position) =>
    logDifference(derived[position], logged[position]),
  );
  return Math.max(logDifference(jointPropensity(derived), slatePropensity), ...differences);
}

/** Compares the propensities, and draws the slate again from the seed. */
export function comparePropensities(
  decision: Decision,
  logits: Float64Array,
  { rules, slateSize }: { readonly rules: PlaceRules; readonly slateSize: number },
): PropensityComparison {
  const order = decision.slate.map((item) =>
    decision.candidates.findIndex(({ itemId }) => itemId === item),
  );
  if (order.includes(-1)) {
    const problem = "the slate holds an item that was no candidate";
    return { difference: Number.POSITIVE_INFINITY, problem };
  }
  const { exploration, policyVersion, seed } = decision;
  const difference = largestDifference(
    decision,
    slatePropensities({ logits, order, exploration, rules }),
  );
  if (!(difference <= auditTolerance)) {
    const problem = `log propensities differ by ${difference.toExponential(2)} from those of policy version ${policyVersion}: the row was changed`;
    return { difference, problem };
  }
  const random = createRandom(seed).split("slate");
  const redrawn = sampleSlate({ logits, slateSize, exploration, rules, random });
  const isSame =
    redrawn.order.length === order.length &&
    redrawn.order.every((index, position) => index === order[position]);
  return isSame
    ? { difference }
    : { difference, problem: `seed ${seed} draws another slate: the row was changed` };
}
