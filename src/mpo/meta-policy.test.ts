import { describe, expect, test } from "vitest";
import type { ChallengerSetting } from "../domain/improvement-record.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { createRandom } from "../numeric/random.ts";
import { firstContext, type MetaContext } from "./meta-context.ts";
import { settingFeatureCount, settingFeatures } from "./meta-features.ts";
import {
  doNothing,
  initialMetaPolicy,
  type JudgedSettings,
  learnFromJudged,
  type MetaPolicyInput,
  type MetaPolicyState,
  proposeSettings,
  readMetaPolicy,
  vaguePrior,
} from "./meta-policy.ts";
import {
  defaultSetting,
  describeSetting,
  type SettingValues,
  settingPool,
  standingSettings,
} from "./meta-settings.ts";

const seed = 71;
const mpo = defaultMpo;
const everything = settingPool(mpo.challengers);
const context: MetaContext = {
  rows: 0.2,
  candidates: 0,
  entropy: 0.8,
  breadth: 0.9,
  ...firstContext,
};

/** Judges a cycle's settings in a world with true gains `worth`. */
function cycle(options: {
  readonly state: MetaPolicyState;
  readonly worth: (values: SettingValues) => number;
  readonly standardError: number;
  readonly seed: number;
  readonly prior?: typeof vaguePrior;
}) {
  const { state, worth, standardError, prior = vaguePrior } = options;
  const random = createRandom(options.seed);
  const input = { state, prior, context, mpo };
  const settings = proposeSettings(input, random.split("settings"));
  const noise = random.split("noise");
  const judged = toJudged(
    settings,
    settings.map((setting) => worth(setting) + standardError * noise.normal()),
    standardError,
  );
  return { settings, ...learn(input, judged) };
}

/** Independent errors, all alike. */
const toJudged = (
  settings: readonly ChallengerSetting[],
  differences: readonly number[],
  standardError: number,
): JudgedSettings => ({
  settings,
  differences,
  covariance: Float64Array.from({ length: settings.length ** 2 }, (_, cell) =>
    standardError === Number.POSITIVE_INFINITY || cell % (settings.length + 1) === 0
      ? standardError ** 2
      : 0,
  ),
});

const learn = (input: MetaPolicyInput, judged: JudgedSettings, isSettled = true) =>
  learnFromJudged(input, judged, { isSettled, random: createRandom(seed) });

function run(cycles: number, options: Omit<Parameters<typeof cycle>[0], "state">) {
  let last = cycle({ ...options, state: initialMetaPolicy });
  for (let c = 1; c < cycles; c++)
    last = cycle({ ...options, state: last.state, seed: options.seed + 1000 * c });
  return last;
}

/** A short memory and a small step pay here, everything else costs. */
const worth = ({ memory, klRadius, discriminator }: SettingValues) =>
  0.2 * memory[0]! - 0.1 * Math.abs(Math.log(klRadius / 0.3)) - 0.1 * discriminator;

describe("proposals", () => {
  const { settings } = cycle({ state: initialMetaPolicy, worth, standardError: 0.1, seed });

  test("are ten of the pool, no two alike, with the standing settings, the incumbent and its changes", () => {
    const pool = everything.map(describeSetting);
    expect(settings.length).toBe(10);
    expect(new Set(settings.map(({ name }) => name)).size).toBe(10);
    expect(new Set(settings.map(describeSetting)).size).toBe(10);
    for (const setting of settings) expect(pool).toContain(describeSetting(setting));
    expect(settings).toEqual(expect.arrayContaining([...standingSettings]));
    expect(settings).toContainEqual({ name: "incumbent", ...defaultSetting });
    const kinds = settings.map(({ name }) => name.replace(/-\d$/, ""));
    expect(kinds.filter((kind) => kind === "changed").length).toBe(2);
    expect(kinds.filter((kind) => kind === "thompson").length).toBe(3);
  });

  test("are the same from the same seed, others from another", () => {
    const again = (other: number) =>
      cycle({ state: initialMetaPolicy, worth, standardError: 0.1, seed: other }).settings;
    expect(again(seed)).toEqual(settings);
    expect(again(seed + 1)).not.toEqual(settings);
  });

  test("are of the configured grid, no more than configured, and all of a smaller pool", () => {
    const propose = (changes: Partial<typeof mpo.challengers>, settings = 10) => {
      const challengers = { ...mpo.challengers, ...changes };
      const metaPolicy = { ...mpo.metaPolicy, settings };
      const input = { state: initialMetaPolicy, prior: vaguePrior, context };
      const proposed = proposeSettings(
        { ...input, mpo: { ...mpo, challengers, metaPolicy } },
        createRandom(1),
      );
      const pool = settingPool(challengers).map(describeSetting);
      for (const setting of proposed) expect(pool).toContain(describeSetting(setting));
      return proposed;
    };
    const small = propose({ klRadii: [0.001, 0.004] });
    expect(small.length).toBe(10);
    expect(small[0]).toMatchObject({ name: "leap", klRadius: 0.004 });
    expect(propose({ pessimisms: [1, 2], proximities: [0.5] }, 5).length).toBe(5);
    const one = { klRadii: [0.3], pessimisms: [0.5], discriminators: [0], proximities: [1] };
    expect(propose(one).length).toBe(4);
  });

  test("stay ten where the posterior is sure", () => {
    const sure = { ...vaguePrior, variance: vaguePrior.variance.map(() => 1e-12) };
    const options = { state: initialMetaPolicy, worth, standardError: 0.1, seed, prior: sure };
    expect(cycle(options).settings.length).toBe(10);
  });
});

