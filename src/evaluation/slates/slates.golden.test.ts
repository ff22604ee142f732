import { describe, expect, test } from "vitest";
import { findPeerGolden } from "../../../tests/golden/peer-golden.ts";
import { expectClose } from "../../../tests/golden/read-golden.ts";
import type { Estimate } from "../estimate.ts";
import {
  empiricalLikelihoodInterval,
  empiricalLikelihoodValue,
} from "../intervals/empirical-likelihood.ts";
import { normalInterval } from "../intervals/normal.ts";
import {
  cascadeDoublyRobust,
  independentInversePropensity,
  pseudoInverse,
  rewardInteractionInversePropensity,
  slateInversePropensity,
} from "./slate-estimators.ts";
import { type WeightedSlates, weighSlates } from "./weigh-slates.ts";

interface GoldenNumber {
  readonly estimator?: string;
  readonly interval?: string;
  readonly params?: { readonly alpha?: number };
  readonly value: number | [number, number];
  readonly per_slate?: { readonly var: number; readonly index_weighted_mean: number };
}

interface GoldenTarget {
  readonly evaluation_policy_pscore_item_position: number[];
  readonly evaluation_policy_pscore_cascade: number[];
  readonly q_hat?: number[][];
  readonly evaluation_policy_action_dist?: number[][];
}

interface GoldenFile {
  readonly name: string;
  readonly input: {
    readonly n_slates: number;
    readonly len_list: number;
    readonly action: number[];
    readonly reward: number[];
    readonly pscore_item_position: number[];
    readonly pscore_cascade: number[];
    readonly targets: Record<string, GoldenTarget>;
  };
  readonly expected: Record<
    string,
    {
      readonly estimates: GoldenNumber[];
      readonly vw_pdis_cressieread?: {
        readonly get_r: number[];
        readonly get_r_overall: number;
        readonly "interval_overall_alpha_0.05": [number, number];
        readonly "interval_alpha_0.05_per_slot_given_impression": [number, number][];
      };
    }
  >;
}

const names = ["slate-cascade_binary", "slate-cascade_continuous", "slate-product"];
const goldens = names.map((name) => ({ name, file: findPeerGolden<GoldenFile>(`${name}.json`) }));
const files = goldens.flatMap(({ file }) => file ?? []);

test.skip.each(goldens.filter(({ file }) => !file))("$name (needs RECURVE_GOLDEN)", () => {
  expect.unreachable();
});

function readSlates({ input }: GoldenFile, target: GoldenTarget): WeightedSlates {
  const { n_slates, len_list, action, reward } = input;
  /** Of the item alone: the peer gives the probability of the prefix. */
  const conditional = (prefixes: number[]) =>
    Float64Array.from(prefixes, (p, row) => (row % len_list === 0 ? p : p / prefixes[row - 1]!));
  const { q_hat, evaluation_policy_action_dist: policy } = target;
  return weighSlates(
    {
      rewards: Float64Array.from(reward),
      propensities: conditional(input.pscore_cascade),
      marginalPropensities: Float64Array.from(input.pscore_item_position),
      starts: Int32Array.from({ length: n_slates + 1 }, (_, i) => i * len_list),
    },
    {
      targetProbabilities: conditional(target.evaluation_policy_pscore_cascade),
      marginalTargetProbabilities: Float64Array.from(target.evaluation_policy_pscore_item_position),
      ...(q_hat &&
        policy && {
          predictions: Float64Array.from(action, (a, row) => q_hat[row]![a]!),
          directValues: Float64Array.from(policy, (probabilities, row) =>
            probabilities.reduce((sum, p, a) => sum + p * q_hat[row]![a]!, 0),
          ),
        }),
    },
  );
}

const estimators: Record<
  string,
  (slates: WeightedSlates, options: { selfNormalised: boolean }) => Estimate | undefined
> = {
  sips: slateInversePropensity,
  iips: independentInversePropensity,
  rips: rewardInteractionInversePropensity,
  "cascade-dr": cascadeDoublyRobust,
  "pseudo-inverse": pseudoInverse,
};

function estimate(peerName: string, slates: WeightedSlates): Estimate | undefined {
  const name = peerName === "vw_pseudo_inverse" ? "pseudo-inverse" : peerName;
  const selfNormalised = name.startsWith("sn");
  return estimators[name.replace(/^sn/, "")]!(slates, { selfNormalised });
}

describe.each(files)("obp 0.5.5 and vw-estimators 0.2.2 on $name", (file) => {
  describe.each(Object.entries(file.expected))("target %s", (name, expected) => {
    const slates = readSlates(file, file.input.targets[name]!);
    const named = expected.estimates.filter((one) => one.estimator !== undefined);

    test.each(named)("$estimator agrees to 1e-10, slate by slate", (one) => {
      const own = estimate(one.estimator!, slates);
      expectClose(own?.value, one.value as number, 1e-10);
      if (!one.per_slate) return;
      const weightedMean = own!.contributions.reduce((sum, x, i) => sum + (i + 1) * x, 0);
      expectClose(weightedMean / own!.rows, one.per_slate.index_weighted_mean, 1e-10);
      if (own!.estimator.startsWith("sn")) return;
      expectClose(own!.standardError ** 2 * own!.rows, one.per_slate.var, 1e-10);
    });

    test("the normal interval of the pseudo-inverse estimator agrees to 1e-8", () => {
      for (const one of expected.estimates.filter(({ interval }) => interval !== undefined)) {
        expect(one.interval).toBe("vw_slates_gaussian");
        const own = normalInterval({ ...pseudoInverse(slates)!, level: 1 - one.params!.alpha! });
        const [lower, upper] = one.value as [number, number];
        expectClose(own.lower, lower, 1e-8);
        expectClose(own.upper, upper, 1e-8);
      }
    });

    const likelihood = expected.vw_pdis_cressieread;
    test.skipIf(!likelihood)("empirical likelihood on prefix weights agrees to 1e-9", () => {
      const { rewards } = slates;
      // The peer's interval needs rewards in [0, 1], its value does not.
      const [low, high] = [Math.min(0, ...rewards), Math.max(1, ...rewards)];
      const log = { rewards, importanceWeights: slates.weights.prefix, low, high };
      const length = file.input.len_list;
      const at = (values: Float64Array, k: number) => values.filter((_, row) => row % length === k);
      const logs = [
        log,
        ...likelihood!.get_r.map((_, k) => ({
          ...log,
          rewards: at(rewards, k),
          importanceWeights: at(log.importanceWeights, k),
        })),
      ];
      const values = [likelihood!.get_r_overall, ...likelihood!.get_r];
      for (const [i, one] of logs.entries()) {
        expectClose(empiricalLikelihoodValue(one), values[i]!, 1e-9);
      }
      const overall = likelihood!["interval_overall_alpha_0.05"];
      const perPosition = likelihood!["interval_alpha_0.05_per_slot_given_impression"];
      if (overall === undefined) return;
      for (const [i, [lower, upper]] of [overall, ...perPosition].entries()) {
        const own = empiricalLikelihoodInterval(logs[i]!);
        expectClose(own.lower, lower, 1e-7);
        expectClose(own.upper, upper, 1e-7);
      }
    });
  });
});
