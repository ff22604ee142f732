import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { UserRating } from "../../src/analysis/ratings/read-ratings.ts";

/** Ratings of coats (Schnabel et al. 2016): 24 a user of coats of their choice, 16 of coats drawn at random. */
export interface Coat {
  readonly users: number;
  readonly items: number;
  readonly chosen: readonly UserRating[];
  /** The chosen ones with weights 1/p, whose mean is 1. */
  readonly weighted: readonly UserRating[];
  readonly drawn: readonly UserRating[];
}

/** A row of numbers for each line. @throws RangeError for lines of different lengths, or text that is no number */
export function parseMatrix(text: string): readonly (readonly number[])[] {
  const rows = text
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/).map(Number));
  const wrong = rows.findIndex(
    (row) => row.length !== rows[0]!.length || !row.every(Number.isFinite),
  );
  if (wrong >= 0) throw new RangeError(`line ${wrong + 1} must have ${rows[0]!.length} numbers`);
  return rows;
}

/** Cells above 0; 0 says that there is no rating. */
export const ratingsOf = (matrix: readonly (readonly number[])[]): readonly UserRating[] =>
  matrix.flatMap((row, user) =>
    row.flatMap((value, item) => (value > 0 ? [{ user, item, value }] : [])),
  );

/** @param propensities P(rated), in (0, 1], by user and item */
export function weigh(
  ratings: readonly UserRating[],
  propensities: readonly (readonly number[])[],
): readonly UserRating[] {
  const inverse = ratings.map(({ user, item }) => 1 / propensities[user]![item]!);
  const mean = inverse.reduce((sum, weight) => sum + weight, 0) / inverse.length;
  return ratings.map((rating, index) => ({ ...rating, weight: inverse[index]! / mean }));
}

export function readCoat(folder: string): Coat {
  const read = (file: string) => parseMatrix(readFileSync(join(folder, file), "utf8"));
  const [train, test] = [read("train.ascii"), read("test.ascii")];
  const chosen = ratingsOf(train);
  return {
    users: train.length,
    items: train[0]!.length,
    chosen,
    weighted: weigh(chosen, read("propensities.ascii")),
    drawn: ratingsOf(test),
  };
}
