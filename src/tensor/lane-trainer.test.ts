import { afterEach, expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { multiply } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { dropoutRate } from "./dropout.ts";
import type { Feeds } from "./feed.ts";
import { createGraph, input, parameter } from "./graph.ts";
import { gatherRows } from "./indexing.ts";
import { createLaneTrainer } from "./lane-trainer.ts";
import { matmul } from "./linear-algebra.ts";
import { logSoftmax } from "./reduction.ts";
import { createTrainer, type Trainer } from "./trainer.ts";

const open: Trainer[] = [];
afterEach(() => Promise.all(open.splice(0).map((trainer) => trainer.close())));

function keep(trainer: Trainer): Trainer {
  open.push(trainer);
  return trainer;
}

const batchRows = 12;
const random = createRandom(7);
const normals = (count: number) => Float32Array.from({ length: count }, () => random.normal());
const initial = { table: normals(40), weights: normals(24) };

/** A weighted classifier over embedded items; every row is scaled by the same `temperature`. */
function problem(rows: number) {
  const graph = createGraph();
  const table = parameter(graph, "table", [10, 4]);
  const weights = parameter(graph, "weights", [4, 6]);
  const states = gatherRows(table, input(graph, "items", [rows], "int32"));
  const scaled = multiply(states, input(graph, "temperature", [4]));
  const terms = multiply(logSoftmax(matmul(scaled, weights)), input(graph, "target", [rows, 6]));
  return {
    graph,
    loss: multiply(sum(terms), -1),
    parameters: [table, weights],
    initial,
    clipNorm: 0.5,
    weightDecay: 0.1,
    averageDecay: 0.9,
  };
}

const inLanes = async (
  lanes: number,
  change: Partial<Parameters<typeof createLaneTrainer>[0]> = {},
) => keep(await createLaneTrainer({ ...problem(batchRows / lanes), lanes, ...change }));

function batch(seed: number): Feeds {
  const draws = createRandom(seed);
  const target = new Float32Array(batchRows * 6);
  for (let row = 0; row < batchRows; row++) target[row * 6 + draws.integer(6)] = 1 / batchRows;
  const items = Int32Array.from({ length: batchRows }, () => draws.integer(10));
  return { items, target, temperature: Float32Array.of(0.5, 1, 1.5, 2) };
}

async function trained(trainer: Trainer, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let seed = from; seed < to; seed++)
    losses.push((await trainer.step(batch(seed), 0.01)).loss);
  return losses;
}

test.each([2, 3])("%i lanes learn what one trainer of whole batches does", async (lanes) => {
  const whole = keep(await createTrainer(problem(batchRows)));
  const cut = await inLanes(lanes);
  const expected = await trained(whole, 0, 5);
  const losses = await trained(cut, 0, 5);
  // Sums of float32 numbers near 1 in another order.
  for (const [index, loss] of losses.entries()) expect(loss).toBeCloseTo(expected[index]!, 5);
  for (const kind of ["parameters", "averages", "means"] as const)
    for (const [name, values] of Object.entries(whole.state()[kind]))
      for (const [index, value] of values.entries())
        expect(cut.state()[kind][name]![index]).toBeCloseTo(value, 5);
  expect(cut.parameters().table).not.toEqual(initial.table);
});

test("each lane draws its own part of a mask", async () => {
  const masked = (rows: number) => {
    const graph = createGraph();
    const weights = parameter(graph, "weights", [3]);
    const mask = input(graph, "mask", [rows, 3]);
    const loss = sum(multiply(mask, weights));
    return { graph, loss, parameters: [weights], initial: { weights: Float32Array.of(1, 2, 4) } };
  };
  const whole = keep(await createTrainer(masked(15)));
  const cut = keep(await createLaneTrainer({ ...masked(5), lanes: 3 }));
  for (const seed of [1, 2]) {
    const feeds = { mask: { rate: dropoutRate(0.5), seed } };
    const { loss } = await whole.step(feeds, 0.01);
    // Near 90 float32 has steps of 8e-6.
    expect((await cut.step(feeds, 0.01)).loss).toBeCloseTo(loss, 4);
  }
  expect(cut.parameters()).toEqual(whole.parameters());
});

test("lanes agree bit for bit from run to run, and go on from a saved state", async () => {
  const [whole, begun] = [await inLanes(2), await inLanes(2)];
  await trained(whole, 0, 6);
  await trained(begun, 0, 3);
  const resumed = await inLanes(2, { initial: begun.state() });
  await trained(resumed, 3, 6);
  expect(resumed.state()).toEqual(whole.state());
});

test("a step that is refused or fails in either lane leaves the state as it was", async () => {
  const trainer = await inLanes(2);
  await trained(trainer, 0, 1);
  const before = trainer.state();
  const feeds = batch(1);
  for (const bad of [0, batchRows - 1]) {
    const items = (feeds.items as Int32Array).with(bad, 10);
    await expect(trainer.step({ ...feeds, items }, 0.01)).rejects.toThrow(/idx=10/);
  }
  await expect(trainer.step({ ...feeds, items: new Int32Array(5) }, 0.01)).rejects.toThrow(
    "input items [6] takes 6 values, got 5",
  );
  await expect(trainer.step(feeds, Number.NaN)).rejects.toThrow("learningRate must be finite");
  expect(trainer.state()).toEqual(before);
  const other = await inLanes(2);
  await trained(other, 0, 1);
  expect(await trained(trainer, 1, 3)).toEqual(await trained(other, 1, 3));
});

test("a second step before the first has ended is refused", async () => {
  const trainer = await inLanes(2);
  const first = trainer.step(batch(1), 0.1);
  await expect(trainer.step(batch(1), 0.1)).rejects.toThrow("a step is still running");
  await first;
  expect(trainer.state().steps).toBe(1);
});

test("closing ends the threads", async () => {
  const threads = () => process.getActiveResourcesInfo().filter((kind) => kind === "MessagePort");
  const before = threads().length;
  const trainer = await createLaneTrainer({ ...problem(batchRows / 3), lanes: 3 });
  expect(threads().length).toBe(before + 2);
  await trained(trainer, 0, 1);
  await trainer.close();
  expect(threads().length).toBe(before);
});
