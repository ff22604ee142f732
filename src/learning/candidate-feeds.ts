import { type BatchFeeds, createColumns, type FeedRoom, padded, textFeeds } from "./batch-feeds.ts";
import type { SlateUnit, TrainingRows } from "./training-rows.ts";

/** Where each state finds the products of its candidates' table rows, tokens and texts, and their ℓ. */
export function candidateFeeds(
  laid: TrainingRows,
  units: readonly SlateUnit[],
  room: FeedRoom,
): BatchFeeds {
  const { sizes, arrays } = room;
  const { items } = laid;
  const {
    candidates,
    tokens,
    slots: { item: slots },
  } = sizes;
  const count = sizes.states * candidates;
  const own = createColumns(laid.tables.itemRows);
  const rowCells = arrays.int32("rowCells", count);
  const tokenCells = arrays.int32("tokenCells", slots * count);
  const tokenWeights = arrays.float32("tokenWeights", slots * count);
  const logOdds = arrays.float32("logOdds", count);
  for (const [index, unit] of units.entries()) {
    const start = index * candidates;
    if (unit.logOdds) logOdds.set(unit.logOdds, start);
    const { length } = unit.candidates;
    for (let place = 0; place < length; place++) {
      const row = items.rows[unit.candidates[place]!]!;
      rowCells[start + place] = index * sizes.candidateRows + own.columnOf(row);
    }
    for (let slot = 0; slot < slots; slot++) {
      for (let place = 0, cell = slot * count + start; place < length; place++, cell++) {
        const at = unit.candidates[place]! * slots + slot;
        tokenCells[cell] = index * tokens + items.tokens[at]!;
        tokenWeights[cell] = items.tokenWeights[at]!;
      }
    }
  }
  const candidateRows = padded(own.numbers, sizes.candidateRows);
  const texts = candidateTextFeeds(laid, units, room);
  return { candidateRows, rowCells, tokenCells, tokenWeights, logOdds, ...texts };
}

/** Texts of the distinct candidates, and where each state finds its products with them; nothing if the network reads none. */
function candidateTextFeeds(
  laid: TrainingRows,
  units: readonly SlateUnit[],
  { sizes: { states, candidates, items }, arrays }: FeedRoom,
) {
  if (laid.tables.text === undefined) return {};
  const columns = createColumns(laid.views.length);
  const textCells = arrays.int32("textCells", states * candidates);
  for (const [index, unit] of units.entries()) {
    for (const [place, item] of unit.candidates.entries())
      textCells[index * candidates + place] = index * items + columns.columnOf(item);
  }
  const name = "candidateTexts";
  return { textCells, ...textFeeds(laid, columns.numbers, { name, count: items }) };
}
