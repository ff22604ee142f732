import { describe, expect, test } from "vitest";
import {
  estimateByPeerName,
  expectPeerEstimate,
  type PeerEstimate,
  type PeerTuning,
} from "../../../tests/golden/estimator-golden.ts";
import { expectPeerTuning } from "../../../tests/golden/expect-tuning.ts";
import { findPeerGolden } from "../../../tests/golden/peer-golden.ts";
import { expectClose } from "../../../tests/golden/read-golden.ts";
import { meanOf } from "../../numeric/statistics.ts";
import { diagnoseWeights } from "../diagnostics.ts";
import { clipWeights } from "../estimate.ts";
import { weighFeedback } from "../logged-feedback.ts";
import { gatherTarget } from "../target-distributions.ts";
import { biasErrorBound, estimateBias } from "../tuning/estimated-error.ts";
import { selfNormalised } from "./self-normalised.ts";

type Kind = "binary" | "continuous";
type Table = readonly (readonly number[])[];

interface BiasHelper {
  readonly lambda: number;
  readonly q_hat: "none" | "q_hat";
  readonly delta: number;
  readonly bias: number;
  readonly bias_upper_bound: number;
}

interface Expected {
  readonly truth: { readonly value: number };
  readonly estimates: readonly PeerEstimate[];
  readonly snipw_delta_method: Readonly<
    Record<"value" | "standard_error" | "lower" | "upper" | "alpha", number>
  >;
  readonly bias_helpers: readonly BiasHelper[];
}

type Input = Readonly<Record<"action" | "pscore", number[]>> &
  Readonly<Record<`reward_${Kind}`, number[]>> &
  Readonly<Record<`${"q_hat" | "expected_reward"}_${Kind}`, Table>> & {
    readonly action_dist: Readonly<Record<string, Table>>;
    readonly estimated_importance_weights: Readonly<Record<string, number[]>>;
  };

type Diagnostics = Readonly<Record<"ess" | "max_weight" | "mean_weight" | "n_positive", number>>;

const golden = findPeerGolden<{
  input: Input;
  expected: Record<string, { diagnostics: Diagnostics } & Record<Kind, Expected>>;
}>("bandit.json");
const tuning = findPeerGolden<{ expected: Record<string, Record<Kind, PeerTuning[]>> }>(
  "tuning.json",
);

const tolerance = 1e-10;
const flat = (table: Table) => Float64Array.from(table.flat());

function evaluated(input: Input, target: string, kind: Kind) {
  const probabilities = flat(input.action_dist[target]!);
  const predictions = flat(input[`q_hat_${kind}`]);
  return weighFeedback(
    {
      rewards: Float64Array.from(input[`reward_${kind}`]),
      propensities: Float64Array.from(input.pscore),
    },
    gatherTarget(Int32Array.from(input.action), { probabilities, predictions }),
  );
}

describe.skipIf(!golden)("obp 0.5.5 on synthetic bandit data (needs RECURVE_GOLDEN)", () => {
  const { input, expected } = golden ?? { input: {} as Input, expected: {} };
  const cases = Object.keys(expected).flatMap((target) =>
    (["binary", "continuous"] as const).map((kind) => ({ target, kind })),
  );

  test.each(cases)(
    "every estimate of $target, $kind reward, with all that is said of its rows",
    ({ target, kind }) => {
      const feedback = evaluated(input, target, kind);
      const { estimates } = expected[target]![kind];
      expect(estimates.length).toBeGreaterThan(30);
      for (const estimate of estimates) {
        if (estimate.quirk !== undefined) continue;
        const weights = estimate.params.weights;
        const balancingWeights = Float64Array.from(
          input.estimated_importance_weights[weights ?? ""] ?? [],
        );
        expectPeerEstimate(
          estimate,
          { ...feedback, ...(weights && { balancingWeights }) },
          tolerance,
        );
      }
    },
  );

  test.each(cases)(
    "where obp divides 0 by 0 for $target, $kind reward, the weight is its limit 0",
    ({ target, kind }) => {
      const feedback = evaluated(input, target, kind);
      const { rewards, importanceWeights, directValues, predictions } = feedback;
      for (const estimate of expected[target]![kind].estimates) {
        if (estimate.quirk === undefined) continue;
        // λ = 0 of DRos leaves the model alone, λ = 1 of the sub-Gaussian ones makes all weights above 0 equal to 1.
        const limit = meanOf(
          rewards.map((reward, row) => {
            const weight = estimate.estimator !== "dr-os" && importanceWeights[row]! > 0 ? 1 : 0;
            const modelled = estimate.estimator !== "sg-ipw";
            const residual = reward - (modelled ? predictions![row]! : 0);
            return (modelled ? directValues![row]! : 0) + weight * residual;
          }),
        );
        expectClose(estimateByPeerName(estimate, feedback)?.value, limit, tolerance);
      }
    },
  );

  test.each(cases)(
    "truth, delta method, bias and diagnostics of $target, $kind reward",
    ({ target, kind }) => {
      const feedback = evaluated(input, target, kind);
      const { truth, snipw_delta_method, bias_helpers } = expected[target]![kind];
      const { directValues } = gatherTarget(Int32Array.from(input.action), {
        probabilities: flat(input.action_dist[target]!),
        predictions: flat(input[`expected_reward_${kind}`]),
      });
      expectClose(meanOf(directValues!), truth.value, tolerance);
      const { value, standard_error, lower, upper, alpha } = snipw_delta_method;
      const snips = selfNormalised.estimate(feedback, { level: 1 - alpha });
      expectClose(snips?.value, value, tolerance);
      expectClose(snips?.standardError, standard_error, tolerance);
      expectClose(snips?.interval.lower, lower, tolerance);
      expectClose(snips?.interval.upper, upper, tolerance);
      for (const helper of bias_helpers) expectBias(feedback, helper);
      const diagnostics = diagnoseWeights(feedback);
      const { ess, max_weight, mean_weight, n_positive } = expected[target]!.diagnostics;
      expectClose(diagnostics.effectiveSampleSize, ess, tolerance);
      expectClose(diagnostics.largestWeight, max_weight, tolerance);
      expectClose(diagnostics.meanWeight, mean_weight, tolerance);
      expect(diagnostics.supportedRows).toBe(n_positive);
    },
  );

  test.skipIf(!tuning).each(cases)("every tuning for $target, $kind reward", ({ target, kind }) => {
    const feedback = evaluated(input, target, kind);
    const tunings = tuning!.expected[target]![kind];
    expect(tunings.length).toBeGreaterThan(10);
    for (const one of tunings) expectPeerTuning(one, feedback, 1e-9);
  });
});

function expectBias(feedback: ReturnType<typeof evaluated>, helper: BiasHelper): void {
  const { rewards, importanceWeights, predictions } = feedback;
  const bias = estimateBias(
    {
      rewards,
      weights: importanceWeights,
      directValues: undefined,
      predictions: helper.q_hat === "none" ? undefined : predictions,
    },
    clipWeights(importanceWeights, helper.lambda),
  );
  expectClose(bias, helper.bias, tolerance);
  const bound = bias + biasErrorBound(importanceWeights, helper.delta);
  expectClose(bound, helper.bias_upper_bound, tolerance);
}
