import { expect, test } from "vitest";
import { createRandom } from "../../numeric/random.ts";
import { multiply } from "../../tensor/arithmetic.ts";
import { sum } from "../../tensor/broadcasting.ts";
import { createGraph, input, parameter } from "../../tensor/graph.ts";
import { createPrivateTrainer, noisySlopes } from "./private-trainer.ts";

const size = 2000;
/** α/√(1 + ε): the first step of Adam moves each parameter by its rate in the direction of the slope. */
const rate = 0.01;

async function openTrainer(seed: number) {
  const graph = createGraph();
  const w = parameter(graph, "w", [size]);
  const loss = sum(multiply(w, input(graph, "x", [size])));
  return createPrivateTrainer({
    graph,
    losses: [loss],
    parameters: [w],
    initial: { w: new Float32Array(size) },
    clip: 2,
    noise: 3,
    source: createRandom(seed),
    averageDecay: 0,
    threads: 1,
  });
}

async function step(seed: number, x: Float32Array) {
  const trainer = await openTrainer(seed);
  try {
    await trainer.step([{ x }], rate);
    return trainer.averages().w!.slice();
  } finally {
    await trainer.close();
  }
}

test("every parameter gets noise, also those that nobody reached", async () => {
  const moved = await step(1, new Float32Array(size));
  const signs = moved.reduce((total, value) => total + Math.sign(value), 0);
  expect(moved.every((value) => value !== 0)).toBe(true);
  expect(Math.abs(signs)).toBeLessThan(4 * Math.sqrt(size));
});

test("the same source gives the same step, another source another one", async () => {
  const x = new Float32Array(size).fill(1);
  expect(await step(1, x)).toEqual(await step(1, x));
  expect(await step(2, x)).not.toEqual(await step(1, x));
});

test("a user without end moves no more than the clip, which noise hides", async () => {
  const reached = await step(1, new Float32Array(size).fill(1e6));
  const empty = await step(1, new Float32Array(size));
  // The clipped part is 2/√2000 of noise of deviation 6: it turns the sign of few.
  const turned = reached.filter((value, index) => Math.sign(value) !== Math.sign(empty[index]!));
  expect(turned.length / size).toBeLessThan(0.02);
});

test("a gradient that is not finite ends the training", async () => {
  const trainer = await openTrainer(1);
  await expect(
    trainer.step([{ x: new Float32Array(size).fill(Number.NaN) }], rate),
  ).rejects.toThrow("not finite");
  await trainer.close();
});

test("noise has the stated variance, by a chi-square test, whatever the sum is", () => {
  const count = 50_000;
  for (const [seed, noise, clip] of [
    [1, 0.7, 0.5],
    [2, 3, 2],
    [3, 20, 1e-3],
  ] as const) {
    const total = Float64Array.from({ length: count }, (_, index) => clip * (index % 7));
    const noisy = noisySlopes(total, { noise, clip, source: createRandom(seed) });
    let squares = 0;
    for (const [index, value] of noisy.entries())
      squares += (noise * clip * value - total[index]!) ** 2 / (noise * clip) ** 2;
    // χ² of n degrees has mean n and variance 2n.
    expect(Math.abs(squares - count)).toBeLessThan(4 * Math.sqrt(2 * count));
  }
});
