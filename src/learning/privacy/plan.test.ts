import { expect, test } from "vitest";
import {
  addCurves,
  epsilonOf,
  nothingSpent,
  renyiOf,
  repeatCurve,
} from "../../numeric/privacy/accountant.ts";
import { costOf, type PrivatePlan, planPrivately } from "./plan.ts";

const settings = { epsilon: 8, delta: 1e-6, trainings: 4, clip: 0.5, samplingRate: 0.02 };

const unspent = { curve: nothingSpent, trainings: 0 };
const planOf = (change: Partial<typeof settings>): PrivatePlan =>
  planPrivately({ ...settings, ...change }, unspent)!;

test("all trainings together spend the budget, and not more", () => {
  for (const epsilon of [1, 3, 8]) {
    const plan = planOf({ epsilon });
    const spent = epsilonOf(repeatCurve(costOf(plan, plan.steps), 4), settings.delta);
    expect(spent).toBeLessThanOrEqual(epsilon);
    expect(spent).toBeGreaterThan(0.999 * epsilon);
  }
});

test("a cost is that of counts, pairs and the steps that ran", () => {
  const plan = planOf({});
  const once = (noise: number) => renyiOf({ samplingRate: 1, noise, steps: 1 });
  const { noise, samplingRate } = plan;
  const sum = addCurves(
    renyiOf({ samplingRate, noise, steps: 7 }),
    addCurves(once(plan.countsNoise), once(plan.pairsNoise)),
  );
  expect(costOf(plan, 7)).toEqual(sum);
});

test("more trainings, a smaller ε or a smaller δ need more noise", () => {
  const noiseOf = (change: Partial<typeof settings>) => planOf(change).noise;
  expect(noiseOf({ trainings: 8 })).toBeGreaterThan(noiseOf({}));
  expect(noiseOf({ epsilon: 4 })).toBeGreaterThan(noiseOf({}));
  expect(noiseOf({ delta: 1e-9 })).toBeGreaterThan(noiseOf({}));
});

test("what a short training left over goes to those after it, and nothing follows the last one", () => {
  const plan = planOf({ trainings: 2 });
  const after = (steps: number, trainings: number) =>
    planPrivately(
      { ...settings, trainings: 2 },
      { curve: repeatCurve(costOf(plan, steps), trainings), trainings },
    );
  expect(after(plan.steps, 1)!.noise).toBeCloseTo(plan.noise, 6);
  expect(after(1, 1)!.noise).toBeLessThan(plan.noise);
  expect(after(plan.steps, 2)).toBeUndefined();
  const spent = { curve: repeatCurve(costOf(plan, plan.steps), 2), trainings: 2 };
  expect(planPrivately({ ...settings, trainings: 3 }, spent)).toBeUndefined();
  expect(planPrivately({ ...settings, trainings: 3, epsilon: 12 }, spent)).toBeDefined();
});
