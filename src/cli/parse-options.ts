import { InvalidArgumentError } from "commander";
import { isAbsolute } from "../sdk/base-url.ts";
import { parseIsoTime } from "../server/parse-iso-time.ts";

/** A parser of integers in a range, for commander: other text is wrong usage. */
export const integerIn =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`Expected an integer in ${minimum}…${maximum}.`);
  };

/** Empty, as a variable that was never set, a name would mean the current folder, a temporary database or every interface. */
const nameOr =
  (remedy: string) =>
  (text: string): string => {
    if (text !== "") return text;
    throw new InvalidArgumentError(`Expected a name; ${remedy}.`);
  };

/** A file or an address that has a default. */
export const parseName: (text: string) => string = nameOr("leave it out for the default");

/** The same of an argument that has none. */
export const parseNeeded: (text: string) => string = nameOr("an empty one names nothing");

/** `2026-03-01` or `2026-03-01T12:00:00Z`, in UTC → milliseconds since 1970. */
export function parseTime(text: string): number {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/;
  const time = form.test(text) ? parseIsoTime(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError("Expected a time in UTC such as 2026-03-01 or 2026-03-01T12:00Z.");
}

/** An address that requests can be sent to. */
export function parseUrl(text: string): string {
  if (isAbsolute(text)) return text;
  throw new InvalidArgumentError(
    "Expected the address of a server, such as http://127.0.0.1:7400.",
  );
}

/** `reward=clicked,propensity=p` → the file's columns by our names. */
export function parseColumnNames(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(",").map((pair) => /^\s*([^=]+?)\s*=\s*(.+?)\s*$/.exec(pair));
  const names = new Map<string, string>();
  for (const pair of pairs) {
    const [, name = "", column = ""] = pair ?? [];
    if (name === "" || names.has(name))
      throw new InvalidArgumentError(
        "Expected our name and the file's of each column, such as reward=clicked,propensity=p.",
      );
    names.set(name, column);
  }
  return names;
}

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
