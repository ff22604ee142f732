import { dropoutRate, type MaskSeed } from "../../tensor/dropout.ts";
import { createGraph } from "../../tensor/graph.ts";
import { createLaneTrainer } from "../../tensor/lane-trainer.ts";
import { createSparseTrainer } from "../../tensor/sparse-trainer.ts";
import { createTrainer, type Trainer, type TrainerOptions } from "../../tensor/trainer.ts";
import { buildSequenceLoss, itemInputs, type StepShape, tableRowCount } from "./sequence-graph.ts";

export interface StepTrainer {
  readonly trainer: Trainer;
  /**
   * Feeds beside the batch: a dropout mask for each number that `draw` gives, an unsigned 32-bit
   * integer.
   */
  masks(draw: () => number): Readonly<Record<string, MaskSeed>>;
  /** Brings running averages up to date before they are read. */
  settle(): void;
}

export interface StepTrainerOptions
  extends Omit<TrainerOptions, "graph" | "loss" | "parameters" | "fed" | "outputs"> {
  readonly step: StepShape;
  readonly threads: number;
}

/**
 * Threads that each take an equal part of the rows; 1 if there are none, or if the rows don't
 * divide, or if one thread's rows don't use all of the item table.
 */
export function laneCount(step: StepShape, threads: number): number {
  const lanes = Math.min(threads, step.rows);
  const isWhole = step.rows % lanes === 0;
  return isWhole && tableRowCount(ofLane(step, lanes)) === step.network.items ? lanes : 1;
}

/**
 * A trainer of steps over whole batches: in lanes if possible, else with the threads within each
 * operation.
 */
export async function createStepTrainer(options: StepTrainerOptions): Promise<StepTrainer> {
  const { step, threads } = options;
  const lanes = laneCount(step, threads);
  const graph = createGraph();
  const { loss, parameters, table, masks } = buildSequenceLoss(graph, ofLane(step, lanes));
  const rate = dropoutRate(step.dropout);
  const seedMasks = (draw: () => number) =>
    Object.fromEntries(masks.map((name) => [name, { rate, seed: draw() }]));
  const training = { ...options, graph, loss, parameters };
  if (table !== undefined) {
    const trainer = await createSparseTrainer({ ...training, table, indices: itemInputs });
    return { trainer, masks: seedMasks, settle: () => trainer.settle() };
  }
  const trainer = await (lanes === 1
    ? createTrainer(training)
    : createLaneTrainer({ ...training, lanes }));
  return { trainer, masks: seedMasks, settle: () => {} };
}

const ofLane = (step: StepShape, lanes: number): StepShape => ({
  ...step,
  rows: step.rows / lanes,
});
