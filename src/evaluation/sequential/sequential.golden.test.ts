import { describe, expect, test } from "vitest";
import { comparePeerSample, type PeerSample } from "../../../tests/golden/compare-intervals.ts";
import { getPeerGolden } from "../../../tests/golden/peer-golden.ts";
import { expectClose } from "../../../tests/golden/read-golden.ts";
import type { Estimate } from "../estimate.ts";
import {
  perDecisionImportanceSampling,
  sequentialDirectMethod,
  sequentialDoublyRobust,
  trajectoryImportanceSampling,
} from "./trajectory-estimators.ts";
import { type WeightedTrajectories, weighTrajectories } from "./weigh-trajectories.ts";

interface GoldenNumber {
  readonly estimator: "dm" | "tis" | "pdis" | "dr" | "sntis" | "snpdis" | "sndr";
  readonly value: number;
  readonly trajectory_values: number[];
  readonly intervals: readonly PeerSample[] | null;
}

const golden = getPeerGolden<{
  input: {
    n_trajectories: number;
    step_per_trajectory: number;
    action: number[];
    reward: number[];
    pscore: number[];
    targets: Record<
      string,
      {
        evaluation_policy_action_dist: number[][];
        state_action_value_prediction: Record<string, number[][]>;
      }
    >;
  };
  expected: Record<string, Record<string, { estimates: GoldenNumber[] }>>;
}>("sequential.json");

const cases = Object.entries(golden.expected).flatMap(([target, discounts]) =>
  Object.entries(discounts).map(([discount, { estimates }]) => ({ target, discount, estimates })),
);

function readTrajectories(target: string, discount: string): WeightedTrajectories {
  const { n_trajectories, step_per_trajectory, action, reward, pscore, targets } = golden.input;
  const { evaluation_policy_action_dist: policy, state_action_value_prediction } = targets[target]!;
  const model = state_action_value_prediction[discount]!;
  return weighTrajectories(
    {
      rewards: Float64Array.from(reward),
      propensities: Float64Array.from(pscore),
      starts: Int32Array.from({ length: n_trajectories + 1 }, (_, i) => i * step_per_trajectory),
    },
    {
      targetProbabilities: Float64Array.from(action, (a, row) => policy[row]![a]!),
      predictions: Float64Array.from(action, (a, row) => model[row]![a]!),
      directValues: Float64Array.from(policy, (probabilities, row) =>
        probabilities.reduce((sum, p, a) => sum + p * model[row]![a]!, 0),
      ),
    },
  );
}

function estimate(name: string, trajectories: WeightedTrajectories, discount: number) {
  const options = { discount, selfNormalised: name.startsWith("sn") };
  const estimators: Record<string, () => Estimate | undefined> = {
    dm: () => sequentialDirectMethod(trajectories),
    tis: () => trajectoryImportanceSampling(trajectories, options),
    pdis: () => perDecisionImportanceSampling(trajectories, options),
    dr: () => sequentialDoublyRobust(trajectories, options),
  };
  return estimators[name.replace(/^sn/, "")]!();
}

test("two targets with two discounts were read", () => {
  expect(cases).toHaveLength(4);
});

describe.each(cases)(
  "scope-rl 0.2.1, target $target, discount $discount",
  ({ target, discount, estimates }) => {
    const trajectories = readTrajectories(target, discount);

    test.each(estimates)("$estimator agrees to 1e-9 relative, trajectory by trajectory", (one) => {
      const own = estimate(one.estimator, trajectories, Number(discount));
      expect(own?.estimator).toBe(one.estimator);
      // The peer adds 1e-10 to the mean weight that it divides by.
      expectClose(own?.value, one.value, 1e-8);
      if (!one.estimator.startsWith("sn")) expectClose(own?.value, one.value, 1e-10);
      for (const [i, value] of one.trajectory_values.entries()) {
        expectClose(own?.contributions[i], value, one.estimator.startsWith("sn") ? 1e-7 : 1e-10);
      }
      const compared = (one.intervals ?? []).filter((interval) =>
        comparePeerSample(own!.contributions, interval),
      );
      expect(compared.length).toBeGreaterThanOrEqual(one.intervals === null ? 0 : 4);
    });
  },
);
