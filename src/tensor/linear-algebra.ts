import { sum, sumTo } from "./broadcasting.ts";
import { apply, assertSameType, replaceGradient, type Value } from "./graph.ts";
import { reshape, transpose } from "./layout.ts";
import { broadcastShape, elementCount, shapeError } from "./shape.ts";

/** Swaps the last two axes. */
export function transposeLast(value: Value): Value {
  const axes = value.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  return transpose(value, [...axes.slice(0, -2), last, last - 1]);
}

/** [..., m, k] · [..., k, n] → [..., m, n]; the axes before the last two broadcast. */
export function matmul(left: Value, right: Value): Value {
  assertSameType("matmul", left, right);
  const [a, b] = [left.shape, right.shape];
  if (a.length < 2 || b.length < 2 || a.at(-1) !== b.at(-2))
    throw shapeError("matmul", "[..., m, k] and [..., k, n]", a, b);
  const batch = broadcastShape("matmul", a.slice(0, -2), b.slice(0, -2));
  const shape = [...batch, a.at(-2)!, b.at(-1)!];
  if (b.length === 2 && a.length > 2) {
    // One product of all rows: its gradient sums over them without a tensor a batch element.
    const rows = reshape(left, [elementCount(a.slice(0, -1)), a.at(-1)!]);
    return reshape(matmul(rows, right), shape);
  }
  return apply({ operator: "MatMul", inputs: [left, right], shape }, () => (gradient) => [
    sumTo(matmul(gradient, transposeLast(right)), a),
    b.length === 2 ? rowsProduct(left, gradient) : sumTo(matmul(transposeLast(left), gradient), b),
  ]);
}

/** Rows from which on their product is divided. */
const manyRows = 2048;
/** Parts that it is divided into. */
const parts = 8;

/**
 * leftᵀ · right of two matrices with as many rows, [rows, m] and [rows, n] → [m, n]. ONNX Runtime
 * divides products by their result, and this one is small: parts of many rows are multiplied and
 * added up, the narrower one transposed.
 */
export function rowsProduct(left: Value, right: Value): Value {
  const [rows = 0, m = 0] = left.shape;
  const [, n = 0] = right.shape;
  if (rows < manyRows || rows % parts !== 0) return matmul(transposeLast(left), right);
  if (m > n) return transposeLast(rowsProduct(right, left));
  const divide = (value: Value) => reshape(value, [parts, rows / parts, value.shape[1]!]);
  return sum(matmul(transposeLast(divide(left)), divide(right)), { axes: [0] });
}

/** left · rightᵀ of each batch element, [..., m, k] and [..., n, k] → [..., m, n], with no transposed copy on the way back. */
export function matmulTransposed(left: Value, right: Value): Value {
  assertSameType("matmulTransposed", left, right);
  const [a, b] = [left.shape, right.shape];
  if (a.length < 2 || a.length !== b.length || a.at(-1) !== b.at(-1))
    throw shapeError("matmulTransposed", "[..., m, k] and [..., n, k]", a, b);
  const batch = broadcastShape("matmulTransposed", a.slice(0, -2), b.slice(0, -2));
  const inputs = [left, transposeLast(right)];
  const product = apply({ operator: "MatMul", inputs, shape: [...batch, a.at(-2)!, b.at(-2)!] });
  return replaceGradient(product, [left, right], (gradient) => [
    sumTo(matmul(gradient, right), a),
    sumTo(matmul(transposeLast(gradient), left), b),
  ]);
}
