import type { InferenceSession } from "onnxruntime-common";
import { encodeOnnx } from "./encode-model.ts";
import { onnxAttributeTypes, onnxTypes } from "./onnx-schema.ts";
import { getRuntime } from "./runtime.ts";
import { nativeOptions } from "./session.ts";

/** Sizes of a product of bytes. */
export interface ByteShape {
  /** Rows of the table, a multiple of `group`. */
  readonly rows: number;
  /** Numbers of a row and of a vector. */
  readonly width: number;
  /** Vectors that are multiplied at a time. */
  readonly columns: number;
  /** Rows beside each other of which the largest product is wanted, too. */
  readonly group: number;
}

/** Integers, the same on every machine; arrays of a run may be written over by the next one. */
export interface ByteProducts {
  /** [rows, columns] */
  readonly products: Int32Array;
  /** [rows / group, columns] */
  readonly maxima: Int32Array;
}

/** Multiplies rows of bytes with vectors of signed bytes. */
export interface ByteMultiplier {
  /** @param vectors [width, columns], none above `largestWeight` in size */
  multiply(table: Uint8Array, vectors: Int8Array): Promise<ByteProducts>;
  readonly largestWeight: number;
  close(): Promise<void>;
}

function valueInfo(name: string, elemType: number, dims: readonly number[]) {
  const dim = dims.map((dimValue) => ({ dimValue }));
  return { name, type: { tensorType: { elemType, shape: { dim } } } };
}

function integers(name: string, values: readonly number[]) {
  const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return { name, dims: [values.length], dataType: onnxTypes.int64, rawData };
}

/** Rows are the left factor: the runtime reads them as they are, so that one of them can change without a session made anew. */
function encodeProducts({ rows, width, columns, group }: ByteShape): Uint8Array {
  const groups = rows / group;
  const product = { opType: "MatMulInteger", input: ["table", "vectors"], output: ["products"] };
  const parts = { opType: "Reshape", input: ["products", "grouped"], output: ["groups"] };
  const keepdims = { name: "keepdims", i: 0, type: onnxAttributeTypes.int };
  const maxima = { input: ["groups", "axes"], output: ["maxima"], attribute: [keepdims] };
  return encodeOnnx({
    node: [product, parts, { opType: "ReduceMax", ...maxima }],
    initializer: [integers("grouped", [groups, group, columns]), integers("axes", [1])],
    input: [
      valueInfo("table", onnxTypes.uint8, [rows, width]),
      valueInfo("vectors", onnxTypes.int8, [width, columns]),
    ],
    output: [
      valueInfo("products", onnxTypes.int32, [rows, columns]),
      valueInfo("maxima", onnxTypes.int32, [groups, columns]),
    ],
  });
}

/** Tensors that a run writes into, if the runtime can: a megabyte a run would be garbage. */
function outputTensors({ rows, columns, group }: ByteShape): InferenceSession.FetchesType {
  const { Tensor, writesInPlace } = getRuntime();
  if (!writesInPlace) return ["products", "maxima"];
  const tensor = (count: number) =>
    new Tensor("int32", new Int32Array(count * columns), [count, columns]);
  return { products: tensor(rows), maxima: tensor(rows / group) };
}

/** 255 · 127 · 2 is more than 16 bits hold, in which old processors add up two products; 255 · 63 · 2 is less. */
const weights = { whole: 127, half: 63 } as const;

export async function createByteMultiplier(shape: ByteShape): Promise<ByteMultiplier> {
  const { rows, width, columns } = shape;
  const { InferenceSession, Tensor } = getRuntime();
  const session = await InferenceSession.create(encodeProducts(shape), nativeOptions({}));
  const fetches = outputTensors(shape);
  const multiply = async (table: Uint8Array, vectors: Int8Array): Promise<ByteProducts> => {
    const feeds = {
      table: new Tensor("uint8", table, [rows, width]),
      vectors: new Tensor("int8", vectors, [width, columns]),
    };
    const { products, maxima } = await session.run(feeds, fetches);
    return { products: products!.data as Int32Array, maxima: maxima!.data as Int32Array };
  };
  const extreme = await multiply(
    new Uint8Array(rows * width).fill(255),
    new Int8Array(width * columns).fill(weights.whole),
  );
  const isExact = extreme.products[0] === 255 * weights.whole * width;
  return {
    multiply,
    largestWeight: isExact ? weights.whole : weights.half,
    close: () => session.release(),
  };
}
