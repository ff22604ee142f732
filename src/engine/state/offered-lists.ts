import { LastUsedMap } from "../../numeric/last-used-map.ts";
import type { ItemView } from "../../policy/policy.ts";
import type { ItemFacts } from "../rules/item-facts.ts";
import { filterOf } from "../rules/parse-filter.ts";
import type { PlacedEntry } from "./entry-map.ts";

/** The part of the catalogue that is wanted. */
export interface WantedItems {
  /** Each item has all of them. */
  readonly categories?: readonly string[] | undefined;
  /** Each item passes all of them. */
  readonly filters?: readonly string[];
  /** Milliseconds since 1970, for filters. */
  readonly now?: number;
}

/** Lists of available items that are kept, 24 B an item each. */
const keptLists = 20;

/** Items as policies and as rules see them, in one order. */
export interface OfferedList {
  readonly views: readonly ItemView[];
  readonly facts: readonly ItemFacts[];
  /** Numbers of the items in the order of creation, ascending. */
  readonly places: readonly number[];
}

interface KeptList extends OfferedList {
  /** As of which it was made; filters that don't say `now` see none. */
  readonly now: number | undefined;
}

function listAvailable(
  entries: Iterable<PlacedEntry>,
  { categories = [], filters = [], now = 0 }: WantedItems,
): OfferedList {
  const parsed = filters.map(filterOf);
  const views: ItemView[] = [];
  const kept: ItemFacts[] = [];
  const places: number[] = [];
  for (const { available, facts, view, place } of entries) {
    const isWanted =
      available &&
      categories.every((category) => facts.categories.includes(category)) &&
      parsed.every(({ passes }) => passes(facts, now));
    if (!isWanted) continue;
    views.push(view);
    kept.push(facts);
    places.push(place);
  }
  return { views, facts: kept, places };
}

const isSame = (left: readonly ItemView[], right: readonly ItemView[]) =>
  left.length === right.length && left.every((view, index) => view === right[index]);

/** Lists of available items by wanted categories and filters. A list stays the same object as long as it has the same items. */
export function createOfferedLists(entries: () => Iterable<PlacedEntry>): {
  list(wanted: WantedItems): OfferedList;
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
      if (known !== undefined && known.now === now) return known;
      const made = listAvailable(entries(), wanted);
      const isKept = known !== undefined && isSame(known.views, made.views);
      const list = { ...(isKept ? known : made), now };
      kept.set(key, list);
      return list;
    },
    clear: () => kept.clear(),
  };
}
