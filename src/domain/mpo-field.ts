/** A number, a list of numbers that are each within the range, or one of some words. */
export type MpoField =
  | {
      readonly kind: "number" | "integer";
      readonly default: number;
      readonly minimum: number;
      readonly maximum: number;
      readonly unit: string;
      readonly meaning: string;
    }
  | {
      readonly kind: "numbers";
      readonly default: readonly number[];
      readonly minimum: number;
      readonly maximum: number;
      /** Length of the list; if absent, at least one. */
      readonly length?: number;
      readonly unit: string;
      readonly meaning: string;
    }
  | {
      readonly kind: "choice";
      readonly default: string;
      readonly choices: readonly string[];
      readonly meaning: string;
    };

type Row = readonly [
  kind: "number" | "integer",
  fallback: number,
  minimum: number,
  maximum: number,
  unit: string,
  meaning: string,
];

/** A field that is one number. */
export const one = ([kind, fallback, minimum, maximum, unit, meaning]: Row): MpoField => ({
  kind,
  default: fallback,
  minimum,
  maximum,
  unit,
  meaning,
});

/** A field that is a list of numbers. */
export const several = (
  fallback: readonly number[],
  [minimum, maximum]: readonly [number, number],
  [unit, meaning]: readonly [string, string],
): MpoField => ({ kind: "numbers", default: fallback, minimum, maximum, unit, meaning });
