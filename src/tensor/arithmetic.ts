import { sumTo } from "./broadcasting.ts";
import {
  apply,
  assertSameType,
  constant,
  type Graph,
  type Precision,
  type Pullback,
  type Value,
} from "./graph.ts";
import { broadcastShape } from "./shape.ts";

/** A value, or a number that becomes a constant of shape []. */
export type Operand = Value | number;

const toValue = (graph: Graph<Precision>, operand: Operand) =>
  typeof operand === "number" ? constant(graph, [operand]) : operand;

interface Binary {
  readonly name: string;
  readonly operator: string;
  /** Gradients in the shape of the output; broadcasting is taken back afterwards. */
  readonly gradients: (options: {
    readonly gradient: Value;
    readonly left: Value;
    readonly right: Value;
    readonly output: Value;
  }) => readonly [Value, Value];
}

function binary({ name, operator, gradients }: Binary) {
  return (a: Operand, b: Operand): Value => {
    const graph = typeof a === "number" ? (b as Value).graph : a.graph;
    const left = toValue(graph, a);
    const right = toValue(graph, b);
    assertSameType(name, left, right);
    const shape = broadcastShape(name, left.shape, right.shape);
    const pullback =
      (output: Value): Pullback =>
      (gradient) => {
        const [leftGradient, rightGradient] = gradients({ gradient, left, right, output });
        return [sumTo(leftGradient, left.shape), sumTo(rightGradient, right.shape)];
      };
    return apply({ operator, inputs: [left, right], shape }, pullback);
  };
}

interface BinaryOperation {
  (a: Value, b: Operand): Value;
  (a: Operand, b: Value): Value;
}

/** a + b with NumPy broadcasting, like all four. */
export const add: BinaryOperation = binary({
  name: "add",
  operator: "Add",
  gradients: ({ gradient }) => [gradient, gradient],
});

/** a − b. */
export const subtract: BinaryOperation = binary({
  name: "subtract",
  operator: "Sub",
  gradients: ({ gradient }) => [gradient, multiply(gradient, -1)],
});

/** a · b. */
export const multiply: BinaryOperation = binary({
  name: "multiply",
  operator: "Mul",
  gradients: ({ gradient, left, right }) => [multiply(gradient, right), multiply(gradient, left)],
});

/** a / b; ∂/∂b = −(a / b) / b. */
export const divide: BinaryOperation = binary({
  name: "divide",
  operator: "Div",
  gradients: ({ gradient, right, output }) => {
    const left = divide(gradient, right);
    return [left, multiply(multiply(left, output), -1)];
  },
});
