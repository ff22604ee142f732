import { invertMatrix } from "./invert-matrix.ts";
import type { Ranker, RankerData } from "./ranker.ts";

export interface EaseSettings {
  /** λ > 0. */
  readonly regularisation: number;
  readonly threads: number;
}

/** Bytes that fitting takes at its peak: the Gram matrix, its inverse and the halves in between. */
export const easeBytes = (itemCount: number): number => 4 * 4 * itemCount ** 2;

/**
 * EASE^R (Steck 2019, arXiv:1905.03375, equation 8): with X the users' items as 0 and 1 and P = (XᵀX + λI)⁻¹,
 *
 *     B_ij = −P_ij/P_jj, B_jj = 0,  score = Σ_{i in history} B_i·
 *
 * It knows no order of the items.
 */
export async function fitEase(
  { training, itemCount }: RankerData,
  { regularisation, threads }: EaseSettings,
): Promise<Ranker> {
  const weights = await invertMatrix(
    buildGram(training, itemCount, regularisation),
    itemCount,
    threads,
  );
  const diagonal = Float32Array.from(
    { length: itemCount },
    (_, item) => weights[item * (itemCount + 1)]!,
  );
  for (let row = 0; row < itemCount; row++) {
    const own = weights.subarray(row * itemCount, (row + 1) * itemCount);
    for (let column = 0; column < itemCount; column++)
      own[column] = row === column ? 0 : -own[column]! / diagonal[column]!;
  }
  return {
    score(history) {
      const scores = new Float64Array(itemCount);
      for (const item of new Set(Array.from(history))) {
        const own = weights.subarray(item * itemCount, (item + 1) * itemCount);
        for (let other = 0; other < itemCount; other++) scores[other]! += own[other]!;
      }
      return scores;
    },
  };
}

/** XᵀX + λI. */
function buildGram(
  sequences: readonly ArrayLike<number>[],
  itemCount: number,
  regularisation: number,
): Float32Array {
  const gram = new Float32Array(itemCount * itemCount);
  for (let item = 0; item < itemCount; item++) gram[item * (itemCount + 1)] = regularisation;
  for (const sequence of sequences) {
    const items = [...new Set(Array.from(sequence))];
    for (const item of items) {
      const row = item * itemCount;
      for (const other of items) gram[row + other]! += 1;
    }
  }
  return gram;
}
