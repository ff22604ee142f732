import { LastUsedMap } from "../../numeric/last-used-map.ts";
import type { PolicyState } from "../policy.ts";
import type { EncoderModel } from "./encoder-model.ts";
import type { ItemVectors } from "./item-vectors.ts";
import { createStateRuns, type EncodeItems } from "./state-runs.ts";

/** A state as the encoder reads it. */
export interface EncodedState {
  /** Numbers of its newest known items, oldest first, as many as the encoder looks at. */
  readonly items: readonly number[];
  /** The Transformer's state and a 0; without known events zeros and a 1. */
  readonly vector: Float32Array;
}

/** States of users, each worked out once as long as it or its events are in use. */
export interface UserStates {
  encode(states: readonly PolicyState[]): Promise<void>;
  /** Of a state that was encoded. */
  of(state: PolicyState): EncodedState;
}

/** Vectors that are kept by their events: 4 B an event and a number of the vector, and 0.4 kB. */
const keptStates = 10_000;

/** Most states of a call that wait at a time, so that those of other calls come in between. */
const mostWaiting = 16;

const keyOf = (items: readonly number[]): string =>
  Buffer.from(Int32Array.from(items).buffer).toString("latin1");

/** Vectors by their events, those that are being worked out included. */
function createVectors(encodeItems: EncodeItems, width: number) {
  const known = new LastUsedMap<string, Promise<Float32Array>>(keptStates);
  const workOut = async (items: readonly number[]) => {
    const vector = new Float32Array(width + 1);
    vector.set(await encodeItems(items));
    return vector;
  };
  return (items: readonly number[]): Promise<Float32Array> => {
    const key = keyOf(items);
    const vector = known.get(key) ?? workOut(items);
    known.set(key, vector);
    return vector.catch((error: unknown) => {
      known.delete(key);
      throw error;
    });
  };
}

export function createUserStates(model: EncoderModel, { rowOf }: ItemVectors): UserStates {
  const { width, length } = model.shape;
  const vectorOf = createVectors(createStateRuns(model), width);
  const encoded = new WeakMap<PolicyState, EncodedState>();
  const cold = new Float32Array(width + 1);
  cold[width] = 1;
  const itemsOf = ({ profile }: PolicyState) => {
    const known = profile.sequence.map(rowOf).filter((row) => row < model.itemIds.length);
    return known.slice(-length);
  };
  const encodeOne = async (state: PolicyState) => {
    const items = itemsOf(state);
    const vector = items.length === 0 ? cold : await vectorOf(items);
    encoded.set(state, { items, vector });
  };
  return {
    encode: async (states) => {
      const missing = [...new Set(states)].filter((state) => !encoded.has(state));
      for (let start = 0; start < missing.length; start += mostWaiting)
        await Promise.all(missing.slice(start, start + mostWaiting).map(encodeOne));
    },
    of: (state) => {
      const found = encoded.get(state);
      if (found === undefined) throw new RangeError("the state has not been encoded");
      return found;
    },
  };
}
