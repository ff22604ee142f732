import { EngineError } from "../../domain/errors.ts";
import type { Estimate } from "../estimate.ts";
import type { EvaluatedFeedback } from "../estimators/evaluated-feedback.ts";
import {
  type ActionCategory,
  marginalWeights,
  type PolicyPair,
} from "../estimators/marginal-weights.ts";
import { marginalisedInversePropensity } from "../estimators/marginalised-inverse-propensity.ts";
import { acceptBySlope, type SlopeCandidate, slopeWidth } from "./slope.ts";

export interface CategoryChoiceOptions {
  /** `exact` tries all sets of categories, `greedy` (for many) leaves out one after the other. */
  readonly search: "exact" | "greedy";
  /** Sets of fewer categories aren't tried; default 1. */
  readonly leastCategories?: number;
  /** δ of the two-sided intervals that are compared, default 0.05. */
  readonly missProbability?: number;
}

export interface CategoryChoice {
  /** Indices of the categories. */
  readonly chosen: readonly number[];
  readonly estimate: Estimate;
  /** All sets that passed, in the order tried. */
  readonly accepted: readonly (readonly number[])[];
}

interface CategorySet extends SlopeCandidate {
  readonly chosen: readonly number[];
  readonly estimate: Estimate;
}

/** All subsets of a size, in lexical order. */
function combinations(size: number, from: readonly number[]): number[][] {
  if (size === 0) return [[]];
  return from.flatMap((first, index) =>
    combinations(size - 1, from.slice(index + 1)).map((rest) => [first, ...rest]),
  );
}

/**
 * Chooses by SLOPE which categories MIPS uses: fewer mean less variance, and bias if the action
 * acts beyond them. Saito & Joachims 2022, section 3.3. If all sets are accepted, OBP returns the
 * estimate before the last; here it is the last.
 * @throws invalid_request as marginalWeights does, for no category, fewer than two users
 */
export function chooseCategories(
  feedback: EvaluatedFeedback,
  input: { readonly policies: PolicyPair; readonly categories: readonly ActionCategory[] },
  { search, leastCategories = 1, missProbability = 0.05 }: CategoryChoiceOptions,
): CategoryChoice {
  const { policies, categories } = input;
  if (categories.length < leastCategories || leastCategories < 1 || feedback.clusters.count < 2) {
    throw new EngineError(
      "invalid_request",
      `choosing categories needs at least ${Math.max(1, leastCategories)} of them and 2 users, got ${categories.length} and ${feedback.clusters.count}; pass more of them`,
      { details: { field: "categories", value: categories.length } },
    );
  }
  const measure = (chosen: readonly number[]): CategorySet => {
    const weights = marginalWeights(
      policies,
      chosen.map((index) => categories[index]!),
    );
    const estimate = marginalisedInversePropensity.estimate({
      ...feedback,
      marginalWeights: weights,
    })!;
    const width = slopeWidth(estimate, feedback.clusters, missProbability / 2);
    return { chosen, estimate, value: estimate.value, width };
  };
  const all = categories.map((_, index) => index);
  const accepted = [measure(all)];
  for (let size = all.length - 1; size >= leastCategories; size--) {
    const from = search === "exact" ? all : accepted.at(-1)!.chosen;
    const level = combinations(size, from).map(measure);
    const passed = acceptBySlope(level, accepted);
    accepted.push(...passed);
    if (passed.length < level.length) break;
  }
  const last = accepted.at(-1)!;
  return {
    chosen: last.chosen,
    estimate: last.estimate,
    accepted: accepted.map(({ chosen }) => chosen),
  };
}
