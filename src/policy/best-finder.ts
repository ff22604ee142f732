import { createItemIndex } from "./item-index/item-index.ts";
import { rowCount, rowOf } from "./item-rows.ts";
import type { ItemTable } from "./item-table.ts";
import type { Network } from "./network.ts";
import type { BestWanted, ItemView, PolicyState } from "./policy.ts";

/** Lists of fewer items are scored as a whole. */
const fewItems = 2000;

/** A scan of all rows takes the time of exact logits of this share of them. */
const scanShare = 1 / 64;

/** A state, and the network's own h of any. */
interface EncodedState {
  readonly state: PolicyState;
  encodeAlone(state: PolicyState): Promise<Float32Array>;
}

/** Finds the best items of a network. */
interface BestFinder {
  /** Whether a scan takes less time than exact logits. */
  isWorth(views: readonly ItemView[]): boolean;
  find(views: readonly ItemView[], encoded: EncodedState, wanted: BestWanted): Promise<Int32Array>;
  close(): Promise<void>;
}

/**
 * Finds the best items of networks with one head: a logit but for a chain's few successors is one product, of the state's numbers and the item's
 *
 *     [κ·u, h, 1, 0] · [e, e₁, b₁ + κ·floor, b₁ + κ·log share]
 *
 * e₁ and b₁ the network's own. A user without events, whose log-odds are the items' shares, has 0, 1 at the end and no u.
 */
export function createBestFinder(
  { shape: { width }, parameters, encoder }: Network,
  items: ItemTable,
): BestFinder {
  const encoded = encoder ? encoder.width - 1 : 0;
  const weight = parameters.logOddsWeights?.[0] ?? 0;
  const last = encoded + width;
  const index = createItemIndex(last + (encoder ? 2 : 1), (view, vector) => {
    const own = rowOf(view) * items.stride;
    for (let i = 0; i < width; i++) vector[encoded + i] = items.values[own + i]!;
    const bias = items.values[own + width]!;
    vector[last] = bias;
    if (encoder === undefined) return;
    const placed = encoder.vectorOf(view);
    for (let i = 0; i < encoded; i++) vector[i] = placed[i]!;
    vector[last] = bias + weight * encoder.floorOf(view);
    vector[last + 1] = bias + weight * placed[encoded]!;
  });
  const vectorOf = (state: PolicyState, own: Float32Array) => {
    const vector = new Float64Array(last + (encoder ? 2 : 1));
    for (let i = 0; i < width; i++) vector[encoded + i] = own[i]!;
    const placed = encoder?.stateOf(state);
    for (let i = 0; i < encoded; i++) vector[i] = weight * placed![i]!;
    vector[last + (placed?.[encoded] ? 1 : 0)] = 1;
    return vector;
  };
  /** Additions of the chain, by index. */
  const addGains = (
    gains: Map<number, number>,
    scale: number,
    { state, views }: { readonly state: PolicyState; readonly views: readonly ItemView[] },
  ) => {
    for (const { index: item, gain } of encoder?.chainGains(state, views) ?? [])
      gains.set(item, (gains.get(item) ?? 0) + scale * gain);
  };
  return {
    /** Whether a scan takes less time than exact logits. */
    isWorth: (views: readonly ItemView[]): boolean =>
      views.length > Math.max(fewItems, scanShare * rowCount()),
    find: async (
      views: readonly ItemView[],
      { state, encodeAlone }: EncodedState,
      wanted: BestWanted,
    ): Promise<Int32Array> => {
      const { less } = wanted;
      const vector = vectorOf(state, await encodeAlone(state));
      const additions = new Map<number, number>();
      addGains(additions, weight, { state, views });
      if (less === undefined) return index.find(views, { ...wanted, vector, additions });
      addGains(additions, -weight, { state: less, views });
      const other = vectorOf(less, await encodeAlone(less));
      const difference = vector.map((value, i) => value - other[i]!);
      return index.find(views, { ...wanted, vector: difference, additions });
    },
    close: () => index.close(),
  };
}
