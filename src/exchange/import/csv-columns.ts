import type { KnownColumns, PickedColumn } from "./column-names.ts";
import type { RowKind } from "./row-schema.ts";

const attributePrefix = "attributes.";
/** Fields of a campaign that are inside another one. */
const nested = ["budget.day", "budget.total", "frequencyCap.showings", "frequencyCap.hours"];
const consentFlags = ["consent.train", "consent.personalise"];
/** Of tables that were exported the whole is JSON in one cell. */
const consentColumns = ["consent", ...consentFlags];
const numbers = ["value", "bid", ...nested];

const takesAttributes = (kind: RowKind) => kind === "items" || kind === "users";

const columnsOf: Record<RowKind, { required: readonly string[]; optional: readonly string[] }> = {
  events: {
    required: ["type", "userId", "itemId"],
    optional: ["eventId", "value", "occurredAt", "decisionId", ...consentColumns],
  },
  items: { required: ["itemId"], optional: ["categories", "available"] },
  users: { required: ["userId"], optional: consentColumns },
  campaigns: {
    required: ["campaignId", "scenario", "pays", "bid"],
    optional: ["startsAt", "endsAt", ...nested],
  },
  edges: { required: ["userId", "type", "to"], optional: [] },
};

const quote = (columns: readonly string[]) => columns.map((column) => `'${column}'`).join(", ");

/** Fields of JSON that typed formats hold whole. */
const wholes: Readonly<Partial<Record<RowKind, readonly string[]>>> = {
  items: ["attributes"],
  users: ["attributes"],
  campaigns: ["budget", "frequencyCap"],
};

/** Columns that are JSON as text in a table that was exported. */
const wholeNames: ReadonlySet<string> = new Set(["consent", ...Object.values(wholes).flat()]);

/** Columns of a kind. @param isTyped whether the format holds JSON, unlike CSV */
export function knownColumns(kind: RowKind, isTyped: boolean): KnownColumns {
  const { required, optional } = columnsOf[kind];
  const names = [...required, ...optional, ...(isTyped ? (wholes[kind] ?? []) : [])];
  return { names, has: (name) => names.includes(name) || isAttributeOf(kind, name) };
}

/** With `--columns` those that are not named are left out. */
function describeRemedy(
  kind: RowKind,
  { missing: [missing], unknown: [unknown] }: Record<"missing" | "unknown", readonly string[]>,
): string {
  if (missing !== undefined) return `; name others with --columns ${missing}=<column>`;
  if (unknown === undefined) return "";
  const [own] = columnsOf[kind].required;
  return takesAttributes(kind)
    ? `; --columns ${attributePrefix}${unknown}=${unknown} takes this one and leaves the others out`
    : `; --columns ${own}=${own} leaves others out`;
}

/** The problem with a header row, with the remedy; `undefined` if there is none. */
export function findHeaderProblem(
  header: readonly string[],
  kind: RowKind,
  { names: known, has }: KnownColumns = knownColumns(kind, false),
): string | undefined {
  const { required } = columnsOf[kind];
  const missing = required.filter((column) => !header.includes(column));
  const unknown = header.filter((column) => !has(column));
  const repeated = header.filter((column, index) => header.indexOf(column) !== index);
  const problems = [
    ...(missing.length > 0 ? [`lacks ${quote(missing)}`] : []),
    ...(unknown.length > 0 ? [`has unknown columns ${quote(unknown)}`] : []),
    ...(repeated.length > 0 ? [`repeats ${quote(repeated)}`] : []),
  ];
  if (problems.length === 0) return undefined;
  const others = takesAttributes(kind) ? ` and '${attributePrefix}<name>'` : "";
  const remedy = describeRemedy(kind, { missing, unknown });
  return `${problems.join(", ")}; columns of ${kind} are ${quote(known)}${others}${remedy}`;
}

const isAttribute = (column: string) =>
  column.startsWith(attributePrefix) && column.length > attributePrefix.length;

