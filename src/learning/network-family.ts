import type { MpoConfiguration } from "../domain/mpo-configuration.ts";
import type { CriticFit, FitOptions, ModelFamily, MovedPolicy } from "../mpo/family.ts";
import type { Improvement } from "../mpo/improve.ts";
import { productLimits } from "../mpo/limits.ts";
import type { RandomStream } from "../numeric/random.ts";
import type { Encoder } from "../policy/encoder/encoder.ts";
import { createNetwork, growNetwork, type Network, withEncoder } from "../policy/network.ts";
import { isUntrained } from "../policy/network-ground.ts";
import type { CriticTraining } from "./critic.ts";
import { createCritic } from "./critic-shape.ts";
import { type Distillation, distil } from "./distil.ts";
import type { FeedbackRow } from "./feedback-row.ts";
import { scoreCritic, scorePolicy, withScorer } from "./score-rows.ts";
import { lookAhead, trainValueCritic } from "./session-value.ts";
import { oftenShown } from "./training-rows.ts";

export interface NetworkFit extends CriticFit<Network> {
  readonly training: CriticTraining;
}

export interface MovedNetwork extends MovedPolicy<Network> {
  readonly distillation: Distillation;
}

export type NetworkFamily = ModelFamily<FeedbackRow, Network, Network, NetworkFit, MovedNetwork>;

export type NetworkImprovement = Improvement<FeedbackRow, NetworkFit, MovedNetwork>;

/** Distillation continues from the serving policy; of one that is alike for all users it takes the items' biases. */
function startOf(serving: Network, random: RandomStream): Network {
  if (!isUntrained(serving)) return serving;
  const fresh = createNetwork(serving.shape, random.split("policy"));
  const grown = growNetwork(fresh, serving.itemIds, random.split("grow"));
  const { itemBias } = serving.parameters;
  return { ...grown, parameters: { ...grown.parameters, itemBias: itemBias! } };
}

const nameOf = ({ without }: Pick<FitOptions<never, never>, "without">) => without ?? "both";

/**
 * The product's model family: a critic with reward heads and a discriminator, and a policy that is
 * distilled.
 * @param options.discount γ of the scenario, in [0, 1)
 * @param options.defaultReward of a position without an event, in [0, 1] as the rows' rewards are
 */
export function createNetworkFamily(options: {
  readonly mpo: MpoConfiguration;
  readonly discount: number;
  readonly defaultReward: number;
  readonly threads: number;
  /** Read by the critic: that of the serving policy. */
  readonly encoder?: Encoder | undefined;
}): NetworkFamily {
  const { mpo, discount, defaultReward, threads, encoder } = options;
  return {
    lacks: [],
    limits: productLimits(mpo),
    scorePolicy: (network, rows) =>
      withScorer(network, threads, (scorer) => scorePolicy(scorer, rows)),
    scoreCritic: (network, rows) =>
      withScorer(network, threads, (scorer) =>
        scoreCritic(scorer, { network, defaultReward }, rows),
      ),
    fitCritic: async (rows, { from, random, ...fit }) => {
      const training = await trainValueCritic({
        network: withEncoder(from ?? createCritic(random.split("critic")), encoder),
        rows,
        random: random.split(`train-critic/${nameOf(fit)}`),
        discount,
        defaultReward,
        threads,
        settings: mpo.critic,
        hasExamination: fit.has("examination"),
      });
      return { critic: training.network, discriminator: training.separation, training };
    },
    movePolicy: async (serving, states, { rows, random, ...move }) => {
      const distillation = await distil({
        network: startOf(serving, random),
        rows: states,
        ownItems: oftenShown(rows),
        threads,
        objective: mpo.distillation.objective,
        settings: mpo.distillation,
        random: random.split(`distil/${nameOf(move)}`),
      });
      return { policy: distillation.network, distillation };
    },
    ...(discount > 0 && { lookAhead: (scored) => lookAhead(scored, discount) }),
  };
}
