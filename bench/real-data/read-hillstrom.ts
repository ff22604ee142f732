import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";

/** The e-mails of the experiment; each customer got one of them by lot. */
export const arms = ["No E-Mail", "Mens E-Mail", "Womens E-Mail"] as const;
export const outcomes = ["visit", "conversion", "spend"] as const;
export type Outcome = (typeof outcomes)[number];

/** A customer of the e-mail experiment (Hillstrom 2008), with the two weeks after the e-mail. */
export interface Customer {
  /** Place in `arms`. */
  readonly arm: number;
  /** Bought goods for men, or for women, in the year before. */
  readonly mens: boolean;
  readonly womens: boolean;
  /** What was known before the e-mail: a constant, numbers near [0, 1], and indicators. */
  readonly features: Float64Array;
  /** 0 or 1, 0 or 1, dollars. */
  readonly outcome: Readonly<Record<Outcome, number>>;
}

const areas = ["Urban", "Surburban", "Rural"];
const channels = ["Web", "Phone", "Multichannel"];

type Row = Readonly<Record<string, string>>;

function numberOf(row: Row, column: string): number {
  const value = Number(row[column] || Number.NaN);
  if (Number.isFinite(value)) return value;
  throw new RangeError(`${column} must be a number, got '${row[column]}'`);
}

function placeOf(row: Row, column: string, known: readonly string[]): number {
  const place = known.indexOf(row[column] ?? "");
  if (place >= 0) return place;
  throw new RangeError(`${column} must be one of ${known.join(", ")}, got '${row[column]}'`);
}

const indicators = (row: Row, column: string, known: readonly string[]) => {
  const place = placeOf(row, column, known);
  return known.map((_, index) => (index === place ? 1 : 0));
};

function readCustomer(row: Row): Customer {
  const [mens, womens] = [numberOf(row, "mens"), numberOf(row, "womens")];
  return {
    arm: placeOf(row, "segment", arms),
    mens: mens === 1,
    womens: womens === 1,
    features: Float64Array.of(
      ...[1, numberOf(row, "recency") / 12, Math.log(numberOf(row, "history")) / 8],
      ...[mens, womens, mens * womens, numberOf(row, "newbie")],
      ...indicators(row, "zip_code", areas),
      ...indicators(row, "channel", channels),
    ),
    outcome: {
      visit: numberOf(row, "visit"),
      conversion: numberOf(row, "conversion"),
      spend: numberOf(row, "spend"),
    },
  };
}

/** @param text a header, then a customer a line @throws RangeError for a value that the experiment does not know */
export const parseHillstrom = (text: string): readonly Customer[] =>
  (parse(text, { columns: true }) as Row[]).map(readCustomer);

export const readHillstrom = (folder: string): readonly Customer[] =>
  parseHillstrom(readFileSync(join(folder, "hillstrom.csv"), "utf8"));
