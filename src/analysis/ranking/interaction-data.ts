import type { Interactions } from "../../evaluation/ranking/split.ts";
import { formatWhole } from "../../numeric/format.ts";

/** Users' interactions in their order, as a data set gives them. */
export interface InteractionData extends Interactions {
  /** Of the folder or file. */
  readonly name: string;
  /** The form in which it was read. */
  readonly form: string;
  /** Facts about the data that a reader of figures needs. */
  readonly notes: readonly string[];
}

export const countInteractions = ({ sequences }: Interactions): number =>
  sequences.reduce((sum, { length }) => sum + length, 0);

export const describeCount = (count: number, one: string, more: string): readonly string[] =>
  count === 0 ? [] : [count === 1 ? `1 ${one}` : `${formatWhole(count)} ${more}`];

/**
 * A note if repeats were left out: of a user's repeats the first counts, since items that were seen
 * are not ranked.
 */
export const describeRepeats = (repeats: number): readonly string[] =>
  describeCount(repeats, "repeat was left out", "repeats were left out");

/** Numbers ids 0, 1, … as they come. */
export function createNumbering(): { readonly size: number; of(id: string): number } {
  const numbers = new Map<string, number>();
  return {
    get size() {
      return numbers.size;
    },
    of(id) {
      const known = numbers.get(id);
      if (known !== undefined) return known;
      numbers.set(id, numbers.size);
      return numbers.size - 1;
    },
  };
}
