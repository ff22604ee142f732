/** States that a model has seen, of which the first block's were all alike. */
export interface StatesSeen {
  readonly first: Float32Array;
  /** How many were like the first. */
  alike: number;
  readonly others: Float32Array[];
}

/** Draws cost the more, the fewer tell the directions: docs/decisions/0108. */
const fewestOthers = 600;

/** States like the first, for each other one, that take part in mean and directions. */
const mostAlike = 3;

export const seeFirst = (first: Float32Array): StatesSeen => ({ first, alike: 0, others: [] });

export const copyStates = ({ others, ...seen }: StatesSeen): StatesSeen => ({
  ...seen,
  others: [...others],
});

/** @returns those that tell the directions in which states differ, once enough do */
export function seeStates(
  seen: StatesSeen,
  states: readonly Float32Array[],
): readonly Float32Array[] | undefined {
  const { first, others } = seen;
  for (const state of states) {
    if (state.every((value, index) => value === first[index])) seen.alike++;
    else others.push(state.slice());
  }
  if (others.length < fewestOthers) return undefined;
  const alike = Math.min(seen.alike, mostAlike * others.length);
  return [...others, ...new Array<Float32Array>(alike).fill(first)];
}
