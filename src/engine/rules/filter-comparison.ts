import type { Json } from "../../domain/json.ts";
import type { ItemFacts, ReadField } from "./item-facts.ts";

/** A test of an item at a time, in milliseconds since 1970. */
export type ItemTest = (facts: ItemFacts, now: number) => boolean;

export const operators = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Operator = (typeof operators)[number];

/** A value of a filter: as it is written, or a time so many milliseconds after now. */
export type FilterValue = string | number | boolean | { readonly afterNow: number };

/** An ISO 8601 time, or milliseconds since 1970. */
function toTime(value: Json): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^\d{4}-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
}

const orders: Readonly<
  Record<Exclude<Operator, "!=">, (left: string | number | boolean, right: typeof left) => boolean>
> = {
  "=": (left, right) => left === right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

/** Of a list, one entry suffices. Without an array for each item: a catalogue has a hundred thousand. */
function holdsOf(value: Json | undefined, test: (value: Json) => boolean): boolean {
  if (value === undefined || value === null) return false;
  return Array.isArray(value) ? (value as readonly Json[]).some(test) : test(value);
}

/**
 * Compares values of one type alone, so that a comparison with an absent field, or with a value of another type, is false. Of a list one
 * entry suffices. `!=` is the opposite of `=`.
 */
export function compare(read: ReadField, operator: Operator, value: FilterValue): ItemTest {
  if (operator === "!=") {
    const isEqual = compare(read, "=", value);
    return (facts, now) => !isEqual(facts, now);
  }
  const order = orders[operator];
  if (typeof value === "object") {
    const { afterNow } = value;
    return (facts, now) => holdsOf(read(facts), (own) => order(toTime(own), now + afterNow));
  }
  const type = typeof value;
  const test = (own: Json) => typeof own === type && order(own as never, value);
  return (facts) => holdsOf(read(facts), test);
}

export const exists =
  (read: ReadField): ItemTest =>
  (facts) =>
    holdsOf(read(facts), () => true);
