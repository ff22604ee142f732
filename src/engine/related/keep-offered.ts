import { findInList, type OfferedItems } from "../serving/candidates.ts";

/** These items alone, as a list of their own: they are few. @param kept indices of offered items, ascending */
export function keepOffered({ at }: OfferedItems, kept: readonly number[]): OfferedItems {
  const items = kept.map(at);
  const itemAt = (index: number) => {
    const item = items[index];
    if (item === undefined) throw new RangeError(`no item ${index} of ${items.length} is related`);
    return item;
  };
  const list = items.map(({ view }) => view);
  return {
    list,
    find: (ids) => findInList(list, ids),
    facts: items.map(({ facts }) => facts),
    hidden: [],
    count: items.length,
    at: itemAt,
  };
}
