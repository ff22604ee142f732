import { parameterCount } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { innerWidth } from "../../policy/transformer/shape.ts";
import { groupRows } from "./row-groups.ts";
import { type StepShape, tableRowCount } from "./sequence-graph.ts";
import { defaultSettings, type SequenceSettings } from "./settings.ts";
import { laneCount } from "./step-trainer.ts";

const floatBytes = 4;
/** θ, m, v and θ̄ in two copies, a gradient, and the buffers of a step of the largest array. */
const copiesOfParameters = 10;
/** Additional memory of each lane: θ as fed and in transit, gradients likewise. */
const copiesOfLane = 4;
/** θ, m, v and θ̄ of a table outside the graph, and a copy of each while a checkpoint is made. */
const copiesOfTable = 8;
/** Logits of linear cross-entropy: a chunk, its softmax, its gradient; at most 8 MB each. */
const copiesOfChunk = 3;
const mostChunkFloats = 2 ** 21;
/** Runtime, session and graph, whatever their size. */
const fixedFloats = 11.25e6;

/**
 * Approximate peak memory of a training step, in bytes: parameters with their moments, dropout
 * masks, and for each cell of a group and each block the inputs of the backward pass, in every
 * lane. Of five measured steps it is between 0.8 and 1.2, from 30 items to 12,000.
 */
export function estimateTrainingBytes(step: StepShape, lanes = 1): number {
  const { network, rows, negatives } = step;
  const { width, length, heads, blocks } = network;
  const inner = innerWidth(network) * (network.feedForward === "relu" ? 2 : 5);
  const perBlock = 14 * width + inner + 3 * heads * length;
  const cells = groupRows({ network, rows: rows / lanes }) * length;
  const logits =
    negatives === undefined
      ? copiesOfChunk * Math.min(mostChunkFloats, cells * network.items)
      : 4 * cells * negatives;
  const masks = rows * length * width * (2 * blocks + 1);
  const copies = copiesOfParameters + (lanes === 1 ? 0 : lanes * copiesOfLane);
  const inGraph = copies * parameterCount({ ...network, items: tableRowCount(step) });
  const outside = tableRowCount(step) < network.items ? copiesOfTable * network.items * width : 0;
  const floats =
    fixedFloats + inGraph + outside + masks + lanes * (cells * blocks * perBlock + logits);
  return floatBytes * floats;
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
