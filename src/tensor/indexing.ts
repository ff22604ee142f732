import { add, multiply } from "./arithmetic.ts";
import { broadcastTo } from "./broadcasting.ts";
import { apply, constant, type Value } from "./graph.ts";
import { reshape } from "./layout.ts";
import { elementCount, type Shape, sameShape, shapeError } from "./shape.ts";

/**
 * Rows of a table [rows, ...row] by number: indices of any shape → [...indices, ...row]. A negative index counts from the
 * end; one outside [−rows, rows) fails the run.
 */
export function gatherRows(table: Value, indices: Value): Value {
  if (table.shape.length === 0) throw shapeError("gatherRows", "a table with rows", table.shape);
  if (indices.type !== "int32")
    throw new TypeError(`gatherRows: expected int32 indices, got ${indices.type}`);
  const shape = [...indices.shape, ...table.shape.slice(1)];
  return apply(
    { operator: "Gather", inputs: [table, indices], shape, attributes: { axis: 0 } },
    () => (gradient) => [scatterRows(gradient, indices, table.shape)],
  );
}

/**
 * The sum of the gradient's rows that share an index, at its row of a table of zeros: the gradient of `gatherRows`.
 * ScatterElements adds in order, and fastest over one axis; ScatterND adds in parallel and loses duplicates (seen with
 * ONNX Runtime 1.30 and two threads).
 */
function scatterRows(gradient: Value, indices: Value, shape: Shape): Value {
  const { graph } = gradient;
  const rows = elementCount(indices.shape);
  const columns = elementCount(shape.slice(1));
  const starts = multiply(reshape(indices, [rows, 1]), constant(graph, Int32Array.of(columns)));
  const offsets = constant(
    graph,
    Int32Array.from({ length: columns }, (_, i) => i),
    [columns],
  );
  const inputs = [
    broadcastTo(constant(graph, [0]), [elementCount(shape)]),
    reshape(add(starts, offsets), [rows * columns]),
    reshape(gradient, [rows * columns]),
  ];
  const scattered = apply(
    {
      operator: "ScatterElements",
      inputs,
      shape: inputs[0]!.shape,
      attributes: { axis: 0, reduction: "add" },
    },
    () => (outer) => [undefined, undefined, gatherRows(outer, inputs[1]!)],
  );
  return reshape(scattered, shape);
}

/** The element of each row at its index: [rows, columns] and int32 [rows] → [rows]. */
export function pickLast(value: Value, indices: Value): Value {
  assertPicks("pickLast", value, indices);
  const [rows = 0] = value.shape;
  const picked = apply(
    {
      operator: "GatherElements",
      inputs: [value, reshape(indices, [rows, 1])],
      shape: [rows, 1],
      attributes: { axis: 1 },
    },
    () => (gradient) => {
      const zeros = broadcastTo(constant(value.graph, [0]), value.shape);
      return [replaceLast(zeros, indices, reshape(gradient, [rows]))];
    },
  );
  return reshape(picked, [rows]);
}

/** The rows with the element at their index replaced: [rows, columns], int32 [rows] and [rows] → [rows, columns]. */
export function replaceLast(value: Value, indices: Value, replacements: Value): Value {
  assertPicks("replaceLast", value, indices);
  const [rows = 0] = value.shape;
  const column = [rows, 1];
  return apply(
    {
      operator: "ScatterElements",
      inputs: [value, reshape(indices, column), reshape(replacements, column)],
      shape: value.shape,
      attributes: { axis: 1 },
    },
    () => (gradient) => {
      const zeros = broadcastTo(constant(value.graph, [0]), [rows]);
      return [
        replaceLast(gradient, indices, zeros),
        undefined,
        reshape(pickLast(gradient, indices), column),
      ];
    },
  );
}

function assertPicks(operation: string, value: Value, indices: Value): void {
  if (value.shape.length !== 2 || !sameShape(indices.shape, [value.shape[0]!]))
    throw shapeError(operation, "[rows, columns] and [rows]", value.shape, indices.shape);
  if (indices.type !== "int32")
    throw new TypeError(`${operation}: expected int32 indices, got ${indices.type}`);
}
