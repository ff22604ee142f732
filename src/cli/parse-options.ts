import { InvalidArgumentError } from "commander";

/** A parser of integers in a range, for commander: what does not fit is wrong usage. */
export const integerIn =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Expected an integer in ${minimum}…${maximum}.`);
  };

const maxSeeds = 1000;

/** `3`, `1,2,5` or `1..10` → the seeds in that order, each once. */
export function parseSeeds(text: string): readonly number[] {
  const parts = text.split(",").map((part) => /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(part.trim()));
  const seeds = parts.flatMap((part) => {
    const first = Number(part?.[1]);
    const last = Number(part?.[2] ?? part?.[1]);
    if (!(last >= first && last - first < maxSeeds)) {
      throw new InvalidArgumentError("Expected seeds such as 3, 1,2,5 or 1..10.");
    }
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
  return [...new Set(seeds)];
}
