import { describe, expect, test } from "vitest";
import type { EngineError } from "../../domain/errors.ts";
import type { FastLoopUse } from "../../domain/fast-loop.ts";
import { parseConfiguration } from "./configuration.ts";
import { defineConfig } from "./define-config.ts";

const scenario = {
  name: "shop",
  slateSize: 3,
  excludeSeen: false,
  reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
};

describe("defaults", () => {
  test("without a configuration there are items, ads and feed, each complete", () => {
    const { scenarios, baselineShare, canaryShare, learner } = parseConfiguration();
    expect(scenarios.map(({ name }) => name)).toEqual(["items", "ads", "feed"]);
    for (const { exploration, maxCandidates, reward } of scenarios) {
      expect(exploration).toBeGreaterThan(0);
      expect(maxCandidates).toBeGreaterThan(0);
      expect(reward.minimum).toBeLessThan(reward.maximum);
      expect(Object.keys(reward.weights).length).toBeGreaterThan(0);
    }
    for (const share of [baselineShare, canaryShare]) {
      expect(share).toBeGreaterThan(0);
      expect(share).toBeLessThan(1);
    }
    expect(learner.minDecisions).toBeLessThan(learner.maxDecisions);
  });

  test("a part that is given keeps the defaults of the rest", () => {
    const { scenarios, learner } = parseConfiguration({
      scenarios: [scenario],
      learner: { minDecisions: 77 },
    });
    expect(scenarios[0]).toMatchObject({
      ...scenario,
      reward: { ...scenario.reward, defaultReward: 0, minimum: 0 },
    });
    expect(scenarios[0]).toMatchObject({ discount: 0, sessionGapSeconds: 1800 });
    expect(learner.minDecisions).toBe(77);
    expect(learner.maxDecisions).toBe(parseConfiguration().learner.maxDecisions);
  });
});

test.each([
  [1800, {}, 60],
  [3, {}, 0.3],
  [1800, { graceSeconds: 0 }, 0],
])(
  "a window of %d s has by default a tenth of it as grace period, at most a minute",
  (windowSeconds, given, graceSeconds) => {
    const reward = { ...scenario.reward, windowSeconds, ...given };
    const { scenarios } = parseConfiguration({ scenarios: [{ ...scenario, reward }] });
    expect(scenarios[0]!.reward.graceSeconds).toBeCloseTo(graceSeconds, 12);
  },
);

test.each([
  [[{ type: "buy", margin: 0.1 }], 'guards[0].type is "buy": this type has no weight, only click'],
  [[{ type: "click", margin: 0 }], "guards[0].margin is 0"],
  [[{ type: "click", margin: 1 }], "guards[0].margin is 1"],
  [[{ type: "click", margin: Number.NaN }], "guards[0].margin is NaN"],
  [[], "guards"],
  [
    [
      { type: "click", margin: 0.1 },
      { type: "click", margin: 0.2 },
    ],
    'guards[1].type is "click": another guard has this type',
  ],
  [
    [
      { measure: "returnWithinDay", margin: 0.1 },
      { measure: "returnWithinDay", margin: 0.2 },
    ],
    'guards[1].measure is "returnWithinDay": another guard has this measure',
  ],
  [[{ measure: "happiness", margin: 0.1 }], 'guards[0].measure is "happiness"'],
  [[{ margin: 0.1 }], "guards[0]"],
  [[{ type: "click", measure: "sessionsPerDay", margin: 0.1 }], "guards[0]"],
  [
    [{ type: "click", margin: 0.1, segments: [{ attribute: "country", values: ["SE", "SE"] }] }],
    "guards[0].segments[0].values",
  ],
])("guard metrics %j are refused by their field", (guards, problem) => {
  const parse = () => parseConfiguration({ scenarios: [{ ...scenario, guards }] });
  expect(parse).toThrow(`scenarios[0].${problem}`);
});

test("a type that says that an item was viewed has no weight", () => {
  const parse = (viewedType: string) =>
    parseConfiguration({
      scenarios: [{ ...scenario, reward: { ...scenario.reward, viewedType } }],
    });
  expect(parse("view").scenarios[0]!.reward.viewedType).toBe("view");
  expect(() => parse("click")).toThrow(/scenarios\[0\]\.reward\.viewedType.*has a weight/);
});

