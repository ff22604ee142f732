import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { rewardHeadCount } from "../learning/critic.ts";
import type { ScoredRow } from "./row-scores.ts";
import { klDivergence } from "../numeric/log-probabilities.ts";
import type { Judgement } from "./judge.ts";
import { temper } from "./measure.ts";
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

const move = (proven: boolean, meanKl: number) =>
  moveStates({
    states,
    challengers: temper(states, [setting], false),
    judgement: { proven, weights: { leap: 1 } } as unknown as Judgement,
    floor: 0,
    arm: "serving",
    meanKl,
  });

const meanKlOf = (moves: ReturnType<typeof move>) =>
  moves.reduce(
    (sum, { target, logPolicy }) =>
      sum + klDivergence(target.map(Math.log), logPolicy) / moves.length,
    0,
  );

test("targets stay within the mean trust region, and those that would go further still do", () => {
  const free = move(true, 20);
  const bounded = move(true, 0.2);
  expect(meanKlOf(free)).toBeGreaterThan(0.5);
  // The floor that is taken out was the row's exploration, 0.1, when the bound was met: served and unfloored differ.
  expect(meanKlOf(bounded)).toBeLessThan(0.21);
  expect(meanKlOf(bounded)).toBeGreaterThan(0.19);
  const [flat, steep] = [bounded[0]!, bounded[1]!].map(({ target, logPolicy }) =>
    klDivergence(target.map(Math.log), logPolicy),
  );
  expect(steep!).toBeGreaterThan(flat!);
});

test("where there is no policy to protect there is no bound", () => {
  expect(meanKlOf(move(false, 0.2))).toBeCloseTo(meanKlOf(move(false, 20)), 12);
});
