import { add } from "../../tensor/arithmetic.ts";
import { causalSpans, presenceMask, type WatchAttention } from "../../tensor/attention.ts";
import { type Graph, input, type Precision, type Value } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { reshape } from "../../tensor/layout.ts";
import { layerNorm } from "../../tensor/normalisation.ts";
import { createBlock, type ParameterOf, type Regularise } from "./block.ts";
import type { EncoderShape, TransformerShape } from "./shape.ts";

/** The parameters as values of one graph: constants when serving, inputs when training. */
export type TransformerValues = Readonly<Record<string, Value>>;

/** Input of an encoder, int32 [rows, length] each; see `HistoryFeeds`. */
export interface HistoryInputs {
  readonly items: Value;
  readonly positions: Value;
  readonly segments: Value;
}

/** Declares the inputs `items`, `positions` and `segments`. */
export function declareHistories(
  graph: Graph<Precision>,
  size: { readonly rows: number; readonly length: number },
): HistoryInputs {
  const declare = (name: string) => input(graph, name, [size.rows, size.length], "int32");
  return {
    items: declare("items"),
    positions: declare("positions"),
    segments: declare("segments"),
  };
}

interface EncoderHooks {
  /** Put on the embeddings first. */
  readonly enter?: (value: Value) => Value;
  readonly regularise?: Regularise;
}

const same = (value: Value) => value;

/** Longest stretch of queries whose logits are made for the same keys: shorter ones cost more in copies than they save. */
const spanLength = 100;

/**
 * Makes an encoder of histories: states [rows, length, width], one after each position. x = E[item] + P[position], then for
 * each block x ← x + Attention(LN(x)) and x ← x + FFN(LN(x)), and a last LN (pre-norm: Xiong et al. 2020,
 * arXiv:2002.04745; SASRec: Kang & McAuley 2018, arXiv:1808.09781). A state sees its own item and those before it in its
 * segment.
 */
export function createEncoder(
  values: TransformerValues,
  shape: TransformerShape,
): (histories: HistoryInputs, hooks?: EncoderHooks) => Value {
  const parameterOf = (name: string) => values[name]!;
  const blocks = createBlocks(parameterOf, shape);
  return ({ items, positions, segments }, { enter = same, regularise = same } = {}) => {
    const spans = causalSpans(segments, Math.ceil(shape.length / spanLength));
    const embedded = add(
      gatherRows(parameterOf("itemTable"), items),
      gatherRows(parameterOf("positionTable"), positions),
    );
    const states = blocks.reduce(
      (before, block) => block(before, { spans, regularise }),
      regularise(enter(embedded)),
    );
    return layerNorm(states, parameterOf("stateScale"), parameterOf("stateShift"));
  };
}

const createBlocks = (parameterOf: ParameterOf, shape: EncoderShape) =>
  Array.from({ length: shape.blocks }, (_, block) =>
    createBlock((name) => parameterOf(`block${block}/${name}`), shape),
  );

/**
 * The state of an encoder after the newest event alone, [rows, width], of histories that are
 * embedded already. The last block computes nothing else.
 *
 * @param embedded [rows, length, width], the newest event last
 * @param segments int32 [rows, length]: that of the newest event for an event, 0 before the first
 * one
 * @param watch gets the attention of each block, the first one first
 */
export function encodeNewest(
  embedded: Value,
  parameterOf: ParameterOf,
  options: {
    readonly shape: EncoderShape;
    readonly segments: Value;
    readonly watch?: WatchAttention | undefined;
  },
): Value {
  const { shape, segments, watch } = options;
  const [rows = 0] = embedded.shape;
  const { length, width } = shape;
  const blocks = createBlocks(parameterOf, shape);
  const spans = causalSpans(segments, 1);
  const states = blocks
    .slice(0, -1)
    .reduce((before, block) => block(before, { spans, watch }), embedded);
  const state = blocks.at(-1)!(states, {
    spans: [{ queries: 1, keys: length, mask: presenceMask(segments) }],
    queries: { axis: 1, start: length - 1, end: length },
    watch,
  });
  return reshape(layerNorm(state, parameterOf("stateScale"), parameterOf("stateShift")), [
    rows,
    width,
  ]);
}
