import { parameterCount } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { innerWidth } from "../../policy/transformer/shape.ts";
import { groupRows } from "./row-groups.ts";
import { type StepShape, tableRowCount } from "./sequence-graph.ts";
import { defaultSettings, type SequenceSettings, validationRows } from "./settings.ts";
import { laneCount } from "./step-trainer.ts";

const floatBytes = 4;
/** θ, m, v and θ̄ in two copies, a gradient, and the buffers of a step of the largest array. */
const copiesInStep = 10;
/** With arrays that wait for the collector, a checkpoint and the best epoch's θ̄. */
const copiesInTraining = 13;
/** Of each lane beside others: θ as fed and in transit, gradients likewise. */
const copiesOfLane = 6.5;
/** θ, m, v and θ̄ of a table outside the graph, and a copy of each while a checkpoint is made. */
const copiesOfTable = 8;
/** Logits of linear cross-entropy: a chunk, its softmax, its gradient; at most 8 MB each. */
const copiesOfChunk = 3;
const mostChunkFloats = 2 ** 21;
/** Runtime, session and graph, whatever their size; in a training also compiled code. */
const fixedInStep = 11.25e6;
const fixedInTraining = 27.5e6;
/** An arena grows by doubling. */
const shareOfArena = 1.7;

/** Dropout masks, and for each cell of a group and each block the inputs of the backward pass, in every lane. */
function activationFloats({ network, rows, negatives }: StepShape, lanes: number): number {
  const { width, length, heads, blocks } = network;
  const inner = innerWidth(network) * (network.feedForward === "relu" ? 2 : 5);
  const perBlock = 14 * width + inner + 3 * heads * length;
  const cells = groupRows({ network, rows: rows / lanes }) * length;
  const logits =
    negatives === undefined
      ? copiesOfChunk * Math.min(mostChunkFloats, cells * network.items)
      : 4 * cells * negatives;
  const masks = rows * length * width * (2 * blocks + 1);
  return masks + lanes * (cells * blocks * perBlock + logits);
}

/** One block forward of the histories that are validated together. */
function validationFloats({ network }: StepShape): number {
  const { width, length, heads } = network;
  const perCell = 3 * heads * length + 2 * innerWidth(network) + 6 * width;
  return shareOfArena * validationRows * length * perCell;
}

const inGraph = (step: StepShape) =>
  parameterCount({ ...step.network, items: tableRowCount(step) });

/** Approximate peak memory of a step of one thread, in bytes. */
export const estimateStepBytes = (step: StepShape): number =>
  floatBytes * (fixedInStep + copiesInStep * inGraph(step) + activationFloats(step, 1));

/**
 * Approximate memory that a training takes at its peak, in bytes, beyond the process before it. On MovieLens 100k it is between 0.86 and
 * 1.15 of the measured one, from 220,000 parameters to 5 million (docs/methods/sequences.md).
 */
export function estimateTrainingBytes(step: StepShape, lanes = 1): number {
  const { items, width } = step.network;
  const copies = copiesInTraining + (lanes === 1 ? 0 : lanes * copiesOfLane);
  const outside = tableRowCount(step) < items ? copiesOfTable * items * width : 0;
  const working = activationFloats(step, lanes) + validationFloats(step);
  return floatBytes * (fixedInTraining + copies * inGraph(step) + outside + working);
}

/** Of a training whose batches are full. */
export function estimateTraining(options: {
  readonly shape: TransformerShape;
  readonly settings: Partial<SequenceSettings>;
  readonly threads: number;
}): number {
  const { shape, threads } = options;
  const settings = { ...defaultSettings, ...options.settings };
  const step: StepShape = {
    network: shape,
    rows: settings.rows,
    dropout: settings.dropout,
    negatives: shape.items > settings.fullSoftmaxItems ? settings.negatives : undefined,
  };
  return estimateTrainingBytes(step, laneCount(step, threads));
}
