import type { ChallengerSetting } from "./challengers.ts";

/** Half-lives of the reward model's memories, in cycles' worth of decisions: short, medium, all. */
export const memoryHalfLives: readonly number[] = [0.75, 3, Number.POSITIVE_INFINITY];

const short = [1, 0, 0];
const medium = [0, 1, 0];
const long = [0, 0, 1];
const mixed = [1 / 3, 1 / 3, 1 / 3];

const setting = (name: string, values: Omit<ChallengerSetting, "name">): ChallengerSetting => ({
  name,
  ...values,
});

/** ω_1…ω_J: fixed anchors over step size, memory, proximity, pessimism and discriminator; *do nothing* comes on top. */
export const challengerSettings: readonly ChallengerSetting[] = [
  setting("small-step", {
    klRadius: 0.3,
    pessimism: 0.5,
    discriminator: 0,
    proximity: 1,
    memory: mixed,
  }),
  setting("leap-mixed", {
    klRadius: 1.5,
    pessimism: 0.5,
    discriminator: 0,
    proximity: 1,
    memory: mixed,
  }),
  setting("leap-short", {
    klRadius: 1.5,
    pessimism: 0,
    discriminator: 0,
    proximity: 1,
    memory: short,
  }),
  setting("leap-long", {
    klRadius: 1.5,
    pessimism: 0,
    discriminator: 0,
    proximity: 1,
    memory: long,
  }),
  setting("guided", {
    klRadius: 0.6,
    pessimism: 0.5,
    discriminator: 0.5,
    proximity: 1,
    memory: mixed,
  }),
  setting("softmax-short", {
    klRadius: 2.5,
    pessimism: 0,
    discriminator: 0,
    proximity: 0,
    memory: short,
  }),
  setting("softmax-medium", {
    klRadius: 2.5,
    pessimism: 0,
    discriminator: 0,
    proximity: 0,
    memory: medium,
  }),
  setting("softmax-long", {
    klRadius: 2.5,
    pessimism: 0,
    discriminator: 0,
    proximity: 0,
    memory: long,
  }),
];

/** Share of a setting's evidence that is still believed a cycle later. */
const discount = 0.5;
/** λ of Hedge (Freund & Schapire 1997), per standard error of evidence. */
const learningRate = 4;

/** Discounted sums of evidence by setting name, *do nothing* included: all that the meta-policy carries from cycle to cycle. */
export type MetaPolicyState = Readonly<Record<string, number>>;

/** @param evidence S_j: lower bound of the paired difference over the usual standard error; 0 for *do nothing* */
export function updateMetaPolicy(
  state: MetaPolicyState,
  evidence: Readonly<Record<string, number>>,
): { state: MetaPolicyState; weights: Readonly<Record<string, number>> } {
  const next = Object.fromEntries(
    Object.entries(evidence).map(([name, z]) => [name, discount * (state[name] ?? 0) + z]),
  );
  const largest = Math.max(...Object.values(next));
  const raw = Object.entries(next).map(
    ([name, sum]) => [name, Math.exp(learningRate * (sum - largest))] as const,
  );
  const total = raw.reduce((sum, [, weight]) => sum + weight, 0);
  return {
    state: next,
    weights: Object.fromEntries(raw.map(([name, weight]) => [name, weight / total])),
  };
}

/** Reward that exploration may cost, as a share of what the serving policy earns. */
const explorationBudget = 0.02;
const mostExploration = 0.15;

/**
 * ε at which the uniform choice costs no more than the budget: b·|V| / (V − V_uniform), at most 0.5. A policy that is not much
 * better than chance, as after a change of preferences, has little to lose and much to learn.
 * @param value V of the serving policy, reward units
 * @param uniformDifference V_uniform − V, reward units
 */
export function chooseExploration(value: number, uniformDifference: number): number {
  const cost = -uniformDifference;
  if (!(cost > 0)) return mostExploration;
  return Math.min(mostExploration, (explorationBudget * Math.abs(value)) / cost);
}
