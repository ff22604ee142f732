import { gelu, swiglu } from "../../tensor/activation.ts";
import { add, multiply } from "../../tensor/arithmetic.ts";
import {
  type AttentionSpan,
  attention,
  causalSpans,
  presenceMask,
} from "../../tensor/attention.ts";
import { relu } from "../../tensor/elementwise.ts";
import { type Graph, input, type Precision, type Value } from "../../tensor/graph.ts";
import { gatherRows } from "../../tensor/indexing.ts";
import { type Range, reshape, slice, transpose } from "../../tensor/layout.ts";
import { matmul } from "../../tensor/linear-algebra.ts";
import { layerNorm, normalise } from "../../tensor/normalisation.ts";
import { elementCount } from "../../tensor/shape.ts";
import type { EncoderShape, TransformerShape } from "./shape.ts";

/** The parameters as values of one graph: constants when serving, inputs when training. */
export type TransformerValues = Readonly<Record<string, Value>>;

export interface EncoderOptions {
  readonly shape: TransformerShape;
  /** Rows that are encoded at a time. */
  readonly rows: number;
  /** Put on the embeddings and on what each half of a block adds; the value itself where left out. */
  readonly regularise?: (value: Value) => Value;
}

/** Longest stretch of queries whose logits are made for the same keys: shorter ones cost more in copies than they save. */
const spanLength = 100;

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
  const part = (name: string) => values[name]!;
  const spans = causalSpans(declare("segments"), Math.ceil(shape.length / spanLength));
  let states = regularise(add(items, positions));
  for (let block = 0; block < shape.blocks; block++)
    states = applyBlock(states, ofBlock(part, block), { spans, shape, regularise });
  return layerNorm(states, part("stateScale"), part("stateShift"));
}

/** A parameter by its name. */
type Part = (name: string) => Value;

const ofBlock =
  (part: Part, block: number): Part =>
  (name) =>
    part(`block${block}/${name}`);

/**
 * The state of `encodeHistories` after the newest event alone, [rows, width], of histories that are embedded already. The
 * last block works out nothing else.
 *
 * @param embedded [rows, length, width], the newest event last
 * @param segments int32 [rows, length]: that of the newest event where there is an event, 0 before the first one
 */
export function encodeNewest(
  embedded: Value,
  part: Part,
  options: { readonly shape: EncoderShape; readonly segments: Value },
): Value {
  const { shape, segments } = options;
  const [rows = 0] = embedded.shape;
  const { length, width, blocks } = shape;
  const spans = causalSpans(segments, 1);
  let states = embedded;
  for (let block = 0; block < blocks - 1; block++)
    states = applyBlock(states, ofBlock(part, block), { spans, shape });
  const newest = { axis: 1, start: length - 1, end: length };
  const all = { queries: 1, keys: length, mask: presenceMask(segments) };
  const last = { spans: [all], shape, queries: newest };
  const state = applyBlock(states, ofBlock(part, blocks - 1), last);
  return reshape(layerNorm(state, part("stateScale"), part("stateShift")), [rows, width]);
}

/** One block, at all positions or at a range of them. */
function applyBlock(
  states: Value,
  part: Part,
  options: {
    readonly spans: readonly AttentionSpan[];
    readonly shape: EncoderShape;
    readonly queries?: Range;
    readonly regularise?: EncoderOptions["regularise"];
  },
): Value {
  const { shape, queries, regularise = (value: Value) => value } = options;
  const at = queries === undefined ? states : slice(states, queries);
  const attended = add(at, regularise(attend(states, part, options)));
  return add(attended, regularise(feedForward(attended, part, shape)));
}

function attend(
  states: Value,
  part: Part,
  options: {
    readonly spans: readonly AttentionSpan[];
    readonly shape: EncoderShape;
    readonly queries?: Range;
  },
): Value {
  const { spans, shape, queries } = options;
  const normal = normalise(states);
  const asking = queries === undefined ? normal : slice(normal, queries);
  const maps = attentionMaps(part, shape);
  const mixed = attention({
    queries: project(asking, maps.query),
    keys: maps.key ? matmul(normal, maps.key) : normal,
    values: maps.value ? matmul(normal, maps.value) : normal,
    spans,
    heads: shape.heads,
  });
  return project(mixed, maps.output);
}

/** x·W + b */
interface AffineMap {
  readonly weights: Value;
  readonly shift: Value;
}

interface AttentionMaps {
  readonly query: AffineMap;
  readonly output: AffineMap;
  /** Of keys and values; the normalised states themselves where left out. */
  readonly key?: Value;
  readonly value?: Value;
}

/**
 * What attention makes of normalised states n, the norm's scale and shift taken up. The shift adds the same to all logits of
 * a query, which softmax doesn't see, and to a mean of values what it adds to each. With one head (n·Q)·(n·K)ᵀ = (n·QKᵀ)·nᵀ
 * and (P·n·V)·W = (P·n)·VW: products of weights take the place of half the products of states.
 */
function attentionMaps(part: Part, { heads }: EncoderShape): AttentionMaps {
  const of = (name: string) => afterNorm(part, "attention", part(`${name}Weights`));
  const [query, key, value] = [of("query"), of("key"), of("value")];
  const outputWeights = part("outputWeights");
  const output = compose(value, outputWeights);
  if (heads === 1) return { query: compose(query, transpose(key.weights, [1, 0])), output };
  const { weights } = value;
  return {
    ...{ query, key: key.weights, value: weights },
    output: { ...output, weights: outputWeights },
  };
}

/** LN(x)·W of normalised x: (x ∘ γ + β)·W = x·(γ ∘ W) + β·W. */
function afterNorm(part: Part, half: "attention" | "forward", weights: Value): AffineMap {
  const scale = reshape(part(`${half}Scale`), [weights.shape[0]!, 1]);
  return {
    weights: multiply(weights, scale),
    shift: rowProduct(part(`${half}Shift`), weights),
  };
}

/** (x·W + b)·V = x·WV + bV */
const compose = ({ weights, shift }: AffineMap, next: Value): AffineMap => ({
  weights: matmul(weights, next),
  shift: rowProduct(shift, next),
});

const rowProduct = (row: Value, matrix: Value) =>
  reshape(matmul(reshape(row, [1, row.shape[0]!]), matrix), [matrix.shape[1]!]);

/** As one matrix of all positions: ONNX Runtime then takes shift and relu into the product. */
function project(states: Value, { weights, shift }: AffineMap): Value {
  const [width = 0, outer = 0] = weights.shape;
  const rows = reshape(states, [elementCount(states.shape) / width, width]);
  return reshape(add(matmul(rows, weights), shift), [...states.shape.slice(0, -1), outer]);
}

function feedForward(states: Value, part: Part, shape: EncoderShape): Value {
  const { weights, shift } = afterNorm(part, "forward", part("innerWeights"));
  const positions = reshape(normalise(states), [
    elementCount(states.shape) / shape.width,
    shape.width,
  ]);
  const inner = project(positions, { weights, shift: add(shift, part("innerBias")) });
  const outer = { weights: part("outerWeights"), shift: part("outerBias") };
  return reshape(project(activations[shape.feedForward](inner), outer), states.shape);
}
