import type { ItemId } from "../../domain/ids.ts";
import type { ItemView, PolicyState } from "../policy.ts";
import { decodeEncoder, type EncoderModel, type StoredEncoder } from "./encoder-model.ts";
import { createItemVectors, type ItemVectors } from "./item-vectors.ts";
import { createUserStates } from "./user-states.ts";

/**
 * A trained encoder at work: it places users and items, and gives the log-odds ℓ(s, a) = u(s)·e(a)
 * of an item as a user's next one. Its native memory is freed when it is collected.
 */
export interface Encoder {
  readonly hash: string;
  readonly model: EncoderModel;
  /** Numbers of a state and of an item's vector. */
  readonly width: number;
  /** Works out the states that `stateOf` and `logOdds` are asked for; each once, as long as it is in use. */
  encode(states: readonly PolicyState[]): Promise<void>;
  /**
   * u of an encoded state: the Transformer's state and a 0; without known events zeros and a 1, so
   * that items rank by their share of the events.
   */
  stateOf(state: PolicyState): Float32Array;
  /** e of an item; see `ItemVectors`. */
  vectorOf(itemId: ItemId): Float32Array;
  /** ℓ of each candidate, less their mean, in float64 and a fixed order. */
  logOdds(state: PolicyState, candidates: readonly ItemView[]): Float64Array;
  /** Row of an item in the Transformer's table, −1 if it is not there. */
  rowOf(itemId: ItemId): number;
}

/** Encoders of a record, by hash. @throws not_found, corrupt_snapshot */
export type EncoderSource = (hash: string) => Promise<Encoder>;

/** u·e of each candidate, less their mean. */
function multiply(
  state: Float32Array,
  candidates: readonly ItemView[],
  { rowOf, table, width }: ItemVectors,
): Float64Array {
  const products = new Float64Array(candidates.length);
  let total = 0;
  for (let a = 0; a < products.length; a++) {
    const start = rowOf(candidates[a]!.itemId) * width;
    let sum = 0;
    for (let i = 0; i < width; i++) sum += state[i]! * table[start + i]!;
    products[a] = sum;
    total += sum;
  }
  const mean = total / Math.max(1, products.length);
  for (let a = 0; a < products.length; a++) products[a]! -= mean;
  return products;
}

/** @throws corrupt_snapshot */
export function openEncoder(stored: StoredEncoder, threads = 1): Encoder {
  const model = decodeEncoder(stored);
  const vectors = createItemVectors(model);
  const { table, rowOf, width } = vectors;
  const states = createUserStates(model, vectors, threads);
  return {
    hash: stored.hash,
    model,
    width,
    encode: states.encode,
    stateOf: states.of,
    vectorOf: (itemId) => table.subarray(rowOf(itemId) * width, (rowOf(itemId) + 1) * width),
    logOdds: (state, candidates) => multiply(states.of(state), candidates, vectors),
    rowOf: (itemId) => rowOf(itemId) - 1,
  };
}
