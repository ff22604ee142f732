import { add, multiply, subtract } from "./arithmetic.ts";
import { sum } from "./broadcasting.ts";
import { log, negate } from "./elementwise.ts";
import { replaceGradient, type Value } from "./graph.ts";
import { pickLast, replaceLast } from "./indexing.ts";
import { concat, reshape, slice, transpose } from "./layout.ts";
import { matmul } from "./linear-algebra.ts";
import { softmax } from "./reduction.ts";
import { sameShape, shapeError } from "./shape.ts";

/** Logits held at a time, 8 MB in float32: the size of a cache. */
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
  const chunks: Chunk[] = [];
  for (const start of starts) {
    const cut = (value: Value) =>
      slice(value, { axis: 0, start, end: Math.min(rows, start + size) });
    const part = { states: cut(states), targets: cut(targets), weights: cut(weights) };
    chunks.push(buildChunk(part, table, chunks.at(-1)));
  }
  const loss = chunks.map((chunk) => chunk.loss).reduce((total, part) => add(total, part));
  return replaceGradient(loss, [states, table], (gradient) => [
    multiply(
      concat(
        chunks.map((chunk) => chunk.statesGradient),
        0,
      ),
      gradient,
    ),
    multiply(transpose(chunks.at(-1)!.tableGradient, [1, 0]), gradient),
  ]);
}

interface Chunk {
  readonly loss: Value;
  readonly statesGradient: Value;
  /** Of this chunk and those before it, [width, classes]: transposing the narrow factor costs nothing. */
  readonly tableGradient: Value;
}

/** ∂loss/∂z = w(p − 1[t]) of the logits z, so that a chunk's gradients are known with its loss. */
function buildChunk(
  { states, targets, weights }: Rows,
  table: Value,
  before: Chunk | undefined,
): Chunk {
  const scale = reshape(weights, [targets.shape[0]!, 1]);
  const probabilities = softmax(
    matmul(before ? after(states, before) : states, transpose(table, [1, 0])),
  );
  const picked = pickLast(probabilities, targets);
  const slopes = replaceLast(probabilities, targets, subtract(picked, 1));
  const own = matmul(transpose(multiply(states, scale), [1, 0]), slopes);
  return {
    loss: negate(sum(multiply(weights, log(add(picked, tiny))))),
    statesGradient: multiply(matmul(slopes, table), scale),
    tableGradient: before ? add(before.tableGradient, own) : own,
  };
}

/**
 * The value, available only after a chunk: otherwise a runtime may keep the slopes of all chunks
 * until it reaches their uses.
 */
function after(value: Value, { statesGradient, tableGradient }: Chunk): Value {
  const corner = (matrix: Value) =>
    slice(slice(matrix, { axis: 0, start: 0, end: 1 }), { axis: 1, start: 0, end: 1 });
  return add(value, multiply(add(corner(statesGradient), corner(tableGradient)), 0));
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
