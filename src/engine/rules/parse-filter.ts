import { LastUsedMap } from "../../numeric/last-used-map.ts";
import {
  compare,
  exists,
  type FilterValue,
  type ItemTest,
  type Operator,
  operators,
} from "./filter-comparison.ts";
import { FilterProblem, type FilterToken, readTokens } from "./filter-tokens.ts";
import { type ReadField, readerOf } from "./item-facts.ts";

/** Characters of a filter. */
export const maxFilterLength = 2000;
/** Brackets and `not` inside each other. */
const maxDepth = 32;

/** A parsed filter. */
export interface Filter {
  readonly passes: ItemTest;
  /** It says `now`. */
  readonly dependsOnTime: boolean;
}

const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const reserved = new Set(["and", "or", "not", "in", "has", "now", "true", "false"]);

/** Reads tokens one after the other. */
function createReader(text: string) {
  const tokens = readTokens(text);
  let index = 0;
  const peek = (): FilterToken => tokens[index] ?? { kind: "end", text: "", at: text.length };
  const fail = (problem: string, at = peek().at): never => {
    throw new FilterProblem(text, at, problem);
  };
  /** Whether a word or sign comes, which is then read. */
  const accept = (...words: readonly string[]): string | undefined => {
    const { kind, text: word } = peek();
    if (kind === "text" || !words.includes(word)) return undefined;
    index++;
    return word;
  };
  return {
    tokens,
    peek,
    fail,
    accept,
    next: (): FilterToken => {
      const token = peek();
      index++;
      return token;
    },
    expect: (word: string) => accept(word) ?? fail(`expected '${word}'`),
  };
}

type Reader = ReturnType<typeof createReader>;

function readPath(reader: Reader): ReadField {
  const path: string[] = [];
  do {
    const { kind, text: word } = reader.peek();
    if (kind !== "name" || reserved.has(word))
      reader.fail("expected a field such as price or category");
    path.push(word.replaceAll("`", ""));
    reader.next();
  } while (reader.accept("."));
  return readerOf(path);
}

function readTime(reader: Reader): FilterValue {
  const sign = reader.accept("+", "-");
  if (sign === undefined) return { afterNow: 0 };
  const { kind, text: word } = reader.peek();
  if (kind !== "duration") reader.fail("expected a duration such as 30m, 12h or 7d");
  reader.next();
  const length = Number.parseFloat(word) * (unitMs[word.at(-1) ?? ""] ?? Number.NaN);
  return { afterNow: sign === "-" ? -length : length };
}

function readValue(reader: Reader): FilterValue {
  if (reader.accept("now")) return readTime(reader);
  if (reader.accept("true")) return true;
  if (reader.accept("false")) return false;
  const sign = reader.accept("-");
  const { kind, text: word } = reader.peek();
  const isFit = kind === "number" || (kind === "text" && sign === undefined);
  if (!isFit) reader.fail('expected a value: a number, "text", true, false or now');
  reader.next();
  if (kind === "text") return word;
  return (sign === undefined ? 1 : -1) * Number(word);
}

function readList(reader: Reader): readonly FilterValue[] {
  reader.expect("(");
  const values: FilterValue[] = [];
  do values.push(readValue(reader));
  while (reader.accept(","));
  reader.expect(")");
  return values;
}

function readComparison(reader: Reader): ItemTest {
  const read = readPath(reader);
  const { at } = reader.peek();
  if (reader.accept("in")) {
    const tests = readList(reader).map((value) => compare(read, "=", value));
    return (facts, now) => tests.some((test) => test(facts, now));
  }
  const operator = reader.accept(...operators) as Operator | undefined;
  if (operator === undefined) return reader.fail(`expected ${operators.join(", ")} or in`);
  const value = readValue(reader);
  const isOrder = operator !== "=" && operator !== "!=";
  if (typeof value === "boolean" && isOrder) reader.fail("true and false have no order", at);
  if (typeof value === "object" && !isOrder)
    reader.fail("a time is compared with <, <=, > or >=", at);
  return compare(read, operator, value);
}

function readUnit(reader: Reader, depth: number): ItemTest {
  if (depth > maxDepth) reader.fail(`more than ${maxDepth} brackets inside each other`);
  if (reader.accept("not")) {
    const test = readUnit(reader, depth + 1);
    return (facts, now) => !test(facts, now);
  }
  if (reader.accept("has")) return exists(readPath(reader));
  if (reader.accept("(") === undefined) return readComparison(reader);
  const test = readAny(reader, depth + 1);
  reader.expect(")");
  return test;
}

function readAll(reader: Reader, depth: number): ItemTest {
  const tests = [readUnit(reader, depth)];
  while (reader.accept("and")) tests.push(readUnit(reader, depth));
  return (facts, now) => tests.every((test) => test(facts, now));
}

function readAny(reader: Reader, depth: number): ItemTest {
  const tests = [readAll(reader, depth)];
  while (reader.accept("or")) tests.push(readAll(reader, depth));
  return (facts, now) => tests.some((test) => test(facts, now));
}

/**
 * Parses a filter: comparisons of fields with values, joined by `and`, `or`, `not` and brackets. Its language is in docs/guides/rules.md.
 * @throws FilterProblem naming the place
 */
export function parseFilter(text: string): Filter {
  const reader = createReader(text);
  const passes = readAny(reader, 0);
  if (reader.peek().kind !== "end") reader.fail("expected and, or, or the end");
  const dependsOnTime = reader.tokens.some(
    ({ kind, text: word }) => kind === "name" && word === "now",
  );
  return { passes, dependsOnTime };
}

/** Filters of a configuration and of recent requests. */
const keptFilters = 200;
const kept = new LastUsedMap<string, Filter>(keptFilters);

/** The same for a text that has parsed before: filters of requests are few and come again. */
export function filterOf(text: string): Filter {
  const filter = kept.get(text) ?? parseFilter(text);
  kept.set(text, filter);
  return filter;
}
