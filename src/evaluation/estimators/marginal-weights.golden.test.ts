import { describe, expect, test } from "vitest";
import { expectPeerEstimate, type PeerEstimate } from "../../../tests/golden/estimator-golden.ts";
import { findPeerGolden } from "../../../tests/golden/peer-golden.ts";
import { expectClose } from "../../../tests/golden/read-golden.ts";
import { weighFeedback } from "../logged-feedback.ts";
import { gatherTarget } from "../target-distributions.ts";
import { chooseCategories } from "../tuning/choose-categories.ts";
import { type ActionCategory, marginalWeights } from "./marginal-weights.ts";

type Table = readonly (readonly number[])[];

interface Input {
  readonly n_cat_per_dim: number;
  readonly n_cat_dim: number;
  readonly action: number[];
  readonly reward: number[];
  readonly action_embed: Table;
  readonly pi_b: Table;
  /** actions × values × categories */
  readonly p_e_a: readonly Table[];
  readonly action_dist: Readonly<Record<string, Table>>;
}

interface Choice {
  readonly params: Readonly<{
    embedding_selection_method: "exact" | "greedy";
    min_emb_dim: number;
    delta: number;
  }>;
  readonly last_accepted: Readonly<{ value: number; accepted_in_order: number[][] }>;
}

type Entry = PeerEstimate & {
  readonly params: Readonly<{ embedding_dims?: number[] }>;
  readonly max_weight?: number;
};

interface Case {
  readonly name: string;
  readonly input: Input;
  readonly expected: Record<string, { estimates: Entry[] }>;
}

const golden = findPeerGolden<{ cases: Case[] }>("mips.json");
const tolerance = 1e-10;
const flat = (table: Table) => Float64Array.from(table.flat());

function prepare(input: Input, target: string) {
  const probabilities = flat(input.action_dist[target]!);
  const feedback = weighFeedback(
    {
      rewards: Float64Array.from(input.reward),
      propensities: Float64Array.from(input.action, (action, row) => input.pi_b[row]![action]!),
    },
    gatherTarget(Int32Array.from(input.action), { probabilities }),
  );
  const categories = Array.from(
    { length: input.n_cat_dim },
    (_, dimension): ActionCategory => ({
      probabilities: flat(input.p_e_a.map((values) => values.map((value) => value[dimension]!))),
      values: input.n_cat_per_dim,
      observed: Int32Array.from(input.action_embed, (row) => row[dimension]!),
    }),
  );
  return { feedback, categories, policies: { target: probabilities, logging: flat(input.pi_b) } };
}

describe.skipIf(!golden)("obp 0.5.5's MIPS (needs RECURVE_GOLDEN)", () => {
  const cases = (golden?.cases ?? []).flatMap(({ name, input, expected }) =>
    Object.entries(expected).map(([target, { estimates }]) => ({ name, input, target, estimates })),
  );

  test.each(cases)("$name, $target", ({ input, target, estimates }) => {
    const { feedback, categories, policies } = prepare(input, target);
    for (const estimate of estimates) {
      if (estimate.estimator === "mips-slope") continue;
      const chosen = estimate.params.embedding_dims?.map((index) => categories[index]!);
      const weights = chosen && marginalWeights(policies, chosen);
      if (weights)
        expectClose(
          weights.reduce((most, one) => Math.max(most, one)),
          estimate.max_weight!,
          tolerance,
        );
      expectPeerEstimate(
        estimate,
        { ...feedback, ...(weights && { marginalWeights: weights }) },
        tolerance,
      );
    }
  });

  test.each(cases)(
    "$name, $target: SLOPE takes the sets that it should, in their order",
    ({ input, target, estimates }) => {
      const { feedback, ...rest } = prepare(input, target);
      const choices = estimates.filter(({ estimator }) => estimator === "mips-slope");
      expect(choices.length).toBeGreaterThan(3);
      for (const { params, last_accepted } of choices as unknown as Choice[]) {
        const { estimate, accepted } = chooseCategories(feedback, rest, {
          search: params.embedding_selection_method,
          leastCategories: params.min_emb_dim,
          missProbability: params.delta,
        });
        expect(accepted).toEqual(last_accepted.accepted_in_order);
        expectClose(estimate.value, last_accepted.value, tolerance);
      }
    },
  );
});
