import { describe, expect, test } from "vitest";
import { sampleState, sampleViews } from "../../../../tests/support/policy.ts";
import { sampleDecision } from "../../../../tests/support/sample.ts";
import { pairedDifference } from "../../../evaluation/paired-difference.ts";
import { rewardHeadCount } from "../../../learning/critic-shape.ts";
import type { FeedbackRow } from "../../../learning/feedback-row.ts";
import { boostLogits } from "../../../learning/score-rows.ts";
import { checkRows } from "../../../mpo/check-rows.ts";
import { slateValues } from "../../../mpo/judged-slates.ts";
import type { ScoredRow } from "../../../mpo/row-scores.ts";
import { checkLogged } from "../../../mpo/self-check.ts";
import { loggedArrays, targetArrays, uniformArrays } from "../../../mpo/target-arrays.ts";
import { normaliseLogs } from "../../../numeric/log-probabilities.ts";
import { createRandom } from "../../../numeric/random.ts";
import { jointPropensity, sampleSlate, slatePropensities } from "../../../policy/slate.ts";
import type { DrawRules } from "../../rules/draw-rules.ts";
import { toRows } from "./to-rows.ts";

const views = sampleViews(6);
const worth = [0.8, 0.6, 0.5, 0.3, 0.2, 0.7];
const look = (place: number) => 1 / (1 + place / 2);
const exploration = 0.1;
const rule = { weights: {}, windowSeconds: 1, defaultReward: 0, minimum: 0, maximum: 1 };

interface Case extends DrawRules {
  readonly slateSize: number;
}

/** π of a policy gets the boosts whatever it is. */
const servedLogits = (logits: readonly number[], { boosts }: DrawRules) =>
  Float64Array.from(logits, (logit, a) => logit + (boosts?.[a] ?? 0));

/** Every slate with its exact propensity. */
function enumerate(logits: Float64Array, rules: Case) {
  const slates: { readonly order: readonly number[]; readonly propensity: number }[] = [];
  const extend = (order: readonly number[]) => {
    const next = [...views.keys()].filter(
      (index) =>
        order.length < rules.slateSize &&
        slatePropensities({ logits, exploration, rules, order: [...order, index] })[order.length]! >
          0,
    );
    if (next.length > 0) return next.forEach((index) => void extend([...order, index]));
    const propensity = jointPropensity(slatePropensities({ logits, exploration, rules, order }));
    slates.push({ order, propensity });
  };
  extend([]);
  return slates;
}

const isPinned = (index: number, { pins }: DrawRules) =>
  [...(pins?.values() ?? [])].includes(index);

/** Expected rewards of a slate's drawn positions: what a policy decides about. */
const trueValue = (logits: Float64Array, rules: Case): number =>
  enumerate(logits, rules).reduce(
    (sum, { order, propensity }) =>
      sum +
      propensity *
        order.reduce(
          (all, index, place) => (isPinned(index, rules) ? all : all + worth[index]! * look(place)),
          0,
        ),
    0,
  );

function simulate(logits: Float64Array, rules: Case, decisions: number): FeedbackRow[] {
  const random = createRandom(20_260);
  return Array.from({ length: decisions }, (_, user) => {
    const { order, positionPropensities } = sampleSlate({
      logits,
      slateSize: rules.slateSize,
      exploration,
      rules,
      random,
    });
    const isShort = order.length < rules.slateSize;
    const decision = sampleDecision(`d-${user}`, {
      slate: order.map((index) => views[index]!.itemId),
      positionPropensities,
      exploration,
      ...(isShort && { offer: { slateSize: rules.slateSize } }),
    });
    const rewards = order.map((index, place) =>
      random.uniform() < worth[index]! * look(place) ? 1 : 0,
    );
    return toRows(
      { feedback: { decision, sequence: user, rewards }, isNew: true },
      {
        views,
        rules,
        state: sampleState(),
        user,
        age: 0,
        fold: "first",
        rule,
        slateReward: "position",
      },
    );
  }).flat();
}

const scoresOf = (row: FeedbackRow, logits: readonly number[]): Float64Array => {
  const own = Float64Array.from(row.candidates, (view) => logits[views.indexOf(view)]!);
  return normaliseLogs(boostLogits(own, row));
};

/** A reward model that knows little: estimates must not depend on it. */
const model = (row: FeedbackRow) =>
  Float64Array.from(row.candidates, (view) => 0.2 + 0.1 * views.indexOf(view));