const isAttributeOf = (kind: RowKind, column: string) =>
  takesAttributes(kind) && isAttribute(column);

// Other number-like text may be a code and stays text: a leading zero or plus, an exponent, spaces,
// or more digits than a float64 holds.
const plainNumber = /^-?(0|[1-9]\d*)(\.\d+)?$/;
const maxDigits = 15;

const readBoolean = (cell: string) => cell === "true" || (cell === "false" ? false : cell);

function readAttribute(cell: string): string | number | boolean {
  const isNumber = plainNumber.test(cell) && cell.replace(/\D/g, "").length <= maxDigits;
  return isNumber ? Number(cell) : readBoolean(cell);
}

const anyNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The cell's value; an unreadable one stays text, which the schema refuses. An empty cell is an absent field. */
function readCell(column: string, cell: string): unknown {
  if (cell === "") return undefined;
  if (isAttribute(column)) return readAttribute(cell);
  if (numbers.includes(column)) return anyNumber.test(cell) ? Number(cell) : cell;
  if (column === "consent") return parseJson(cell);
  if (column === "available" || consentFlags.includes(column)) return readBoolean(cell);
  return column === "categories" ? cell.split("|") : cell;
}

/** Ids are text, also if a file has integers. */
const ids = ["eventId", "userId", "itemId", "campaignId", "to", "decisionId"];

const readBigInt = (value: bigint) =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

/** An impossible time is NaN, which no field takes. */
const readDate = (value: Date) =>
  Number.isNaN(value.getTime()) ? Number.NaN : value.toISOString();

/** JSON of a typed value; an integer that a float64 doesn't hold is its digits. */
function toJson(value: unknown): unknown {
  if (typeof value === "bigint") return readBigInt(value);
  if (value instanceof Date) return readDate(value);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toJson(one)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/**
 * The value of a typed cell as the schema takes it.
 * @param convert makes JSON of other values
 */
function readTyped(column: string, value: unknown, convert: (value: unknown) => unknown): unknown {
  if (value === null || value === undefined) return undefined;
  const isNumber = typeof value === "number" || typeof value === "bigint";
  // Another number has lost digits, and would be the id of several.
  const isId = typeof value === "bigint" || Number.isSafeInteger(value);
  if (isId && ids.includes(column)) return String(value);
  if (isNumber && numbers.includes(column)) return Number(value);
  if (typeof value === "string" && column === "categories") return value.split("|");
  return typeof value === "string" && wholeNames.has(column) ? parseJson(value) : convert(value);
}

/** The row as it would be on the HTTP wire. @param cells by our column names; `a.b` is the field b of a */
function nest(cells: readonly (readonly [column: string, value: unknown])[]): object {
  const body: [string, unknown][] = [];
  const inside: [string, string, unknown][] = [];
  for (const [column, value] of cells) {
    if (value === undefined) continue;
    const [field = "", ...rest] = column.split(".");
    if (rest.length > 0) inside.push([field, rest.join("."), value]);
    else body.push([column, value]);
  }
  for (const [field] of inside) {
    const own = inside.filter(([one]) => one === field).map(([, name, value]) => [name, value]);
    body.push([field, Object.fromEntries(own)]);
  }
  return Object.fromEntries(body);
}

/** Of a row of CSV. */
export const toBody = (columns: readonly PickedColumn[], fields: readonly string[]): object =>
  nest(columns.map(({ name, index }) => [name, readCell(name, fields[index] ?? "")]));

/** Of a row of Parquet. */
export const toTypedBody = (columns: readonly PickedColumn[], values: readonly unknown[]): object =>
  nest(columns.map(({ name, index }) => [name, readTyped(name, values[index], toJson)]));

/** Of a row of JSON, which may be nested too deeply to be walked through. */
export const toJsonBody = (columns: readonly PickedColumn[], values: readonly unknown[]): object =>
  nest(columns.map(({ name, index }) => [name, readTyped(name, values[index], (json) => json)]));
