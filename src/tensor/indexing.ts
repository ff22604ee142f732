import { broadcastTo } from "./broadcasting.ts";
import { cast } from "./elementwise.ts";
import { apply, constant, replaceGradient, type Value } from "./graph.ts";
import { reshape, slice } from "./layout.ts";
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
 * Bytes of rows that ScatterND takes at once: ONNX Runtime keeps this many on one thread, a third
 * of the size that it would divide.
 */
const piece = 2 ** 16;

/**
 * The sum of the gradient's rows that share an index, at its row of a table of zeros: the gradient of `gatherRows`. In pieces
 * small enough for one thread, one after the other, since ScatterND loses rows that two threads add to the same one.
 */
function scatterRows(gradient: Value, indices: Value, shape: Shape): Value {
  const { graph, type } = gradient;
  const count = elementCount(indices.shape);
  const columns = elementCount(shape.slice(1));
  const size = Math.max(1, Math.floor(piece / (columns * (type === "float32" ? 4 : 8))));
  const updates = reshape(gradient, [count, columns]);
  const places = cast(reshape(indices, [count, 1]), "int64");
  const part = (value: Value, start: number) =>
    slice(value, { axis: 0, start, end: Math.min(count, start + size) });
  let table = broadcastTo(constant(graph, [0]), [shape[0]!, columns]);
  for (let start = 0; start < count; start += size)
    table = apply({
      operator: "ScatterND",
      inputs: [table, part(places, start), part(updates, start)],
      shape: table.shape,
      attributes: { reduction: "add" },
    });
  const scattered = reshape(table, shape);
  return replaceGradient(scattered, [gradient], (outer) => [gatherRows(outer, indices)]);
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
