import { rewardHeadCount } from "../../learning/critic-shape.ts";
import { bootstraps } from "../../mpo/row-scores.ts";
import { logistic } from "../../numeric/logistic.ts";
import type { Network } from "../../policy/network.ts";
import type { Policy } from "../../policy/policy.ts";
import { createScorer } from "../../policy/scorer.ts";

/**
 * A policy straight from the reward model, which the loops that MPO is compared with serve without distillation or gate.
 * @param toLogits mean Q of each candidate, in [0, 1] → logits
 */
export async function createRewardPolicy(
  critic: Network,
  toLogits: (values: Float64Array) => Float64Array,
): Promise<Policy> {
  const scorer = await createScorer(critic, { batchStates: 1, threads: 1 });
  return {
    kind: "network",
    logits: async (state, candidates) => {
      const [heads = []] = await scorer.score([{ state, candidates }]);
      // The heads that remember everything, as a plain reward model does.
      const long = heads.slice(rewardHeadCount - bootstraps, rewardHeadCount);
      const mean = Float64Array.from(candidates, (_, a) =>
        long.reduce((sum, head) => sum + logistic(head[a]!) / bootstraps, 0),
      );
      return toLogits(mean);
    },
    close: () => scorer.close(),
  };
}
