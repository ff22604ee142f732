import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { rewardHeadCount } from "../learning/critic-shape.ts";
import { klDivergence } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import { advantages, challengerLogs, referenceLogs, tilt } from "./challengers.ts";
import { judgeChallengers, toContextRow } from "./judge.ts";
import { servedProbability } from "./judged-row.ts";
import { asJudged, type MeasuredPart, measurePart } from "./measure.ts";
import { describeContext } from "./meta-context.ts";
import {
  initialMetaPolicy,
  type MetaPolicyInput,
  type MetaPolicyState,
  vaguePrior,
} from "./meta-policy.ts";
import { defaultSetting, standingSettings } from "./meta-settings.ts";
import { mixChallengers, temper } from "./mixture.ts";
import type { ScoredRow } from "./row-scores.ts";
import { emptyArrays, loggedArrays, targetArrays } from "./target-arrays.ts";

const seed = 103;
const views = sampleViews(4);
const rewards = [0.8, 0.2, 0.3, 0.1];
const uniform = Float64Array.of(0.25, 0.25, 0.25, 0.25);

/** Rows of a policy's log, a uniform one's where absent; the reward model believes `believed`, a little different in each head. */
function simulate(options: {
  readonly count: number;
  readonly users: number;
  readonly believed: readonly number[];
  readonly policy?: Float64Array;
}): ScoredRow[] {
  const random = createRandom(seed);
  const { count, users, believed, policy = uniform } = options;
  const { exploration } = sampleRow(views, {});
  const served = [...policy].map((p) => (1 - exploration) * p + exploration / 4);
  const cumulative = served.map((_, a) => served.slice(0, a + 1).reduce((sum, p) => sum + p, 0));
  return Array.from({ length: count }, (_, index) => {
    const luck = random.uniform();
    const action = cumulative.findIndex((share) => luck < share);
    const reward = random.uniform() < rewards[action]! ? 1 : 0;
    return {
      row: sampleRow(views, { action, reward, propensity: served[action]!, user: index % users }),
      scores: {
        logPolicy: policy.map(Math.log),
        rewardHeads: Array.from({ length: rewardHeadCount }, (__, head) =>
          Float64Array.from(believed, (value) => value + (head % 2 === 0 ? 0.01 : -0.01)),
        ),
        discriminator: new Float64Array(4),
      },
    };
  });
}

const settings = [...standingSettings, { name: "default", ...defaultSetting }];

const metaInput = (rows: readonly ScoredRow[], state: MetaPolicyState = initialMetaPolicy) => ({
  state,
  prior: vaguePrior,
  context: describeContext(rows.map(toContextRow), state.remembered),
  mpo: defaultMpo,
});

const judge = (...given: [readonly MeasuredPart[], MetaPolicyInput]) =>
  judgeChallengers(...given, createRandom(seed));

const worth = (logs: Float64Array, { row }: ScoredRow) =>
  rewards.reduce((sum, r, a) => sum + r * servedProbability(Math.exp(logs[a]!), row), 0);

describe("temperatures", () => {
  test("meet each setting's radius on the states, or stay within it", () => {
    const scored = simulate({ count: 50, users: 10, believed: rewards });
    const challengers = temper(scored, settings, false);
    expect(challengers.map(({ setting }) => setting)).toEqual(settings);
    for (const { setting, temperature } of challengers) {
      const reference = referenceLogs(scored[0]!.scores.logPolicy, setting.proximity);
      const logs = tilt(reference, advantages(scored[0]!.scores, setting), temperature);
      expect(klDivergence(logs, reference)).toBeLessThan(setting.klRadius + 1e-3);
    }
  });
});

describe("arrays for the estimators", () => {
  const scored = simulate({ count: 2, users: 2, believed: rewards });
  const logs = scored.map(() => Float64Array.of(0.7, 0.1, 0.1, 0.1).map(Math.log));
  const values = scored.map(() => Float64Array.of(1, 0, 0.5, 0));

  test("are served probabilities and direct values, by hand", () => {
    const { targetProbabilities, directValues } = targetArrays(scored, logs, values);
    for (const [index, { row }] of scored.entries()) {
      const served = [0.7, 0.1, 0.1, 0.1].map((p) => 0.9 * p + 0.1 / 4);
      expect(targetProbabilities[index]).toBeCloseTo(served[row.action]!, 14);
      expect(directValues[index]).toBeCloseTo(served[0]! + 0.5 * served[2]!, 14);
    }
  });

  test("hold what was logged, with the prediction of the logged action", () => {
    const { feedback, predictions } = loggedArrays(scored, emptyArrays(2), values);
    expect([...feedback.rewards]).toEqual(scored.map(({ row }) => row.reward));
    expect([...feedback.propensities]).toEqual([0.25, 0.25]);
    expect([...(feedback.clusters ?? [])]).toEqual([0, 1]);
    expect([...predictions]).toEqual(scored.map(({ row }) => [1, 0, 0.5, 0][row.action]));
  });
});

