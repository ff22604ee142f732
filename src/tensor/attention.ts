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
import { concat, pad, reshape, slice, transpose } from "./layout.ts";
import { matmul, matmulTransposed, transposeLast } from "./linear-algebra.ts";
import { softmax } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Logit of a masked position: its probability is 0 in float32 and its gradient too. */
const masked = -1e9;

/** Gets the probabilities of a span, [batch, heads, queries, keys]. */
export type WatchAttention = (probabilities: Value) => void;

/** Queries that look at the same stretch of keys. */
export interface AttentionSpan {
  /** Number; the spans of a list follow each other. */
  readonly queries: number;
  /** Number of keys, from the first one. */
  readonly keys: number;
  /** Added to the logits; broadcasts to [batch, heads, queries, keys]. */
  readonly mask: Value;
}

/**
 * softmax(QKᵀ/√(width/heads) + mask)·V, with the heads beside each other in the last axis (Vaswani et al. 2017,
 * arXiv:1706.03762, eq. 1). Queries are [batch, queries, width], keys and values [batch, length, width]. It can be
 * differentiated once.
 *
 * @param spans of all queries; see `causalSpans` and `presenceMask`
 */
export function attention(options: {
  readonly queries: Value;
  readonly keys: Value;
  readonly values: Value;
  readonly spans: readonly AttentionSpan[];
  readonly heads: number;
  readonly watch?: WatchAttention | undefined;
}): Value {
  const { queries, keys, values, spans, heads, watch } = options;
  assertShapes(options);
  const { shape } = queries;
  const width = shape[2]! / heads;
  const split = (value: Value) => {
    const [batch = 0, length = 0] = value.shape;
    return heads === 1
      ? reshape(value, [batch, 1, length, width])
      : transpose(reshape(value, [batch, length, heads, width]), [0, 2, 1, 3]);
  };
  const splitKeys = split(keys);
  const splitValues = values === keys ? splitKeys : split(values);
  const mixed = mixBySpans([split(queries), splitKeys, splitValues], spans, watch);
  return reshape(heads === 1 ? mixed : transpose(mixed, [0, 2, 1, 3]), shape);
}

/** The same of heads that are apart, [batch, heads, queries or length, width of a head], with its gradient. */
function mixBySpans(
  [queries, keys, values]: readonly [Value, Value, Value],
  spans: readonly AttentionSpan[],
  watch: WatchAttention | undefined,
): Value {
  const starts = spans.map((_, i) =>
    spans.slice(0, i).reduce((start, span) => start + span.queries, 0),
  );
  const own = (value: Value, i: number) =>
    slice(value, { axis: 2, start: starts[i]!, end: starts[i]! + spans[i]!.queries });
  const mixes = spans.map((span, i) => {
    const seen = (value: Value) => slice(value, { axis: 2, start: 0, end: span.keys });
    const seenKeys = seen(keys);
    const seenValues = values === keys ? seenKeys : seen(values);
    return mixSpan([own(queries, i), seenKeys, seenValues], span.mask);
  });
  for (const { probabilities } of mixes) watch?.(probabilities);
  const mixed = joinQueries(mixes.map((mix) => mix.mixed));
  const inputs = values === keys ? [queries, keys] : [queries, keys, values];
  return replaceGradient(mixed, inputs, (gradient) => {
    const parts = mixes.map((mix, i) => mix.pullback(own(gradient, i)));
    const ofQueries = joinQueries(parts.map((part) => part.queries));
    if (values === keys)
      return [ofQueries, sumPrefixes(parts.map((part) => add(part.keys, part.values)))];
    const ofKeys = sumPrefixes(parts.map((part) => part.keys));
    return [ofQueries, ofKeys, sumPrefixes(parts.map((part) => part.values))];
  });
}

const joinQueries = (parts: readonly Value[]) => concat(parts, 2);

/** The sum of parts that belong to the first keys, each part to as many as the one before or more. */
const sumPrefixes = (parts: readonly Value[]) =>
  parts.reduce((total, part) => {
    const [, , start = 0] = total.shape;
    const [, , length = 0] = part.shape;
    return add(
      start === length ? total : pad(total, { axis: 2, start: 0, end: start }, length),
      part,
    );
  });

/**
 * P·V with P = softmax(z). Its gradient by z is P∘(G·Vᵀ − r) of a gradient G; r sums P∘(G·Vᵀ) over
 * a row. It equals the sum of G∘(P·V), which is as wide as a head and not as long as the sequence
 * (Dao et al. 2022, arXiv:2205.14135, appendix B.2).
 */
function mixSpan([queries, keys, values]: readonly [Value, Value, Value], mask: Value) {
  // Right before a product: ONNX Runtime then fuses the scale with it.
  const scale = (value: Value) => multiply(value, 1 / Math.sqrt(queries.shape[3]!));
  const probabilities = softmax(add(matmulTransposed(scale(queries), keys), mask));
  const mixed = matmul(probabilities, values);
  const pullback = (gradient: Value) => {
    const total = sum(multiply(gradient, mixed), { axes: [-1], keepDims: true });
    const towards = subtract(matmulTransposed(gradient, values), total);
    const slopes = multiply(probabilities, towards);
    return {
      queries: scale(matmul(slopes, keys)),
      keys: matmul(transposeLast(slopes), scale(queries)),
      values: matmul(transposeLast(probabilities), gradient),
    };
  };
  return { mixed, probabilities, pullback };
}

function assertShapes({ queries, keys, values, heads }: Parameters<typeof attention>[0]): void {
  const { shape } = queries;
  const [batch = 0, , width = 0] = shape;
  const keyShape = [batch, keys.shape[1] ?? 0, width];
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
}

/**
 * Spans in which position i attends to those of 0 … i that are in its segment. Sequences that share a row have segments
 * of their own, and so has padding. No span has the keys after its last query: with n spans of the same size
 * (n − 1)/2n of all logits are never made.
 *
 * @param segments int32 [batch, length]
 * @param count n, from 1 to the length
 */
export function causalSpans(segments: Value, count: number): readonly AttentionSpan[] {
  const [, length] = segmentShape("causalSpans", segments);
  const bound = (span: number) => Math.round((span * length) / count);
  return Array.from({ length: count }, (_, span) => {
    const [start, end] = [bound(span), bound(span + 1)];
    return { queries: end - start, keys: end, mask: segmentMask(segments, start, end) };
  });
}

/** [batch, 1, end − start, end] of positions start … end − 1. */
function segmentMask(segments: Value, start: number, end: number): Value {
  const { graph } = segments;
  const [batch = 0] = segments.shape;
  const own = multiply(cast(segments, graph.precision), Math.sqrt(-masked));
  const queries = slice(own, { axis: 1, start, end });
  const keys = slice(own, { axis: 1, start: 0, end });
  // Squares of differences: ONNX Runtime has no quick way to choose by a condition.
  const apart = subtract(
    reshape(queries, [batch, 1, end - start, 1]),
    reshape(keys, [batch, 1, 1, end]),
  );
  return subtract(causalMask(graph, start, end), multiply(apart, apart));
}

/** [end − start, end]: position i attends to 0 … i. */
function causalMask(graph: Graph<Precision>, start: number, end: number): Value {
  const logits = new Float32Array((end - start) * end);
  for (let position = start; position < end; position++)
    logits.fill(masked, (position - start) * end + position + 1, (position - start + 1) * end);
  return constant(graph, logits, [end - start, end]);
}

/**
 * [batch, 1, 1, length]: any query attends to the positions that hold something.
 *
 * @param segments int32 [batch, length], 0 for an empty position
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
