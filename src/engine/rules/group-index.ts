import { groupsIn, type ItemFacts } from "./item-facts.ts";

/** Items that have one of these values of a field, as `groupsIn` writes them. */
export interface ItemGroup {
  readonly by: string;
  readonly values: ReadonlySet<string>;
}

/** An addition to the log-odds of such items. */
export interface TiltedGroup extends ItemGroup {
  readonly add: number;
}

/** By value of a field, as `groupsIn` writes it: places of the items that have it, ascending. */
export type GroupIndex = ReadonlyMap<string, readonly number[]>;

const indices = new WeakMap<readonly ItemFacts[], Map<string, GroupIndex>>();

function indexBy(facts: readonly ItemFacts[], by: string): GroupIndex {
  const places = new Map<string, number[]>();
  for (const [place, one] of facts.entries()) {
    for (const value of groupsIn(one, by)) {
      const found = places.get(value);
      if (found === undefined) places.set(value, [place]);
      else found.push(place);
    }
  }
  return places;
}

/** Of a list of items, worked out once for each field and list: a catalogue's list stays the same until the catalogue changes. */
export function groupIndex(facts: readonly ItemFacts[], by: string): GroupIndex {
  const known = indices.get(facts) ?? new Map<string, GroupIndex>();
  indices.set(facts, known);
  const index = known.get(by) ?? indexBy(facts, by);
  known.set(by, index);
  return index;
}
