import { createInterface } from "node:readline";
import { createStepTrainer } from "../../src/learning/sequence/step-trainer.ts";
import { transformerParameters } from "../../src/policy/transformer/parameters.ts";
import { networkOf, readBytes } from "./arrays.ts";
import { learningRate, network, type TrainContest, varianceDecay } from "./contests.ts";
import type { StepAnswer } from "./racer.ts";

// Takes training steps on the arrays of a folder, one JSON line in and one out, and times each of them.
const [folder = "", settings = ""] = process.argv.slice(2);
const { contest, dropout, threads } = JSON.parse(settings) as {
  contest: TrainContest;
  dropout: number;
  threads: number;
};
const { rows, length, negatives } = contest;
const cells = rows * length;
const shape = networkOf(contest);
const initial = Object.fromEntries(
  Object.keys(transformerParameters(shape)).map((name) => [
    name,
    new Float32Array(readBytes(folder, name)),
  ]),
);
const step = { network: shape, rows, dropout, negatives };
const { trainer, masks } = await createStepTrainer({ step, initial, threads, varianceDecay });
const logExpected = (count: number) =>
  new Float32Array(count).fill(Math.log((negatives ?? 0) / network.items));
const feeds = {
  items: new Int32Array(readBytes(folder, "items")),
  positions: Int32Array.from({ length: cells }, (_, cell) => cell % length),
  segments: new Int32Array(cells).fill(1),
  targets: new Int32Array(readBytes(folder, "targets")),
  weights: new Float32Array(cells).fill(1 / cells),
  ...(negatives !== undefined && {
    negatives: new Int32Array(readBytes(folder, "negatives")),
    negativeLogExpected: logExpected(negatives),
    targetLogExpected: logExpected(cells),
  }),
};
let taken = 0;

async function takeStep() {
  const startedAt = performance.now();
  const busyBefore = process.cpuUsage();
  let drawn = 0;
  const result = await trainer.step(
    { ...feeds, ...masks(() => 1000 * taken + drawn++) },
    learningRate,
  );
  taken++;
  const { user, system } = process.cpuUsage(busyBefore);
  return {
    loss: result.loss,
    seconds: (performance.now() - startedAt) / 1000,
    coreSeconds: (user + system) / 1e6,
  };
}

console.log(JSON.stringify({}));
for await (const line of createInterface({ input: process.stdin })) {
  const steps = [];
  for (let index = 0; index < Number(line); index++) steps.push(await takeStep());
  const answer: StepAnswer = { steps, peakMegabytes: process.resourceUsage().maxRSS / 1024 };
  console.log(JSON.stringify(answer));
}
await trainer.close();
