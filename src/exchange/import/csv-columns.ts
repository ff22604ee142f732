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

/** The problem with a header row, with the remedy; `undefined` if there is none. */
export function findHeaderProblem(header: readonly string[], kind: RowKind): string | undefined {
  const { required, optional } = columnsOf[kind];
  const known = [...required, ...optional];
  const isKnown = (column: string) =>
    known.includes(column) || (takesAttributes(kind) && isAttribute(column));
  const missing = required.filter((column) => !header.includes(column));
  const unknown = header.filter((column) => !isKnown(column));
  const repeated = header.filter((column, index) => header.indexOf(column) !== index);
  const problems = [
    ...(missing.length > 0 ? [`lacks ${quote(missing)}`] : []),
    ...(unknown.length > 0 ? [`has unknown columns ${quote(unknown)}`] : []),
    ...(repeated.length > 0 ? [`repeats ${quote(repeated)}`] : []),
  ];
  if (problems.length === 0) return undefined;
  const others = takesAttributes(kind) ? ` and '${attributePrefix}<name>'` : "";
  return `${problems.join(", ")}; columns of ${kind} are ${quote(known)}${others}`;
}

const isAttribute = (column: string) =>
  column.startsWith(attributePrefix) && column.length > attributePrefix.length;

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

function readJson(cell: string): unknown {
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}

/** The cell's value; an unreadable one stays text, which the schema refuses. */
function readField(column: string, cell: string): unknown {
  if (numbers.includes(column)) return anyNumber.test(cell) ? Number(cell) : cell;
  if (column === "consent") return readJson(cell);
  if (column === "available" || consentFlags.includes(column)) return readBoolean(cell);
  return column === "categories" ? cell.split("|") : cell;
}

/** The row as it would be on the HTTP wire. An empty cell is an absent field. */
export function toBody(header: readonly string[], fields: readonly string[]): object {
  const body: [string, unknown][] = [];
  const inside: [string, string, unknown][] = [];
  for (const [index, column] of header.entries()) {
    const cell = fields[index] ?? "";
    if (cell === "") continue;
    const [field = "", ...rest] = column.split(".");
    if (isAttribute(column)) inside.push([field, rest.join("."), readAttribute(cell)]);
    else if (rest.length > 0) inside.push([field, rest.join("."), readField(column, cell)]);
    else body.push([column, readField(column, cell)]);
  }
  for (const [field] of inside) {
    const own = inside.filter(([one]) => one === field).map(([, name, value]) => [name, value]);
    body.push([field, Object.fromEntries(own)]);
  }
  return Object.fromEntries(body);
}
