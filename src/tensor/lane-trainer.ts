import { add, multiply } from "./arithmetic.ts";
import { selectModel } from "./encode-model.ts";
import type { Feeds } from "./feeds.ts";
import { gradients } from "./gradients.ts";
import { createGraph, input, parameter, replaceGradient, type Value } from "./graph.ts";
import { openLane } from "./lane.ts";
import { createSession } from "./session.ts";
import { elementCount } from "./shape.ts";
import { createTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";

export interface LaneTrainerOptions extends Omit<TrainerOptions, "fed" | "outputs" | "threads"> {
  /** Threads that each compute the loss of one part of a batch, 2 or more. */
  readonly lanes: number;
}

/**
 * Trains on the sum of the lanes' losses. `loss` is that of one lane's part of a batch: a feed that is `lanes` times as long
 * as its input is cut into parts, one for each lane; one as long as its input goes to all.
 */
export async function createLaneTrainer(options: LaneTrainerOptions): Promise<Trainer> {
  const { graph, loss, parameters, lanes: count } = options;
  const slopes = gradients(loss, parameters);
  const outputs = Object.fromEntries(
    [loss, ...slopes].map((value, index) => [
      index === 0 ? lossOf : slopeOf(parameters[index - 1]!),
      value,
    ]),
  );
  const trainer = await createTrainer({
    ...options,
    ...sumOfLanes(parameters, count),
    threads: count,
  });
  const own = await createSession(graph, outputs, { plansMemory: false });
  const others = await Promise.all(
    Array.from({ length: count - 1 }, () => openLane(graph, outputs)),
  );
  const { inputs } = selectModel(graph, outputs);
  // This thread's lane last: it holds the thread up.
  const lanes = [...others, own];
  let running = false;
  return {
    ...trainer,
    async step(feeds, learningRate) {
      if (running) throw new Error("a step is still running; await it before the next one");
      running = true;
      try {
        const shared = trainer.parameters();
        const parts = lanes.map((_, lane) => ({
          ...cutFeeds(inputs, feeds, { lane, count }),
          ...shared,
        }));
        const results = await allOf(lanes.map((lane, index) => lane.run(parts[index]!)));
        return await trainer.step(nameByLane(results), learningRate);
      } finally {
        running = false;
      }
    },
    close: async () => {
      await Promise.all([trainer, ...lanes].map((opened) => opened.close()));
    },
  };
}

const lossOf = "loss";
const slopeOf = ({ name }: Value) => `slope/${name}`;
const ofLane = (lane: number, name: string) => `lane${lane}/${name}`;

/** A graph that is fed the lanes' losses and gradients and adds them up. */
function sumOfLanes(parameters: readonly Value[], count: number) {
  const graph = createGraph();
  const sum = (name: string, shape: Value["shape"]) =>
    Array.from({ length: count }, (_, lane) => input(graph, ofLane(lane, name), shape)).reduce(add);
  const own = parameters.map(({ name, shape }) => parameter(graph, name, shape));
  const slopes = own.map((value) => sum(slopeOf(value), value.shape));
  const loss = replaceGradient(sum(lossOf, []), own, (gradient) =>
    slopes.map((slope) => multiply(slope, gradient)),
  );
  return { graph, loss, parameters: own };
}

function cutFeeds(
  inputs: readonly Value[],
  feeds: Feeds,
  { lane, count }: { readonly lane: number; readonly count: number },
): Feeds {
  const parts = inputs.flatMap(({ name, shape }) => {
    const feed = feeds[name];
    const size = elementCount(shape);
    if (feed?.length !== count * size) return [];
    return [[name, feed.subarray(lane * size, (lane + 1) * size)] as const];
  });
  return { ...feeds, ...Object.fromEntries(parts) };
}

/** Waits for all of them, also where one fails: the next step must find every lane at rest. */
async function allOf<T>(runs: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(runs);
  return Promise.all(runs);
}

const nameByLane = (results: readonly Readonly<Record<string, Float32Array>>[]): Feeds =>
  Object.fromEntries(
    results.flatMap((result, lane) =>
      Object.entries(result).map(([name, values]) => [ofLane(lane, name), values]),
    ),
  );
