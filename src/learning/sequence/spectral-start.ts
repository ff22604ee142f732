import { largestEigenvectors } from "../../numeric/eigenvectors.ts";
import { createRandom } from "../../numeric/random.ts";
import { createTransformer, type TransformerModel } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";

/** Users of an item that are certain: fewer are noise. */
const leastCount = 10;
/** Weight of the history's mean beside its newest item, in a state. */
const meanWeight = 4;
/** Attention that begins nearly even over a history. */
const attentionShare = 0.1;

/** Noisy sums over users. */
export interface PairStatistics {
  /** Numbers of the items of which pairs were counted; the others start at 0. */
  readonly paired: Int32Array;
  /** [paired, paired], symmetric. */
  readonly pairs: Float64Array;
  /** Of all items. */
  readonly counts: ArrayLike<number>;
}

/** Items from their pairs: rows of V·√λ of the pairs divided by √(c_a·c_b), most telling column first. */
function embed(
  { paired, pairs, counts }: PairStatistics,
  columns: number,
): readonly Float64Array[] {
  const size = paired.length;
  const roots = Float64Array.from(paired, (item) => Math.sqrt(Math.max(leastCount, counts[item]!)));
  const scaled = pairs.map(
    (value, cell) => value / (roots[Math.floor(cell / size)]! * roots[cell % size]!),
  );
  // They come by |λ|, and a negative one has no root: of twice as many about half are positive, as of noise alone.
  const found = largestEigenvectors(scaled, size, 2 * columns)
    .filter(({ value }) => value > 0)
    .sort((one, other) => other.value - one.value)
    .slice(0, columns);
  const unit = found[0]?.value ?? 1;
  return found.map(({ value, vector }) => {
    const length = Math.sqrt(value / unit);
    return vector.map((part) => part * length);
  });
}

/** A row (x, −x) has mean 0, so that a layer norm changes its length alone. */
function fillTable(
  { items, width }: TransformerShape,
  paired: Int32Array,
  columns: readonly Float64Array[],
): Float32Array {
  const table = new Float32Array(items * width);
  for (const [column, values] of columns.entries())
    for (const [place, item] of paired.entries()) {
      table[item * width + column] = values[place]!;
      table[item * width + width / 2 + column] = -values[place]!;
    }
  return table;
}

function identity(width: number, factor: number): Float32Array {
  const matrix = new Float32Array(width * width);
  for (let row = 0; row < width; row++) matrix[row * width + row] = factor;
  return matrix;
}

/**
 * A Transformer of one block that foresees items which share users with those of the history: its
 * state is the mean direction of their vectors. It is made of statistics alone, without a gradient.
 *
 * @throws RangeError if the shape has more than one block or an odd width
 */
export function spectralStart(
  shape: TransformerShape,
  statistics: PairStatistics,
  seed: number,
): TransformerModel["parameters"] {
  const { width, blocks } = shape;
  if (blocks !== 1 || width % 2 !== 0)
    throw new RangeError(
      `a spectral start has one block and an even width, got ${blocks}, ${width}`,
    );
  const { parameters } = createTransformer(shape, createRandom(seed).split("start"));
  const columns = embed(statistics, width / 2);
  const shrink = (name: string) => parameters[name]!.map((weight) => weight * attentionShare);
  return {
    ...parameters,
    itemTable: fillTable(shape, statistics.paired, columns),
    positionTable: new Float32Array(shape.length * width),
    "block0/queryWeights": shrink("block0/queryWeights"),
    "block0/keyWeights": shrink("block0/keyWeights"),
    "block0/valueWeights": identity(width, meanWeight),
    "block0/outputWeights": identity(width, 1),
    "block0/outerWeights": new Float32Array(parameters["block0/outerWeights"]!.length),
  };
}
