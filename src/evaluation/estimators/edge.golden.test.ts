import { describe, expect, test } from "vitest";
import {
  estimateByPeerName,
  expectPeerEstimate,
  type PeerEstimate,
} from "../../../tests/golden/estimator-golden.ts";
import { getPeerGolden } from "../../../tests/golden/peer-golden.ts";
import { EngineError } from "../../domain/errors.ts";
import { weighFeedback } from "../logged-feedback.ts";
import { gatherTarget } from "../target-distributions.ts";

/** rounds × actions × positions */
type Cube = readonly (readonly (readonly number[])[])[];

interface Case {
  readonly name: string;
  readonly input: Readonly<Record<"reward" | "action" | "pscore", number[]>> & {
    readonly position?: number[];
    readonly action_dist: Cube;
    readonly estimated_rewards_by_reg_model: Cube;
  };
  readonly expected: readonly (PeerEstimate & { readonly error?: string })[];
}

const golden = getPeerGolden<{ cases: Case[] }>("edge.json");

function evaluated({ input }: Case) {
  /** The column of each round's position. */
  const flat = (cube: Cube) =>
    Float64Array.from(
      cube.flatMap((actions, row) =>
        actions.map((positions) => positions[input.position?.[row] ?? 0]!),
      ),
    );
  return weighFeedback(
    { rewards: Float64Array.from(input.reward), propensities: Float64Array.from(input.pscore) },
    gatherTarget(Int32Array.from(input.action), {
      probabilities: flat(input.action_dist),
      predictions: flat(input.estimated_rewards_by_reg_model),
    }),
  );
}

describe("obp 0.5.5 at the edges", () => {
  test.each(golden.cases)("$name", (one) => {
    if (one.expected.some(({ error }) => error !== undefined)) {
      // OBP lets replay and the direct method pass where they need no propensity; here the log itself is refused.
      expect(() => evaluated(one)).toThrow(EngineError);
      return;
    }
    const feedback = evaluated(one);
    for (const estimate of one.expected) {
      // A log without support has no replay, SNIPS and SNDR; OBP says 0 or NaN.
      const unsupported = estimateByPeerName(estimate, feedback) === undefined;
      if (unsupported) expect(["NaN", 0]).toContain(estimate.value);
      else expectPeerEstimate(estimate, feedback, 1e-10);
    }
  });
});
