import type { BilinearScores } from "../../../src/domain/bandit-world.ts";
import type { CompactRow } from "../../../src/lab/compact-loop/compact-row.ts";
import { type BilinearFeatures, type Offer, scoreOffer } from "../../../src/lab/linear/bilinear.ts";
import {
  addSums,
  emptySums,
  type RewardSums,
  solveRewards,
  sumChoices,
} from "../../../src/lab/linear/reward-sums.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";

const chosen = ({ user, items, action, reward }: CompactRow) => ({
  user,
  item: items[action]!,
  reward,
});

/** Reward heads that baselines learn: what MPO has as one head, fitted to every row once or to bootstraps. */
export function createRewardModel(
  features: BilinearFeatures,
  options: {
    /** In cycles. */
    readonly halfLife: number;
    /** An even number of heads on bootstraps; one head on all rows where absent. */
    readonly bootstraps?: { readonly heads: number; readonly random: RandomStream };
    /** Added to what is believed of an item, by item number. */
    readonly inflation?: Float64Array;
  },
) {
  const { halfLife, bootstraps, inflation } = options;
  const heads = bootstraps?.heads ?? 1;
  const kept = 2 ** (-1 / halfLife);
  let sums: RewardSums = emptySums(features, heads);
  let models: readonly BilinearScores[] = solveRewards(features, sums);
  return {
    learn: (rows: readonly CompactRow[]) => {
      const old = kept === 1 ? sums : sums.map((head) => head.map((value) => kept * value));
      sums = addSums(old, sumChoices(features, rows.map(chosen), bootstraps ?? { heads }));
      models = solveRewards(features, sums).map((model) => ({
        ...model,
        biases: inflation
          ? model.biases.map((bias, item) => bias + inflation[item]!)
          : model.biases,
      }));
    },
    heads: (offer: Offer): readonly Float64Array[] =>
      models.map((model) => scoreOffer(features, model, offer)),
  };
}
export type RewardModel = ReturnType<typeof createRewardModel>;
