import { multiply, subtract } from "./arithmetic.ts";
import { broadcastTo, type Reduction, reducedShapes, sum } from "./broadcasting.ts";
import { exp } from "./elementwise.ts";
import { apply, integers, type Value } from "./graph.ts";
import { reshape } from "./layout.ts";
import { elementCount, shapeError } from "./shape.ts";

/** Arithmetic mean over axes. */
export function mean(value: Value, reduction: Reduction = {}): Value {
  const { axes, kept, shape } = reducedShapes("mean", value.shape, reduction);
  if (axes.length === 0) return value;
  const share = elementCount(shape) / elementCount(value.shape);
  return apply(
    {
      operator: "ReduceMean",
      inputs: [value, integers(value.graph, axes)],
      shape,
      attributes: { keepdims: reduction.keepDims ? 1 : 0 },
    },
    () => (gradient) => [broadcastTo(multiply(reshape(gradient, kept), share), value.shape)],
  );
}

/** e^x / Σ e^x over the last axis. */
export function softmax(value: Value): Value {
  assertLastAxis("softmax", value);
  return apply(
    {
      operator: "Softmax",
      inputs: [value],
      shape: value.shape,
      attributes: { axis: value.shape.length - 1 },
    },
    (output) => (gradient) => {
      const total = sum(multiply(gradient, output), { axes: [-1], keepDims: true });
      return [multiply(output, subtract(gradient, total))];
    },
  );
}

/** x − log Σ e^x over the last axis. */
export function logSoftmax(value: Value): Value {
  assertLastAxis("logSoftmax", value);
  return apply(
    {
      operator: "LogSoftmax",
      inputs: [value],
      shape: value.shape,
      attributes: { axis: value.shape.length - 1 },
    },
    (output) => (gradient) => {
      const total = sum(gradient, { axes: [-1], keepDims: true });
      return [subtract(gradient, multiply(exp(output), total))];
    },
  );
}

function assertLastAxis(operation: string, value: Value): void {
  if (value.shape.length === 0) throw shapeError(operation, "at least one axis", value.shape);
}
