import { expect, test } from "vitest";
import { add, multiply } from "./arithmetic.ts";
import { encodeModel } from "./encode-model.ts";
import { constant, createGraph, input, parameter } from "./graph.ts";
import { transpose } from "./layout.ts";
import { modelProto } from "./onnx-schema.ts";
import { softmax } from "./reduction.ts";
import { getRuntime } from "./runtime.ts";

const decode = (bytes: Uint8Array) =>
  modelProto.toObject(modelProto.decode(bytes), { longs: Number, defaults: true });

test("a model decodes to what was built", () => {
  const graph = createGraph();
  const x = input(graph, "x", [2, 3]);
  const weights = constant(graph, [1, 2, 3, 4], [2, 2]);
  const y = softmax(transpose(x, [1, 0]));
  const model = decode(encodeModel(graph, { again: y, weights, y }));
  expect(model).toMatchObject({ irVersion: 9, opsetImport: [{ domain: "", version: 18 }] });
  const [transposed, normalised, ...copied] = model.graph.node;
  expect(transposed).toMatchObject({
    opType: "Transpose",
    input: ["x"],
    attribute: [{ name: "perm", ints: [1, 0], type: 7 }],
  });
  expect(normalised).toMatchObject({
    opType: "Softmax",
    input: transposed.output,
    attribute: [{ name: "axis", i: 1, type: 2 }],
  });
  expect(normalised.output).toEqual(["y"]);
  expect(copied).toMatchObject([
    { opType: "Identity", input: ["y"], output: ["again"] },
    { opType: "Identity", input: [weights.name], output: ["weights"] },
  ]);
  const tensorType = (elemType: number, dims: number[]) => ({
    tensorType: { elemType, shape: { dim: dims.map((dimValue) => ({ dimValue })) } },
  });
  expect(model.graph.input).toMatchObject([{ name: "x", type: tensorType(1, [2, 3]) }]);
  expect(model.graph.output).toMatchObject([
    { name: "again", type: tensorType(1, [3, 2]) },
    { name: "weights", type: tensorType(1, [2, 2]) },
    { name: "y", type: tensorType(1, [3, 2]) },
  ]);
  const [initializer] = model.graph.initializer;
  expect(initializer).toMatchObject({ name: weights.name, dims: [2, 2], dataType: 1 });
  // 1, 2, 3, 4 as little-endian float32.
  expect(Buffer.from(initializer.rawData).toString("hex")).toBe("0000803f000000400000404000008040");
});

test("what no output depends on is left out", () => {
  const graph = createGraph();
  const used = input(graph, "used", [2]);
  multiply(parameter(graph, "idle", [2]), constant(graph, [7, 7], [2]));
  const model = decode(encodeModel(graph, { result: add(used, 1) }));
  expect(model.graph.input).toMatchObject([{ name: "used" }]);
  expect(model.graph.node).toMatchObject([{ opType: "Add", output: ["result"] }]);
  expect(model.graph.initializer).toHaveLength(1);
});

test("an output must be a real value of the graph under a name that no input has", () => {
  const graph = createGraph();
  const x = input(graph, "x", [2]);
  expect(() => encodeModel(createGraph(), { y: x })).toThrow(
    new TypeError("output y is a value of another graph"),
  );
  expect(() => encodeModel(graph, { x })).toThrow(
    new RangeError("output x has the name of an input"),
  );
  expect(() => encodeModel(graph, { rows: input(graph, "i", [2], "int32") })).toThrow(
    new TypeError("output rows must be float32, got int32"),
  );
});

test("a free axis has a name in the file and any length in a run", async () => {
  const graph = createGraph();
  const x = input(graph, "x", [2, 3]);
  const free = { x: { 1: "columns" }, y: { 1: "columns" } };
  const bytes = encodeModel(graph, { y: add(x, 1) }, free);
  const [declared] = decode(bytes).graph.input;
  expect(declared.type.tensorType.shape.dim).toMatchObject([
    { dimValue: 2 },
    { dimParam: "columns" },
  ]);
  const { InferenceSession, Tensor } = getRuntime();
  const session = await InferenceSession.create(bytes);
  const wide = new Tensor("float32", Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), [2, 4]);
  const { y } = await session.run({ x: wide });
  expect([...(y!.data as Float32Array)]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  await session.release();
});
