import { itemId } from "../../domain/ids.ts";
import { numbersWithout } from "../../numeric/index-list.ts";
import type { RandomStream } from "../../numeric/random.ts";
import { sampleIndices } from "../../numeric/sample-indices.ts";
import { bothRules, type DrawMoment } from "../rules/draw-rules.ts";
import { groupsIn } from "../rules/item-facts.ts";
import type { OfferedItems } from "./offered-items.ts";

/** Items that are looked at by lot for a slate that the kept ones can't fill. */
const mostDrawn = 10_000;

function findPinned({ find, hidden }: OfferedItems, moment: DrawMoment): readonly number[] {
  const pins = bothRules(moment).flatMap((rules) => rules.pins ?? []);
  return numbersWithout(find(new Set(pins.map((pin) => itemId(pin.itemId)))), hidden);
}

/** Counts how many of the items that it is asked for a slate could hold. */
function createFill({ at }: OfferedItems, moment: DrawMoment) {
  const caps = bothRules(moment).flatMap((rules) => rules.caps ?? []);
  const used = new Map<string, number>();
  let count = 0;
  return {
    isFull: () => caps.length === 0 || count >= moment.slateSize,
    /** Whether there is a place for it, which it takes. */
    take: (index: number): boolean => {
      const { facts } = at(index);
      const groups = caps.flatMap(({ by, most }, place) =>
        groupsIn(facts, by).map((value) => ({ key: `${place} ${value}`, most })),
      );
      if (groups.some(({ key, most }) => (used.get(key) ?? 0) >= most)) return false;
      for (const { key } of groups) used.set(key, (used.get(key) ?? 0) + 1);
      count++;
      return true;
    },
  };
}

/**
 * Retrieved items with those of other sources, and those that the rules of the draw need beside them: pinned ones, and others by lot if caps would leave places of
 * the slate empty.
 * @param kept ascending
 * @returns ascending
 */
export function completeKept(
  kept: readonly number[],
  {
    offered,
    reserved = [],
    moment,
    random,
  }: {
    readonly offered: OfferedItems;
    /** Candidates of another source than the retriever. */
    readonly reserved?: readonly number[];
    readonly moment: DrawMoment;
    readonly random: RandomStream;
  },
): readonly number[] {
  const all = new Set([...findPinned(offered, moment), ...reserved, ...kept]);
  const fill = createFill(offered, moment);
  for (const index of all) {
    if (fill.isFull()) break;
    fill.take(index);
  }
  if (!fill.isFull()) {
    const { count } = offered;
    for (const index of sampleIndices(Math.min(count, mostDrawn), count, random)) {
      if (!all.has(index) && fill.take(index)) all.add(index);
      if (fill.isFull()) break;
    }
  }
  return all.size === kept.length ? kept : [...all].sort((left, right) => left - right);
}
