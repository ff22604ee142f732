import { add, multiply } from "./arithmetic.ts";
import { selectModel } from "./encode-model.ts";
import { type Feeds, isMaskSeed } from "./feed.ts";
import { type FlatParameters, flattenParameters, mapState } from "./flat-parameters.ts";
import { gradients } from "./gradients.ts";
import { createGraph, input, parameter, replaceGradient, type Value } from "./graph.ts";
import { openLane } from "./lane.ts";
import { createSession } from "./session.ts";
import { elementCount, type Shape } from "./shape.ts";
import { createTrainer, type Trainer, type TrainerOptions } from "./trainer.ts";
import { isState } from "./trainer-state.ts";

export interface LaneTrainerOptions extends Omit<TrainerOptions, "fed" | "outputs" | "threads"> {
  /** Threads that each compute the loss of one part of a batch, 2 or more. */
  readonly lanes: number;
}

/**
 * Trains on the sum of the lanes' losses. `loss` is that of one lane's part of a batch. A feed that
 * is `lanes` times as long as its input is cut into parts, one for each lane. A feed as long as its
 * input goes to all. Each lane draws its part of a mask.
 */
export async function createLaneTrainer(options: LaneTrainerOptions): Promise<Trainer> {
  const { graph, loss, parameters, initial, lanes: count } = options;
  const flat = flattenParameters(parameters);
  const outputs = { loss, slopes: flat.join(gradients(loss, parameters)) };
  const trainer = await createTrainer({
    ...options,
    ...sumOfLanes(flat, count),
    initial: isState(initial) ? mapState(initial, flat.pack) : flat.pack(initial),
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
    parameters: () => flat.unpack(trainer.parameters()),
    averages: () => flat.unpack(trainer.averages()),
    state: () => mapState(trainer.state(), flat.unpack),
    async step(feeds, learningRate) {
      if (running) throw new Error("a step is still running; await it before the next one");
      running = true;
      try {
        const shared = flat.unpack(trainer.parameters());
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

const ofLane = (lane: number, name: string) => `lane${lane}/${name}`;

/** A graph that is fed the lanes' losses and gradients and adds them up. */
function sumOfLanes({ name, length }: FlatParameters, count: number) {
  const graph = createGraph();
  const sum = (fed: string, shape: Shape) =>
    Array.from({ length: count }, (_, lane) => input(graph, ofLane(lane, fed), shape)).reduce(add);
  const own = parameter(graph, name, [length]);
  const slopes = sum("slopes", own.shape);
  const loss = replaceGradient(sum("loss", []), [own], (gradient) => [multiply(slopes, gradient)]);
  return { graph, loss, parameters: [own] };
}

function cutFeeds(
  inputs: readonly Value[],
  feeds: Feeds,
  { lane, count }: { readonly lane: number; readonly count: number },
): Feeds {
  const parts = inputs.map(({ name, shape }) => {
    const feed = feeds[name];
    const size = elementCount(shape);
    if (isMaskSeed(feed)) return [name, { ...feed, start: lane * size }];
    const isWhole = feed?.length !== count * size;
    return [name, isWhole ? feed : feed.subarray(lane * size, (lane + 1) * size)];
  });
  return { ...feeds, ...Object.fromEntries(parts) };
}

/** Waits for all of them, also if one fails: the next step must find every lane at rest. */
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
