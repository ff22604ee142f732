import { createGraph, type Value } from "../../tensor/graph.ts";
import { createSession } from "../../tensor/session.ts";
import type { TransformerModel } from "../transformer/parameters.ts";
import { buildEmbeddedState, createNewestFeeds, writeNewest } from "./state-graph.ts";

/** Shares of items, oldest first, in the state after the newest one; their sum is 1. */
export type AttentionShares = (items: readonly number[]) => Promise<Float64Array>;

/** Half of a block's output is the state that came in, as its sum with the attention has it. */
const passedOn = 0.5;

interface Rows {
  /** [heads, queries, length] */
  readonly values: Float32Array;
  readonly heads: number;
}

/** Adds the attention of each query, averaged over the heads, times its weight. */
function mixBack({ values, heads }: Rows, weights: Float64Array, length: number): Float64Array {
  const queries = values.length / heads / length;
  const mixed = weights.map((weight) => passedOn * weight);
  for (let query = 0; query < queries; query++) {
    const weight = ((1 - passedOn) / heads) * weights[length - queries + query]!;
    if (weight === 0) continue;
    for (let head = 0; head < heads; head++) {
      const start = (head * queries + query) * length;
      for (let key = 0; key < length; key++) mixed[key]! += weight * values[start + key]!;
    }
  }
  return mixed;
}

function openSession(model: TransformerModel) {
  const graph = createGraph();
  const watched: Value[] = [];
  buildEmbeddedState(graph, model, { rows: 1, watch: (value) => watched.push(value) });
  return createSession(graph, Object.fromEntries(watched.map((value, i) => [`block${i}`, value])));
}

/**
 * Attention rollout (Abnar & Zuidema 2020, arXiv:2005.00928): the heads of a block are averaged, half of each state is passed on as it is,
 * and the shares of the newest state are followed back through all blocks. The session is opened when it is first asked for.
 */
export function createAttentionShares(model: TransformerModel): AttentionShares {
  const { length, heads, blocks } = model.shape;
  let session: ReturnType<typeof openSession> | undefined;
  return async (items) => {
    session ??= openSession(model);
    const feeds = createNewestFeeds(1, model.shape);
    writeNewest(feeds, model, { row: 0, items });
    const attention = await (await session).run({ ...feeds });
    let shares: Float64Array = new Float64Array(length);
    shares[length - 1] = 1;
    for (let block = blocks - 1; block >= 0; block--)
      shares = mixBack({ values: attention[`block${block}`]!, heads }, shares, length);
    return shares.slice(length - items.length);
  };
}
