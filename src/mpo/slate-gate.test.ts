import { describe, expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { gateLimits } from "../evaluation/gate-guards.ts";
import { rewardHeadCount } from "../learning/critic.ts";
import { normaliseLogs } from "../numeric/log-probabilities.ts";
import { createRandom } from "../numeric/random.ts";
import { sampleSlate } from "../policy/slate.ts";
import { gateCandidate } from "./gate.ts";
import { readSlates } from "./judged-slates.ts";
import type { ScoredRow } from "./row-scores.ts";

const seed = 211;
const count = 30;
const slateSize = 10;
const exploration = 0.1;
const views = sampleViews(count);
/** A few items that are clicked often, and many that are not. */
const worth = Float64Array.from({ length: count }, (_, a) => 0.02 + 0.4 * Math.exp(-a / 4));
const examined = (position: number) => 1 / (1 + position / 3);

/** Slates of a policy for 400 users, with the true click probabilities as the reward model. */
function simulate(logs: Float64Array, decisions: number, random = createRandom(seed)) {
  const rows: ScoredRow[] = [];
  for (let decision = 0; decision < decisions; decision++) {
    const { order, positionPropensities } = sampleSlate({
      ...{ logits: logs, slateSize, exploration, random },
    });
    let left = [...views.keys()];
    for (const [position, item] of order.entries()) {
      const action = left.indexOf(item);
      const pick = (values: ArrayLike<number>) => Float64Array.from(left, (a) => values[a]!);
      rows.push({
        row: sampleRow(
          left.map((a) => views[a]!),
          {
            ...{ action, position, exploration, propensity: positionPropensities[position]! },
            reward: random.uniform() < worth[item]! * examined(position) ? 1 : 0,
            user: decision % 400,
          },
        ),
        scores: {
          logPolicy: normaliseLogs(pick(logs)),
          rewardHeads: Array.from({ length: rewardHeadCount }, () => pick(worth)),
          discriminator: new Float64Array(left.length),
        },
      });
      left = left.filter((a) => a !== item);
    }
  }
  return rows;
}

/** Mean reward of a position, by many slates. */
function worthOf(logs: Float64Array, slates = 20_000): number {
  const random = createRandom(seed + 1);
  let sum = 0;
  for (let slate = 0; slate < slates; slate++) {
    const { order } = sampleSlate({ logits: logs, slateSize, exploration, random });
    for (const [position, item] of order.entries()) sum += worth[item]! * examined(position);
  }
  return sum / slates / slateSize;
}

const logitsOf = (valueAt: (item: number) => number) =>
  normaliseLogs(Float64Array.from({ length: count }, (_, a) => valueAt(a)));
const serving = logitsOf((a) => 8 * worth[a]!);

const judge = (rows: readonly ScoredRow[], candidate: Float64Array) => {
  const slates = readSlates(rows);
  const logs = rows.map(() => candidate);
  for (const { start, items } of slates)
    for (let k = 1; k < items.length; k++) {
      const left = candidate.filter((_, a) => !items.slice(0, k).includes(a));
      logs[start + k] = normaliseLogs(left);
    }
  const limits = gateLimits;
  return gateCandidate({ rows, candidateLogs: logs, predictedDifference: 0.02, limits });
};

const candidates = [
  ["much worse: it turns the order around", logitsOf((a) => -2 * worth[a]!)],
  [
    "worse: below its first two items it turns the order around",
    logitsOf((a) => (a < 2 ? 4 : -8 * worth[a]!)),
  ],
  ["a little worse: it reorders the best", logitsOf((a) => 8 * worth[a ^ 1]!)],
  ["better: it is surer of the same order", logitsOf((a) => 14 * worth[a]!)],
] as const;

describe("slates of 10 out of 30, with a perfect reward model", () => {
  const rows = simulate(serving, 1500);
  const truth = worthOf(serving);

  test.each(candidates)("a candidate that is %s", (_, candidate) => {
    const gate = judge(rows, candidate);
    const difference = worthOf(candidate) - truth;
    // The truth comes from 20,000 slates: the error of ten clicks' mean is a tenth of the gate's.
    expect(Math.abs(gate.difference! - difference)).toBeLessThan(3.5 * gate.standardError!);
    if (difference < 0) expect(gate.verdict).not.toBe("promote");
  });

  test("the serving policy has weight 1 at every position", () => {
    const gate = judge(rows, serving);
    expect(gate.difference).toBeCloseTo(0, 12);
    expect(gate.effectiveSampleShare).toBeCloseTo(1, 6);
  });
});
