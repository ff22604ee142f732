import type { InferenceSession } from "onnxruntime-common";
import { encodeModel, selectModel } from "./encode-model.ts";
import type { Feeds } from "./feed.ts";
import { createTensorMaker } from "./feeds.ts";
import type { Graph, Precision, Value } from "./graph.ts";
import { getRuntime } from "./runtime.ts";

export type Floats<P extends Precision> = { float32: Float32Array; float64: Float64Array }[P];

/** A graph ready to run. It owns native memory: close it. */
export interface GraphSession<P extends Precision = "float32"> {
  /** Feeds every input that the outputs depend on, parameters too; resolves with fresh arrays by output. */
  run(feeds: Feeds): Promise<Record<string, Floats<P>>>;
  close(): Promise<void>;
}

export interface SessionOptions {
  /** Threads within an operation; default 1. */
  readonly threads?: number;
  /**
   * From the second run on all of a run's memory is one block, on top of the first run's own
   * pieces: quick for small graphs, half as much memory again for large ones.
   */
  readonly plansMemory?: boolean;
}

/** An ONNX Runtime session of the outputs on the CPU. */
export function createNativeSession(
  graph: Graph<Precision>,
  outputs: Readonly<Record<string, Value>>,
  options: SessionOptions = {},
): Promise<InferenceSession> {
  return getRuntime().InferenceSession.create(encodeModel(graph, outputs), nativeOptions(options));
}

export function nativeOptions({
  threads = 1,
  plansMemory = true,
}: SessionOptions): InferenceSession.SessionOptions {
  return {
    executionProviders: ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: plansMemory,
    extra: {
      // Threads that spin while they wait take the cores from all other work.
      session: { intra_op: { allow_spinning: "0" } },
      // A sum and the norm of it take a fifth of the time apart.
      optimization: { disable_specified_optimizers: "SkipLayerNormFusion" },
    },
    // Errors are thrown; they need no second way out on stderr.
    logSeverityLevel: 4,
  };
}

/** @param outputs values of the graph's precision by the names that they get in the results */
export async function createSession<P extends Precision>(
  graph: Graph<P>,
  outputs: Readonly<Record<string, Value>>,
  options: SessionOptions = {},
): Promise<GraphSession<P>> {
  const { inputs } = selectModel(graph, outputs);
  const native = await createNativeSession(graph, outputs, options);
  const makeTensors = createTensorMaker(inputs);
  return {
    async run(feeds) {
      const results = await native.run(makeTensors(feeds));
      return Object.fromEntries(
        Object.entries(results).map(([name, tensor]) => [name, tensor.data as Floats<P>]),
      );
    },
    close: () => native.release(),
  };
}
