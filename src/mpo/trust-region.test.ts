import fc from "fast-check";
import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { defaultMpo } from "../domain/mpo-fields.ts";
import { rewardHeadCount } from "../learning/critic-shape.ts";
import { klDivergence } from "../numeric/log-probabilities.ts";
import { temper } from "./measure.ts";
import { doNothing } from "./meta-policy.ts";
import type { ScoredRow } from "./row-scores.ts";
import { meanMoveDivergence, meanTrustRegion, moveStates } from "./trust-region.ts";

const distribution = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
  .map((values) => {
    const total = values.reduce((sum, value) => sum + value, 0);
    return Float64Array.from(values, (value) => value / total);
  });
const moves = fc.array(fc.record({ served: distribution, target: distribution }), {
  minLength: 1,
  maxLength: 8,
});

test("the mean divergence is within the bound, and no further below it than it must", () => {
  fc.assert(
    fc.property(moves, fc.double({ min: 1e-3, max: 1, noNaN: true }), (states, bound) => {
      const share = meanTrustRegion(states, bound);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
      expect(meanMoveDivergence(states, share)).toBeLessThanOrEqual(bound);
      const further = Math.min(1, share + 2 ** -13);
      expect(share === 1 || meanMoveDivergence(states, further) > bound).toBe(true);
    }),
  );
});

test("the divergence is KL(t ‖ π), by hand", () => {
  const served = Float64Array.of(0.5, 0.5);
  const move = { served, target: Float64Array.of(1, 0) };
  expect(meanMoveDivergence([move], 1)).toBeCloseTo(Math.LN2, 14);
  expect(meanMoveDivergence([move, { served, target: served }], 1)).toBeCloseTo(Math.LN2 / 2, 14);
});

test("policies that stay where they are may, and nothing moves nothing", () => {
  const served = Float64Array.of(0.5, 0.5);
  expect(meanTrustRegion([{ served, target: served }], 0.1)).toBe(1);
  expect(meanTrustRegion([], 0.1)).toBe(1);
});

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

const moveBy = (isBounded: boolean, meanKl: number) =>
  moveStates({
    states,
    challengers: temper(states, [setting], false),
    isBounded,
    weights: { leap: 1, [doNothing]: 0 },
    floor: 0,
    arm: "serving",
    region: { ...defaultMpo.distillation, meanKl },
  });

const meanKlOf = (moves: ReturnType<typeof moveBy>) =>
  moves.reduce(
    (sum, { target, logPolicy }) =>
      sum + klDivergence(target.map(Math.log), logPolicy) / moves.length,
    0,
  );

test("targets stay within the mean trust region, and those that would go further still do", () => {
  const free = moveBy(true, 20);
  const bounded = moveBy(true, 0.2);
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
  expect(meanKlOf(moveBy(false, 0.2))).toBeCloseTo(meanKlOf(moveBy(false, 20)), 12);
});
