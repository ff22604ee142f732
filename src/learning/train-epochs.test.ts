import { expect, test } from "vitest";
import { sum } from "../tensor/broadcasting.ts";
import { createGraph, parameter } from "../tensor/graph.ts";
import { createTrainer } from "../tensor/trainer.ts";
import { trainEpochs, withTrainers } from "./train-epochs.ts";

const batches = () => [{ rows: [1, 2, 3] }, { rows: [4] }];

test("an epoch's loss is the mean over its rows, not over its batches", async () => {
  const step = async ({ rows }: { readonly rows: readonly number[] }) =>
    rows.reduce((all, one) => all + one, 0) / rows.length;
  expect(await trainEpochs({ epochs: 2, batches, step })).toEqual({
    epochs: 2,
    steps: 4,
    firstLoss: 2.5,
    lastLoss: 2.5,
  });
});

test("training ends when the end of an epoch says so, with the loss that it heard", async () => {
  let loss = 8;
  const step = async () => {
    loss /= 2;
    return loss;
  };
  const endEpoch = (losses: readonly number[]) => losses.length === 3;
  const { epochs, lastLoss } = await trainEpochs({
    epochs: 9,
    batches: () => [{ rows: [1] }],
    step,
    endEpoch,
  });
  expect([epochs, lastLoss]).toEqual([3, 1]);
});

test("without epochs nothing is trained and both losses are 0", async () => {
  const step = async () => Number.NaN;
  const none = { epochs: 0, steps: 0, firstLoss: 0, lastLoss: 0 };
  expect(await trainEpochs({ epochs: 0, batches, step })).toEqual(none);
});

test("a step that throws gives the trainer's memory back, and its error comes through", async () => {
  const graph = createGraph();
  const weights = parameter(graph, "w", [2]);
  const trainer = await createTrainer({
    graph,
    loss: sum(weights),
    parameters: [weights],
    initial: { w: new Float32Array(2) },
  });
  const step = async () => (await trainer.step({}, Number.NaN)).loss;
  const training = withTrainers([trainer], () => trainEpochs({ epochs: 1, batches, step }));
  await expect(training).rejects.toThrow("learningRate must be finite");
  await expect(trainer.step({}, 0.1)).rejects.toThrow();
});
