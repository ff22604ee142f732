import { expect, test } from "vitest";
import { createRandom } from "../../../src/numeric/random.ts";
import { createLinearHead } from "../../../src/policy/fast-loop/linear-head.ts";
import { mean } from "../../statistics.ts";
import { chooseLargest, defaultSettings, playThompson } from "./thompson.ts";
import type { Visit } from "./visits.ts";

const settings = { ...defaultSettings, fourierFeatures: 64, bandwidth: 0.5 };

/** Four quarters of the plane, opposite ones of one class: no linear model tells them apart. */
function createQuarters(count: number): Visit[] {
  const random = createRandom(7);
  return Array.from({ length: count }, () => {
    const inputs = Float64Array.of(random.normal(), random.normal());
    return { inputs, classIndex: inputs[0]! * inputs[1]! > 0 ? 1 : 0 };
  });
}
const ignoreProgress = () => undefined;

test("the head passed over is never the one with the largest draw", () => {
  const random = createRandom(3);
  const size = 6;
  const heads = Array.from({ length: 5 }, () =>
    createLinearHead({ size, priorPrecision: 0.5, noiseVariance: 0.1, forgetting: 1 }),
  );
  const draw = () => Float64Array.from({ length: size }, () => random.normal());
  const chosenCounts = new Set<number>();
  for (let round = 0; round < 300; round++) {
    const x = draw();
    const parts = { heads, settings: { ...settings, priorPrecision: 0.5, scale: 2 } };
    const chosen = chooseLargest({ ...parts, random: createRandom(round) }, x);
    const same = createRandom(round);
    const draws = heads.map(
      (head) =>
        head.predict(x) + 2 * Math.sqrt(head.noiseVariance() * head.spread(x)) * same.normal(),
    );
    expect(chosen).toBe(draws.indexOf(Math.max(...draws)));
    chosenCounts.add(chosen);
    heads[chosen]!.update(x, x[chosen]! > 0 ? 1 : 0);
  }
  expect(chosenCounts.size).toBe(5);
});

test("Fourier features learn what the inputs alone can't", () => {
  const visits = createQuarters(600);
  const play = (fourierFeatures: number, rows = visits) => {
    const parts = { classes: 2, settings: { ...settings, fourierFeatures }, seed: 1 };
    return playThompson(rows, parts, ignoreProgress);
  };
  const lossOf = (wrong: Uint8Array) => mean([...wrong.subarray(300)]);
  const wrong = play(64);
  expect(lossOf(wrong)).toBeLessThan(0.15);
  expect(lossOf(play(0))).toBeGreaterThan(0.3);
  expect(play(64, visits.slice(0, 100))).toEqual(wrong.subarray(0, 100));
});
