import { expect, test } from "vitest";
import { createRandom } from "../numeric/random.ts";
import { multiply, subtract } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { createGraph, input, parameter } from "./graph.ts";
import { gatherRows } from "./indexing.ts";
import { createSparseTrainer, type SparseTrainer } from "./sparse-trainer.ts";
import { createTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";
import type { TrainerState } from "./trainer-state.ts";

const items = 50;
const width = 3;
const settings = { varianceDecay: 0.98, weightDecay: 0.01, clipNorm: 0.5, averageDecay: 0.6 };

/** Rows of the table times a scale approach the targets; six rows a step. */
function problem(tableRows: number): TrainerOptions & { readonly table: ReturnType<typeof input> } {
  const graph = createGraph();
  const table = parameter(graph, "table", [tableRows, width]);
  const scale = parameter(graph, "scale", [width]);
  const found = gatherRows(table, input(graph, "rows", [6], "int32"));
  const error = subtract(multiply(found, scale), input(graph, "wanted", [6, width]));
  const random = createRandom(1);
  const initial = {
    table: Float32Array.from({ length: items * width }, () => random.normal()),
    scale: Float32Array.of(1, 2, 3),
  };
  const loss = sum(multiply(error, error));
  return { graph, loss, table, parameters: [scale], initial, ...settings };
}

const opened: Trainer[] = [];
const keep = <T extends Trainer>(trainer: T) => {
  opened.push(trainer);
  return trainer;
};

async function sparse(initial?: TrainerState): Promise<SparseTrainer> {
  const options = problem(6);
  const start = initial ?? options.initial;
  return keep(await createSparseTrainer({ ...options, initial: start, indices: ["rows"] }));
}

async function dense(): Promise<Trainer> {
  const options = problem(items);
  return keep(
    await createTrainer({ ...options, parameters: [options.table, ...options.parameters] }),
  );
}

function feeds(seed: number, choices: number) {
  const random = createRandom(seed);
  return {
    rows: Int32Array.from({ length: 6 }, () => random.integer(choices)),
    wanted: Float32Array.from({ length: 6 * width }, () => random.normal()),
  };
}

const near = (values: Float32Array) => Array.from(values, (value) => expect.closeTo(value, 5));

test("a row that every step uses moves as inside the graph, and so does everything else", async () => {
  const [outside, inside] = [await sparse(), await dense()];
  for (let seed = 0; seed < 20; seed++) {
    // Row 0 twice, so that its gradients are summed; rows 1 … 4.
    const batch = { ...feeds(seed, 5), rows: Int32Array.of(0, 1, 2, 3, 4, 0) };
    const [left, right] = [await outside.step(batch, 0.05), await inside.step(batch, 0.05)];
    expect(left.loss).toBeCloseTo(right.loss, 4);
  }
  outside.settle();
  const [found, expected] = [outside.state(), inside.state()];
  for (const kind of ["parameters", "means", "variances", "averages"] as const) {
    expect(Array.from(found[kind].scale!)).toEqual(near(expected[kind].scale!));
    const used = (state: TrainerState) => state[kind].table!.subarray(0, 5 * width);
    expect(Array.from(used(found))).toEqual(near(used(expected)));
  }
});

test("a row that no step names stays, and its average comes near it", async () => {
  const trainer = await sparse();
  const start = trainer.parameters().table!;
  const alone = { rows: new Int32Array(6).fill(7), wanted: new Float32Array(6 * width) };
  const rest = { ...alone, rows: new Int32Array(6).fill(8) };
  await trainer.step(alone, 0.1);
  const moved = trainer.parameters().table!;
  await trainer.step(rest, 0.1);
  await trainer.step(rest, 0.1);
  trainer.settle();
  const after = trainer.parameters().table!;
  const seven = 7 * width;
  expect(moved[seven]).not.toBe(start[seven]);
  expect(after[seven]).toBe(moved[seven]);
  // d of steps 1, 2, 3: (1 + t)/(10 + t), below the bound 0.6.
  const kept = (2 / 11) * (3 / 12) * (4 / 13);
  const average = moved[seven]! + kept * (start[seven]! - moved[seven]!);
  expect(trainer.averages().table![seven]).toBeCloseTo(average, 6);
  expect(after.subarray(0, seven)).toEqual(start.subarray(0, seven));
});

test("training goes on from a settled state bit for bit", async () => {
  const whole = await sparse();
  for (let seed = 0; seed < 4; seed++) await whole.step(feeds(seed, items), 0.05);
  whole.settle();
  const resumed = await sparse(whole.state());
  for (const trainer of [whole, resumed])
    for (let seed = 4; seed < 8; seed++) await trainer.step(feeds(seed, items), 0.05);
  whole.settle();
  resumed.settle();
  expect(resumed.state()).toEqual(whole.state());
});

test("a row outside the table is refused, and the step after it is right", async () => {
  const [trainer, other] = [await sparse(), await sparse()];
  const batch = feeds(1, items);
  const wrong = { ...batch, rows: Int32Array.of(1, 2, items, 3, 4, 5) };
  await expect(trainer.step(wrong, 0.1)).rejects.toThrow(
    "rows of the table must be integers in [0, 50), got 50",
  );
  await trainer.step(batch, 0.1);
  await other.step(batch, 0.1);
  expect(trainer.state()).toEqual(other.state());
  for (const one of opened) await one.close();
});