const score = (row: FeedbackRow, logits: readonly number[]): ScoredRow<FeedbackRow> => ({
  row,
  scores: {
    logPolicy: scoresOf(row, logits),
    rewardHeads: Array.from({ length: rewardHeadCount }, () => model(row)),
    discriminator: new Float64Array(row.candidates.length),
  },
});

const serving = [0.9, 0.6, 0, -0.3, 0.2, 0.5];
const candidate = [-0.5, 0.2, 0.8, 0.9, 0, 0.4];

const cases: Readonly<Record<string, Case>> = {
  "boosts, a pin in the middle and caps that overlap": {
    slateSize: 4,
    boosts: Float64Array.of(0, 1, 0, -1, 0.5, 2),
    pins: new Map([[1, 4]]),
    caps: { groupsOf: [[0], [0], [0, 1], [1], [1], []], limits: [1, 2] },
  },
  "a pin on top alone": { slateSize: 3, pins: new Map([[0, 2]]) },
  "a pin that fills a group, and leaves fewer items than places": {
    slateSize: 5,
    pins: new Map([[1, 0]]),
    caps: { groupsOf: [[0], [0], [0], [1], [1], []], limits: [1, 2] },
  },
  diversity: {
    slateSize: 3,
    diversity: { power: 1.5, weights: [0.9, 0.5], featuresOf: [[0], [0], [0], [1], [1], []] },
  },
  "diversity, boosts, a pin in the middle and a cap": {
    slateSize: 4,
    boosts: Float64Array.of(0, 1, 0, -1, 0.5, 2),
    pins: new Map([[1, 4]]),
    caps: { groupsOf: [[], [0], [0], [], [], []], limits: [1] },
    diversity: { power: 1, weights: [0.9, 0.5], featuresOf: [[0], [0, 1], [0], [1], [1], []] },
  },
  "caps that some prefixes make too narrow for the slate": {
    slateSize: 3,
    boosts: Float64Array.of(0.5, 0, 0, 0, 0, 0),
    caps: { groupsOf: [[0, 1, 2], [0], [1], [0], [1], [2]], limits: [1, 1, 1] },
  },
};

describe.each(Object.entries(cases))("with %s", (_, rules) => {
  const decisions = 6000;
  const rows = simulate(servedLogits(serving, rules), rules, decisions);
  const scored = rows.map((row) => score(row, serving));
  const values = slateValues(scored);
  const arraysOf = (logits: readonly number[]) =>
    targetArrays(
      scored,
      rows.map((row) => scoresOf(row, logits)),
      values,
    );
  const own = arraysOf(serving);
  const logged = loggedArrays(scored, own, values);
  const compare = (target: typeof own) =>
    pairedDifference({ ...logged, serving: own, candidate: target, weightClip: 1e6 });
  /** Estimates are means over rows. */
  const rowsPerSlate = rows.length / decisions;

  test("every logged propensity is borne out, and no pinned item has a row", () => {
    checkRows(scored);
    const { selfCheck } = checkLogged(
      rows,
      scored.map(({ scores }) => scores.logPolicy),
    );
    expect(selfCheck).toMatchObject({ rows: rows.length, leftOut: 0 });
    expect(selfCheck.largestLogRatio).toBeLessThan(1e-12);
    const shown = rows.map((row) => views.indexOf(row.candidates[row.action]!));
    expect(shown.some((index) => isPinned(index, rules))).toBe(false);
  });

  test("the value of a known policy is its true one (5 standard errors)", () => {
    const truth = {
      serving: trueValue(servedLogits(serving, rules), rules),
      candidate: trueValue(servedLogits(candidate, rules), rules),
    };
    const { difference, standardError, servingValue } = compare(arraysOf(candidate));
    const error = standardError * rowsPerSlate;
    const found = difference * rowsPerSlate;
    expect(Math.abs(truth.candidate - truth.serving)).toBeGreaterThan(3 * error);
    expect(Math.abs(found - (truth.candidate - truth.serving))).toBeLessThan(5 * error);
    expect(Math.abs(servingValue * rowsPerSlate - truth.serving)).toBeLessThan(0.03);
  });

  test("so is that of the uniform choice among what the rules leave", () => {
    const uniform = new Float64Array(views.length);
    const truth = trueValue(uniform, rules) - trueValue(servedLogits(serving, rules), rules);
    const { difference, standardError } = compare(uniformArrays(scored, values));
    const error = standardError * rowsPerSlate;
    expect(Math.abs(difference * rowsPerSlate - truth)).toBeLessThan(5 * error);
  });
});
