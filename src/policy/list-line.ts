import { findIndex } from "../numeric/find-index.ts";
import type { ItemView } from "./policy.ts";

/** Versions of a list of items, of which each comes of the one before by some changes. */
export interface ListLine {
  /** Places that may differ from those of an earlier version, ascending; undefined if that is too long ago. */
  changedSince(version: number): readonly number[] | undefined;
}

/** A list as a version of its line. */
export interface ListVersion {
  readonly line: ListLine;
  readonly version: number;
  /** For each item of the list its number, the same in all versions, ascending. */
  readonly places: Int32Array;
}

const versions = new WeakMap<readonly ItemView[], ListVersion>();

export const setVersion = (views: readonly ItemView[], version: ListVersion): void => {
  versions.set(views, version);
};

/** Undefined of a list that is no version of another one. */
export const listVersionOf = (views: readonly ItemView[]): ListVersion | undefined =>
  versions.get(views);

/** The first index whose place is not below this one; places ascend from 0 or above. Of a list with few gaps, few indices can be it: an index is a place less the gaps below. */
export function indexOfPlace(places: ArrayLike<number>, place: number): number {
  const gaps = (places[places.length - 1] ?? 0) + 1 - places.length;
  const least = Math.max(0, Math.min(places.length, place - gaps));
  const most = Math.max(least, Math.min(places.length, place));
  return least + findIndex(most - least, (index) => places[least + index]! >= place);
}

/** A part of a list that another version has as well, at another start perhaps. */
interface SharedPart {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** Parts between two versions' changed places, in order, and the indices of the second one that are none of those. */
export function compareVersions(
  before: Int32Array,
  after: Int32Array,
  changed: readonly number[],
): { readonly parts: readonly SharedPart[]; readonly fresh: readonly number[] } {
  const parts: SharedPart[] = [];
  const fresh: number[] = [];
  let [from, to] = [0, 0];
  for (const place of changed) {
    const end = indexOfPlace(before, place);
    const index = indexOfPlace(after, place);
    if (end > from) parts.push({ from, to, length: end - from });
    from = before[end] === place ? end + 1 : end;
    to = index;
    if (after[index] !== place) continue;
    fresh.push(index);
    to++;
  }
  if (before.length > from) parts.push({ from, to, length: before.length - from });
  return { parts, fresh };
}

type Numbers = Int32Array | Float32Array | Float64Array;

/** Numbers of a list from those of another version: all but the changed ones are copied. */
export function patchNumbers<T extends Numbers>(
  numbers: T,
  { parts, fresh }: ReturnType<typeof compareVersions>,
  { length, numberOf }: { readonly length: number; readonly numberOf: (index: number) => number },
): T {
  const patched = new (numbers.constructor as new (length: number) => T)(length);
  for (const { from, to, length: count } of parts)
    patched.set(numbers.subarray(from, from + count), to);
  for (const index of fresh) patched[index] = numberOf(index);
  return patched;
}
