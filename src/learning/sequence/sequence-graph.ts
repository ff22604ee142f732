import { createEncoder, declareHistories } from "../../policy/transformer/encoder.ts";
import { transformerParameters } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { dropout } from "../../tensor/dropout.ts";
import { type Graph, input, type Precision, parameter, type Value } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { reshape, slice } from "../../tensor/layout.ts";
import { linearCrossEntropy } from "../../tensor/linear-cross-entropy.ts";
import { sampledSoftmax } from "../../tensor/sampled-softmax.ts";
import type { Shape } from "../../tensor/shape.ts";
import { addGroups, groupRows } from "./row-groups.ts";

/** Settings that determine the graph of a training step. */
export interface StepShape {
  readonly network: TransformerShape;
  readonly rows: number;
  readonly dropout: number;
  /** Shared negatives; undefined compares with the whole catalogue. */
  readonly negatives: number | undefined;
}

export interface SequenceGraph {
  readonly loss: Value;
  readonly parameters: readonly Value[];
  /**
   * `itemTable` if it is not among the parameters but stays outside the graph, [rows that a step
   * can use, width].
   */
  readonly table: Value | undefined;
  /** Inputs that take a dropout mask anew each step. */
  readonly masks: readonly string[];
}

/** Inputs that hold items. */
export const itemInputs = ["items", "targets", "negatives"] as const;

/**
 * Rows of the item table that are in the graph: all of them, or, if a step can't use them all, as
 * many as it can.
 */
export function tableRowCount({ network, rows, negatives }: StepShape): number {
  const used = negatives === undefined ? network.items : 2 * rows * network.length + negatives;
  return Math.min(network.items, used);
}

/**
 * Σ_cells w·(−log P(next item | history)) of a batch: the encoder's states against the embeddings of all items (tied weights:
 * Press & Wolf 2017, arXiv:1608.05859), or against the target's and shared negatives' alone. Beside the encoder's inputs
 * it takes `targets` int32 and `weights`, [rows · length]; with negatives also `targetLogExpected` [rows · length],
 * `negatives` int32 and `negativeLogExpected` [negatives].
 */
export function buildSequenceLoss(graph: Graph<Precision>, step: StepShape): SequenceGraph {
  const { network, rows } = step;
  const isSparse = tableRowCount(step) < network.items;
  const inGraph = { ...network, items: tableRowCount(step) };
  const values = Object.fromEntries(
    Object.entries(transformerParameters(inGraph)).map(([name, { shape }]) => [
      name,
      parameter(graph, name, shape),
    ]),
  );
  const masks: string[] = [];
  const drop = (value: Value) => {
    if (step.dropout === 0) return value;
    const name = `mask${masks.length}`;
    masks.push(name);
    return dropout(value, input(graph, name, value.shape));
  };
  const encode = createEncoder(values, network);
  const histories = declareHistories(graph, { rows, length: network.length });
  const lossOf = nextItemLoss(values.itemTable!, step);
  const size = groupRows(step);
  const loss = addGroups(Object.values(values), Math.ceil(rows / size), (group, enter) => {
    const [start, end] = [group * size, Math.min(rows, (group + 1) * size)];
    const cut = (value: Value) => slice(value, { axis: 0, start, end });
    const { items, positions, segments } = histories;
    const own = { items: cut(items), positions: cut(positions), segments: cut(segments) };
    const states = encode(own, { enter, regularise: drop });
    return lossOf(states, { start: start * network.length, end: end * network.length });
  });
  return {
    loss,
    parameters: Object.values(values).filter((value) => !isSparse || value !== values.itemTable),
    table: isSparse ? values.itemTable : undefined,
    masks,
  };
}

/** Makes the loss of the cells from `start` to `end` − 1, whose states are [rows, length, width]. */
function nextItemLoss(table: Value, { rows, network, negatives }: StepShape) {
  const { graph } = table;
  const cells = [rows * network.length];
  const targets = input(graph, "targets", cells, "int32");
  const weights = input(graph, "weights", cells);
  const drawn = negatives === undefined ? undefined : declareSampled(table, { cells, negatives });
  return (encoded: Value, range: { readonly start: number; readonly end: number }) => {
    const cut = (value: Value) => slice(value, { axis: 0, ...range });
    const states = reshape(encoded, [range.end - range.start, network.width]);
    const own = { states, weights: cut(weights) };
    const ids = cut(targets);
    if (!drawn) return linearCrossEntropy({ ...own, table, targets: ids });
    const logExpected = cut(drawn.targetLogExpected);
    const ofTargets = { embeddings: gatherRows(table, ids), ids, logExpected };
    return sampledSoftmax({ ...own, targets: ofTargets, negatives: drawn.negatives });
  };
}

/** Inputs of a comparison with shared negatives, beside the targets. */
function declareSampled(
  table: Value,
  { cells, negatives }: { readonly cells: Shape; readonly negatives: number },
) {
  const { graph } = table;
  const ids = input(graph, "negatives", [negatives], "int32");
  return {
    targetLogExpected: input(graph, "targetLogExpected", cells),
    negatives: {
      embeddings: gatherRows(table, ids),
      ids,
      logExpected: input(graph, "negativeLogExpected", [negatives]),
    },
  };
}
