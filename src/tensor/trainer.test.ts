import { afterEach, expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { add, multiply, subtract } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { log, softplus } from "./elementwise.ts";
import type { Feeds } from "./feed.ts";
import { createGraph, input, parameter } from "./graph.ts";
import { gatherRows } from "./indexing.ts";
import { matmul } from "./linear-algebra.ts";
import { logSoftmax, mean } from "./reduction.ts";
import { createTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";

const open: Trainer[] = [];
afterEach(() => Promise.all(open.splice(0).map((trainer) => trainer.close())));

async function opened(options: TrainerOptions): Promise<Trainer> {
  const trainer = await createTrainer(options);
  open.push(trainer);
  return trainer;
}

/** loss = slope · θ: the gradient is the fed value. */
function linearProblem() {
  const graph = createGraph();
  const theta = parameter(graph, "theta", []);
  const loss = multiply(theta, input(graph, "slope", []));
  return { graph, loss, parameters: [theta], initial: { theta: Float32Array.of(1) } };
}

const slope = (value: number): Feeds => ({ slope: Float32Array.of(value) });

/** A few operations on numbers near 1, each rounded to float32. */
const roundings = (expected: number) => expect.closeTo(expected, 6) as number;

test("three steps of Adam agree with a computation by hand", async () => {
  // α = 0.1, θ = 1, gradients 1, 2, −3.
  // t = 1: m = 0.1, v = 0.001, m̂ = v̂ = 1, θ = 1 − 0.1 = 0.9.
  // t = 2: m = 0.09 + 0.2 = 0.29, v = 0.000999 + 0.004 = 0.004999, m̂ = m/0.19 = 1.5263158,
  //        v̂ = v/0.001999 = 2.5007504, θ = 0.9 − 0.1 · 1.5263158/1.5813761 = 0.8034818.
  // t = 3: m = 0.261 − 0.3 = −0.039, v = 0.004994001 + 0.009 = 0.013994001, m̂ = m/0.271 = −0.1439114,
  //        v̂ = v/0.002997001 = 4.6693348, θ = 0.8034818 + 0.1 · 0.1439114/2.1608643 = 0.8101417.
  const trainer = await opened(linearProblem());
  expect((await trainer.step(slope(1), 0.1)).loss).toBe(1);
  expect(trainer.parameters().theta![0]).toEqual(roundings(0.9));
  expect((await trainer.step(slope(2), 0.1)).loss).toEqual(roundings(1.8));
  expect(trainer.parameters().theta![0]).toEqual(roundings(0.8034818));
  expect((await trainer.step(slope(-3), 0.1)).loss).toEqual(roundings(-2.4104454));
  const state = trainer.state();
  expect(state.steps).toBe(3);
  expect(state.parameters.theta![0]).toEqual(roundings(0.8101417));
  expect(state.means.theta![0]).toEqual(roundings(-0.039));
  expect(state.variances.theta![0]).toEqual(roundings(0.013994));
});

test("weight decay shrinks the parameter apart from the gradient", async () => {
  // The first step is α(sign g + λθ) = 0.1 · (1 + 0.5 · 1).
  const trainer = await opened({ ...linearProblem(), weightDecay: 0.5 });
  await trainer.step(slope(3), 0.1);
  expect(trainer.parameters().theta![0]).toEqual(roundings(0.85));
  expect(trainer.state().means.theta![0]).toEqual(roundings(0.3));
});

test("a gradient over the bound is scaled to it before the moments see it", async () => {
  const trainer = await opened({ ...linearProblem(), clipNorm: 2 });
  await trainer.step(slope(-8), 0.1);
  expect(trainer.state().means.theta![0]).toEqual(roundings(-0.2));
  expect(trainer.state().variances.theta![0]).toEqual(roundings(0.004));
});

test("another decay of the variances changes how soon a gradient is forgotten", async () => {
  const trainer = await opened({ ...linearProblem(), varianceDecay: 0.9 });
  await trainer.step(slope(2), 0.1);
  await trainer.step(slope(0), 0.1);
  // 0.9 · 0.1 · 4.
  expect(trainer.state().variances.theta![0]).toEqual(roundings(0.36));
});

test("averages follow the parameters, at first quickly", async () => {
  // Steps of 0.1 with gradient 1: θ = 0.9, then 0.8. d is (1 + 1)/(10 + 1), then the bound 0.2, below (1 + 2)/(10 + 2).
  const trainer = await opened({ ...linearProblem(), averageDecay: 0.2 });
  await trainer.step(slope(1), 0.1);
  const first = (2 / 11) * 1 + (9 / 11) * 0.9;
  expect(trainer.averages().theta![0]).toEqual(roundings(first));
  await trainer.step(slope(1), 0.1);
  expect(trainer.averages().theta![0]).toEqual(roundings(0.2 * first + 0.8 * 0.8));
  expect(trainer.parameters().theta![0]).toEqual(roundings(0.8));
});

test("logistic regression finds the solution that is known in closed form", async () => {
  // Rates 0.3 at x = 0 and 0.6 at x = 1: the intercept is logit 0.3, the weight logit 0.6 − logit 0.3.
  const graph = createGraph();
  const parameters = [
    parameter(graph, "weight", [1, 1]),
    parameter(graph, "intercept", [1]),
  ] as const;
  const logits = add(matmul(input(graph, "x", [2, 1]), parameters[0]), parameters[1]);
  const rates = input(graph, "rates", [2, 1]);
  const loss = sum(subtract(softplus(logits), multiply(rates, logits)));
  const initial = { weight: new Float32Array(1), intercept: new Float32Array(1) };
  const trainer = await opened({ graph, loss, parameters, initial });
  const feeds = { x: Float32Array.of(0, 1), rates: Float32Array.of(0.3, 0.6) };
  for (let step = 0; step < 1000; step++) await trainer.step(feeds, 0.1 * 0.99 ** step);
  const { weight, intercept } = trainer.parameters();
  const logit = (p: number) => Math.log(p / (1 - p));
  // float32 resolves this loss to 1e-7, so its flat minimum (curvature about 0.2) to √(1e-7/0.1) = 1e-3.
  expect(Math.abs(intercept![0]! - logit(0.3))).toBeLessThan(1e-3);
  expect(Math.abs(weight![0]! - (logit(0.6) - logit(0.3)))).toBeLessThan(2e-3);
});

/** A classifier over embedded items: everything that training of a network uses. */
function classifier(threads: number): TrainerOptions {
  const graph = createGraph();
  const table = parameter(graph, "table", [20, 8]);
  const weights = parameter(graph, "weights", [8, 50]);
  const rows = gatherRows(table, input(graph, "rows", [64, 4], "int32"));
  const logProbabilities = logSoftmax(matmul(mean(rows, { axes: [1] }), weights));
  const terms = sum(multiply(logProbabilities, input(graph, "target", [64, 50])), { axes: [1] });
  const random = createRandom(7);
  const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  return {
    graph,
    loss: multiply(mean(terms), -1),
    parameters: [table, weights],
    initial: { table: normals(160), weights: normals(400) },
    outputs: { terms },
    threads,
  };
}

function batch(seed: number): Feeds {
  const random = createRandom(seed);
  const target = new Float32Array(64 * 50);
  for (let row = 0; row < 64; row++) target[row * 50 + random.integer(50)] = 1;
  return { rows: Int32Array.from({ length: 256 }, () => random.integer(20)), target };
}

async function trained(trainer: Trainer, from: number, to: number): Promise<Trainer> {
  for (let seed = from; seed < to; seed++) await trainer.step(batch(seed), 0.01);
  return trainer;
}

test.each([1, 2])(
  "two trainers with the same start and feeds agree bit for bit, %i threads",
  async (n) => {
    const [first, second] = [await opened(classifier(n)), await opened(classifier(n))];
    const start = first.parameters();
    await trained(first, 0, 10);
    await trained(second, 0, 10);
    expect(first.state()).toEqual(second.state());
    expect(first.parameters().table).not.toEqual(start.table);
  },
);

test("training goes on from a saved state bit for bit, on the same graph", async () => {
  const options = { ...classifier(1), averageDecay: 0.9, clipNorm: 0.1 };
  const whole = await trained(await opened(options), 0, 8);
  const begun = await trained(await opened(options), 0, 5);
  const resumed = await opened({ ...options, initial: begun.state() });
  expect((await trained(resumed, 5, 8)).state()).toEqual(whole.state());
});

test("a step resolves with the extra outputs, of the parameters before it", async () => {
  const trainer = await opened(classifier(1));
  const first = await trainer.step(batch(1), 0.01);
  const kept = first.outputs.terms!.slice();
  const second = await trainer.step(batch(1), 0.01);
  const meanOf = (values: Float32Array) =>
    values.reduce((total, x) => total + x, 0) / values.length;
  // A mean of 64 float32 terms below 10.
  expect(first.loss).toBeCloseTo(-meanOf(first.outputs.terms!), 5);
  expect(second.loss).toBeLessThan(first.loss);
  expect(first.outputs.terms).toEqual(kept);
});

test("copies that were handed out do not change with later steps", async () => {
  const options = classifier(1);
  const trainer = await trained(await opened(options), 0, 2);
  const handed = trainer.state();
  const kept = structuredClone(handed);
  await trained(trainer, 2, 4);
  expect(handed).toEqual(kept);
  // Nor do steps write into the arrays that training started from.
  expect((await opened(options)).parameters()).toEqual(
    (await opened({ ...options, initial: classifier(1).initial })).parameters(),
  );
});

test("a step that is refused or fails leaves the state as it was", async () => {
  const trainer = await trained(await opened(classifier(1)), 0, 1);
  const before = trainer.state();
  const feeds = batch(1);
  await expect(trainer.step({ target: feeds.target! }, 0.01)).rejects.toThrow(
    "input rows [64, 4] takes 256 values, got none",
  );
  const outside = { ...feeds, rows: new Int32Array(256).fill(20) };
  await expect(trainer.step(outside, 0.01)).rejects.toThrow(/idx=20/);
  await expect(trainer.step(feeds, Number.NaN)).rejects.toThrow(
    "learningRate must be finite and not negative, got NaN",
  );
  expect(trainer.state()).toEqual(before);
});

test("a second step before the first has ended is refused", async () => {
  const trainer = await opened(linearProblem());
  const first = trainer.step(slope(1), 0.1);
  await expect(trainer.step(slope(1), 0.1)).rejects.toThrow("a step is still running");
  await first;
  expect(trainer.state().steps).toBe(1);
});

test("a diverged loss is reported as NaN", async () => {
  const graph = createGraph();
  const theta = parameter(graph, "theta", []);
  const initial = { theta: Float32Array.of(-1) };
  const trainer = await opened({ graph, loss: log(theta), parameters: [theta], initial });
  expect((await trainer.step({}, 0.1)).loss).toBeNaN();
});

test("starting values must be there for every parameter, in its length", async () => {
  const problem = linearProblem();
  await expect(createTrainer({ ...problem, initial: {} })).rejects.toThrow(
    "input theta [] takes 1 values, got none",
  );
  const initial = { theta: new Float32Array(2) };
  await expect(createTrainer({ ...problem, initial })).rejects.toThrow(
    "input theta [] takes 1 values, got 2",
  );
});

test("only inputs can be trained", async () => {
  const problem = linearProblem();
  const middle = multiply(problem.loss, 2);
  const options = { ...problem, loss: multiply(middle, 3), parameters: [middle] };
  await expect(createTrainer(options)).rejects.toThrow(/only an input can be trained/);
});
