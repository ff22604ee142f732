import type { CompactRow } from "../../../src/lab/compact-loop/compact-row.ts";
import type { BilinearFeatures } from "../../../src/lab/linear/bilinear.ts";
import { factorise } from "../../../src/numeric/cholesky.ts";
import { argmax, type Recipe, type RecipeInput } from "./recipe.ts";
import { createRewardModel } from "./reward-model.ts";

/** Width of the bonus, in standard deviations. */
const bonusWidth = 1;

/** λ of the reward heads (`src/lab/linear/reward-sums.ts`). */
const ridgeOf = (mean: number) => (4 * (1 - mean)) / Math.max(1e-3, mean);

/** What a design of features x ⊗ y and item effects leaves unknown. */
function createDesign({ users, items }: BilinearFeatures, kept: number) {
  const size = users.width * items.width;
  const gram = new Float64Array(size * size);
  const shown = new Float64Array(items.values.length / items.width);
  let inverse = new Float64Array(size * size);
  let ridge = 1;
  const features = (user: number, item: number) =>
    Float64Array.from(
      { length: size },
      (_, cell) =>
        users.values[user * users.width + Math.floor(cell / items.width)]! *
        items.values[item * items.width + (cell % items.width)]!,
    );
  return {
    age: () => {
      if (kept === 1) return;
      for (const sums of [gram, shown])
        for (let cell = 0; cell < sums.length; cell++) sums[cell]! *= kept;
    },
    add: (user: number, item: number) => {
      shown[item]! += 1;
      const x = features(user, item);
      for (let row = 0; row < size; row++)
        for (let column = 0; column <= row; column++)
          gram[row * size + column]! += x[row]! * x[column]!;
    },
    solve: (mean: number) => {
      ridge = ridgeOf(mean);
      const diagonal = (cell: number) => (cell % (size + 1) === 0 ? ridge : 0);
      const solve = factorise(
        gram.map((value, cell) => value + diagonal(cell)),
        size,
      );
      inverse = new Float64Array(size * size);
      for (let column = 0; column < size; column++)
        inverse.set(
          solve(Float64Array.from({ length: size }, (_, row) => (row === column ? 1 : 0))),
          column * size,
        );
    },
    /** Variance of each candidate's mean in units of the noise's; the covariance with the item's effect is left out. */
    variances: (user: number, offered: Int32Array) => {
      const width = items.width;
      // (x ⊗ I)ᵀ·A⁻¹·(x ⊗ I), the same for all candidates.
      const reduced = new Float64Array(width * width);
      for (let p = 0; p < users.width; p++)
        for (let q = 0; q < users.width; q++) {
          const scale =
            users.values[user * users.width + p]! * users.values[user * users.width + q]!;
          for (let cell = 0; cell < reduced.length; cell++)
            reduced[cell]! +=
              scale *
              inverse[(p * width + Math.floor(cell / width)) * size + q * width + (cell % width)]!;
        }
      return Float64Array.from(offered, (item) => {
        let variance = 1 / (shown[item]! + ridge);
        for (let cell = 0; cell < reduced.length; cell++)
          variance +=
            items.values[item * width + Math.floor(cell / width)]! *
            reduced[cell]! *
            items.values[item * width + (cell % width)]!;
        return Math.max(0, variance);
      });
    },
  };
}

/**
 * LinUCB (Li et al. 2010) with shared features: the ridge regression's mean and a bonus from its covariance.
 * @param halfLife in updates; with a finite one it is the discounted form (Russac, Vernade & Cappé 2019)
 */
export const linUcb =
  (halfLife: number) =>
  ({ features }: RecipeInput): Recipe => {
    const model = createRewardModel(features, { halfLife });
    const design = createDesign(features, 2 ** (-1 / halfLife));
    let [count, mean] = [0, 0];
    return {
      learn: (rows: readonly CompactRow[]) => {
        model.learn(rows);
        design.age();
        for (const { user, items, action, reward } of rows) {
          design.add(user, items[action]!);
          mean += (reward - mean) / ++count;
        }
        design.solve(mean);
      },
      choose: (offer) => {
        const noise = Math.sqrt(Math.max(1e-4, mean * (1 - mean)));
        const variances = design.variances(offer.user, offer.items);
        const head = model.heads(offer)[0]!;
        return argmax(
          head.map((value, a) => value + bonusWidth * noise * Math.sqrt(variances[a]!)),
        );
      },
    };
  };
