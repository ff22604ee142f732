import { addRow, buildRows, findPlaces, type SparseRows } from "../../numeric/sparse-rows.ts";
import type { Ranker, RankerData } from "./ranker.ts";

export interface NeighbourSettings {
  /** K: items that an item passes its score on to. */
  readonly neighbours: number;
  /** h ≥ 0: pulls the similarity of rare pairs to 0. */
  readonly shrinkage: number;
}

/**
 * Item-based nearest neighbours with cosine similarity (Sarwar et al. 2001; Deshpande & Karypis 2004; the shrinkage of
 * Ferrari Dacrema et al. 2019): with c_ij the users of both items and c_i those of one,
 *
 *     s_ij = c_ij / (√(c_i·c_j) + h),  score(j) = Σ_{i in history} s_ij over the K largest s_i·
 */
export function fitItemNeighbours(
  { training, itemCount }: RankerData,
  { neighbours, shrinkage }: NeighbourSettings,
): Ranker {
  const sets = training.map((sequence) => [...new Set(Array.from(sequence))]);
  const places = findPlaces(sets, itemCount);
  const common = buildRows(itemCount, (item, add) => {
    for (const user of places[item]!.sequences)
      for (const other of sets[user]!) if (other !== item) add(other, 1);
  });
  const count = (item: number) => places[item]!.sequences.length;
  const similarity = (item: number, other: number, both: number) =>
    both / (Math.sqrt(count(item) * count(other)) + shrinkage);
  const rows = keepLargest(common, neighbours, similarity);
  return {
    score(history) {
      const scores = new Float64Array(itemCount);
      for (const item of new Set(Array.from(history)))
        addRow(scores, rows, { row: item, weight: 1 });
      return scores;
    },
  };
}

function keepLargest(
  { columns, values }: SparseRows,
  kept: number,
  weigh: (row: number, column: number, value: number) => number,
): SparseRows {
  const rows = columns.map((own, row) => {
    const weights = values[row]!.map((value, index) => weigh(row, own[index]!, value));
    const last = weights.toSorted().at(-kept) ?? 0;
    const larger = weights.reduce((count, weight) => count + (weight > last ? 1 : 0), 0);
    // Of those that equal the last one, the lower items: the order must not hang on that of the training.
    let left = kept - larger;
    const chosen = own
      .map((_, index) => index)
      .filter((index) => weights[index]! > last || (weights[index] === last && left-- > 0));
    return {
      columns: chosen.map((index) => own[index]!),
      values: Float64Array.from(chosen, (index) => weights[index]!),
    };
  });
  return {
    columns: rows.map((row) => row.columns),
    values: rows.map((row) => row.values),
  };
}
