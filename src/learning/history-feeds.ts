import { poolCount, poolWeights } from "../policy/profile.ts";
import { type BatchFeeds, createColumns, type FeedRoom, padded } from "./batch-feeds.ts";
import type { SlateUnit, TrainingRows } from "./training-rows.ts";

/** The pools of the histories' texts; nothing if the network reads none. */
function textPoolFeeds(
  { views, tables: { text } }: TrainingRows,
  units: readonly SlateUnit[],
  { sizes: { states }, arrays }: FeedRoom,
) {
  if (text === undefined) return {};
  const { model, width } = text;
  const textPools = arrays.float32("textPools", states * poolCount * width);
  for (const [index, { state, read }] of units.entries()) {
    for (const [pool, weights] of poolWeights(state.profile.signals).entries()) {
      const start = (index * poolCount + pool) * width;
      for (const [entry, weight] of weights.entries()) {
        const own = views[read[entry]!]!.text;
        if (own?.model !== model) continue;
        for (let i = 0; i < width; i++) textPools[start + i]! += weight * own.vector[i]!;
      }
    }
  }
  return { textPools };
}

/** Weights of table rows and tokens in the pools of each state's history, and the pools of its texts. */
export function historyFeeds(
  laid: TrainingRows,
  units: readonly SlateUnit[],
  room: FeedRoom,
): BatchFeeds {
  const { sizes, arrays } = room;
  const {
    states,
    historyRows,
    tokens,
    slots: { item: slots },
  } = sizes;
  const { items } = laid;
  const own = createColumns(laid.tables.itemRows);
  const rowPools = arrays.float32("rowPools", states * poolCount * historyRows);
  const tokenPools = arrays.float32("tokenPools", states * poolCount * tokens);
  for (const [index, { state, read }] of units.entries()) {
    for (const [pool, weights] of poolWeights(state.profile.signals).entries()) {
      const at = index * poolCount + pool;
      for (let entry = 0; entry < weights.length; entry++) {
        const item = read[entry]!;
        const weight = weights[entry]!;
        rowPools[at * historyRows + own.columnOf(items.rows[item]!)]! += weight;
        for (let slot = item * slots; slot < (item + 1) * slots; slot++)
          tokenPools[at * tokens + items.tokens[slot]!]! += weight * items.tokenWeights[slot]!;
      }
    }
  }
  const fedRows = padded(own.numbers, historyRows);
  const texts = textPoolFeeds(laid, units, room);
  return { historyRows: fedRows, rowPools, tokenPools, ...texts };
}
