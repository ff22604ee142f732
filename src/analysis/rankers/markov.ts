import type { Ranker, RankerData } from "./ranker.ts";
import { addRow, buildRows, findPlaces } from "./sparse-rows.ts";

export interface MarkovSettings {
  /**
   * w: items after one that count as its successors, and newest items that a score looks at; w = 1
   * is the plain chain.
   */
  readonly window: number;
  /** δ in (0, 1]: weight of a step further away. */
  readonly decay: number;
}

/**
 * First-order Markov chain over a window: with C(i, j) = Σ δ^(g−1) over the times that j came g ≤ w steps after i, and n(i)
 * the times of i,
 *
 *     score(j) = Σ_{a=1…w} δ^(a−1) · C(i_a, j)/n(i_a),  i_1 the newest item of the history.
 *
 * The plain chain is that of Rendle et al. 2010 (FPMC, section 3) without its factors.
 */
export function fitMarkov(
  { training, itemCount }: RankerData,
  { window, decay }: MarkovSettings,
): Ranker {
  const places = findPlaces(training, itemCount);
  const rows = buildRows(itemCount, (item, add) => {
    const { users, positions } = places[item]!;
    for (const [index, user] of users.entries()) {
      const sequence = training[user]!;
      const end = Math.min(sequence.length, positions[index]! + 1 + window);
      let weight = 1 / users.length;
      for (let at = positions[index]! + 1; at < end; at++, weight *= decay)
        add(sequence[at]!, weight);
    }
  });
  return {
    score(history) {
      const scores = new Float64Array(itemCount);
      const oldest = Math.max(0, history.length - window);
      for (let at = history.length - 1, weight = 1; at >= oldest; at--, weight *= decay)
        addRow(scores, rows, { row: history[at]!, weight });
      return scores;
    },
  };
}
