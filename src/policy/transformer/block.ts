import { gelu, swiglu } from "../../tensor/activation.ts";
import { add, multiply } from "../../tensor/arithmetic.ts";
import { type AttentionSpan, attention, type WatchAttention } from "../../tensor/attention.ts";
import { relu } from "../../tensor/elementwise.ts";
import type { Value } from "../../tensor/graph.ts";
import { type AxisRange, reshape, slice, transpose } from "../../tensor/layout.ts";
import { matmul } from "../../tensor/linear-algebra.ts";
import { normalise } from "../../tensor/normalisation.ts";
import { elementCount } from "../../tensor/shape.ts";
import type { EncoderShape } from "./shape.ts";

/** A parameter by its name. */
export type ParameterOf = (name: string) => Value;

/** On the embeddings and on the output of each half of a block. */
export type Regularise = (value: Value) => Value;

/** States [rows, length, width] to the next ones, or at a range of positions alone. */
export type Block = (
  states: Value,
  options: {
    readonly spans: readonly AttentionSpan[];
    readonly queries?: AxisRange;
    readonly regularise?: Regularise;
    readonly watch?: WatchAttention | undefined;
  },
) => Value;

const activations = { relu, gelu, swiglu };

/** x ← x + Attention(LN(x)) and x ← x + FFN(LN(x)); products of weights alone are computed once. */
export function createBlock(parameterOf: ParameterOf, shape: EncoderShape): Block {
  const maps = attentionMaps(parameterOf, shape);
  const { weights, shift } = afterNorm(parameterOf, "forward", parameterOf("innerWeights"));
  const inner = { weights, shift: add(shift, parameterOf("innerBias")) };
  const outer = { weights: parameterOf("outerWeights"), shift: parameterOf("outerBias") };
  const activate = activations[shape.feedForward];
  return (states, { spans, queries, watch, regularise = (value) => value }) => {
    const cut = (value: Value) => (queries === undefined ? value : slice(value, queries));
    const normal = normalise(states);
    const mixed = attention({
      queries: project(cut(normal), maps.query),
      keys: maps.key ? matmul(normal, maps.key) : normal,
      values: maps.value ? matmul(normal, maps.value) : normal,
      spans,
      watch,
      heads: shape.heads,
    });
    const attended = add(cut(states), regularise(project(mixed, maps.output)));
    const positions = normalise(toMatrix(attended));
    const added = project(activate(project(positions, inner)), outer);
    return add(attended, regularise(reshape(added, attended.shape)));
  };
}

/** x·W + b */
interface AffineMap {
  readonly weights: Value;
  readonly shift: Value;
}

interface AttentionMaps {
  readonly query: AffineMap;
  readonly output: AffineMap;
  /** Of keys and values; default: the normalised states themselves. */
  readonly key?: Value;
  readonly value?: Value;
}

/**
 * Attention over normalised states n, with the norm's scale and shift folded in. The shift adds the
 * same to all logits of a query, which softmax ignores, and its mean over values is itself. With
 * one head (n·Q)·(n·K)ᵀ = (n·QKᵀ)·nᵀ and (P·n·V)·W = (P·n)·VW: products of weights take the place
 * of half the products of states.
 */
function attentionMaps(parameterOf: ParameterOf, { heads }: EncoderShape): AttentionMaps {
  const of = (name: string) => afterNorm(parameterOf, "attention", parameterOf(`${name}Weights`));
  const [query, key, value] = [of("query"), of("key"), of("value")];
  const outputWeights = parameterOf("outputWeights");
  const output = compose(value, outputWeights);
  if (heads === 1) return { query: compose(query, transpose(key.weights, [1, 0])), output };
  const { weights } = value;
  return { query, key: key.weights, value: weights, output: { ...output, weights: outputWeights } };
}

/** LN(x)·W of normalised x: (x ∘ γ + β)·W = x·(γ ∘ W) + β·W. */
function afterNorm(
  parameterOf: ParameterOf,
  half: "attention" | "forward",
  weights: Value,
): AffineMap {
  const scale = reshape(parameterOf(`${half}Scale`), [weights.shape[0]!, 1]);
  return {
    weights: multiply(weights, scale),
    shift: rowProduct(parameterOf(`${half}Shift`), weights),
  };
}

/** (x·W + b)·V = x·WV + bV */
const compose = ({ weights, shift }: AffineMap, next: Value): AffineMap => ({
  weights: matmul(weights, next),
  shift: rowProduct(shift, next),
});

const rowProduct = (row: Value, matrix: Value) =>
  reshape(matmul(reshape(row, [1, row.shape[0]!]), matrix), [matrix.shape[1]!]);

/** As one matrix of all positions: ONNX Runtime then fuses shift and relu with the product. */
function project(states: Value, { weights, shift }: AffineMap): Value {
  const [, outer = 0] = weights.shape;
  return reshape(add(matmul(toMatrix(states), weights), shift), states.shape.with(-1, outer));
}

function toMatrix(states: Value): Value {
  const width = states.shape.at(-1)!;
  return reshape(states, [elementCount(states.shape) / width, width]);
}
