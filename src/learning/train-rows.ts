import { type RandomStream, shuffle } from "../numeric/random.ts";

/** A unit of rows, or one of them: its index, and its weight, which includes those that were not drawn. */
export interface DrawnUnit {
  readonly index: number;
  readonly weight: number;
}

const range = (start: number, end: number): number[] =>
  Array.from({ length: Math.max(0, end - start) }, (_, offset) => start + offset);

/** Every unit once, in a new order each epoch. */
export const shuffledUnits = (count: number, random: RandomStream): readonly DrawnUnit[] =>
  shuffle(range(0, count), random).map((index) => ({ index, weight: 1 }));

export interface RecentUnits {
  readonly count: number;
  /** Units at the front, which come first. */
  readonly recent: number;
  /** Units that an epoch has room for. */
  readonly most: number;
}

/**
 * Units that an epoch sees: all recent ones and as many older, or half of each if that is too many.
 */
function epochParts({ count, recent, most }: RecentUnits) {
  const older = Math.min(recent, count - recent);
  if (recent + older <= most) return { recent, older };
  const half = Math.floor(most / 2);
  if (older <= half) return { recent: most - older, older };
  return { recent: most - half, older: half };
}

export const epochUnits = (units: RecentUnits): number => {
  const { recent, older } = epochParts(units);
  return recent + older;
};

/**
 * All recent units and as many older ones, drawn anew each epoch and weighted up for the rest: a
 * short memory sees enough of its rows, and an epoch does not grow with the log. If even the recent
 * ones are too many, those are drawn too.
 */
export function drawUnits(options: RecentUnits, random: RandomStream): readonly DrawnUnit[] {
  const { count, recent } = options;
  const parts = epochParts(options);
  const weigh = (indices: readonly number[], units: number) => {
    const weight = units / Math.max(1, indices.length);
    return indices.map((index) => ({ index, weight }));
  };
  const older = shuffle(range(recent, count), random).slice(0, parts.older);
  const all = range(0, recent);
  const newest = parts.recent < recent ? shuffle(all, random).slice(0, parts.recent) : all;
  return shuffle([...weigh(newest, recent), ...weigh(older, count - recent)], random);
}
