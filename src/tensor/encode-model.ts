import type { Attributes, ConstantData, Graph, Node, Precision, Value } from "./graph.ts";
import { modelProto, onnxAttributeTypes, onnxTypes } from "./onnx-schema.ts";

/**
 * The nodes that the outputs depend on, in the order of building; the model leaves out the others.
 */
export interface Model {
  readonly inputs: readonly Value[];
  readonly constants: readonly (readonly [Value, ConstantData])[];
  readonly nodes: readonly Node[];
}

export function selectModel(
  graph: Graph<Precision>,
  outputs: Readonly<Record<string, Value>>,
): Model {
  const needed = new Set(Object.values(outputs));
  for (const [name, value] of Object.entries(outputs)) {
    if (value.graph !== graph) throw new TypeError(`output ${name} is a value of another graph`);
    if (graph.inputs.has(name)) throw new RangeError(`output ${name} has the name of an input`);
    if (value.type !== graph.precision)
      throw new TypeError(`output ${name} must be ${graph.precision}, got ${value.type}`);
  }
  const nodes = graph.nodes.toReversed().flatMap((node) => {
    const used = node.outputs.findLastIndex((output) => needed.has(output)) + 1;
    if (used === 0) return [];
    for (const value of node.inputs) needed.add(value);
    return [{ ...node, outputs: node.outputs.slice(0, used) }];
  });
  return {
    inputs: [...graph.inputs.values()].filter((value) => needed.has(value)),
    constants: [...graph.constants].filter(([value]) => needed.has(value)),
    nodes: nodes.toReversed(),
  };
}

type NameOf = (value: Value) => string;

/**
 * Names under which the results of nodes leave right away; an input, a constant and a value that leaves twice are copied.
 */
function nameOutputs({ nodes }: Model, outputs: Readonly<Record<string, Value>>): NameOf {
  const results = new Set(nodes.flatMap((node) => node.outputs));
  const names = new Map(
    Object.entries(outputs).flatMap(([name, value]) =>
      results.has(value) ? [[value, name] as const] : [],
    ),
  );
  return (value) => names.get(value) ?? value.name;
}

function encodeAttribute(name: string, value: Attributes[string]) {
  if (typeof value === "number") return { name, i: value, type: onnxAttributeTypes.int };
  if (typeof value === "string")
    return { name, s: Buffer.from(value), type: onnxAttributeTypes.string };
  return { name, ints: value, type: onnxAttributeTypes.ints };
}

const encodeNode = ({ operator, inputs, outputs, attributes }: Node, nameOf: NameOf) => ({
  opType: operator,
  input: inputs.map(nameOf),
  output: outputs.map(nameOf),
  attribute: Object.entries(attributes).map(([name, value]) => encodeAttribute(name, value)),
});

// ONNX holds raw data little-endian, as every platform that ONNX Runtime has binaries for.
const encodeConstant = ([value, data]: readonly [Value, ConstantData]) => ({
  name: value.name,
  dims: value.shape,
  dataType: onnxTypes[value.type],
  rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
});

/**
 * Names of axes whose length is the caller's, by input or output: `{ logits: { 2: "items" } }`. Nothing checks that no
 * operation on the way has the length of the graph built in.
 */
export type FreeAxes = Readonly<Record<string, Readonly<Record<number, string>>>>;

const encodeValueInfo = (
  name: string,
  { shape, type }: Value,
  free: FreeAxes[string] | undefined,
) => ({
  name,
  type: {
    tensorType: {
      elemType: onnxTypes[type],
      shape: {
        dim: shape.map((dimValue, axis) =>
          free?.[axis] === undefined ? { dimValue } : { dimParam: free[axis] },
        ),
      },
    },
  },
});

/** An ONNX file (IR 9, operator set 18). @param graph its nodes, constants, inputs and outputs */
export const encodeOnnx = (graph: Readonly<Record<string, unknown>>): Uint8Array =>
  modelProto
    .encode({
      irVersion: 9,
      producerName: "recurve",
      opsetImport: [{ domain: "", version: 18 }],
      graph: { name: "recurve", ...graph },
    })
    .finish();

/** The model that computes the outputs, as an ONNX file (IR 9, operator set 18). Its inputs keep their names. */
export function encodeModel(
  graph: Graph<Precision>,
  outputs: Readonly<Record<string, Value>>,
  free: FreeAxes = {},
): Uint8Array {
  const model = selectModel(graph, outputs);
  const nameOf = nameOutputs(model, outputs);
  const copies = Object.entries(outputs)
    .filter(([name, value]) => nameOf(value) !== name)
    .map(([name, value]) => ({ opType: "Identity", input: [nameOf(value)], output: [name] }));
  return encodeOnnx({
    node: [...model.nodes.map((node) => encodeNode(node, nameOf)), ...copies],
    initializer: model.constants.map(encodeConstant),
    input: model.inputs.map((value) => encodeValueInfo(value.name, value, free[value.name])),
    output: Object.entries(outputs).map(([name, value]) =>
      encodeValueInfo(name, value, free[name]),
    ),
  });
}
