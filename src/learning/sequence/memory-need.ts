import { parameterCount } from "../../policy/transformer/parameters.ts";
import { innerWidth } from "../../policy/transformer/shape.ts";
import { groupRows } from "./row-groups.ts";
import { type StepShape, tableRows } from "./sequence-graph.ts";

const floatBytes = 4;
/** θ, m, v and θ̄ in two copies, a gradient, and what making a step of the largest array takes. */
const copiesOfParameters = 10;
/** What each of several lanes adds: θ where it is fed and where it is on its way, gradients likewise. */
const copiesOfLane = 4;
/** θ, m, v and θ̄ of a table outside the graph, and a copy of each while a checkpoint is made. */
const copiesOfTable = 8;
/** Logits of linear cross-entropy: a chunk, its softmax, its gradient; 8 MB each. */
const chunkBytes = 3 * 2 ** 23;

/**
 * About what a training step holds at its peak, in bytes: parameters with their moments, dropout masks, and for each cell of
 * a group and each block what the way back needs, in every lane. Measured steps stay within half and twice of it.
 */
export function estimateTrainingBytes(step: StepShape, lanes = 1): number {
  const { network, rows, negatives } = step;
  const { width, length, heads, blocks } = network;
  const inner = innerWidth(network) * (network.feedForward === "relu" ? 2 : 5);
  const perBlock = 14 * width + inner + 3 * heads * length;
  const cells = groupRows({ network, rows: rows / lanes }) * length;
  const logits = negatives === undefined ? chunkBytes / floatBytes : 4 * cells * negatives;
  const masks = rows * length * width * (2 * blocks + 1);
  const copies = copiesOfParameters + (lanes === 1 ? 0 : lanes * copiesOfLane);
  const inGraph = copies * parameterCount({ ...network, items: tableRows(step) });
  const outside = tableRows(step) < network.items ? copiesOfTable * network.items * width : 0;
  const floats = inGraph + outside + masks + lanes * (cells * blocks * perBlock + logits);
  return floatBytes * floats;
}
