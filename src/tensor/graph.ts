import { assertShape, elementCount, type Shape, shapeText } from "./shape.ts";

export type Precision = "float32" | "float64";
export type DataType = Precision | "int32" | "int64" | "bool";
/** Types that a caller can feed; the other types only occur inside a graph. */
export type InputType = Precision | "int32";
export type ConstantData = Float32Array | Float64Array | Int32Array | BigInt64Array;

/** One tensor of one graph: an input, a constant or the result of an operation. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  readonly type: DataType;
  readonly graph: Graph<Precision>;
}

export type Attributes = Readonly<Record<string, number | string | readonly number[]>>;

/** One ONNX node. */
export interface Node {
  readonly operator: string;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
}

/** From ∂loss/∂output to ∂loss/∂input of each input, in their order; undefined if there is none. */
export type Pullback = (gradient: Value) => readonly (Value | undefined)[];

/** The operation of an output, in the order of building: reverse mode walks back over these. */
export interface TapeEntry {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly pullback: Pullback;
}

/** A graph under construction. Operations append to it; nothing is ever taken out, only left out when encoding. */
export interface Graph<P extends Precision = "float32"> {
  /** Type of parameters and of every real-valued operation. */
  readonly precision: P;
  readonly inputs: Map<string, Value>;
  readonly constants: Map<Value, ConstantData>;
  readonly nodes: Node[];
  readonly tape: TapeEntry[];
}

/**
 * @param precision float64 serves finite differences of the same graph; training and serving use float32
 *
 * @example
 * import { createGraph, input, matmul, parameter } from "recurve/tensor";
 *
 * const graph = createGraph();
 * const product = matmul(input(graph, "x", [3, 2]), parameter(graph, "w", [2, 4]));
 * console.log(product.shape); // [ 3, 4 ]
 */
export function createGraph<P extends Precision = "float32">(precision?: P): Graph<P> {
  return {
    precision: precision ?? ("float32" as P),
    inputs: new Map(),
    constants: new Map(),
    nodes: [],
    tape: [],
  };
}

/** Names that start with % are the graph's own, so they never meet a caller's. */
const freshName = (graph: Graph<Precision>) => `%${graph.nodes.length + graph.constants.size}`;

/** Declares a tensor that is fed on every run. */
export function input(
  graph: Graph<Precision>,
  name: string,
  shape: Shape,
  type: InputType = graph.precision,
): Value {
  assertShape(`input ${name}`, shape);
  if (name.startsWith("%")) throw new RangeError(`input ${name}: names with % are the graph's own`);
  if (graph.inputs.has(name)) throw new RangeError(`input ${name} is declared twice in one graph`);
  const value: Value = { name, shape, type, graph };
  graph.inputs.set(name, value);
  return value;
}

/** Declares a trainable input. */
export function parameter(graph: Graph<Precision>, name: string, shape: Shape): Value {
  return input(graph, name, shape);
}

/** A constant, row-major, of the graph's precision; an Int32Array stays int32. A single number has shape []. */
export function constant(
  graph: Graph<Precision>,
  values: ArrayLike<number>,
  shape: Shape = [],
): Value {
  assertShape("constant", shape);
  if (values.length !== elementCount(shape))
    throw new RangeError(`constant of shape ${shapeText(shape)} got ${values.length} values`);
  if (values instanceof Int32Array)
    return addConstant(graph, { data: values.slice(), shape, type: "int32" });
  const data =
    graph.precision === "float32" ? Float32Array.from(values) : Float64Array.from(values);
  return addConstant(graph, { data, shape, type: graph.precision });
}

/** Axes, shapes and offsets, which ONNX takes as int64 tensors of rank one. */
export function integers(graph: Graph<Precision>, values: readonly number[]): Value {
  const data = BigInt64Array.from(values, BigInt);
  return addConstant(graph, { data, shape: [values.length], type: "int64" });
}

function addConstant(
  graph: Graph<Precision>,
  options: { readonly data: ConstantData; readonly shape: Shape; readonly type: DataType },
): Value {
  const { shape, type } = options;
  const value: Value = { name: freshName(graph), shape, type, graph };
  graph.constants.set(value, options.data);
  return value;
}

export interface Operation {
  readonly operator: string;
  readonly inputs: readonly Value[];
  readonly shape: Shape;
  /** Default: the first input's type. */
  readonly type?: DataType;
  readonly attributes?: Attributes;
}

/** Appends a node. Without a pullback no gradient passes it. */
export function apply(operation: Operation, pullback?: (output: Value) => Pullback): Value {
  const { inputs, shape } = operation;
  const [output] = applyAll(operation, [{ shape, type: operation.type ?? inputs[0]!.type }]);
  if (pullback) output!.graph.tape.push({ inputs, output: output!, pullback: pullback(output!) });
  return output!;
}

/** Appends a node with several outputs, in ONNX's order. No gradient passes it; `replaceGradient` gives it one. */
export function applyAll(
  { operator, inputs, attributes = {} }: Omit<Operation, "shape" | "type">,
  kinds: readonly Pick<Value, "shape" | "type">[],
): readonly Value[] {
  const { graph } = inputs[0]!;
  if (inputs.some((value) => value.graph !== graph))
    throw new TypeError(`${operator}: its inputs are values of different graphs`);
  const name = freshName(graph);
  const outputs = kinds.map(({ shape, type }, index) => ({
    name: index === 0 ? name : `${name}.${index}`,
    shape,
    type,
    graph,
  }));
  graph.nodes.push({ operator, inputs, outputs, attributes });
  return outputs;
}

/** The same value under a gradient of its own, which replaces the gradient of its operations. */
export function replaceGradient(value: Value, inputs: readonly Value[], pullback: Pullback): Value {
  const output = apply({ operator: "Identity", inputs: [value], shape: value.shape });
  value.graph.tape.push({ inputs, output, pullback });
  return output;
}

export function assertSameType(operation: string, left: Value, right: Value): void {
  if (left.type !== right.type)
    throw new TypeError(`${operation}: expected one type, got ${left.type} and ${right.type}`);
}