describe("the judge", () => {
  const scored = simulate({ count: 1500, users: 100, believed: rewards });
  const challengers = temper(scored, settings, false);
  // Two halves, as cross-fitting makes them.
  const parts = [scored.slice(0, 700), scored.slice(700)].map((rows) =>
    measurePart({ rows, challengers }),
  );
  const judgement = judge(parts, metaInput(scored));

  test("estimates each challenger's true difference within 4 standard errors", () => {
    for (const [index, { difference, standardError, name }] of judgement.settings.entries()) {
      const { setting, temperature } = challengers[index]!;
      const logs = challengerLogs(scored[0]!.scores, setting, { temperature });
      const truth = worth(logs, scored[0]!) - worth(uniform.map(Math.log), scored[0]!);
      expect([name, Math.abs(difference - truth) < 4 * standardError]).toEqual([name, true]);
      expect(standardError).toBeLessThan(0.1);
    }
  });

  test("moves the mixture to what pays where the reward model is right", () => {
    expect(judgement.difference).toBeGreaterThan(0);
    const logs = mixChallengers(challengers, judgement.weights)(scored[0]!);
    expect(logs.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
    expect(Math.exp(logs[0]!)).toBeGreaterThan(0.5);
  });

  test("shares all weight among the settings and doing nothing", () => {
    const weights = judgement.settings.map(({ weight }) => weight);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    expect(weights.every((weight) => weight >= 0)).toBe(true);
    expect(total).toBeGreaterThan(0.9);
    expect(total).toBeLessThanOrEqual(1 + 1e-12);
    const all = Object.values(judgement.weights).reduce((sum, weight) => sum + weight, 0);
    expect(all).toBeCloseTo(1, 12);
  });

  test("carries evidence on under a policy that is better than chance, and forgets it under one that is not", () => {
    const policy = Float64Array.of(0.7, 0.1, 0.1, 0.1);
    const better = simulate({ count: 1500, users: 100, believed: rewards, policy });
    for (const [rows, worthless] of [
      [better, false],
      [scored, true],
    ] as const) {
      const part = [measurePart({ rows, challengers: temper(rows, settings, false) })];
      const once = judge(part, metaInput(rows));
      const again = judge(part, metaInput(rows, once.state));
      expect([once.worthless, again.worthless]).toEqual([worthless, worthless]);
      const size = (state: MetaPolicyState) => state.evidence.precision[0]!;
      const kept = worthless ? 0 : defaultMpo.metaPolicy.retention * size(once.state);
      const alone = judge(part, { ...metaInput(rows, once.state), state: initialMetaPolicy });
      expect(size(again.state)).toBeCloseTo(size(alone.state) + kept, 9);
    }
  });

  test("counts a policy as worthless only on evidence that it hardly beats chance", () => {
    const judged = (count: number, policy: Float64Array) => {
      const rows = simulate({ count, users: 100, believed: [0.4, 0.4, 0.4, 0.4], policy });
      const part = [measurePart({ rows, challengers: temper(rows, settings, false) })];
      return judge(part, metaInput(rows)).worthless;
    };
    // Worth 0.7 % more than chance: many rows show that this is little, a few hundred show nothing.
    const little = Float64Array.of(0.253, 0.249, 0.249, 0.249);
    const better = Float64Array.of(0.35, 0.2, 0.25, 0.2);
    expect(judged(100, better)).toBe(false);
    expect(judged(20_000, little)).toBe(true);
    expect(judged(20_000, Float64Array.of(0.5, 0.2, 0.2, 0.1))).toBe(false);
    expect(judged(100, Float64Array.of(0.25, 0.25, 0.25, 0.25))).toBe(true);
  });

  test("counts no policy as worthless because the floor's few choices show none of its rare losses", () => {
    // A loss in 50 visits. The floor's choices lost nothing.
    const policy = Float64Array.of(0.97, 0.01, 0.01, 0.01);
    const rows = simulate({ count: 300, users: 100, believed: [0.99, 0.99, 0.99, 0.99], policy });
    const lucky = rows.map(({ row, scores }, index) => ({
      row: { ...row, reward: row.action === 0 && index % 50 === 0 ? 0 : 1 },
      scores,
    }));
    const part = measurePart({ rows: lucky, challengers: temper(lucky, settings, false) });
    const { uniform: chance, worthless } = judge([part], metaInput(lucky));
    // What they have seen says that chance is better.
    expect(chance.difference).toBeGreaterThan(0);
    expect(worthless).toBe(false);
  });

  test("mixes the challengers' probabilities by their weights", () => {
    const [first] = challengers;
    const names = challengers.map(({ setting }) => [setting.name, 0] as const);
    const weights = { ...Object.fromEntries(names), "do-nothing": 0.2, [first!.setting.name]: 0.8 };
    const { scores } = scored[0]!;
    const logs = challengerLogs(scores, first!.setting, { temperature: first!.temperature });
    const mixed = mixChallengers(challengers, weights)(scored[0]!);
    for (const [a, log] of mixed.entries())
      expect(Math.exp(log)).toBeCloseTo(
        0.2 * Math.exp(scores.logPolicy[a]!) + 0.8 * Math.exp(logs[a]!),
        12,
      );
  });

  test("does nothing where the reward model is wrong about everything", () => {
    const misled = simulate({ count: 1500, users: 100, believed: rewards.map((r) => 1 - r) });
    const challenging = temper(misled, settings, false);
    const judged = judge(
      [measurePart({ rows: misled, challengers: challenging })],
      metaInput(misled),
    );
    const { weights, difference } = judged;
    expect(judged.chosen).toBe("do-nothing");
    for (const one of judged.settings) expect(one.difference).toBeLessThan(0);
    const logs = mixChallengers(challenging, weights)(misled[0]!);
    expect(klDivergence(logs, misled[0]!.scores.logPolicy)).toBeLessThan(0.05);
    expect(Math.abs(difference)).toBeLessThan(0.05);
  });
});

test("a challenger is judged as far as a step may follow it, where the log tells even if the reward model is wrong", () => {
  const policy = Float64Array.of(0.997, 0.001, 0.001, 0.001);
  const rows = simulate({ count: 6000, users: 600, believed: [0.8, 0.95, 0.3, 0.1], policy });
  const softmax = settings.filter(({ name }) => name === "softmax-long");
  const challengers = temper(rows, softmax, false);
  const [first] = rows;
  const { setting, temperature } = challengers[0]!;
  const wanted = challengerLogs(first!.scores, setting, { temperature });
  const errors = [undefined, 0.05].map((sampleShare) => {
    const part = measurePart({ rows, challengers, sampleShare });
    const { difference, standardError } = judge([part], metaInput(rows)).settings[0]!;
    const judged = asJudged(first!, sampleShare)(wanted);
    const truth = worth(judged, first!) - worth(first!.scores.logPolicy, first!);
    expect(truth).toBeLessThan(-0.1);
    return Math.abs(difference - truth) / standardError;
  });
  // Of the whole challenger the reward model vouches for what the log can't tell.
  expect(errors[0]).toBeGreaterThan(8);
  expect(errors[1]).toBeLessThan(4);
});

// New feedback can come from one user, or from users who all fall into other folds.
const told = (rows: readonly ScoredRow[], states: readonly ScoredRow[]) => {
  const challengers = temper(states, settings, false);
  const judgement = judge([measurePart({ rows, challengers })], metaInput(rows));
  for (const { weight } of judgement.settings) expect(weight).toBeGreaterThanOrEqual(0);
  const { remembered, evidence } = judgement.state;
  expect(Object.values(remembered).every(Number.isFinite)).toBe(true);
  expect(evidence.precision.every(Number.isFinite)).toBe(true);
  const logs = mixChallengers(challengers, judgement.weights)(states[0]!);
  expect(logs.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
};

test.each([
  ["no rows", 0, 1],
  ["rows of one user", 20, 1],
  ["one row", 1, 1],
  ["two users", 4, 2],
])("of %s the judge makes no NaN, and a mixture that sums to one", (_, count, users) => {
  const scored = simulate({ count, users, believed: rewards });
  const states = simulate({ count: 10, users: 5, believed: rewards });
  told(scored, states);
});

test("of rows that leave nothing to choose the judge makes no NaN either", () => {
  const only = simulate({ count: 30, users: 10, believed: rewards }).map(({ row, scores }) => ({
    row: { ...row, candidates: views.slice(0, 1), action: 0, propensity: 1 },
    scores: {
      logPolicy: Float64Array.of(0),
      rewardHeads: scores.rewardHeads.map((head) => head.slice(0, 1)),
      discriminator: Float64Array.of(0),
    },
  }));
  told(only, only);
});
