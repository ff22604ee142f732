import type { Json, JsonObject } from "../../domain/json.ts";

/** Types of RecBole's fields that attributes become. */
export type AtomicType = "token" | "token_seq" | "float";

/** A column of an atomic file, made of the attribute of this path. */
export interface AtomicColumn {
  readonly path: string;
  /** Without the characters that its header can't hold, and unlike the others. */
  readonly field: string;
  readonly type: AtomicType;
}

/** Attributes beyond these, in the order in which they come, are left out. */
const maxColumns = 100;

/** Objects inside objects, down to here. */
const maxDepth = 4;

const isTexts = (value: Json): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");

/** The attributes that a column can hold, by path: numbers, texts, truth values and lists of texts. */
export function* leavesOf(
  attributes: JsonObject,
  prefix = "",
  depth = 0,
): Generator<readonly [path: string, value: string | number | boolean | readonly string[]]> {
  for (const [name, value] of Object.entries(attributes)) {
    const path = `${prefix}${name}`;
    if (value === null || (Array.isArray(value) && !isTexts(value))) continue;
    if (isTexts(value) || typeof value !== "object") yield [path, value as string];
    else if (depth < maxDepth) yield* leavesOf(value as JsonObject, `${path}.`, depth + 1);
  }
}

const typeOf = (value: unknown): AtomicType => {
  if (Array.isArray(value)) return "token_seq";
  return typeof value === "number" ? "float" : "token";
};

/** A number beside a text is a token, a text beside a list an entry. */
function join(known: AtomicType | undefined, type: AtomicType): AtomicType {
  if (known === undefined || known === type) return type;
  return known === "token_seq" || type === "token_seq" ? "token_seq" : "token";
}

function toField(path: string, taken: ReadonlySet<string>): string {
  const field = path.replaceAll(/[:\s"]/g, "_");
  for (let number = 1; ; number++) {
    const own = number === 1 ? field : `${field}_${number}`;
    if (!taken.has(own)) return own;
  }
}

/**
 * The columns that hold all attributes.
 * @param taken fields of the data set that have their names already; the columns' own are added
 */
export async function collectColumns(
  rows: AsyncIterable<JsonObject>,
  taken: Set<string>,
): Promise<readonly AtomicColumn[]> {
  const types = new Map<string, AtomicType>();
  for await (const attributes of rows) {
    for (const [path, value] of leavesOf(attributes)) {
      if (types.size >= maxColumns && !types.has(path)) continue;
      types.set(path, join(types.get(path), typeOf(value)));
    }
  }
  return [...types].map(([path, type]) => {
    const field = toField(path, taken);
    taken.add(field);
    return { path, field, type };
  });
}
