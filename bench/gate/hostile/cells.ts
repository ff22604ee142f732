import type { RandomStream } from "../../../src/numeric/random.ts";
import { shuffle } from "../../../src/numeric/random.ts";

/** Conditions that a gate meets where people serve. */
export const factors = {
  slate: [1, 2, 5, 10, 20],
  items: [20, 500, 3000, 20_000],
  /** Rate of the rarer outcome of a shown item. */
  rate: [0.005, 0.02, 0.05, 0.3],
  rarer: ["reward", "loss"],
  hazard: ["still", "item updates", "drift", "bot", "returning users"],
} as const;

export type Factor = keyof typeof factors;

/** A combination of one level of each factor. */
export type Cell = { readonly [Name in Factor]: (typeof factors)[Name][number] };

export const factorNames = Object.keys(factors) as readonly Factor[];

export const cellName = (cell: Cell): string => factorNames.map((name) => cell[name]).join("/");

/** A slate of the whole catalogue leaves nothing to choose but its order. */
const isPossible = ({ slate, items }: Cell) => slate < items;

const product = (): readonly Cell[] => {
  let cells: readonly Partial<Cell>[] = [{}];
  for (const name of factorNames)
    cells = cells.flatMap((cell) => factors[name].map((level) => ({ ...cell, [name]: level })));
  return (cells as readonly Cell[]).filter(isPossible);
};

/** All possible cells in a random order, so that the first of them are a sample of each level. */
export const shuffledCells = (random: RandomStream): readonly Cell[] =>
  shuffle([...product()], random);
