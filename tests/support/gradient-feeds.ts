import type { Batch } from "../../src/learning/batch.ts";
import { itemTokenBuckets } from "../../src/policy/item-features.ts";
import type { Network } from "../../src/policy/network.ts";

type Arrays = Readonly<Record<string, Float32Array | Int32Array>>;

/** Parameters of a network and the feeds of a batch in float64, for `checkGradient`. */
export function gradientFeeds(
  network: Network,
  ...feeds: readonly Arrays[]
): Record<string, Float64Array | Int32Array> {
  const arrays: Arrays = Object.assign({}, network.parameters, ...feeds);
  return Object.fromEntries(
    Object.entries(arrays).map(([name, values]) => [
      name,
      values instanceof Int32Array ? values : Float64Array.from(values),
    ]),
  );
}

/** Elements of the hashed tables that a batch reads, and a row that it does not; all elements of everything else. */
export function gradientElements(network: Network, { feeds }: Batch) {
  const columns = network.shape.heads * network.shape.width;
  const cells = { cells: feeds.tokenCells!, weights: feeds.tokenWeights! };
  const ofCandidates = [...cells.cells].filter((_, at) => cells.weights[at] !== 0);
  const tables: Readonly<Record<string, readonly number[]>> = {
    itemTokenTable: [...feeds.shownTokens!, ...ofCandidates.map((cell) => cell % itemTokenBuckets)],
    contextTable: [...feeds.contextTokens!],
  };
  return (name: string): readonly number[] | undefined => {
    if (tables[name] === undefined) return undefined;
    const read = new Set(tables[name]);
    const unread = [1, 2, 3, 4].filter((row) => !read.has(row)).slice(0, 1);
    return [...read, ...unread].flatMap((row) =>
      Array.from({ length: columns }, (_, column) => row * columns + column),
    );
  };
}
