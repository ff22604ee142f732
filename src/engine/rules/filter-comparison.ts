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

const each = (value: Json | undefined): readonly Json[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
};

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
    return (facts, now) => each(read(facts)).some((own) => order(toTime(own), now + afterNow));
  }
  const isSameType = (own: Json) => typeof own === typeof value;
  return (facts) => each(read(facts)).some((own) => isSameType(own) && order(own as never, value));
}

export const exists =
  (read: ReadField): ItemTest =>
  (facts) =>
    each(read(facts)).length > 0;
