import { placeOf } from "../numeric/index-list.ts";
import {
  compareVersions,
  type ListLine,
  type ListVersion,
  listVersionOf,
  patchNumbers,
} from "./list-line.ts";
import { numbersAt, partOf } from "./list-part.ts";
import type { ItemView } from "./policy.ts";

/** Most candidates of a decision; a longer list is that of a catalogue, which stays the same until the catalogue changes. */
const mostCandidates = 1000;

/** Makes a result of a list from that of another version. */
type Patch<T> = (
  value: T,
  views: readonly ItemView[],
  comparison: ReturnType<typeof compareVersions>,
) => T;

interface KeptValue<T> extends Pick<ListVersion, "version" | "places"> {
  readonly value: T;
}

/**
 * A function of a list of items that is worked out once for a catalogue's list, and kept as long as the list. Shorter lists
 * come and go with requests and rows of feedback: nothing is kept of them.
 * @param patch default: a further version of the list is worked out anew
 */
export function keepByList<T>(
  make: (views: readonly ItemView[]) => T,
  patch?: Patch<T>,
): (views: readonly ItemView[]) => T {
  const kept = new WeakMap<readonly ItemView[], T>();
  const newest = new WeakMap<ListLine, KeptValue<T>>();
  const workOut = (views: readonly ItemView[], now: ListVersion | undefined): T => {
    const before = now && newest.get(now.line);
    if (!patch || !before) return make(views);
    // A request that began before a change still asks for the list of its moment.
    const changed = now.line.changedSince(Math.min(before.version, now.version));
    if (changed === undefined) return make(views);
    return patch(before.value, views, compareVersions(before.places, now.places, changed));
  };
  return (views) => {
    const known = kept.get(views);
    if (known !== undefined) return known;
    const now = listVersionOf(views);
    const made = workOut(views, now);
    if (views.length > mostCandidates) {
      kept.set(views, made);
      const isNewest = now && now.version >= (newest.get(now.line)?.version ?? 0);
      if (isNewest && patch) newest.set(now.line, { value: made, ...now });
    }
    return made;
  };
}

/**
 * The same for a number of each item; those of a part are looked up, once the list is kept.
 * @param numbersOf of a whole list; default: one after the other
 */
export const keepNumbers = (
  numberOf: (view: ItemView) => number,
  numbersOf: (views: readonly ItemView[]) => Int32Array = (views) => {
    const numbers = new Int32Array(views.length);
    for (let index = 0; index < views.length; index++) numbers[index] = numberOf(views[index]!);
    return numbers;
  },
): ((views: readonly ItemView[]) => Int32Array) => {
  const kept = new WeakSet<readonly ItemView[]>();
  const keptNumbers = keepByList(numbersOf, (numbers, views, comparison) =>
    patchNumbers(numbers, comparison, {
      length: views.length,
      numberOf: (index) => numberOf(views[index]!),
    }),
  );
  return (views) => {
    const part = partOf(views);
    if (part && kept.has(part.whole)) return numbersAt(keptNumbers(part.whole), part.indices);
    if (views.length > mostCandidates) kept.add(views);
    return keptNumbers(views);
  };
};

/**
 * By number, the index in a list of the item that has it, −1 of others; a number that an earlier version's item had may keep its index.
 * @param countOf more than the largest number
 */
export function keepIndices(
  numbersOf: (views: readonly ItemView[]) => Int32Array,
  countOf: () => number,
): (views: readonly ItemView[]) => Int32Array {
  const make = (views: readonly ItemView[]) => {
    const numbers = numbersOf(views);
    const indices = new Int32Array(countOf()).fill(-1);
    for (let index = 0; index < numbers.length; index++) indices[numbers[index]!] = index;
    return indices;
  };
  return keepByList(make, (before, views, { parts, fresh }) => {
    if (parts.some(({ from, to }) => from !== to)) return make(views);
    const numbers = numbersOf(views);
    const indices = new Int32Array(countOf()).fill(-1, before.length);
    indices.set(before);
    for (const index of fresh) indices[numbers[index]!] = index;
    return indices;
  });
}

/** Indices of a list's items that match, ascending. */
export const keepMatching = (
  isMatch: (view: ItemView) => boolean,
): ((views: readonly ItemView[]) => Int32Array) =>
  keepByList(
    (views) => Int32Array.from(views.keys()).filter((index) => isMatch(views[index]!)),
    (matching, views, { parts, fresh }) => {
      const found: number[] = [];
      let next = 0;
      const addFreshBelow = (index: number) => {
        for (; (fresh[next] ?? index) < index; next++)
          if (isMatch(views[fresh[next]!]!)) found.push(fresh[next]!);
      };
      for (const { from, to, length } of parts) {
        addFreshBelow(to);
        const end = placeOf(matching, from + length);
        for (let at = placeOf(matching, from); at < end; at++)
          found.push(matching[at]! + to - from);
      }
      addFreshBelow(views.length);
      return Int32Array.from(found);
    },
  );

/** Tells which items of a list are in no earlier version of it that was added. */
export function createSeenLists() {
  const seen = new WeakSet<readonly ItemView[]>();
  const newest = new WeakMap<ListLine, ListVersion>();
  return {
    /** Indices of those items; undefined if all may be. */
    newIn: (views: readonly ItemView[]): readonly number[] | undefined => {
      if (seen.has(views)) return [];
      const now = listVersionOf(views);
      const before = now && newest.get(now.line);
      const changed = before && now.line.changedSince(Math.min(before.version, now.version));
      return changed && compareVersions(before.places, now.places, changed).fresh;
    },
    add: (views: readonly ItemView[]): void => {
      seen.add(views);
      const now = listVersionOf(views);
      if (now && now.version >= (newest.get(now.line)?.version ?? 0)) newest.set(now.line, now);
    },
  };
}
