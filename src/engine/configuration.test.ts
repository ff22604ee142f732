import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTestFolder } from "../../tests/support/store.ts";
import { loadConfiguration, parseConfiguration } from "./configuration.ts";

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
  ["without the fast loop", {}, 0.03],
  ["with it, whose draws explore too", { fastLoop: { enabled: true } }, 0.005],
  ["as given", { fastLoop: { enabled: true }, exploration: 0.1 }, 0.1],
])("the exploration floor %s", (_, given, exploration) => {
  const { scenarios } = parseConfiguration({ scenarios: [{ ...scenario, ...given }] });
  expect(scenarios[0]!.exploration).toBe(exploration);
});

const withReward = (changes: object) => ({
  scenarios: [{ ...scenario, reward: { ...scenario.reward, ...changes } }],
});
const withScenario = (changes: object) => ({ scenarios: [{ ...scenario, ...changes }] });
const withRest = (changes: object) => ({ scenarios: [scenario], ...changes });

// Each names its field, and what came: in the message or in the details.
test.each([
  ["no scenarios", {}, "scenarios", undefined],
  ["an empty list of scenarios", { scenarios: [] }, "scenarios", []],
  ["a name with capitals", withScenario({ name: "Shop" }), "scenarios.0.name", "Shop"],
  ["a slate without positions", withScenario({ slateSize: 0 }), "scenarios.0.slateSize", 0],
  ["a slate of 51", withScenario({ slateSize: 51 }), "scenarios.0.slateSize", 51],
  ["a slate of text", withScenario({ slateSize: "3" }), "scenarios.0.slateSize", "3"],
  ["exploration beyond 1", withScenario({ exploration: 1.5 }), "scenarios.0.exploration", 1.5],
  ["exploration below 0", withScenario({ exploration: -0.1 }), "scenarios.0.exploration", -0.1],
  ["no exploration", withScenario({ exploration: 0 }), "scenarios.0.exploration", 0],
  ["1,001 candidates", withScenario({ maxCandidates: 1001 }), "scenarios.0.maxCandidates", 1001],
  ["a discount of 1", withScenario({ discount: 1 }), "scenarios.0.discount", 1],
  ["a gap of no time", withScenario({ sessionGapSeconds: 0 }), "scenarios.0.sessionGapSeconds", 0],
  [
    "a discount where a session's end is out of range",
    { scenarios: [{ ...scenario, discount: 0.5, reward: { ...scenario.reward, minimum: 0.5 } }] },
    "scenarios.0.discount",
    undefined,
  ],
  ["a window of no time", withReward({ windowSeconds: 0 }), "scenarios.0.reward.windowSeconds", 0],
  [
    "a weight that is no number",
    withReward({ weights: { click: "1" } }),
    "scenarios.0.reward.weights.click",
    "1",
  ],
  ["an empty range of rewards", withReward({ minimum: 1 }), "scenarios.0.reward", undefined],
  ["a share of 2", withRest({ baselineShare: 2 }), "baselineShare", 2],
  ["a canary share below 0", withRest({ canaryShare: -1 }), "canaryShare", -1],
  [
    "a learner that waits for one decision",
    withRest({ learner: { minDecisions: 1 } }),
    "learner.minDecisions",
    1,
  ],
  ["text without fields", withRest({ text: { fields: [] } }), "text.fields", []],
  [
    "a model without a name",
    withRest({ text: { fields: ["title"], model: "" } }),
    "text.model",
    "",
  ],
  ["no configuration at all", null, "(whole)", null],
])("%s is refused with the field and the value", (_, input, field, value) => {
  let thrown: unknown;
  try {
    parseConfiguration(input);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({
    code: "invalid_configuration",
    message: expect.stringContaining(field) as string,
    details: value === undefined ? { field } : { field, value },
  });
});

test("a field that nobody knows is refused by its name", () => {
  expect(() => parseConfiguration(withScenario({ slatesize: 3 }))).toThrow("slatesize");
});

test("two scenarios of one name are refused", () => {
  expect(() => parseConfiguration({ scenarios: [scenario, scenario] })).toThrow(
    expect.objectContaining({ code: "invalid_configuration" }),
  );
});

describe("a configuration file", () => {
  const write = (text: string) => {
    const path = join(createTestFolder(), "recurve.config.json");
    writeFileSync(path, text);
    return path;
  };

  test("is read, and checked like any other", () => {
    const { scenarios } = loadConfiguration(write(JSON.stringify({ scenarios: [scenario] })));
    expect(scenarios.map(({ name }) => name)).toEqual(["shop"]);
    expect(() => loadConfiguration(write('{"scenarios": []}'))).toThrow("scenarios");
  });

  test("that is absent or no JSON is refused with its path", () => {
    const broken = write("{");
    const absent = join(createTestFolder(), "absent.json");
    for (const path of [broken, absent]) {
      expect(() => loadConfiguration(path)).toThrow(
        expect.objectContaining({
          code: "invalid_configuration",
          message: expect.stringContaining(path) as string,
          details: { path },
        }),
      );
    }
  });

  test("names a model as seen from its own folder", () => {
    const path = write(
      JSON.stringify({ scenarios: [scenario], text: { fields: ["title"], model: "models/m" } }),
    );
    const model = join(dirname(path), "models/m");
    expect(loadConfiguration(path).text).toEqual({ fields: ["title"], model });
  });

  test("that is not named is the defaults", () => {
    expect(loadConfiguration()).toEqual(parseConfiguration());
  });
});
