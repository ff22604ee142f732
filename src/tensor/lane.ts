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

function startThread(workerData: LaneData) {
  const worker = new Worker(`(${serveLane})(require, ${fillDropoutMask})`, {
    eval: true,
    workerData,
  });
  let failure: Error | undefined;
  let settle = (_answer: LaneAnswer | Error) => {};
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  const fail = (error: Error) => {
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
