import type { ItemId } from "../../domain/ids.ts";
import type { ItemView, PolicyState } from "../policy.ts";
import { logProbabilities, openShares, scoreSuccessors } from "./chain.ts";
import { decodeEncoder, type EncoderModel, type StoredEncoder } from "./encoder-model.ts";
import { createItemVectors, type ItemVectors } from "./item-vectors.ts";
import { createUserStates } from "./user-states.ts";

/**
 * A trained encoder at work: it places users and items, and gives the log-odds
 * ℓ(s, a) = u(s)·e(a) + λ·log P_chain(s, a) of an item as a user's next one. Its native memory is freed when it is collected.
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

/** A number for each item, −1 for one that the encoder does not know. */
type ItemNumbers = (item: number) => number;

/**
 * λ·log P after a history of known items; undefined without a chain. An unknown item has the mean
 * logarithm of the shares, and is nobody's successor.
 */
function openChain({ chain, counts }: EncoderModel) {
  if (chain === undefined) return () => undefined;
  const shareOf = openShares(counts);
  return (history: readonly number[]): ItemNumbers | undefined => {
    // Users without known events have the items' shares already.
    if (history.length === 0) return undefined;
    const scores = scoreSuccessors(chain, history);
    const log = logProbabilities(scores, shareOf);
    return (item) => chain.weight * log(item);
  };
}

/** u·e of each candidate and the chain's part, less their mean. */
function addUp(
  candidates: readonly ItemView[],
  { rowOf, table, width }: ItemVectors,
  { state, chain }: { readonly state: Float32Array; readonly chain: ItemNumbers | undefined },
): Float64Array {
  const odds = new Float64Array(candidates.length);
  let total = 0;
  for (let a = 0; a < odds.length; a++) {
    const row = rowOf(candidates[a]!.itemId);
    let sum = 0;
    for (let i = 0; i < width; i++) sum += state[i]! * table[row * width + i]!;
    if (chain) sum += chain(row - 1);
    odds[a] = sum;
    total += sum;
  }
  const mean = total / Math.max(1, odds.length);
  for (let a = 0; a < odds.length; a++) odds[a]! -= mean;
  return odds;
}

/** @throws corrupt_snapshot */
export function openEncoder(stored: StoredEncoder, threads = 1): Encoder {
  const model = decodeEncoder(stored);
  const vectors = createItemVectors(model);
  const { table, rowOf, width } = vectors;
  const states = createUserStates(model, vectors, threads);
  const chainAfter = openChain(model);
  return {
    hash: stored.hash,
    model,
    width,
    encode: states.encode,
    stateOf: states.of,
    vectorOf: (itemId) => table.subarray(rowOf(itemId) * width, (rowOf(itemId) + 1) * width),
    logOdds: (state, candidates) =>
      addUp(candidates, vectors, {
        state: states.of(state),
        chain: chainAfter(states.itemsOf(state)),
      }),
    rowOf: (itemId) => rowOf(itemId) - 1,
  };
}
