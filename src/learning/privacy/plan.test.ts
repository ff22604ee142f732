import { expect, test } from "vitest";
import { addCurves, epsilonOf, renyiOf, repeatCurve } from "../../numeric/privacy/accountant.ts";
import { costOf, planPrivately } from "./plan.ts";

const settings = { epsilon: 8, delta: 1e-6, trainings: 4, clip: 0.5, samplingRate: 0.02 };

test("all trainings together spend the budget, and not more", () => {
  for (const epsilon of [1, 3, 8]) {
    const plan = planPrivately({ ...settings, epsilon });
    const spent = epsilonOf(repeatCurve(costOf(plan, plan.steps), 4), settings.delta);
    expect(spent).toBeLessThanOrEqual(epsilon);
    expect(spent).toBeGreaterThan(0.999 * epsilon);
  }
});

test("a cost is that of counts, pairs and the steps that ran", () => {
  const plan = planPrivately(settings);
  const once = (noise: number) => renyiOf({ samplingRate: 1, noise, steps: 1 });
  const { noise, samplingRate } = plan;
  const sum = addCurves(
    renyiOf({ samplingRate, noise, steps: 7 }),
    addCurves(once(plan.countsNoise), once(plan.pairsNoise)),
  );
  expect(costOf(plan, 7)).toEqual(sum);
});

test("more trainings, a smaller ε or a smaller δ need more noise", () => {
  const noiseOf = (change: Partial<typeof settings>) =>
    planPrivately({ ...settings, ...change }).noise;
  expect(noiseOf({ trainings: 8 })).toBeGreaterThan(noiseOf({}));
  expect(noiseOf({ epsilon: 4 })).toBeGreaterThan(noiseOf({}));
  expect(noiseOf({ delta: 1e-9 })).toBeGreaterThan(noiseOf({}));
});
