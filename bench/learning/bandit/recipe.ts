import type { BilinearScores } from "../../../src/domain/bandit-world.ts";
import type { CompactRow } from "../../../src/lab/compact-loop/compact-row.ts";
import type { BilinearFeatures, Offer } from "../../../src/lab/linear/bilinear.ts";

/** What a baseline does, exploration not included. */
export interface Recipe {
  learn(rows: readonly CompactRow[]): void;
  /** Distribution over the candidates. */
  choose(offer: Offer): Float64Array;
}

export interface RecipeInput {
  readonly features: BilinearFeatures;
  readonly seed: number;
  /** Policy that a gradient starts from. */
  readonly start: BilinearScores;
  /** Newest rows that a gradient climbs on. */
  readonly gradientRows: number;
  /** What a poisoned reward model believes too much, by item number. */
  readonly inflation?: Float64Array;
}

/** All on the largest value, shared alike among equals. */
export const argmax = (values: Float64Array): Float64Array => {
  const largest = Math.max(...values);
  const best = values.map((value) => (value === largest ? 1 : 0));
  const ties = best.reduce((sum, value) => sum + value, 0);
  return best.map((value) => value / ties);
};
