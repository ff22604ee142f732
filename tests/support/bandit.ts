import type { CriticRow } from "../../src/learning/critic-shape.ts";
import type { RandomStream } from "../../src/numeric/random.ts";
import type { ItemView, PolicyState } from "../../src/policy/policy.ts";
import { sampleRow } from "./feedback.ts";

/**
 * Feedback of the uniform policy in a bandit of known rewards: states are equally likely, each candidate is shown alike.
 * @param rewards probability of reward 1 by state and item
 */
export function banditRows(
  options: {
    readonly count: number;
    readonly states: readonly PolicyState[];
    readonly views: readonly ItemView[];
    readonly rewards: (state: number, item: number) => number;
  },
  random: RandomStream,
): CriticRow[] {
  const { count, states, views, rewards } = options;
  const policy = new Float64Array(views.length).fill(1 / views.length);
  return Array.from({ length: count }, () => {
    const state = random.integer(states.length);
    const action = random.integer(views.length);
    const reward = random.uniform() < rewards(state, action) ? 1 : 0;
    return { ...sampleRow(views, { state: states[state]!, action, reward }), policy };
  });
}