test("a window of a type without a weight is refused, and one of 0 too", () => {
  const withWindows = (windows: object) => () =>
    parseConfiguration({ scenarios: [{ ...scenario, reward: { ...scenario.reward, windows } }] });
  expect(withWindows({ clik: 60 })).toThrow(/scenarios\[0\]\.reward\.windows\.clik.*no weight/);
  expect(withWindows({ click: 0 })).toThrow(/windows\.click/);
});

test("ads have the fast loop by default, unless rewards of a session count", () => {
  const withAds = (fields: object) =>
    parseConfiguration({ scenarios: [{ ...scenario, ads: { outcomes: ["click"] }, ...fields }] })
      .scenarios[0];
  expect(withAds({})).toMatchObject({
    exploration: 0.005,
    ads: { bidWeight: 1, valueWeight: 10 },
    fastLoop: { enabled: true, drawScale: 0.3 },
  });
  for (const fields of [{ fastLoop: { enabled: false } }, { discount: 0.5 }])
    expect(withAds(fields)?.fastLoop.enabled).toBe(false);
  expect(() => withAds({ ads: { outcomes: ["click"], qualityFloor: 1 } })).toThrow(/qualityFloor/);
});

test("a rule for repeats of a type without a weight is refused, since it is misspelt", () => {
  const reward = { ...scenario.reward, repeats: { clik: "sum" } };
  expect(() => parseConfiguration({ scenarios: [{ ...scenario, reward }] })).toThrow(
    /scenarios\[0\]\.reward\.repeats\.clik.*has no weight, only click/,
  );
});

const ads = { outcomes: ["click"] };
test.each<[string, object, FastLoopUse, number]>([
  ["serves popularity until a policy is trained", {}, "on-popularity", 0.05],
  ["serves a feed until an encoder does", { social: {} }, "until-encoder", 0.05],
  ["the same with an empty fastLoop", { social: {}, fastLoop: {} }, "until-encoder", 0.05],
  ["is off with a discount, which it can't learn", { social: {}, discount: 0.5 }, false, 0.05],
  ["the same without a feed", { discount: 0.5 }, false, 0.05],
  ["serves ads with every policy", { ads }, true, 0.3],
  ["is off with ads and a discount", { ads, discount: 0.5 }, false, 0.3],
  ["is as written", { fastLoop: { enabled: true } }, true, 0.05],
  ["is off as written", { fastLoop: { enabled: false } }, false, 0.05],
  ["serves ads as written", { ads, fastLoop: { enabled: "until-encoder" } }, "until-encoder", 0.3],
])("the fast loop %s", (_, given, enabled, drawScale) => {
  const { scenarios } = parseConfiguration({ scenarios: [{ ...scenario, ...given }] });
  expect(scenarios[0]!.fastLoop).toMatchObject({ enabled, drawScale });
  expect(parseConfiguration({ scenarios }).scenarios).toEqual(scenarios);
});

describe("beside trainings with noise", () => {
  const parse = (given: object) =>
    parseConfiguration({
      scenarios: [scenario, { ...scenario, name: "other", ...given }],
      privacy: { differential: { epsilon: 1 } },
    }).scenarios;

  test.each([
    ["a feed", { social: {} }],
    ["ads", { ads }],
    ["a written false", { fastLoop: { enabled: false } }],
  ])("%s has no fast loop, and the larger floor", (_, given) => {
    for (const { fastLoop, exploration } of parse(given))
      expect({ enabled: fastLoop.enabled, exploration }).toEqual({
        enabled: false,
        exploration: 0.03,
      });
  });

  test.each([true, "until-encoder", "on-popularity"])("a written %s is refused", (enabled) => {
    expect(() => parse({ fastLoop: { enabled } })).toThrow(
      /scenarios\[1\]\.fastLoop\.enabled is .*without noise; set it to false/,
    );
  });
});

test.each([
  ["without the fast loop", { fastLoop: { enabled: false } }, 0.03],
  ["with it on popularity, so that trained policies explore", {}, 0.03],
  ["with a discount, which has none", { social: {}, discount: 0.5 }, 0.03],
  ["with it by default, whose draws explore too", { social: {} }, 0.005],
  ["with it always", { fastLoop: { enabled: true } }, 0.005],
  ["as given", { fastLoop: { enabled: true }, exploration: 0.1 }, 0.1],
])("the exploration floor %s", (_, given, exploration) => {
  const { scenarios } = parseConfiguration({ scenarios: [{ ...scenario, ...given }] });
  expect(scenarios[0]!.exploration).toBe(exploration);
});

