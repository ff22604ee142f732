import { addRow, type SparseRows } from "../../numeric/sparse-rows.ts";
import { meanOf } from "../../numeric/statistics.ts";

export interface ChainSettings {
  /**
   * w: items after one that count as its successors, and newest items that a score looks at; w = 1
   * is the plain chain.
   */
  readonly window: number;
  /** δ in (0, 1]: weight of a step further away. */
  readonly decay: number;
}

/**
 * First-order Markov chain over a window, frozen: with C(i, j) = Σ δ^(g−1) over the times that j came g ≤ w steps after i, and n(i)
 * the times of i,
 *
 *     score(j) = Σ_{a=1…w} δ^(a−1) · C(i_a, j)/n(i_a),  i_1 the newest item of the history.
 *
 * The plain chain is that of Rendle et al. 2010 (FPMC, section 3) without its factors.
 */
export interface Chain extends ChainSettings {
  /** C(i, j)/n(i). */
  readonly successors: SparseRows;
}

/** A chain's part in log-odds. */
export interface ChainPart extends Chain {
  /** λ > 0 */
  readonly weight: number;
}

/** β: share of popularity in the chain's probabilities, so that no item is impossible. */
export const popularityShare = 0.05;

/** The items that a score looks at, each with the weight of its successors. */
function* newestOf({ window, decay }: ChainSettings, history: ArrayLike<number>) {
  const oldest = Math.max(0, history.length - window);
  for (let at = history.length - 1, weight = 1; at >= oldest; at--, weight *= decay)
    yield { row: history[at]!, weight };
}

/** The score of every item. @param history items, oldest first */
export function scoreSuccessors(chain: Chain, history: ArrayLike<number>): Float64Array {
  const scores = new Float64Array(chain.successors.columns.length);
  for (const newest of newestOf(chain, history)) addRow(scores, chain.successors, newest);
  return scores;
}

/**
 * (c_j + 1)/Σ (c + 1) of an item with c_j events; of one that is not among them the geometric mean,
 * so that nobody's log-odds say anything of it.
 */
export function openShares(counts: ArrayLike<number>): (item: number) => number {
  let total = counts.length;
  for (let item = 0; item < counts.length; item++) total += counts[item]!;
  const shares = Float64Array.from(counts, (count) => (count + 1) / total);
  const unknown = Math.exp(meanOf(shares.map(Math.log)));
  return (item) => shares[item] ?? unknown;
}

/**
 * Natural logarithms of scores as probabilities of the next item, smoothed:
 *
 *     log P(j) = log[(1 − β)·score(j)/Σ score + β·share(j)]
 *
 * Without a known successor only the shares remain. An item that the chain does not know has score 0.
 */
export function logProbabilities(
  scores: Float64Array,
  shareOf: (item: number) => number,
): (item: number) => number {
  const sum = scores.reduce((a, b) => a + b, 0);
  if (sum === 0) return (item) => Math.log(shareOf(item));
  return (item) =>
    Math.log(((1 - popularityShare) * (scores[item] ?? 0)) / sum + popularityShare * shareOf(item));
}

/** λ·log P of rows after a history of known items, up to a number that all rows have in common. */
export interface ChainOdds {
  /** Adds it to each row's odds. */
  add(odds: Float64Array, rows: Int32Array, history: readonly number[]): void;
  /** Of an item that has no score. */
  floorOf(row: number): number;
  /** Of the items that have a score, more than `floorOf`. */
  gains(history: readonly number[]): ReadonlyMap<number, number>;
}

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/**
 * The same from the few successors alone: the logarithm of an item without a score is worked out once.
 * @param counts events of each item; the row after the last one represents unknown items
 */
export function createChainOdds(chain: ChainPart, counts: ArrayLike<number>): ChainOdds {
  const { successors, weight } = chain;
  const shareOf = openShares(counts);
  const shares = Float64Array.from({ length: counts.length + 1 }, (_, row) => shareOf(row));
  const unscored = shares.map((share) => weight * Math.log(popularityShare * share));
  // All 0 between two calls: an array a call would cost more than its few entries.
  const scores = new Float64Array(counts.length + 1);
  const withScores = (
    history: readonly number[],
    use: (oddsOf: (row: number) => number, newest: readonly number[]) => void,
  ) => {
    const newest = [...newestOf(chain, history)];
    for (const one of newest) addRow(scores, successors, one);
    const sum = newest.reduce(
      (total, one) => total + one.weight * sumOf(successors.values[one.row]!),
      0,
    );
    const oddsOf = (row: number) => {
      const score = scores[row]!;
      if (score === 0) return unscored[row]!;
      return (
        weight * Math.log(((1 - popularityShare) * score) / sum + popularityShare * shares[row]!)
      );
    };
    use(
      oddsOf,
      newest.map(({ row }) => row),
    );
    for (const { row } of newest) for (const column of successors.columns[row]!) scores[column] = 0;
  };
  return {
    add: (odds, rows, history) =>
      withScores(history, (oddsOf) => {
        for (let a = 0; a < rows.length; a++) odds[a]! += oddsOf(rows[a]!);
      }),
    floorOf: (row) => unscored[row]!,
    gains: (history) => {
      const gains = new Map<number, number>();
      withScores(history, (oddsOf, newest) => {
        for (const row of newest)
          for (const column of successors.columns[row]!)
            gains.set(column, oddsOf(column) - unscored[column]!);
      });
      return gains;
    },
  };
}
