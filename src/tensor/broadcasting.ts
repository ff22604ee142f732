import { apply, integers, type Value } from "./graph.ts";
import { reshape } from "./layout.ts";
import { broadcastShape, resolveAxis, type Shape, sameShape, shapeError } from "./shape.ts";

/** Axes of a reduction, and whether they stay with length 1. Default: all axes, removed. */
export interface Reduction {
  readonly axes?: readonly number[];
  readonly keepDims?: boolean;
}

/** The axes from the front, the shape with them at length 1, and the shape that the reduction has. */
export function reducedShapes(
  operation: string,
  shape: Shape,
  reduction: Reduction,
): { readonly axes: readonly number[]; readonly kept: Shape; readonly shape: Shape } {
  const axes = (reduction.axes ?? shape.map((_, axis) => axis)).map((axis) =>
    resolveAxis(operation, axis, shape),
  );
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const dropped = shape.filter((_, axis) => !axes.includes(axis));
  return { axes, kept, shape: reduction.keepDims ? kept : dropped };
}

/** Sum over axes. */
export function sum(value: Value, reduction: Reduction = {}): Value {
  const { axes, kept, shape } = reducedShapes("sum", value.shape, reduction);
  // ONNX takes an empty list of axes for all of them.
  if (axes.length === 0) return value;
  return apply(
    {
      operator: "ReduceSum",
      inputs: [value, integers(value.graph, axes)],
      shape,
      attributes: { keepdims: reduction.keepDims ? 1 : 0 },
    },
    () => (gradient) => [broadcastTo(reshape(gradient, kept), value.shape)],
  );
}

/** Repeats axes of length 1 and leading axes until the value has the shape. */
export function broadcastTo(value: Value, shape: Shape): Value {
  if (!sameShape(broadcastShape("broadcastTo", value.shape, shape), shape))
    throw shapeError("broadcastTo", "a shape that broadcasts to the other", value.shape, shape);
  if (sameShape(value.shape, shape)) return value;
  return apply(
    { operator: "Expand", inputs: [value, integers(value.graph, shape)], shape },
    () => (gradient) => [sumTo(gradient, value.shape)],
  );
}

/** Sums over the axes that broadcasting repeated: the gradient of `broadcastTo`. */
export function sumTo(gradient: Value, shape: Shape): Value {
  const added = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((length, axis) =>
    axis < added || (shape[axis - added] === 1 && length !== 1) ? [axis] : [],
  );
  const total = sum(gradient, { axes, keepDims: true });
  return added === 0 ? total : reshape(total, shape);
}
