import { distilObjectives, type MpoConfiguration } from "./mpo-configuration.ts";
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
    learningRate: one([
      "number",
      0.01,
      1e-5,
      1,
      "–",
      "learning rate of Adam for reward heads and discriminator",
    ]),
    minEpochs: one(["integer", 2, 1, 100, "epochs", "minimum passes over the feedback in a fit"]),
    maxEpochs: one(["integer", 8, 1, 100, "epochs", "maximum passes over the feedback in a fit"]),
    rowsSeen: one([
      "integer",
      40_000,
      100,
      1e8,
      "rows",
      "rows seen in one fit, between minimum and maximum passes",
    ]),
  },
  challengers: {
    klRadii: several(
      [0.1, 0.3, 0.6, 1.5, 2.5],
      [0.001, 20],
      ["nats", "ε, the proposed radii: mean KL of a challenger to its reference"],
    ),
    pessimisms: several(
      [0, 0.5, 1, 2],
      [-5, 5],
      ["s.d.", "κ: standard deviations subtracted from the reward model"],
    ),
    discriminators: several(
      [0, 0.5, 1],
      [0, 5],
      ["spreads", "α: weight of the discriminator against the reward model"],
    ),
    proximities: several(
      [0, 0.5, 1],
      [0, 1],
      ["–", "ρ: 1 starts from the serving policy, 0 forgets it"],
    ),
  },
  metaPolicy: {
    settings: one([
      "integer",
      10,
      5,
      50,
      "settings",
      "J: settings tried in a cycle, besides doing nothing",
    ]),
    changedSettings: one([
      "integer",
      2,
      0,
      10,
      "settings",
      "settings that change one coordinate of the incumbent",
    ]),
    retention: one([
      "number",
      0.98,
      0,
      1,
      "share",
      "share of the posterior's evidence kept from cycle to cycle",
    ]),
  },
  distillation: {
    objective: {
      kind: "choice",
      default: "cross-entropy",
      choices: distilObjectives,
      meaning: "loss that moves the policy to its target",
    },
    learningRate: one(["number", 0.01, 1e-5, 1, "–", "first learning rate of Adam; it falls to 0"]),
    minEpochs: one(["integer", 1, 1, 100, "epochs", "minimum passes over the states"]),
    maxEpochs: one(["integer", 12, 1, 100, "epochs", "maximum passes over the states"]),
    rowsSeen: one([
      "integer",
      20_000,
      100,
      1e8,
      "rows",
      "rows seen in one distillation, between minimum and maximum passes",
    ]),
    tolerance: one([
      "number",
      1e-3,
      0,
      1,
      "share",
      "training ends if an epoch lowers the loss by a smaller share",
    ]),
    states: one(["integer", 8192, 100, 1e6, "slates", "slates used in distillation, newest first"]),
    targetSampleShares: several(
      [0.2, 0.1, 0.05],
      [1e-6, 1],
      [
        "ESS/n",
        "minimum effective sample shares per state (the trust region), of which a cycle takes that with the surest gain; a target's weights are at most its reciprocal",
      ],
    ),
    likelihood: one([
      "number",
      0,
      0,
      10,
      "–",
      "weight of −log π of rewarded choices, beside the target",
    ]),
    largestGap: one([
      "number",
      0.5,
      0.01,
      100,
      "share",
      "maximum share of the distance to the target left after distillation",
    ]),
  },
  exploration: {
    budget: one([
      "number",
      0.02,
      0,
      1,
      "share",
      "share of the serving policy's reward that exploration may cost",
    ]),
    most: one(["number", 0.15, 0, 1, "share", "largest share of the uniform choice"]),
  },
  gate: {
    minimumRows: one(["integer", 100, 1, 1e9, "rows", "minimum rows; fewer are not enough data"]),
    minimumClusters: one([
      "integer",
      20,
      2,
      1e9,
      "users",
      "minimum users; fewer are not enough data",
    ]),
    effectiveSampleShare: one([
      "number",
      0.05,
      0,
      1,
      "ESS/n",
      "minimum effective sample share of a candidate's weights",
    ]),
    meanWeightDeviations: one([
      "number",
      3,
      0,
      100,
      "s.e.",
      "maximum distance of the mean weight from its expectation",
    ]),
    checkedMass: one([
      "number",
      0.5,
      0,
      1,
      "share",
      "minimum mass of a candidate within the weights' clip",
    ]),
    coverageRatio: one([
      "number",
      0.8,
      0,
      10,
      "ratio",
      "minimum catalogue coverage against the serving policy",
    ]),
    promoteConfidence: one([
      "number",
      0.975,
      0.5,
      0.9999,
      "probability",
      "one-sided confidence of the lower bound that must be above 0 for all traffic",
    ]),
    canaryProbability: one([
      "number",
      0.8,
      0.5,
      0.9999,
      "probability",
      "P(candidate is better) from which it becomes a canary",
    ]),
  },
  review: {
    rollBackProbability: one([
      "number",
      0.99,
      0.5,
      0.9999,
      "probability",
      "P(parent is better) from which the parent serves again",
    ]),
    keepCanaryProbability: one([
      "number",
      0.5,
      0,
      1,
      "probability",
      "P(canary is better) below which the canary ends",
    ]),
  },
};

const defaultsOf = (group: Readonly<Record<string, MpoField>>) =>
  Object.fromEntries(Object.entries(group).map(([name, field]) => [name, field.default]));

export const defaultMpo = Object.freeze(
  Object.fromEntries(Object.entries(mpoFields).map(([name, group]) => [name, defaultsOf(group)])),
) as unknown as MpoConfiguration;
