import type { Item, User } from "../../domain/catalogue.ts";
import { itemId } from "../../domain/ids.ts";
import type { Interactions } from "../../evaluation/ranking/split.ts";
import { formatWhole } from "../../numeric/format.ts";

/** Users' interactions in their order, as a data set gives them. */
export interface InteractionData extends Interactions {
  /** Of the folder or file. */
  readonly name: string;
  /** The form in which it was read. */
  readonly form: string;
  /** By number. Only MovieLens says more of them than their ids. */
  readonly items: readonly Item[];
  /** In the order of the sequences. */
  readonly users: readonly User[];
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

/** An item of which the data set gives the id alone. */
export const bareItem = (id: string): Item => ({
  itemId: itemId(id),
  categories: [],
  attributes: {},
  available: true,
});

interface Numbering {
  readonly size: number;
  /** In the order of their numbers. */
  ids(): readonly string[];
  of(id: string): number;
}

/** Numbers ids 0, 1, … as they come. */
export function createNumbering(): Numbering {
  const numbers = new Map<string, number>();
  return {
    get size() {
      return numbers.size;
    },
    ids: () => [...numbers.keys()],
    of(id) {
      const known = numbers.get(id);
      if (known !== undefined) return known;
      numbers.set(id, numbers.size);
      return numbers.size - 1;
    },
  };
}
