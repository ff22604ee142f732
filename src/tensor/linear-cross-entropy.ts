import { add, multiply, subtract } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { log, negate } from "./elementwise.ts";
import { replaceGradient, type Value } from "./graph.ts";
import { pickLast, replaceLast } from "./indexing.ts";
import { concat, reshape, slice, transpose } from "./layout.ts";
import { matmul } from "./linear-algebra.ts";
import { softmax } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Logits held at a time, 8 MB in float32: what a cache takes. */
const chunkLogits = 2 ** 21;
/** Smallest normal float32: a probability that rounds to 0 costs 87 nats, not infinity. */
const tiny = 2 ** -126;

interface Rows {
  /** h, [rows, width] */
  readonly states: Value;
  /** t, int32 [rows] */
  readonly targets: Value;
  /** w, [rows] */
  readonly weights: Value;
}

/**
 * −Σ_r w_r log softmax(h_r·Eᵀ)[t_r] over a table E [classes, width]: `crossEntropy` of the product, for logits that are
 * far larger than all else in a step. They exist a chunk of rows at a time, and the weights are applied on the narrow
 * side (Hsu et al. 2024, arXiv:2410.10989, section 3.2). It can be differentiated once.
 */
export function linearCrossEntropy(options: Rows & { readonly table: Value }): Value {
  const { states, table, targets, weights } = options;
  assertShapes(options);
  const [rows = 0] = states.shape;
  const size = Math.max(1, Math.floor(chunkLogits / table.shape[0]!));
  const starts = Array.from({ length: Math.ceil(rows / size) }, (_, index) => index * size);
  const chunks = starts.map((start) => {
    const cut = (value: Value) =>
      slice(value, { axis: 0, start, end: Math.min(rows, start + size) });
    return buildChunk({ states: cut(states), targets: cut(targets), weights: cut(weights) }, table);
  });
  const loss = chunks.map((chunk) => chunk.loss).reduce((total, part) => add(total, part));
  return replaceGradient(loss, [states, table], (gradient) => {
    const parts = chunks.map((chunk) => chunk.pullback(gradient));
    return [
      concat(
        parts.map((part) => part.states),
        0,
      ),
      parts.map((part) => part.table).reduce((total, part) => add(total, part)),
    ];
  });
}

function buildChunk({ states, targets, weights }: Rows, table: Value) {
  const probabilities = softmax(matmul(states, transpose(table, [1, 0])));
  const picked = pickLast(probabilities, targets);
  return {
    loss: negate(sum(multiply(weights, log(add(picked, tiny))))),
    /** ∂loss/∂z = w(p − 1[t]) of the logits z. */
    pullback: (gradient: Value) => {
      const slopes = replaceLast(probabilities, targets, subtract(picked, 1));
      const scale = reshape(multiply(weights, gradient), [targets.shape[0]!, 1]);
      return {
        states: multiply(matmul(slopes, table), scale),
        table: matmul(transpose(slopes, [1, 0]), multiply(states, scale)),
      };
    },
  };
}

function assertShapes({ states, table, targets, weights }: Rows & { readonly table: Value }): void {
  const [rows = 0, width = 0] = states.shape;
  const [classes = 0] = table.shape;
  const shapes = [states.shape, table.shape, targets.shape, weights.shape] as const;
  const expected = [[rows, width], [classes, width], [rows], [rows]];
  if (!shapes.every((shape, index) => sameShape(shape, expected[index]!)))
    throw shapeError(
      "linearCrossEntropy",
      "[rows, width], [classes, width], [rows] and [rows]",
      ...shapes,
    );
}