describe("learning", () => {
  const judge = (differences: readonly number[], standardError: number) =>
    toJudged(standingSettings.slice(1), differences, standardError);

  test("of three settings the best is found in a few cycles, though one cycle can't tell them apart", () => {
    const random = createRandom(seed);
    const truth = [0.02, 0.1, -0.05];
    let state = initialMetaPolicy;
    let chosen = "";
    for (let c = 0; c < 8; c++) {
      const noisy = truth.map((one) => one + 0.06 * random.normal());
      const input = { state, prior: vaguePrior, context, mpo };
      ({ state, chosen } = learn(input, judge(noisy, 0.06)));
    }
    expect(chosen).toBe("softmax-medium");
    expect(describeSetting(state.incumbent)).toBe(describeSetting(standingSettings[2]!));
  });

  test("the proposals become better than what the pool has on average, within ten cycles", () => {
    const average = everything.reduce((sum, one) => sum + worth(one), 0) / everything.length;
    const most = Math.max(...everything.map(worth));
    const drawn = [0, 1, 2, 3, 4].flatMap((n) =>
      run(10, { worth, standardError: 0.03, seed: seed + n }).settings.filter(({ name }) =>
        name.startsWith("thompson"),
      ),
    );
    const reached = drawn.reduce((sum, one) => sum + worth(one), 0) / drawn.length;
    expect(reached).toBeGreaterThan(average + 0.75 * (most - average));
  });

  test("a prior that knows the family helps a cold start", () => {
    const features = settingFeatures(context, { ...defaultSetting, memory: [1, 0, 0] });
    const mean = vaguePrior.mean.map((_, index) => (index === 5 ? 0.2 : index === 3 ? -0.1 : 0));
    expect(features.length).toBe(settingFeatureCount);
    const informed = { ...vaguePrior, mean, variance: vaguePrior.variance.map((v) => v / 100) };
    const reach = (prior: typeof vaguePrior) =>
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].reduce((sum, n) => {
        const { settings } = cycle({
          state: initialMetaPolicy,
          worth,
          standardError: 0.1,
          seed: seed + n,
          prior,
        });
        const own = settings.filter(({ name }) => name.startsWith("thompson"));
        return sum + Math.max(...own.map(worth)) / 10;
      }, 0);
    expect(reach(informed)).toBeGreaterThan(reach(vaguePrior));
  });

  test("nothing is chosen and the incumbent stays where everything costs", () => {
    const input = { state: initialMetaPolicy, prior: vaguePrior, context, mpo };
    const { chosen, state, weights } = learn(input, judge([-1, -1, -1], 0.01));
    expect(chosen).toBe(doNothing);
    expect(state.incumbent).toEqual(defaultSetting);
    expect(weights[doNothing]).toBeGreaterThan(0.9);
  });

  test("from before a change does not count for the weights after it", () => {
    const input = { state: initialMetaPolicy, prior: vaguePrior, context, mpo };
    const { state } = learn(input, judge([0.3, -0.3, -0.3], 0.02));
    const now = judge([0, 0.02, 0], 0.1);
    const [fresh, settled, changed] = [
      learn(input, now),
      learn({ ...input, state }, now, true),
      learn({ ...input, state }, now, false),
    ];
    const first = standingSettings[1]!.name;
    expect(settled.weights[first]).toBeGreaterThan(fresh.weights[first]! + 0.1);
    expect(changed.weights).toEqual(fresh.weights);
    expect(changed.state.evidence).toEqual(fresh.state.evidence);
  });

  test("weights are shared among settings that the rows can't tell apart, and follow what they can", () => {
    const input = { state: initialMetaPolicy, prior: vaguePrior, context, mpo };
    const alike = learn(input, judge([0.2, 0.2, 0.2], 0.1)).weights;
    for (const { name } of standingSettings.slice(1)) expect(alike[name]).toBeGreaterThan(0.2);
    const told = learn(input, judge([0.2, 0.4, 0.2], 0.01));
    expect(told.weights[told.chosen]).toBeGreaterThan(0.95);
    expect(told.chosen).toBe(standingSettings[2]!.name);
  });

  test.each([
    ["no spread", judge([0, 0, 0], 0)],
    ["no evidence", judge([0, 0, 0], Number.POSITIVE_INFINITY)],
    ["huge differences", judge([1e6, -1e6, 0], 1e-9)],
  ])("stays finite under %s", (_, judged) => {
    let input = { state: initialMetaPolicy, prior: vaguePrior, context, mpo };
    for (let c = 0; c < 50; c++) {
      const { state, weights, predictions } = learn(input, judged);
      for (const { predicted, predictedDeviation } of predictions)
        expect([predicted, predictedDeviation].every(Number.isFinite)).toBe(true);
      const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
      expect(total).toBeCloseTo(1, 12);
      input = { ...input, state };
    }
    expect(proposeSettings(input, createRandom(seed)).length).toBe(10);
  });
});

describe("a state on paper", () => {
  const { state } = cycle({ state: initialMetaPolicy, worth, standardError: 0.1, seed });

  test("comes back as it was written", () => {
    expect(readMetaPolicy(JSON.parse(JSON.stringify(state)))).toEqual(state);
  });

  test.each([
    ["the first version", { "do-nothing": 0, "softmax-short": 1.5 }],
    ["the second version", { ...state, version: 2, hedge: { "do-nothing": 0 } }],
    ["other features", { ...state, evidence: { precision: [1], projection: [1] } }],
  ])("of %s starts again", (_, written) => {
    expect(readMetaPolicy(written)).toEqual(initialMetaPolicy);
  });
});
