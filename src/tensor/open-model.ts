import type { Tensor } from "onnxruntime-common";
import { getRuntime } from "./runtime.ts";

/** An ONNX file that others made, run on integers such as tokens. It owns native memory until it is collected. */
export interface OpenModel {
  readonly inputs: readonly string[];
  /** Feeds each input rows [1, values]; resolves with the first output. */
  run(feeds: Readonly<Record<string, readonly number[]>>): Promise<{
    readonly shape: readonly number[];
    readonly values: Float32Array;
  }>;
}

function toTensor(type: string, values: readonly number[]): Tensor {
  const shape = [1, values.length];
  const { Tensor } = getRuntime();
  if (type === "int32") return new Tensor("int32", Int32Array.from(values), shape);
  return new Tensor("int64", BigInt64Array.from(values, BigInt), shape);
}

/**
 * @throws ONNX Runtime's error for a file that it can't load, and TypeError if an output is not
 * float32
 */
export async function openModel(bytes: Uint8Array, threads: number): Promise<OpenModel> {
  const session = await getRuntime().InferenceSession.create(bytes, {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 4,
  });
  const types = new Map(
    session.inputMetadata.map((input) => [input.name, input.isTensor ? input.type : "none"]),
  );
  const [output = ""] = session.outputNames;
  return {
    inputs: session.inputNames,
    run: async (feeds) => {
      const tensors = session.inputNames.map(
        (name) => [name, toTensor(types.get(name) ?? "int64", feeds[name] ?? [])] as const,
      );
      const result = (await session.run(Object.fromEntries(tensors), [output]))[output]!;
      if (!(result.data instanceof Float32Array))
        throw new TypeError(`output ${output} is ${result.type}, expected float32`);
      return { shape: result.dims, values: result.data };
    },
  };
}
