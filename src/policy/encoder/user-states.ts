import { createGraph } from "../../tensor/graph.ts";
import { createSession, type GraphSession } from "../../tensor/session.ts";
import type { PolicyState } from "../policy.ts";
import type { EncoderModel } from "./encoder-model.ts";
import type { ItemVectors } from "./item-vectors.ts";
import { buildNewestState, createNewestFeeds, writeNewest } from "./state-graph.ts";

/** States of users, each worked out once as long as it is in use. */
export interface UserStates {
  encode(states: readonly PolicyState[]): Promise<void>;
  /** Numbers of its newest known items, oldest first, as many as the encoder looks at. */
  itemsOf(state: PolicyState): readonly number[];
  /** Of an encoded state. */
  of(state: PolicyState): Float32Array;
}

/** A state with the rows of its newest known items, oldest first. */
type Known = readonly [state: PolicyState, items: readonly number[]];

/** States that one run takes if several are asked for. */
const batchStates = 16;

/** Sessions by the states of a run: a request has one state, a cycle thousands. */
function createSessions(model: EncoderModel, threads: number) {
  const sessions = new Map<number, Promise<GraphSession>>();
  return (rows: number): Promise<GraphSession> => {
    const open = () => {
      const graph = createGraph();
      return createSession(graph, { states: buildNewestState(graph, model, rows) }, { threads });
    };
    const session = sessions.get(rows) ?? open();
    sessions.set(rows, session);
    return session;
  };
}

export function createUserStates(
  model: EncoderModel,
  { rowOf, width }: ItemVectors,
  threads: number,
): UserStates {
  const { width: inner, length } = model.shape;
  const sessionOf = createSessions(model, threads);
  const encoded = new WeakMap<PolicyState, Float32Array>();
  const cold = new Float32Array(width);
  cold[inner] = 1;
  const itemsOf = ({ profile }: PolicyState) => {
    const rows = profile.sequence.map(rowOf).filter((row) => row > 0);
    return rows.slice(-length).map((row) => row - 1);
  };
  const encodeBatch = async (batch: readonly Known[]) => {
    const rows = batch.length === 1 ? 1 : batchStates;
    const feeds = createNewestFeeds(rows, length);
    for (const [row, [, items]] of batch.entries()) writeNewest(feeds, items, { row, length });
    const session = await sessionOf(rows);
    const { states } = await session.run({ ...feeds });
    for (const [row, [state]] of batch.entries()) {
      const own = new Float32Array(width);
      own.set(states!.subarray(row * inner, (row + 1) * inner));
      encoded.set(state, own);
    }
  };
  return {
    encode: async (states) => {
      const waiting: Known[] = [];
      for (const state of new Set(states)) {
        if (encoded.has(state)) continue;
        const items = itemsOf(state);
        if (items.length === 0) encoded.set(state, cold);
        else waiting.push([state, items]);
      }
      for (let start = 0; start < waiting.length; start += batchStates)
        await encodeBatch(waiting.slice(start, start + batchStates));
    },
    itemsOf,
    of: (state) => {
      const found = encoded.get(state);
      if (found === undefined) throw new RangeError("the state has not been encoded");
      return found;
    },
  };
}
