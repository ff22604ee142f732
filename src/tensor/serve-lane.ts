import type * as Onnx from "onnxruntime-common";
import type { fillDropoutMask, MaskSeed } from "./dropout.ts";
import type { Feed } from "./feed.ts";

/** Data for a worker thread to open its session. */
export interface LaneData {
  /** Path of ONNX Runtime's entry. */
  readonly runtime: string;
  readonly model: Uint8Array;
  readonly options: Onnx.InferenceSession.SessionOptions;
  /** Shared count of the opening and the runs that have not ended. */
  readonly underWay: Int32Array;
}

type LaneInput = { readonly shape: readonly number[] } & (
  | { readonly data: Feed }
  | { readonly mask: MaskSeed }
);

/** A run's inputs by name; nothing ends the thread. */
export type LaneRequest = Readonly<Record<string, LaneInput>> | undefined;

/** A run's results by output. */
export type LaneAnswer =
  | { readonly results: Record<string, Float32Array> }
  | { readonly error: string };

/**
 * The whole program of a worker thread: opens a session, then answers requests one at a time. A
 * thread starts from its text, as a thread can't load a TypeScript file when tests and benches run
 * from the sources. So it refers to nothing outside itself, and gives no function a name, which tsx
 * would wrap in a helper.
 */
export async function serveLane(
  require: NodeJS.Require,
  fillMask: typeof fillDropoutMask,
): Promise<void> {
  const { parentPort, workerData } =
    require("node:worker_threads") as typeof import("node:worker_threads");
  const { runtime, model, options, underWay } = workerData as LaneData;
  const { env, InferenceSession, Tensor } = require(runtime) as typeof Onnx;
  env.wasm.numThreads = 1;
  const masks = new Map<string, Float32Array>();
  const session = await InferenceSession.create(model, options);
  parentPort!.on("message", async (request: LaneRequest) => {
    if (request === undefined) {
      parentPort!.close();
      await session.release();
      return;
    }
    try {
      const outputs = await session.run(
        Object.fromEntries(
          Object.entries(request).map(([name, input]) => {
            const { shape } = input;
            if ("data" in input) {
              const type = input.data instanceof Int32Array ? "int32" : "float32";
              return [name, new Tensor(type, input.data as Float32Array, shape)];
            }
            const size = shape.reduce((product, length) => product * length, 1);
            const mask = masks.get(name) ?? new Float32Array(size);
            masks.set(name, mask);
            fillMask(mask, input.mask);
            return [name, new Tensor("float32", mask, shape)];
          }),
        ),
      );
      const results = Object.fromEntries(
        Object.entries(outputs).map(([name, { data }]) => [name, data as Float32Array]),
      );
      parentPort!.postMessage({ results } satisfies LaneAnswer);
    } catch (error) {
      parentPort!.postMessage({ error: (error as Error).message } satisfies LaneAnswer);
    } finally {
      Atomics.sub(underWay, 0, 1);
      Atomics.notify(underWay, 0);
    }
  });
  parentPort!.postMessage({ results: {} } satisfies LaneAnswer);
  Atomics.sub(underWay, 0, 1);
  Atomics.notify(underWay, 0);
}
