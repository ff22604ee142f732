import { divide, multiply, subtract } from "./arithmetic.ts";
import { apply, constant, type DataType, type Value } from "./graph.ts";
import { onnxTypes } from "./onnx-schema.ts";

type UnaryOperation = (value: Value) => Value;

/** @param derivative f′(x) · gradient, from x and f(x) */
function unary(
  operator: string,
  derivative: (gradient: Value, input: Value, output: Value) => Value,
): UnaryOperation {
  return (value) =>
    apply({ operator, inputs: [value], shape: value.shape }, (output) => (gradient) => [
      derivative(gradient, value, output),
    ]);
}

/** −x of each element, in the shape of x. */
export const negate: UnaryOperation = unary("Neg", (gradient) => negate(gradient));
export const exp: UnaryOperation = unary("Exp", (gradient, _, output) =>
  multiply(gradient, output),
);
/** Natural logarithm. */
export const log: UnaryOperation = unary("Log", (gradient, value) => divide(gradient, value));
export const sqrt: UnaryOperation = unary("Sqrt", (gradient, _, output) =>
  divide(gradient, multiply(output, 2)),
);
export const tanh: UnaryOperation = unary("Tanh", (gradient, _, output) =>
  multiply(gradient, subtract(1, multiply(output, output))),
);
/** 1 / (1 + e^−x), in float32 to an absolute 1e-7: 0 below about −17. */
export const sigmoid: UnaryOperation = unary("Sigmoid", (gradient, _, output) =>
  multiply(gradient, multiply(output, subtract(1, output))),
);
/** log(1 + e^x), with derivative σ(x); neither overflows. */
export const softplus: UnaryOperation = unary("Softplus", (gradient, value) =>
  multiply(gradient, sigmoid(value)),
);
/**
 * max(x, 0), with derivative 0 at 0. The way back needs the result alone, so a runtime can fuse it
 * into the operation before.
 */
export const relu: UnaryOperation = unary("Relu", (gradient, _, output) =>
  multiply(gradient, isPositive(output)),
);

/** The value itself, through which no gradient passes. */
export function stopGradient(value: Value): Value {
  return apply({ operator: "Identity", inputs: [value], shape: value.shape });
}

/** 1 if x > 0, else 0. */
function isPositive(value: Value): Value {
  const { graph, shape, type } = value;
  const positive = apply({
    operator: "Greater",
    inputs: [value, constant(graph, [0])],
    shape,
    type: "bool",
  });
  return cast(positive, type);
}

/** The same numbers in another type; no gradient passes. */
export function cast(value: Value, type: DataType): Value {
  if (value.type === type) return value;
  const attributes = { to: onnxTypes[type] };
  return apply({ operator: "Cast", inputs: [value], shape: value.shape, type, attributes });
}
