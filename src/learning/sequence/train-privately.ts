import type { NoiseSource } from "../../numeric/privacy/noise.ts";
import { parameterCount, type TransformerModel } from "../../policy/transformer/parameters.ts";
import type { TransformerShape } from "../../policy/transformer/shape.ts";
import { createGraph } from "../../tensor/graph.ts";
import { warmUpCosine } from "../../tensor/schedule.ts";
import type { PrivatePlan } from "../privacy/plan.ts";
import { createPrivateTrainer, type PrivateTrainer } from "../privacy/private-trainer.ts";
import { isTarget } from "./codes.ts";
import { estimateStepBytes } from "./memory-need.ts";
import { assertSequences, type SequenceProgress } from "./sequence-training.ts";
import { buildUserLosses, userFeeds } from "./user-losses.ts";
import type { Window } from "./windows.ts";

export interface PrivateTrainingOptions {
  /** Codes of each user, all of them and nobody else's; see `codes.ts`. */
  readonly sequences: readonly ArrayLike<number>[];
  readonly shape: TransformerShape;
  readonly plan: PrivatePlan;
  readonly source: NoiseSource;
  readonly threads: number;
  /** Milliseconds. */
  readonly clock: () => number;
  /** Milliseconds after which no step begins. Default: no limit. */
  readonly budget?: number | undefined;
  readonly onProgress?: ((progress: SequenceProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Parameters to begin with, of which nothing is known but by noisy sums. */
  readonly start: TransformerModel["parameters"];
}

export interface PrivateTraining {
  readonly model: TransformerModel;
  /** That ran. */
  readonly steps: number;
}

/** Users whose gradients are made by one run of the graph: more save no time. */
const groupUsers = 4;
const settings = { peak: 4e-3, floor: 0.1, averageDecay: 0.98 };

/** A stretch of a user's events that fits the network; undefined if nothing in it is to be foreseen. */
function drawWindow(
  codes: ArrayLike<number>,
  length: number,
  source: NoiseSource,
): Window | undefined {
  const most = Math.max(0, codes.length - length - 1);
  const start = Math.floor(source.uniform() * (most + 1));
  const window = Array.from(codes).slice(start, start + length + 1);
  return window.slice(1).some(isTarget) ? window : undefined;
}

/** Users of a step, each with the same chance and independent of all others (Poisson sampling). */
export function drawUsers({
  sequences,
  plan,
  shape,
  source,
}: Pick<PrivateTrainingOptions, "sequences" | "source"> & {
  readonly plan: Pick<PrivatePlan, "samplingRate">;
  readonly shape: Pick<TransformerShape, "length">;
}): readonly Window[] {
  return sequences.flatMap((codes) => {
    if (source.uniform() >= plan.samplingRate) return [];
    const window = drawWindow(codes, shape.length, source);
    return window === undefined ? [] : [window];
  });
}

function groupFeeds(windows: readonly Window[], length: number) {
  const size = { users: groupUsers, length };
  return Array.from({ length: Math.ceil(windows.length / groupUsers) }, (_, group) =>
    userFeeds(windows.slice(group * groupUsers, (group + 1) * groupUsers), size),
  );
}

async function createUserTrainer(options: PrivateTrainingOptions): Promise<PrivateTrainer> {
  const { shape, plan, source, threads, start: initial } = options;
  const graph = createGraph();
  return createPrivateTrainer({
    graph,
    ...buildUserLosses(graph, shape, groupUsers),
    initial,
    source,
    threads,
    clip: plan.clip,
    noise: plan.noise,
    averageDecay: settings.averageDecay,
  });
}

/** Reports steps in passes over as many users as there are. */
function tellPass(
  { plan, clock, onProgress }: PrivateTrainingOptions,
  done: { readonly steps: number; readonly startedAt: number; readonly loss: number },
): void {
  const perPass = Math.max(1, Math.round(1 / plan.samplingRate));
  if (done.steps % perPass !== 0) return;
  const secondsLeft = ((clock() - done.startedAt) / 1000 / done.steps) * (plan.steps - done.steps);
  onProgress?.({
    stage: "epoch",
    epoch: done.steps / perPass,
    epochs: Math.ceil(plan.steps / perPass),
    loss: done.loss,
    secondsLeft,
  });
}

/** Bytes of a step: each user of a group has gradients of its own. */
export const estimatePrivateBytes = (shape: TransformerShape): number =>
  groupUsers * estimateStepBytes({ network: shape, rows: 1, dropout: 0, negatives: undefined }) +
  groupUsers * 4 * parameterCount(shape);

/**
 * Next-item training with differential privacy for users: each step samples them, clips the
 * gradient of each, and adds noise. Nothing is chosen by their data: no epoch, no size, no rate.
 *
 * @throws RangeError if items are out of range or a gradient is not finite
 */
export async function trainPrivately(options: PrivateTrainingOptions): Promise<PrivateTraining> {
  const { sequences, shape, plan, clock, budget = Number.POSITIVE_INFINITY } = options;
  assertSequences(sequences, shape, shape.items);
  const trainer = await createUserTrainer(options);
  const rateOf = warmUpCosine({
    ...settings,
    warmUpSteps: plan.steps / 20,
    totalSteps: plan.steps,
  });
  options.onProgress?.({
    stage: "start",
    parameters: parameterCount(shape),
    memoryBytes: estimatePrivateBytes(shape),
  });
  const startedAt = clock();
  let steps = 0;
  try {
    while (steps < plan.steps && clock() - startedAt < budget) {
      options.signal?.throwIfAborted();
      const windows = drawUsers(options);
      const loss = await trainer.step(groupFeeds(windows, shape.length), rateOf(steps + 1));
      steps++;
      tellPass(options, { steps, startedAt, loss: loss / Math.max(1, windows.length) });
    }
    return { model: { shape, parameters: trainer.averages() }, steps };
  } finally {
    await trainer.close();
  }
}
