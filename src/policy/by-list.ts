import type { ItemView } from "./policy.ts";

/** Most candidates of a decision; a longer list is that of a catalogue, which stays the same until the catalogue changes. */
const mostCandidates = 1000;

/**
 * A function of a list of items that is worked out once for a catalogue's list, and kept as long as the list. Shorter lists
 * come and go with requests and rows of feedback: nothing is kept of them.
 */
export function keepByList<T>(
  make: (views: readonly ItemView[]) => T,
): (views: readonly ItemView[]) => T {
  const kept = new WeakMap<readonly ItemView[], T>();
  return (views) => {
    const known = kept.get(views);
    if (known !== undefined) return known;
    const made = make(views);
    if (views.length > mostCandidates) kept.set(views, made);
    return made;
  };
}
