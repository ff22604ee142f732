import type { NoiseSource } from "../../numeric/privacy/noise.ts";
import { multiply } from "../../tensor/arithmetic.ts";
import { type ClippedSum, createClippedSum } from "../../tensor/clipped-sum.ts";
import type { Feeds } from "../../tensor/feed.ts";
import { type FlatParameters, flattenParameters } from "../../tensor/flat-parameters.ts";
import {
  createGraph,
  type Graph,
  input,
  parameter,
  replaceGradient,
  type Value,
} from "../../tensor/graph.ts";
import { createTrainer, type Trainer } from "../../tensor/trainer.ts";
import type { Arrays } from "../../tensor/trainer-state.ts";

/** A trainer of which each step is a sampled Gaussian mechanism. It owns native memory: close it. */
export interface PrivateTrainer {
  /**
   * One step of Adam on (Σ clipped gradients + noise)/(σ·C), in which noise has deviation 1.
   * @param groups feeds of the graph, which has a loss for each user of a group; nobody is in two
   * @returns sum of the losses: of people, and not for the record
   * @throws RangeError if a gradient is not finite
   */
  step(groups: readonly Feeds[], learningRate: number): Promise<number>;
  averages(): Record<string, Float32Array>;
  close(): Promise<void>;
}

export interface PrivateTrainerOptions {
  readonly graph: Graph;
  /** A scalar for each user of a group. */
  readonly losses: readonly Value[];
  readonly parameters: readonly Value[];
  readonly initial: Arrays;
  /** C > 0: the longest gradient of a user. */
  readonly clip: number;
  /** σ > 0: deviation of the noise in units of C. */
  readonly noise: number;
  readonly source: NoiseSource;
  /** d of the running average of the parameters. */
  readonly averageDecay: number;
  readonly threads: number;
}

/** A graph that is fed its gradient. */
function fedGradient({ name, length }: FlatParameters) {
  const graph = createGraph();
  const slopes = input(graph, "slopes", [length]);
  const own = parameter(graph, name, [length]);
  const loss = replaceGradient(input(graph, "loss", []), [own], (gradient) => [
    multiply(slopes, gradient),
  ]);
  return { graph, loss, parameters: [own] };
}

/** Sum over all users of a step, in float64 so that its order does not matter to the noise. */
async function sumGroups(clipped: ClippedSum, groups: readonly Feeds[], length: number) {
  const total = new Float64Array(length);
  let loss = 0;
  for (const feeds of groups) {
    const { slopes, loss: own } = await clipped.run(feeds);
    for (let index = 0; index < length; index++) total[index]! += slopes[index]!;
    loss += own;
  }
  if (!total.every(Number.isFinite)) throw new RangeError("a user's gradient is not finite");
  return { total, loss };
}

/**
 * The Gaussian mechanism on a sum of clipped gradients: (sum + noise)/(σ·C), whose noise has deviation 1 in every coordinate, whether
 * a user has reached it or not.
 */
export const noisySlopes = (
  total: Float64Array,
  { noise, clip, source }: Pick<PrivateTrainerOptions, "noise" | "clip" | "source">,
): Float32Array => Float32Array.from(total, (sum) => sum / (noise * clip) + source.normal());

/**
 * DP-SGD with a user as the unit (Abadi et al. 2016, arXiv:1607.00133; McMahan et al. 2018,
 * arXiv:1710.06963), stepped by Adam.
 */
export async function createPrivateTrainer(
  options: PrivateTrainerOptions,
): Promise<PrivateTrainer> {
  const { initial, clip, parameters, averageDecay, threads } = options;
  const flat = flattenParameters(parameters);
  const clipped = await createClippedSum({ ...options, bound: clip });
  const trainer: Trainer = await createTrainer({
    ...fedGradient(flat),
    initial: flat.pack(initial),
    averageDecay,
    threads,
  });
  return {
    step: async (groups, learningRate) => {
      const current = flat.unpack(trainer.parameters());
      const fed = groups.map((feeds) => ({ ...feeds, ...current }));
      const { total, loss } = await sumGroups(clipped, fed, flat.length);
      const slopes = noisySlopes(total, options);
      await trainer.step({ slopes, loss: new Float32Array(1) }, learningRate);
      return loss;
    },
    averages: () => flat.unpack(trainer.averages()),
    close: async () => {
      await Promise.all([trainer.close(), clipped.close()]);
    },
  };
}
