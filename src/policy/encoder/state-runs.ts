import { createGraph } from "../../tensor/graph.ts";
import { createSession, type GraphSession } from "../../tensor/session.ts";
import type { TransformerModel } from "../transformer/parameters.ts";
import { buildEmbeddedState, createNewestFeeds, writeNewest } from "./state-graph.ts";

/** The Transformer's state after items, oldest first, at least one and at most as many as it looks at. */
export type EncodeItems = (items: readonly number[]) => Promise<Float32Array>;

/** States of one run. A run takes as many as wait, so that none computes rows that nobody asked for. */
const runSizes = [16, 4, 1];

interface Waiting {
  readonly items: readonly number[];
  resolve(state: Float32Array): void;
  reject(error: unknown): void;
}

/** Sessions by the states of a run, each opened when there is a first such run. */
function createSessions(model: TransformerModel) {
  const sessions = new Map<number, Promise<GraphSession>>();
  return (rows: number): Promise<GraphSession> => {
    const open = () => {
      const graph = createGraph();
      return createSession(graph, { states: buildEmbeddedState(graph, model, { rows }) });
    };
    const session = sessions.get(rows) ?? open();
    sessions.set(rows, session);
    return session;
  };
}

/**
 * Runs a Transformer on the sequences that are asked for: at once if no run is under way, and otherwise together with all that wait by the time
 * a run has ended; two at a time would share one thread. A state has the same bits in a run of its own and among others.
 */
export function createStateRuns(model: TransformerModel): EncodeItems {
  const { width } = model.shape;
  const sessionOf = createSessions(model);
  const queue: Waiting[] = [];
  let isRunning = false;

  const encode = async (batch: readonly Waiting[]) => {
    const feeds = createNewestFeeds(batch.length, model.shape);
    for (const [row, { items }] of batch.entries()) writeNewest(feeds, model, { row, items });
    const session = await sessionOf(batch.length);
    const { states } = await session.run({ ...feeds });
    for (const [row, { resolve }] of batch.entries())
      resolve(states!.slice(row * width, (row + 1) * width));
  };
  const runWaiting = async () => {
    if (isRunning) return;
    isRunning = true;
    while (queue.length > 0) {
      const batch = queue.splice(
        0,
        runSizes.find((size) => size <= queue.length),
      );
      await encode(batch).catch((error: unknown) => {
        for (const { reject } of batch) reject(error);
      });
    }
    isRunning = false;
  };
  return (items) =>
    new Promise((resolve, reject) => {
      queue.push({ items, resolve, reject });
      // In a microtask, so that states that are asked for in one call run together.
      queueMicrotask(runWaiting);
    });
}
