import { add } from "./arithmetic.ts";
import { clipGlobalNorm } from "./clip.ts";
import type { Feeds } from "./feed.ts";
import { flattenParameters } from "./flat-parameters.ts";
import { gradients } from "./gradients.ts";
import type { Graph, Value } from "./graph.ts";
import { createSession } from "./session.ts";

/** Float32 rounds each part of a gradient by up to 2⁻²⁴ of it, and its norm by less than this. */
const roundingShare = 1e-5;

/** A graph that clips the gradient of each example on its own. It owns native memory: close it. */
export interface ClippedSum {
  /**
   * Σ_g clip(∇ loss_g), the parameters one after the other, and Σ_g loss_g.
   * @param feeds of the graph, the parameters included
   */
  run(feeds: Feeds): Promise<{ readonly slopes: Float32Array; readonly loss: number }>;
  close(): Promise<void>;
}

/**
 * Gradients of several losses, each scaled to a length of at most `bound` over all parameters, and
 * added up. One example can't move the sum by more than the bound, rounding included.
 *
 * @param losses a scalar for each example
 */
export async function createClippedSum(options: {
  readonly graph: Graph;
  readonly losses: readonly Value[];
  readonly parameters: readonly Value[];
  readonly bound: number;
  readonly threads: number;
}): Promise<ClippedSum> {
  const { graph, losses, parameters, threads } = options;
  const bound = options.bound * (1 - roundingShare);
  const clipped = losses.map((loss) => clipGlobalNorm(gradients(loss, parameters), bound));
  const slopes = clipped.reduce((total, one) =>
    total.map((slope, index) => add(slope, one[index]!)),
  );
  const flat = flattenParameters(parameters);
  const outputs = { slopes: flat.join(slopes), loss: losses.reduce(add) };
  const session = await createSession(graph, outputs, { threads, plansMemory: false });
  return {
    run: async (feeds) => {
      const results = await session.run(feeds);
      return { slopes: results.slopes!, loss: results.loss![0]! };
    },
    close: session.close,
  };
}
