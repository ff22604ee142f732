import type { Json } from "../domain/json.ts";

const maxDepth = 4;

/** A feature before it is hashed, such as `category=Drama` or `item.price`. */
export interface NamedFeature {
  readonly name: string;
  readonly weight: number;
}

/** log keeps prices and years within reach of counts: 1 → 0.17, 1995 → 1.9, at most 5 in size. */
const squash = (value: number) =>
  Math.max(-5, Math.min(5, (Math.sign(value) * Math.log1p(Math.abs(value))) / 4));

const scripts = ["Han", "Hiragana", "Katakana", "Thai", "Lao", "Khmer", "Myanmar"];
const unspaced = new RegExp(`[${scripts.map((name) => `\\p{Script=${name}}`).join("")}]`, "u");
/** The locale is fixed, so that the words are the same on every machine. */
const segmenter = new Intl.Segmenter("en", { granularity: "word" });

/**
 * Each segment brings a copy of the whole text: the memory and time of a long one would grow by the
 * square of its length. Its beginning has more words than there are tokens.
 */
const maxSegmented = 4096;

/** Words of scripts without spaces: of two characters at least, or one ideograph. */
function* segmentWords(value: string): Generator<string> {
  const text = value.slice(0, maxSegmented).toLowerCase();
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (!isWordLike) continue;
    const isLong = unspaced.test(segment)
      ? segment.length > 1 || /\p{Script=Han}/u.test(segment)
      : segment.length > 2;
    if (isLong) yield segment;
  }
}

function* spacedWords(value: string): Generator<string> {
  if (!/\s/.test(value)) return;
  for (const [word] of value.toLowerCase().matchAll(/[\p{L}\p{N}]+/gu)) {
    if (word.length > 2) yield word;
  }
}

function firstOf<T>(values: Iterable<T>, count: number): T[] {
  const first: T[] = [];
  for (const value of values) {
    if (first.push(value) === count) break;
  }
  return first;
}

const wordsOf = (value: string) =>
  unspaced.test(value) ? segmentWords(value) : spacedWords(value);

/**
 * A text is its words in lower case. A value without white space, or with only short words
 * ("size-10", "H & M"), is one name; so is one word of a script without spaces.
 */
function isText(value: string): boolean {
  const least = unspaced.test(value) ? 2 : 1;
  return firstOf(wordsOf(value), least).length === least;
}

/** The first words of a text with more different ones tell little, and drown the features of other fields. */
const longText = 16;
const wordsOfLongText = 4;

function* textFeatures(path: string, text: string): Generator<NamedFeature> {
  const words = new Set<string>();
  for (const word of wordsOf(text)) {
    if (words.size > longText) break;
    words.add(word);
  }
  const kept = words.size > longText ? firstOf(words, wordsOfLongText) : [...words];
  for (const word of kept) yield { name: `${path}=${word}`, weight: 1 };
}

/** A field with one value has one feature. Texts and lists are read when their turn comes, so that those beyond the limit cost nothing. */
type Field = NamedFeature | Iterable<NamedFeature>;

const isSingle = (field: Field): field is NamedFeature => "name" in field;

function* listFeatures(
  path: string,
  entries: readonly Json[],
  depth: number,
): Generator<NamedFeature> {
  for (const entry of entries) {
    for (const field of jsonFields(path, entry, depth)) {
      if (isSingle(field)) yield field;
      else yield* field;
    }
  }
}

/**
 * Fields of a JSON value, by path. Those of objects are fields of their own, down to four levels.
 * @example keepFeatures(jsonFields("item", { brand: "Acme", price: 9 }), 16) // item.brand=Acme, item.price
 */
export function* jsonFields(path: string, value: Json, depth = 0): Generator<Field> {
  if (value === null || depth > maxDepth) return;
  if (typeof value === "number") yield { name: path, weight: squash(value) };
  else if (typeof value === "string" && isText(value)) yield textFeatures(path, value);
  else if (typeof value !== "object") yield { name: `${path}=${value}`, weight: 1 };
  else if (Array.isArray(value)) yield listFeatures(path, value, depth + 1);
  else {
    for (const [key, entry] of Object.entries(value))
      yield* jsonFields(`${path}.${key}`, entry, depth + 1);
  }
}

/**
 * At most `most` features. Those of fields with one value come first, in their order: a description would leave no room for the price
 * after it. Texts and lists follow. They take turns for the rest, one feature each.
 */
export function keepFeatures(fields: Iterable<Field>, most: number): NamedFeature[] {
  const singles: NamedFeature[] = [];
  const others: { readonly left: Iterator<NamedFeature>; readonly kept: NamedFeature[] }[] = [];
  for (const field of fields) {
    if (singles.length === most) break;
    if (isSingle(field)) singles.push(field);
    else others.push({ left: field[Symbol.iterator](), kept: [] });
  }
  const turns = [...others];
  let room = most - singles.length;
  for (let turn = turns.shift(); turn && room > 0; turn = turns.shift()) {
    const { done, value } = turn.left.next();
    if (done) continue;
    turn.kept.push(value);
    turns.push(turn);
    room--;
  }
  return [...singles, ...others.flatMap(({ kept }) => kept)];
}
