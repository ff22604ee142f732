import { gelu, swiglu } from "../../tensor/activation.ts";
import { add } from "../../tensor/arithmetic.ts";
import { attention, segmentMask } from "../../tensor/attention.ts";
import { relu } from "../../tensor/elementwise.ts";
import { type Graph, input, type Precision, type Value } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { matmul } from "../../tensor/linear-algebra.ts";
import { layerNorm } from "../../tensor/normalisation.ts";
import type { TransformerShape } from "./shape.ts";

/** The parameters as values of one graph: constants when serving, inputs when training. */
export type TransformerValues = Readonly<Record<string, Value>>;

export interface EncoderOptions {
  readonly shape: TransformerShape;
  /** Rows that are encoded at a time. */
  readonly rows: number;
  /** Put on the embeddings and on what each half of a block adds; the value itself where left out. */
  readonly regularise?: (value: Value) => Value;
}

const activations = { relu, gelu, swiglu };

/**
 * States [rows, length, width], one after each position: x = E[item] + P[position], then for each block
 * x ← x + Attention(LN(x)) and x ← x + FFN(LN(x)), and a last LN (pre-norm: Xiong et al. 2020, arXiv:2002.04745; SASRec:
 * Kang & McAuley 2018, arXiv:1808.09781). A state sees its own item and those before it in its segment. Declares the int32
 * inputs `items`, `positions` and `segments`, [rows, length].
 */
export function encodeHistories(
  graph: Graph<Precision>,
  values: TransformerValues,
  options: EncoderOptions,
): Value {
  const { shape, rows, regularise = (value: Value) => value } = options;
  const declare = (name: string) => input(graph, name, [rows, shape.length], "int32");
  const items = gatherRows(values.itemTable!, declare("items"));
  const positions = gatherRows(values.positionTable!, declare("positions"));
  const mask = segmentMask(declare("segments"));
  let states = regularise(add(items, positions));
  for (let block = 0; block < shape.blocks; block++) {
    const part = (name: string) => values[`block${block}/${name}`]!;
    states = add(states, regularise(attend(states, part, { mask, heads: shape.heads })));
    states = add(states, regularise(feedForward(states, part, shape)));
  }
  return layerNorm(states, values.stateScale!, values.stateShift!);
}

type Part = (name: string) => Value;

function attend(
  states: Value,
  part: Part,
  options: { readonly mask: Value; readonly heads: number },
): Value {
  const normal = layerNorm(states, part("attentionScale"), part("attentionShift"));
  const mixed = attention({
    queries: matmul(normal, part("queryWeights")),
    keys: matmul(normal, part("keyWeights")),
    values: matmul(normal, part("valueWeights")),
    ...options,
  });
  return matmul(mixed, part("outputWeights"));
}

function feedForward(states: Value, part: Part, shape: TransformerShape): Value {
  const normal = layerNorm(states, part("forwardScale"), part("forwardShift"));
  const inner = add(matmul(normal, part("innerWeights")), part("innerBias"));
  return add(
    matmul(activations[shape.feedForward](inner), part("outerWeights")),
    part("outerBias"),
  );
}
