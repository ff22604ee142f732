import type { MpoConfiguration } from "./mpo-configuration.ts";
import { type MpoField, one, several } from "./mpo-field.ts";

export type MpoFields = {
  readonly [Group in keyof MpoConfiguration]: {
    readonly [Field in keyof MpoConfiguration[Group]]: MpoField;
  };
};

/**
 * Unit, range, default and meaning of each. The one place for defaults; docs/guides/configuration.md shows the same table to people,
 * and a test holds the two together.
 */
export const mpoFields: MpoFields = {
  critic: {
    halfLives: {
      kind: "numbers",
      default: [0.75, 3],
      minimum: 0.01,
      maximum: 1000,
      length: 2,
      unit: "cycles",
      meaning: "half-lives of the short and the medium memory; the long one forgets nothing",
    },
    learningRate: one(["number", 0.01, 1e-5, 1, "–", "of Adam, reward heads and discriminator"]),
    minEpochs: one(["integer", 2, 1, 100, "epochs", "least passes over the feedback of a fit"]),
    maxEpochs: one(["integer", 8, 1, 100, "epochs", "most passes"]),
    rowsSeen: one([
      "integer",
      40_000,
      100,
      1e8,
      "rows",
      "seen in one fit, between least and most passes",
    ]),
  },
  challengers: {
    klRadii: several(
      [0.1, 0.3, 0.6, 1.5, 2.5],
      [0.001, 20],
      ["nats", "ε that may be proposed: mean KL of a challenger to its reference"],
    ),
    pessimisms: several(
      [0, 0.5, 1, 2],
      [-5, 5],
      ["s.d.", "κ: standard deviations of the reward model that are taken off"],
    ),
    discriminators: several(
      [0, 0.5, 1],
      [0, 5],
      ["spreads", "α: weight of the discriminator against the reward model"],
    ),
    proximities: several(
      [0, 0.5, 1],
      [0, 1],
      ["–", "ρ: 1 steps from the serving policy, 0 forgets it"],
    ),
  },
  metaPolicy: {
    settings: one(["integer", 10, 5, 50, "settings", "J: tried in a cycle beside do nothing"]),
    changedSettings: one([
      "integer",
      2,
      0,
      10,
      "settings",
      "of them, the incumbent with one coordinate changed",
    ]),
    retention: one([
      "number",
      0.98,
      0,
      1,
      "share",
      "of the posterior's evidence that counts a cycle later",
    ]),
  },
  distillation: {
    objective: {
      kind: "choice",
      default: "cross-entropy",
      choices: ["cross-entropy", "reverse-kl"],
      meaning: "what is descended to move the policy to its target",
    },
    learningRate: one(["number", 0.01, 1e-5, 1, "–", "of Adam"]),
    minEpochs: one(["integer", 3, 1, 100, "epochs", "least passes over the states"]),
    maxEpochs: one(["integer", 12, 1, 100, "epochs", "most passes"]),
    rowsSeen: one(["integer", 60_000, 100, 1e8, "rows", "between least and most passes"]),
    tolerance: one([
      "number",
      1e-3,
      0,
      1,
      "share",
      "an epoch that lowers the loss by less is the last",
    ]),
    states: one(["integer", 8192, 100, 1e6, "states", "that the policy is moved on, newest first"]),
    targetSampleShare: one([
      "number",
      0.01,
      1e-6,
      1,
      "ESS/n",
      "least that a target leaves its judges in a state: the trust region",
    ]),
    meanKl: one([
      "number",
      2.5,
      1e-4,
      20,
      "nats",
      "most of KL(target ‖ serving policy), mean over states",
    ]),
    likelihood: one([
      "number",
      0,
      0,
      10,
      "–",
      "weight of −log π of what earned a reward, beside the target",
    ]),
    largestGap: one([
      "number",
      0.5,
      0.01,
      100,
      "share",
      "of the way to the target that distillation may leave undone",
    ]),
  },
  exploration: {
    budget: one([
      "number",
      0.02,
      0,
      1,
      "share",
      "of what the serving policy earns that exploration may cost",
    ]),
    most: one(["number", 0.15, 0, 1, "share", "largest share of the uniform choice"]),
  },
  gate: {
    minimumRows: one(["integer", 100, 1, 1e9, "rows", "fewer are not enough data"]),
    minimumClusters: one(["integer", 20, 2, 1e9, "users", "fewer are not enough data"]),
    effectiveSampleShare: one(["number", 0.05, 0, 1, "ESS/n", "least of a candidate's weights"]),
    meanWeightDeviations: one([
      "number",
      3,
      0,
      100,
      "s.e.",
      "farthest that the mean weight may be from what it should be",
    ]),
    unsupportedMass: one([
      "number",
      0.05,
      0,
      1,
      "share",
      "most of a candidate on choices that the log does not hold",
    ]),
    checkedMass: one([
      "number",
      0.5,
      0,
      1,
      "share",
      "least of a candidate within the weights' clip",
    ]),
    coverageRatio: one([
      "number",
      0.8,
      0,
      10,
      "ratio",
      "least catalogue coverage against the serving policy",
    ]),
    promoteConfidence: one([
      "number",
      0.975,
      0.5,
      0.9999,
      "probability",
      "one-sided, of the bound that must lie above 0 for all traffic",
    ]),
    canaryProbability: one([
      "number",
      0.8,
      0.5,
      0.9999,
      "probability",
      "that the candidate is better, enough for the canary share",
    ]),
  },
  review: {
    rollBackProbability: one([
      "number",
      0.99,
      0.5,
      0.9999,
      "probability",
      "that the parent is better, at which it comes back",
    ]),
    keepCanaryProbability: one([
      "number",
      0.5,
      0,
      1,
      "probability",
      "that a canary is better, below which it is taken off",
    ]),
  },
};

const defaultsOf = (group: Readonly<Record<string, MpoField>>) =>
  Object.fromEntries(Object.entries(group).map(([name, field]) => [name, field.default]));

export const defaultMpo = Object.freeze(
  Object.fromEntries(Object.entries(mpoFields).map(([name, group]) => [name, defaultsOf(group)])),
) as unknown as MpoConfiguration;
