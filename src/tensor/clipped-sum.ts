import { clipNorm } from "../numeric/privacy/clip-norm.ts";
import { add } from "./arithmetic.ts";
import type { Feeds } from "./feed.ts";
import { flattenParameters } from "./flat-parameters.ts";
import { gradients } from "./gradients.ts";
import type { Graph, Value } from "./graph.ts";
import { createSession } from "./session.ts";

/** Clips the gradient of each example on its own. It owns native memory: close it. */
export interface ClippedSum {
  /**
   * Σ_g clip(∇ loss_g), the parameters one after the other, and Σ_g loss_g.
   * @param feeds of the graph, the parameters included
   */
  run(feeds: Feeds): Promise<{ readonly slopes: Float64Array; readonly loss: number }>;
  close(): Promise<void>;
}

/**
 * Gradients of several losses, each scaled to a length of at most `bound` over all parameters, and
 * added up. Each leaves the graph on its own: a length that a graph works out in float32 is a little wrong, and the bound would be too.
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
  const { graph, losses, parameters, bound, threads } = options;
  const flat = flattenParameters(parameters);
  const own = losses.map((loss, g) => [`slopes${g}`, flat.join(gradients(loss, parameters))]);
  const outputs = { ...Object.fromEntries(own), loss: losses.reduce(add) };
  const session = await createSession(graph, outputs, { threads, plansMemory: false });
  return {
    run: async (feeds) => {
      const results = await session.run(feeds);
      const total = new Float64Array(flat.length);
      for (let g = 0; g < losses.length; g++) {
        const slopes = results[`slopes${g}`]!;
        clipNorm(slopes, bound);
        for (let index = 0; index < total.length; index++) total[index]! += slopes[index]!;
      }
      return { slopes: total, loss: results.loss![0]! };
    },
    close: session.close,
  };
}
