import { createSession } from "../tensor/session.ts";
import { maxContextTokens } from "./item-features.ts";
import { rowsOf } from "./item-rows.ts";
import type { ItemTable } from "./item-table.ts";
import type { Network } from "./network.ts";
import type { PolicyState } from "./policy.ts";
import { poolCount, poolWeights } from "./profile.ts";
import { stateGraph } from "./towers.ts";

/** The state tower of a network, `batchStates` states a run. It owns native memory: close it. */
export interface StateEncoder {
  /** h of each state: heads × width numbers, head h of state i at (h · batchStates + i) · width. */
  encode(states: readonly PolicyState[]): Promise<Float32Array>;
  close(): Promise<void>;
}

/** @param options.items has loaded the items of each state's history */
export async function createStateEncoder(
  network: Network,
  options: {
    readonly batchStates: number;
    readonly threads: number;
    readonly items: ItemTable;
  },
): Promise<StateEncoder> {
  const { heads, width } = network.shape;
  const { batchStates, threads, items } = options;
  const { graph, outputs } = stateGraph(network, batchStates);
  const session = await createSession(graph, outputs, { threads });

  function poolHistory({ profile, history }: PolicyState, pooled: Float32Array, index: number) {
    const rows = rowsOf(history);
    const { values, stride } = items;
    const weights = poolWeights(profile.signals);
    for (let pool = 0; pool < poolCount; pool++) {
      for (let head = 0; head < heads; head++) {
        const start = ((head * batchStates + index) * poolCount + pool) * width;
        for (let entry = 0; entry < rows.length; entry++) {
          const own = rows[entry]! * stride + head * (width + 1);
          const weight = weights[pool]![entry]!;
          for (let i = 0; i < width; i++) pooled[start + i]! += weight * values[own + i]!;
        }
      }
    }
  }

  return {
    encode: async (states) => {
      const pooled = new Float32Array(heads * batchStates * poolCount * width);
      const contextTokens = new Int32Array(batchStates * maxContextTokens);
      const contextWeights = new Float32Array(batchStates * maxContextTokens);
      const { encoder } = network;
      const encodedStates = new Float32Array(batchStates * (encoder?.width ?? 0));
      await encoder?.encode(states);
      for (const [index, state] of states.entries()) {
        poolHistory(state, pooled, index);
        if (encoder) encodedStates.set(encoder.stateOf(state), index * encoder.width);
        for (const [slot, token] of state.profile.tokens.entries()) {
          contextTokens[index * maxContextTokens + slot] = token.index;
          contextWeights[index * maxContextTokens + slot] = token.weight;
        }
      }
      const { encoded } = await session.run({
        pooled,
        contextTokens,
        contextWeights,
        ...(encoder && { encodedStates }),
      });
      return encoded!;
    },
    close: () => session.close(),
  };
}