test.each([
  ["is small, since its draws explore too", {}, 0.005],
  ["is the scenario's own", { exploration: 0.1 }, undefined],
  ["is as given", { loopExploration: 0.02 }, 0.02],
  ["is none where trained policies have the loop", { fastLoop: { enabled: true } }, undefined],
])("the floor of popularity with its loop %s", (_, given, floor) => {
  const { scenarios } = parseConfiguration({ scenarios: [{ ...scenario, ...given }] });
  expect(scenarios[0]!.loopExploration).toBe(floor);
  expect(parseConfiguration({ scenarios }).scenarios).toEqual(scenarios);
});

function refusal(parse: () => unknown): EngineError {
  try {
    parse();
  } catch (error) {
    return error as EngineError;
  }
  return expect.fail("expected a refusal");
}

const withReward = (changes: object) => ({
  scenarios: [{ ...scenario, reward: { ...scenario.reward, ...changes } }],
});
const withScenario = (changes: object) => ({ scenarios: [{ ...scenario, ...changes }] });
const withRest = (changes: object) => ({ scenarios: [scenario], ...changes });

// Each names its field and value.
test.each([
  ["no scenarios", {}, "scenarios is missing: expected array"],
  ["an empty list of scenarios", { scenarios: [] }, "scenarios is []: "],
  [
    "a name with capitals",
    withScenario({ name: "Shop" }),
    'scenarios[0].name is "Shop": must be a lower case letter',
  ],
  ["a long name", withScenario({ name: "s".repeat(33) }), "letter and at most 31 lower case"],
  [
    "a slate without positions",
    withScenario({ slateSize: 0 }),
    "scenarios[0].slateSize is 0: expected number to be >=1",
  ],
  [
    "a slate of 51",
    withScenario({ slateSize: 51 }),
    "scenarios[0].slateSize is 51: expected number to be <=50",
  ],
  ["a slate of text", withScenario({ slateSize: "3" }), 'scenarios[0].slateSize is "3": '],
  ["no slate", withScenario({ slateSize: undefined }), "scenarios[0].slateSize is missing: "],
  ["exploration beyond 1", withScenario({ exploration: 1.5 }), "scenarios[0].exploration is 1.5: "],
  [
    "a loop that never explores",
    withScenario({ loopExploration: 0 }),
    "scenarios[0].loopExploration is 0: ",
  ],
  ["no exploration", withScenario({ exploration: 0 }), "scenarios[0].exploration is 0: "],
  ["exploration below 0", withScenario({ exploration: -1 }), "scenarios[0].exploration is -1: "],
  ["1,001 candidates", withScenario({ maxCandidates: 1001 }), "scenarios[0].maxCandidates is 1001"],
  ["a discount of 1", withScenario({ discount: 1 }), "scenarios[0].discount is 1: "],
  ["a gap of no time", withScenario({ sessionGapSeconds: 0 }), "scenarios[0].sessionGapSeconds is"],
  [
    "a discount where a session's end is out of range",
    withScenario({ discount: 0.5, reward: { ...scenario.reward, minimum: 0.5 } }),
    "scenarios[0].discount is 0.5: a value above 0 needs a reward range that contains 0",
  ],
  [
    "a discount beside the fast loop",
    withScenario({ discount: 0.5, fastLoop: { enabled: true } }),
    "scenarios[0].discount is 0.5: a value above 0 can't be combined with the fast loop",
  ],
  [
    "a discount beside a fast loop until an encoder serves",
    withScenario({ discount: 0.5, fastLoop: { enabled: "until-encoder" } }),
    "scenarios[0].discount is 0.5: a value above 0 can't be combined with the fast loop",
  ],
  [
    "another use of the fast loop",
    withScenario({ fastLoop: { enabled: "yes" } }),
    'scenarios[0].fastLoop.enabled is "yes": must be true, false, "until-encoder" or "on-popularity"',
  ],
  ["a window of no time", withReward({ windowSeconds: 0 }), "[0].reward.windowSeconds is 0: "],
  ["a weight of text", withReward({ weights: { click: "1" } }), '.reward.weights.click is "1": '],
  [
    "an empty range of rewards",
    withReward({ maximum: 0 }),
    "scenarios[0].reward.maximum is 0: must be above minimum, whose default is 0",
  ],
  ["a share of 2", withRest({ baselineShare: 2 }), "baselineShare is 2: "],
  ["a canary share below 0", withRest({ canaryShare: -1 }), "canaryShare is -1: "],
  ["a hasty learner", withRest({ learner: { minDecisions: 1 } }), "learner.minDecisions is 1: "],
  ["text without fields", withRest({ text: { fields: [] } }), "text.fields is []: "],
  [
    "a pause that is longer than a timer",
    withRest({ learner: { intervalSeconds: 2_147_484 } }),
    "learner.intervalSeconds is 2147484: ",
  ],
  [
    "a model without a name",
    withRest({ text: { fields: ["a"], model: "" } }),
    'text.model is "": ',
  ],
  ["no configuration at all", null, "(whole) is null: expected object"],
  [
    "a field that nobody knows",
    withScenario({ slatesize: 3 }),
    "scenarios[0].slatesize is unknown; remove it or check its spelling",
  ],
  [
    "a name that another has",
    { scenarios: [scenario, { ...scenario, name: "ads" }, scenario] },
    'scenarios[2].name is "shop": another scenario has this name; give each scenario its own',
  ],
  [
    "a long text",
    withRest({ learner: "x".repeat(99) }),
    `learner is "${"x".repeat(59)}…: expected`,
  ],
])("%s is refused with the field and the value", (_, input, told) => {
  const { code, message, details } = refusal(() => parseConfiguration(input));
  expect(code).toBe("invalid_configuration");
  expect(message).toMatch(
    /^configuration has a wrong field: .*; see docs\/guides\/configuration\.md$/,
  );
  expect(message).toContain(told);
  expect(message).not.toContain("undefined");
  expect(message).toContain(`field: ${String(details.field)} is `);
});

