import { add, multiply, subtract } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { cast } from "./elementwise.ts";
import {
  apply,
  constant,
  type Graph,
  type Precision,
  replaceGradient,
  type Value,
} from "./graph.ts";
import { reshape, transpose } from "./layout.ts";
import { matmul, matmulTransposed, transposeLast } from "./linear-algebra.ts";
import { softmax } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Logit of what may not be attended to: its probability is 0 in float32 and its gradient too. */
const masked = -1e9;

/**
 * softmax(QKᵀ/√(width/heads) + mask)·V, with the heads beside each other in the last axis (Vaswani et al. 2017,
 * arXiv:1706.03762, eq. 1). Queries are [batch, queries, width], keys and values [batch, length, width].
 *
 * @param mask broadcasts to [batch, heads, queries, length]; see `causalMask`, `segmentMask` and `presenceMask`
 */
export function attention(options: {
  readonly queries: Value;
  readonly keys: Value;
  readonly values: Value;
  readonly mask: Value;
  readonly heads: number;
}): Value {
  const { queries, keys, values, mask, heads } = options;
  const { shape } = queries;
  const [batch = 0, , width = 0] = shape;
  const length = keys.shape[1] ?? 0;
  const keyShape = [batch, length, width];
  if (shape.length !== 3 || ![keys, values].every((value) => sameShape(value.shape, keyShape)))
    throw shapeError(
      "attention",
      "[batch, queries, width] and two of [batch, length, width]",
      shape,
      keys.shape,
      values.shape,
    );
  if (!Number.isInteger(heads) || width % heads !== 0)
    throw shapeError("attention", `a width that ${heads} heads divide`, shape);
  const split = (value: Value) =>
    heads === 1
      ? reshape(value, [batch, 1, value.shape[1]!, width])
      : transpose(reshape(value, [batch, value.shape[1]!, heads, width / heads]), [0, 2, 1, 3]);
  // Right before the product: ONNX Runtime then takes the scale into it.
  const scaled = multiply(split(queries), 1 / Math.sqrt(width / heads));
  const logits = add(matmulTransposed(scaled, split(keys)), mask);
  const mixed = weightedMean(logits, split(values));
  return reshape(heads === 1 ? mixed : transpose(mixed, [0, 2, 1, 3]), shape);
}

/**
 * P·V with P = softmax(z). Its gradient by z is P∘(G·Vᵀ − r) of a gradient G, where r sums P∘(G·Vᵀ) over a row and so
 * G∘(P·V), which is as wide as a head and not as long as the sequence (Dao et al. 2022, arXiv:2205.14135, appendix B.2).
 */
function weightedMean(logits: Value, values: Value): Value {
  const probabilities = softmax(logits);
  const mixed = matmul(probabilities, values);
  return replaceGradient(mixed, [logits, values], (gradient) => {
    const total = sum(multiply(gradient, mixed), { axes: [-1], keepDims: true });
    const slopes = subtract(matmulTransposed(gradient, values), total);
    return [multiply(probabilities, slopes), matmul(transposeLast(probabilities), gradient)];
  });
}

function causalLogits(length: number): Float32Array {
  const logits = new Float32Array(length * length);
  for (let row = 0; row < length; row++)
    logits.fill(masked, row * length + row + 1, (row + 1) * length);
  return logits;
}

/** [length, length]: position i attends to positions 0 … i. */
export const causalMask = (graph: Graph<Precision>, length: number): Value =>
  constant(graph, causalLogits(length), [length, length]);

/**
 * [batch, 1, length, length]: position i attends to those of 0 … i that are in its segment. Sequences that share a row
 * have segments of their own, and so has padding.
 *
 * @param segments int32 [batch, length]
 */
export function segmentMask(segments: Value): Value {
  const [batch, length] = segmentShape("segmentMask", segments);
  const { graph } = segments;
  const own = multiply(cast(segments, graph.precision), Math.sqrt(-masked));
  // Squares of differences: ONNX Runtime has no quick way to choose by a condition.
  const apart = subtract(reshape(own, [batch, 1, length, 1]), reshape(own, [batch, 1, 1, length]));
  return subtract(causalMask(graph, length), multiply(apart, apart));
}

/**
 * [batch, 1, 1, length]: any query attends to the positions that hold something.
 *
 * @param segments int32 [batch, length], 0 where there is nothing
 */
export function presenceMask(segments: Value): Value {
  const [batch, length] = segmentShape("presenceMask", segments);
  const { graph } = segments;
  const empty = apply({
    operator: "Equal",
    inputs: [reshape(segments, [batch, 1, 1, length]), constant(graph, Int32Array.of(0))],
    shape: [batch, 1, 1, length],
    type: "bool",
  });
  const inputs = [empty, constant(graph, [masked]), constant(graph, [0])];
  return apply({ operator: "Where", inputs, shape: empty.shape, type: graph.precision });
}

function segmentShape(operation: string, { shape, type }: Value): readonly [number, number] {
  const [batch = 0, length = 0] = shape;
  if (shape.length !== 2 || type !== "int32")
    throw shapeError(operation, "int32 [batch, length]", shape);
  return [batch, length];
}
