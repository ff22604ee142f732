import { itemAt, type OfferedItems, offerList } from "../serving/offered-items.ts";

/** These items alone, as a list of their own: they are few. @param kept indices of offered items, ascending */
export function keepOffered({ pick }: OfferedItems, kept: readonly number[]): OfferedItems {
  const { candidates, ...list } = pick(kept);
  return offerList(list, [], (_, place) => itemAt(candidates, place));
}
