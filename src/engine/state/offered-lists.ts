import { LastUsedMap } from "../../numeric/last-used-map.ts";
import type { ItemView } from "../../policy/policy.ts";
import { filterOf } from "../rules/parse-filter.ts";
import type { Entry } from "./catalogue-entry.ts";

/** The part of the catalogue that is wanted. */
export interface WantedItems {
  /** Each item has all of them. */
  readonly categories?: readonly string[] | undefined;
  /** Each item passes all of them. */
  readonly filters?: readonly string[];
  /** Milliseconds since 1970, for filters. */
  readonly now?: number;
}

/** Lists of available items that are kept, 8 B an item each. */
const keptLists = 20;

interface KeptList {
  /** As of which it was made; filters that don't say `now` see none. */
  readonly now: number | undefined;
  readonly views: readonly ItemView[];
}

function listAvailable(
  entries: Iterable<Entry>,
  { categories = [], filters = [], now = 0 }: WantedItems,
): readonly ItemView[] {
  const parsed = filters.map(filterOf);
  const views: ItemView[] = [];
  for (const { available, facts, view } of entries) {
    const isWanted =
      available &&
      categories.every((category) => facts.categories.includes(category)) &&
      parsed.every(({ passes }) => passes(facts, now));
    if (isWanted) views.push(view);
  }
  return views;
}

const isSame = (left: readonly ItemView[], right: readonly ItemView[]) =>
  left.length === right.length && left.every((view, index) => view === right[index]);

/** Lists of available items by what is wanted. A list stays the same object as long as it has the same items. */
export function createOfferedLists(entries: () => Iterable<Entry>): {
  list(wanted: WantedItems): readonly ItemView[];
  clear(): void;
} {
  const kept = new LastUsedMap<string, KeptList>(keptLists);
  return {
    list: (wanted) => {
      const { categories = [], filters = [] } = wanted;
      const key = JSON.stringify([categories, filters]);
      const dependsOnTime = filters.some((filter) => filterOf(filter).dependsOnTime);
      const now = dependsOnTime ? wanted.now : undefined;
      const known = kept.get(key);
      if (known?.now === now && known !== undefined) return known.views;
      const made = listAvailable(entries(), wanted);
      const views = known !== undefined && isSame(known.views, made) ? known.views : made;
      kept.set(key, { now, views });
      return views;
    },
    clear: () => kept.clear(),
  };
}
