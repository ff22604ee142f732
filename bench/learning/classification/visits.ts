import { createRandom, shuffle } from "../../../src/numeric/random.ts";
import type { ClassificationSet } from "./read-set.ts";

/** A row as it comes: what all policies see, and the class that only the reward knows. */
export interface Visit {
  readonly inputs: Float64Array;
  readonly classIndex: number;
}

/** No input counts more standard deviations than this: one rare flag would outweigh everything. */
const farthest = 4;

/**
 * The rows in an order by seed, every input standardised by mean and deviation of the rows up to its own: nothing is
 * known that hasn't come yet.
 */
export function createVisits({ inputs, rows }: ClassificationSet, seed: number): Visit[] {
  const order = shuffle([...rows], createRandom(seed).split("order"));
  const means = new Float64Array(inputs);
  const squares = new Float64Array(inputs);
  return order.map((row, index) => {
    const standardised = row.inputs.map((value, input) => {
      const before = value - means[input]!;
      means[input]! += before / (index + 1);
      squares[input]! += before * (value - means[input]!);
      const deviation = Math.sqrt(squares[input]! / (index + 1));
      if (deviation === 0) return 0;
      return Math.min(farthest, Math.max(-farthest, (value - means[input]!) / deviation));
    });
    return { inputs: standardised, classIndex: row.classIndex };
  });
}
