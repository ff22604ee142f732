import { Worker } from "node:worker_threads";
import { fillDropoutMask } from "./dropout.ts";
import { encodeModel, selectModel } from "./encode-model.ts";
import { type Feed, type Feeds, isMaskSeed } from "./feed.ts";
import { toTensor } from "./feeds.ts";
import type { Graph, Value } from "./graph.ts";
import { getRuntime } from "./runtime.ts";
import { type LaneAnswer, type LaneData, type LaneRequest, serveLane } from "./serve-lane.ts";
import { type GraphSession, nativeOptions } from "./session.ts";

/**
 * A session of the outputs in a separate thread, which runs beside this one. Never two runs at a
 * time.
 */
export async function openLane(
  graph: Graph,
  outputs: Readonly<Record<string, Value>>,
): Promise<GraphSession> {
  const { inputs } = selectModel(graph, outputs);
  const workerData: LaneData = {
    runtime: getRuntime().path,
    model: encodeModel(graph, outputs),
    options: nativeOptions({ plansMemory: false }),
    underWay: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)).fill(1),
  };
  const thread = startThread(workerData);
  await thread.answer();
  return {
    async run(feeds) {
      const request = toRequest(inputs, feeds);
      const answer = thread.answer();
      thread.send(request);
      return answer;
    },
    close: thread.close,
  };
}

const longestStepMs = 60_000;
/** Of the threads that are open: how much of their work has not ended. */
const counts = new Set<Int32Array>();

/**
 * The end of a process stops its threads, and ONNX Runtime aborts the process if that meets a run. So the runs end first;
 * another signal does not wait for them.
 */
function awaitRuns(): void {
  const until = Date.now() + longestStepMs;
  for (const underWay of counts) {
    if (Atomics.load(underWay, 0) > 0)
      for (const signal of ["SIGINT", "SIGTERM"]) process.removeAllListeners(signal);
    for (let count = Atomics.load(underWay, 0); count > 0; count = Atomics.load(underWay, 0))
      if (Atomics.wait(underWay, 0, count, until - Date.now()) === "timed-out") return;
  }
}

function keepCount(underWay: Int32Array): void {
  if (counts.size === 0) process.once("exit", awaitRuns);
  counts.add(underWay);
}

function dropCount(underWay: Int32Array): void {
  counts.delete(underWay);
  if (counts.size === 0) process.off("exit", awaitRuns);
}

function startThread(workerData: LaneData) {
  const { underWay } = workerData;
  const worker = new Worker(`(${serveLane})(require, ${fillDropoutMask})`, {
    eval: true,
    workerData,
  });
  keepCount(underWay);
  let failure: Error | undefined;
  let settle = (_answer: LaneAnswer | Error) => {};
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const fail = (error: Error) => {
    dropCount(underWay);
    failure ??= error;
    settle(failure);
  };
  worker.on("message", (answer: LaneAnswer) => settle(answer));
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`a training thread ended with code ${code}`)));
  return {
    send(request: LaneRequest) {
      const buffers = Object.values(request ?? {}).flatMap((told) =>
        "data" in told ? [told.data.buffer as ArrayBuffer] : [],
      );
      Atomics.add(underWay, 0, 1);
      worker.postMessage(request, buffers);
    },
    answer: () =>
      new Promise<Record<string, Float32Array>>((resolve, reject) => {
        settle = (answer) => {
          if (answer instanceof Error) reject(answer);
          else if ("error" in answer) reject(new Error(answer.error));
          else resolve(answer.results);
        };
        if (failure !== undefined) settle(failure);
      }),
    async close() {
      worker.postMessage(undefined satisfies LaneRequest);
      await exited;
    },
  };
}

/** Copies, which the thread gets for good. */
const toRequest = (inputs: readonly Value[], feeds: Feeds): LaneRequest =>
  Object.fromEntries(
    inputs.map((input) => {
      const feed = feeds[input.name];
      if (isMaskSeed(feed)) return [input.name, { mask: feed, shape: input.shape }];
      const { data, dims } = toTensor(input, feed);
      return [input.name, { data: (data as Feed).slice(), shape: dims }];
    }),
  );
