import { setImmediate } from "node:timers/promises";
import {
  type FeatureRows,
  fitRidge,
  leftOver,
  type PlacedItems,
  toFeatureRows,
  toMap,
} from "../../../learning/sequence/fit-features.ts";
import type { FeatureMap } from "../../../policy/encoder/feature-map.ts";
import type { TextShape } from "../../../policy/policy.ts";

/** Ridges of which the best on items left out is taken. */
const ridges = [1, 3, 10, 30];
const folds = 5;
/** Items that choose the ridge: more would cost more than they tell. */
const choosingItems = 20_000;

/** The ridge that places left-out items best; undefined if none does better than the mean. */
async function chooseRidge(
  rows: FeatureRows,
  items: readonly number[],
): Promise<number | undefined> {
  // Spread over all: items are numbered as their events came.
  const every = Math.ceil(items.length / choosingItems);
  const some = items.filter((_, index) => index % every === 0);
  if (some.length < folds) return undefined;
  const sums = new Map(ridges.map((ridge) => [ridge, 0]));
  let ofMeans = 0;
  for (let fold = 0; fold < folds; fold++) {
    const kept = some.filter((_, index) => index % folds !== fold);
    const out = some.filter((_, index) => index % folds === fold);
    for (const [ridge, sum] of sums) {
      await setImmediate();
      const { left, ofMean } = leftOver(rows, out, fitRidge(rows, kept, ridge));
      sums.set(ridge, sum + left);
      ofMeans += ofMean / ridges.length;
    }
  }
  const [best] = [...sums].sort(([, a], [, b]) => a - b);
  return best && best[1] < ofMeans ? best[0] : undefined;
}

const textOf = (views: PlacedItems["views"]): TextShape | undefined => {
  const text = views.find((view) => view?.text !== undefined)?.text;
  return text && { model: text.model, width: text.vector.length };
};

/**
 * The map from items' features to their vectors; undefined if it places items that were left out no better than
 * the mean vector does. It takes 8 bytes a number of the item table, and 24 a feature of an item.
 */
export async function chooseFeatures(items: PlacedItems): Promise<FeatureMap | undefined> {
  const { views, counts } = items;
  const text = textOf(views);
  const rows = toFeatureRows(items, text);
  const known = [...views.keys()].filter((item) => views[item] && (counts[item] ?? 0) > 0);
  const ridge = await chooseRidge(rows, known);
  return ridge === undefined ? undefined : toMap(fitRidge(rows, known, ridge), text);
}
