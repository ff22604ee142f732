import type { OfferedItems } from "../serving/candidates.ts";

/** The rest of the list is hidden as well. @param kept indices of offered items, ascending */
export function keepOffered(offered: OfferedItems, kept: readonly number[]): OfferedItems {
  const { list, facts, places, hidden, at } = offered;
  const hiddenAlready = new Set(hidden);
  const isKept = new Set(kept);
  const left: number[] = [];
  let index = 0;
  for (let place = 0; place < list.length; place++) {
    if (hiddenAlready.has(place)) left.push(place);
    else if (!isKept.has(index++)) left.push(place);
  }
  const keptAt = (place: number) => at(kept[place] ?? Number.NaN);
  const known = { list, facts, ...(places && { places }) };
  return { ...known, hidden: left, count: kept.length, at: keptAt };
}
