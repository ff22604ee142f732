import type { ItemView } from "./policy.ts";

/** Items of another list, by their indices in it. */
export interface ListPart {
  readonly whole: readonly ItemView[];
  readonly indices: ArrayLike<number>;
}

const parts = new WeakMap<readonly ItemView[], ListPart>();

/** Some items of a list. Numbers that are kept of the list are theirs too: to look up a view takes longer than to score it. */
export function viewsAt(whole: readonly ItemView[], indices: ArrayLike<number>): ItemView[] {
  const some = new Array<ItemView>(indices.length);
  for (let at = 0; at < indices.length; at++) some[at] = whole[indices[at]!]!;
  parts.set(some, { whole, indices });
  return some;
}

/** Undefined of a list that was not made so. */
export const partOf = (views: readonly ItemView[]): ListPart | undefined => parts.get(views);

/** Numbers of a part, from those of the whole. */
export function numbersAt(numbers: Int32Array, indices: ArrayLike<number>): Int32Array {
  const own = new Int32Array(indices.length);
  for (let at = 0; at < own.length; at++) own[at] = numbers[indices[at]!]!;
  return own;
}