test("up to ten problems are told, each on a line of its own", () => {
  const unknown = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`x${index}`, 1]));
  const { message, details } = refusal(() =>
    parseConfiguration({ scenarios: [scenario], ...unknown }),
  );
  const lines = message.split("\n");
  expect(lines[0]).toBe("configuration has 12 problems, the first 10 of them:");
  expect(lines[10]).toBe("  x9 is unknown; remove it or check its spelling");
  expect(lines.slice(11)).toEqual(["see docs/guides/configuration.md"]);
  expect(details).toMatchObject({ field: "x0", problems: { length: 10 } });
  expect(refusal(() => parseConfiguration({ learner: 1 })).message).toMatch(
    /^configuration has 2 problems:\n {2}scenarios is missing.*\n {2}learner is 1: .*\nsee/,
  );
});

test("a configuration is written with checked types, and what has a default is left out", () => {
  const written = defineConfig({
    scenarios: [{ ...scenario, fastLoop: { enabled: true } }],
    canaryShare: undefined,
    learner: { mpo: { gate: { promoteConfidence: 0.99 } } },
  });
  const { canaryShare, learner } = parseConfiguration(written);
  expect([canaryShare, learner.mpo.gate.promoteConfidence]).toEqual([0.1, 0.99]);
  // @ts-expect-error a scenario needs its reward rule
  expect(() => parseConfiguration(defineConfig({ scenarios: [{ name: "shop" }] }))).toThrow();
  // @ts-expect-error no such field
  expect(() => parseConfiguration(defineConfig({ ...written, canaryshare: 1 }))).toThrow();
});

test("the schema's address, for editors, is no part of the configuration", () => {
  const own = { scenarios: [scenario] };
  expect(parseConfiguration({ $schema: "../schema.json", ...own })).toEqual(
    parseConfiguration(own),
  );
  expect(refusal(() => parseConfiguration({ $schema: 1, ...own })).message).toContain(
    "$schema is 1: expected string",
  );
});

test("name and password of an address that is refused are not repeated", () => {
  const uri = "http://ann:secret@mlflow.example:5000";
  const parse = () => parseConfiguration({ scenarios: [scenario], tracking: { uri } });
  expect(parse).toThrow(/tracking\.uri is "http:\/\/…@mlflow\.example:5000": must be the address/);
});
