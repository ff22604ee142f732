import { membersOf, type SlateCaps } from "../../domain/slate-caps.ts";

/** Bars the candidates whose choice would close an item: itself, and those that fill one of its groups. */
export interface CapBars {
  /** Begins an empty slate. */
  clear(): void;
  /** After the choice of a candidate. */
  take(candidate: number): void;
}

/** @param bar called for each of them, for some more than once */
export function createCapBars(
  caps: SlateCaps,
  item: number,
  bar: (candidate: number) => void,
): CapBars {
  const { groupsOf, limits } = caps;
  const members = membersOf(caps);
  const own = groupsOf[item]!;
  const left = own.map(() => 0);
  const barFull = (index: number) => {
    if (left[index]! <= 1) members[own[index]!]!.forEach(bar);
  };
  return {
    clear: () => {
      bar(item);
      for (const [index, group] of own.entries()) {
        left[index] = limits[group]!;
        barFull(index);
      }
    },
    take: (candidate) => {
      for (const [index, group] of own.entries()) {
        if (!groupsOf[candidate]!.includes(group)) continue;
        left[index]!--;
        barFull(index);
      }
    },
  };
}
