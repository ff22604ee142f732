import type { ItemId } from "../../domain/ids.ts";
import { meanOf } from "../../numeric/statistics.ts";
import type { ItemView, PolicyState } from "../policy.ts";
import { createAttentionShares } from "./attention-shares.ts";
import { createChainOdds } from "./chain.ts";
import { decodeEncoder, type EncoderModel, type StoredEncoder } from "./encoder-model.ts";
import { createItemVectors } from "./item-vectors.ts";
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
  /** Works out the states that `stateOf` and `logOdds` are asked for; each once, as long as it or its events are in use. */
  encode(states: readonly PolicyState[]): Promise<void>;
  /**
   * u of an encoded state: the Transformer's state and a 0; without known events zeros and a 1, so
   * that items rank by their share of the events.
   */
  stateOf(state: PolicyState): Float32Array;
  /** e of an item; see `ItemVectors`. */
  vectorOf(view: ItemView): Float32Array;
  /** ℓ of each candidate, less their mean, in float64 and a fixed order. */
  logOdds(state: PolicyState, candidates: readonly ItemView[]): Float64Array;
  /** The same by its parts. */
  logOddsParts(state: PolicyState, candidates: readonly ItemView[]): LogOddsParts;
  /** Share of each item of the profile's sequence in the state u, 0 for one that it does not look at; see `createAttentionShares`. */
  attend(state: PolicyState): Promise<Float64Array>;
  /** The chain's part in the log-odds of an item that follows none of the history, the same for all users with events. */
  floorOf(view: ItemView): number;
  /** More than that, of the items of a list that follow some of it. */
  chainGains(state: PolicyState, views: readonly ItemView[]): readonly ItemGain[];
  /** Row of an item in the Transformer's table, −1 if it is not there. */
  rowOf(itemId: ItemId): number;
}

/** An addition to the logit of an item of a list. */
export interface ItemGain {
  readonly index: number;
  readonly gain: number;
}

/** Parts of log-odds ℓ, each less its mean; no chain if the encoder has none, or the user no known events. */
export interface LogOddsParts {
  readonly product: Float64Array;
  readonly chain?: Float64Array;
}

/** Encoders of a record, by hash. @throws not_found, corrupt_snapshot */
export type EncoderSource = (hash: string) => Promise<Encoder>;

/** Less their mean, in place. */
function centre(odds: Float64Array): Float64Array {
  if (odds.length === 0) return odds;
  const mean = meanOf(odds);
  for (let a = 0; a < odds.length; a++) odds[a]! -= mean;
  return odds;
}

/** The model with an item table that is a part of another one, in the place of a copy. */
const withTable = (model: EncoderModel, table: Float32Array): EncoderModel => {
  const itemTable = table.subarray(0, model.parameters.itemTable!.length);
  return { ...model, parameters: { ...model.parameters, itemTable } };
};

/** @throws corrupt_snapshot */
export function openEncoder(stored: StoredEncoder): Encoder {
  const decoded = decodeEncoder(stored);
  const vectors = createItemVectors(decoded);
  const model = withTable(decoded, vectors.table);
  const { rowOf, rowsOf, vectorOf, multiply, indicesByRow } = vectors;
  const states = createUserStates(model, vectors);
  const sharesOf = createAttentionShares(model);
  const chainOdds = model.chain && createChainOdds(model.chain, model.counts);
  return {
    hash: stored.hash,
    model,
    width: model.shape.width + 1,
    encode: states.encode,
    stateOf: (state) => states.of(state).vector,
    vectorOf,
    logOdds: (state, candidates) => {
      const { items, vector } = states.of(state);
      const odds = multiply(candidates, vector);
      // Users without known events have the items' shares already.
      if (items.length > 0) chainOdds?.add(odds, rowsOf(candidates), items);
      return centre(odds);
    },
    logOddsParts: (state, candidates) => {
      const { items, vector } = states.of(state);
      const product = centre(multiply(candidates, vector));
      if (chainOdds === undefined || items.length === 0) return { product };
      const chain = new Float64Array(candidates.length);
      chainOdds.add(chain, rowsOf(candidates), items);
      return { product, chain: centre(chain) };
    },
    attend: async ({ profile: { sequence } }) => {
      const shares = new Float64Array(sequence.length);
      const known = [...sequence.entries()]
        .map(([place, itemId]) => ({ place, row: rowOf(itemId) }))
        .filter(({ row }) => row < model.itemIds.length)
        .slice(-model.shape.length);
      if (known.length === 0) return shares;
      const found = await sharesOf(known.map(({ row }) => row));
      for (const [index, { place }] of known.entries()) shares[place] = found[index]!;
      return shares;
    },
    floorOf: ({ itemId }) => chainOdds?.floorOf(rowOf(itemId)) ?? 0,
    chainGains: (state, views) => {
      const { items } = states.of(state);
      if (chainOdds === undefined || items.length === 0) return [];
      const [rows, indices] = [rowsOf(views), indicesByRow(views)];
      return [...chainOdds.gains(items)].flatMap(([row, gain]) => {
        const index = indices[row] ?? -1;
        return rows[index] === row ? [{ index, gain }] : [];
      });
    },
    rowOf: (itemId) => {
      const row = rowOf(itemId);
      return row < model.itemIds.length ? row : -1;
    },
  };
}
