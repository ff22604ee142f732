import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { rewardHeadCount } from "../learning/critic-shape.ts";
import { doNothing } from "./meta-policy.ts";
import { temper } from "./mixture.ts";
import type { ScoredRow } from "./row-scores.ts";
import { moveStates } from "./trust-region.ts";

const views = sampleViews(5);
const setting = {
  name: "leap",
  klRadius: 1.2,
  pessimism: 0,
  discriminator: 0,
  proximity: 1,
  memory: [0, 0, 1],
};

/** One state in five hardly differs in reward. */
const states: ScoredRow[] = Array.from({ length: 50 }, (_, index) => {
  const q = Float64Array.from(views, (__, a) => 0.2 + (index % 5 === 0 ? 0.01 : 0.2) * a);
  return {
    row: sampleRow(views, {}),
    scores: {
      logPolicy: new Float64Array(5).fill(-Math.log(5)),
      rewardHeads: Array.from({ length: rewardHeadCount }, () => q),
      discriminator: new Float64Array(5),
    },
  };
});

const moveBy = (sampleShare: number | undefined) =>
  moveStates({
    states,
    challengers: temper(states, [setting], false),
    weights: { leap: 1, [doNothing]: 0 },
    floor: 0,
    arm: "serving",
    sampleShare,
  });
const largestWeights = (moves: ReturnType<typeof moveBy>) =>
  moves.map(({ target, logPolicy }) =>
    Math.max(...target.map((value, a) => value / Math.exp(logPolicy[a]!))),
  );

test("a target's weights stay within the trust region, and those that would go further still do", () => {
  const [flat, steep] = largestWeights(moveBy(0.5));
  // The policy is uniform and so is its exploration: a weight is the same with and without it, but for the floor of 0 that is put back.
  expect(steep).toBeGreaterThan(1.9);
  expect(flat).toBeLessThan(steep!);
  expect(largestWeights(moveBy(0.01))[1]).toBeGreaterThan(steep! + 0.5);
});

test("where there is no policy to protect there is no bound", () => {
  for (const { target, logChallenger } of moveBy(undefined))
    for (const [a, log] of logChallenger.entries()) expect(target[a]).toBeCloseTo(Math.exp(log), 3);
});
