import { encodeHistories } from "../../policy/transformer/encoder.ts";
import { transformerParameters } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { dropout } from "../../tensor/dropout.ts";
import { type Graph, input, type Precision, parameter, type Value } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { reshape } from "../../tensor/layout.ts";
import { linearCrossEntropy } from "../../tensor/linear-cross-entropy.ts";
import { sampledSoftmax } from "../../tensor/sampled-softmax.ts";
import { elementCount } from "../../tensor/shape.ts";

/** What decides the graph of a training step. */
export interface StepShape {
  readonly network: TransformerShape;
  readonly rows: number;
  readonly dropout: number;
  /** Shared negatives; undefined compares with the whole catalogue. */
  readonly negatives: number | undefined;
}

/** A dropout mask that is fed anew each step. */
export interface MaskInput {
  readonly name: string;
  readonly elements: number;
}

export interface SequenceGraph {
  readonly loss: Value;
  readonly parameters: readonly Value[];
  /** `itemTable` where it is not among the parameters but stays outside the graph, [rows that a step can use, width]. */
  readonly table: Value | undefined;
  readonly masks: readonly MaskInput[];
}

/** Inputs that hold items. */
export const itemInputs = ["items", "targets", "negatives"] as const;

/**
 * Rows of the item table that stand in the graph: all of them, or, where a step can't use them all, as many as it can.
 */
export function tableRows({ network, rows, negatives }: StepShape): number {
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
  const isSparse = tableRows(step) < network.items;
  const inGraph = { ...network, items: tableRows(step) };
  const values = Object.fromEntries(
    Object.entries(transformerParameters(inGraph)).map(([name, { shape }]) => [
      name,
      parameter(graph, name, shape),
    ]),
  );
  const masks: MaskInput[] = [];
  const regularise = (value: Value) => {
    const name = `mask${masks.length}`;
    masks.push({ name, elements: elementCount(value.shape) });
    return dropout(value, input(graph, name, value.shape));
  };
  const encoded = encodeHistories(graph, values, {
    shape: network,
    rows,
    ...(step.dropout > 0 && { regularise }),
  });
  const cells = rows * network.length;
  const states = reshape(encoded, [cells, network.width]);
  return {
    loss: nextItemLoss(states, values.itemTable!, step),
    parameters: Object.values(values).filter((value) => !isSparse || value !== values.itemTable),
    table: isSparse ? values.itemTable : undefined,
    masks,
  };
}

function nextItemLoss(states: Value, table: Value, step: StepShape): Value {
  const { graph } = states;
  const [cells = 0] = states.shape;
  const targets = input(graph, "targets", [cells], "int32");
  const weights = input(graph, "weights", [cells]);
  if (step.negatives === undefined) return linearCrossEntropy({ states, table, targets, weights });
  const classes = (ids: Value, name: string) => ({
    embeddings: gatherRows(table, ids),
    ids,
    logExpected: input(graph, name, ids.shape),
  });
  const negatives = input(graph, "negatives", [step.negatives], "int32");
  return sampledSoftmax({
    states,
    weights,
    targets: classes(targets, "targetLogExpected"),
    negatives: classes(negatives, "negativeLogExpected"),
  });
}
