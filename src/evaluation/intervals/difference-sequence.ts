import { checkNumber } from "../checks.ts";
import { createConfidenceSequence, type SequenceOptions } from "./confidence-sequence.ts";
import { checkBounds, type Interval, withinBounds } from "./interval.ts";

/** A confidence sequence of a difference of two means. */
export interface DifferenceSequence {
  /** The next value, in order of time, of one of the two. @throws invalid_request for a value outside the bounds */
  add(side: "first" | "second", value: number): void;
  /** Of the mean of the first minus that of the second, over all closed blocks. */
  interval(): Interval;
  /** Number of closed blocks. */
  readonly blocks: number;
}

/** Running mean of one side of a block. */
interface Side {
  mean: number;
  count: number;
}

const empty = (): { first: Side; second: Side } => ({
  first: { mean: 0, count: 0 },
  second: { mean: 0, count: 0 },
});

/**
 * Watches mean(first) − mean(second) of two streams that share the traffic at random, such as a
 * promoted and the replaced policy. Values gather in a block until both sides have one; the
 * difference of the block's means is one value of a `createConfidenceSequence` within ±(high −
 * low). A block's length depends on the sides only, so its difference is unbiased, and a change
 * common to both sides (season, news) cancels. Values of one user are alike: add one a user.
 * Constant time and memory a value.
 * @param options bounds of a value
 * @throws invalid_request for bad bounds or a level outside (0, 1)
 */
export function createDifferenceSequence(options: SequenceOptions): DifferenceSequence {
  checkBounds(options);
  const width = options.high - options.low;
  const { level = 0.95 } = options;
  const differences = createConfidenceSequence({ low: -width, high: width, level });
  let block = empty();
  let blocks = 0;
  return {
    add(side, value) {
      checkNumber("value", value, withinBounds(options));
      const means = block[side];
      means.mean += (value - means.mean) / ++means.count;
      if (block.first.count === 0 || block.second.count === 0) return;
      // Rounding of a running mean can leave the bounds by an ulp.
      const difference = block.first.mean - block.second.mean;
      differences.add(Math.min(width, Math.max(-width, difference)));
      block = empty();
      blocks++;
    },
    interval: () => differences.interval(),
    get blocks() {
      return blocks;
    },
  };
}
