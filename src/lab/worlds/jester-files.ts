import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../../domain/errors.ts";
import { type ItemId, itemId, type UserId, userId } from "../../domain/ids.ts";

export interface JesterData {
  /** Text by joke, in file order. */
  readonly jokes: ReadonlyMap<ItemId, string>;
  /** Ratings in [−10, 10] by user and joke, in file order. */
  readonly ratings: ReadonlyMap<UserId, ReadonlyMap<ItemId, number>>;
}

/** Both files are read whole; the published ones have 6 MB together. */
const maxFileBytes = 32 * 1024 * 1024;

interface Row {
  readonly file: string;
  /** 1-based, as editors count. */
  readonly line: number;
  readonly cells: readonly string[];
}

function refuse({ file, line }: Pick<Row, "file" | "line">, problem: string): never {
  throw new EngineError("invalid_file", `${file}, line ${line}: ${problem}`, {
    details: { file, line },
  });
}

function readText(file: string): string {
  try {
    const bytes = statSync(file).size;
    if (bytes > maxFileBytes) {
      throw new EngineError(
        "payload_too_large",
        `${file} may have at most ${maxFileBytes} bytes, has ${bytes}; use fewer ratings`,
        { details: { file, bytes, maximum: maxFileBytes } },
      );
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw new EngineError(
      "not_found",
      `can't read ${file}; the folder must hold Jester's ratings.tsv (user, joke, rating) and jokes.tsv (joke, text)`,
      { details: { file }, cause },
    );
  }
}

/** Rows of a file of tab-separated values without quoting. */
function* readRows(file: string, columns: readonly string[]): Generator<Row> {
  const lines = readText(file).split(/\r?\n/);
  if (lines.at(-1) === "") lines.pop();
  const expected = columns.join(", ");
  if (lines[0] !== columns.join("\t")) {
    refuse({ file, line: 1 }, `the header must be ${expected}, separated by tabs`);
  }
  for (let index = 1; index < lines.length; index++) {
    const cells = lines[index]!.split("\t");
    const row = { file, line: index + 1, cells };
    if (cells.length !== columns.length || cells.includes("")) {
      refuse(row, `expected ${columns.length} filled cells (${expected}), got '${lines[index]}'`);
    }
    yield row;
  }
}

function readJokes(file: string): Map<ItemId, string> {
  const jokes = new Map<ItemId, string>();
  for (const row of readRows(file, ["joke", "text"])) {
    const joke = itemId(row.cells[0]!);
    if (jokes.has(joke)) refuse(row, `joke '${joke}' came before; keep one of the rows`);
    jokes.set(joke, row.cells[1]!);
  }
  return jokes;
}

function parseRating(row: Row): number {
  const text = row.cells[2]!;
  const rating = Number(text);
  if (!/^-?\d+(\.\d+)?$/.test(text) || Math.abs(rating) > 10) {
    refuse(row, `rating must be a number from -10 to 10, got '${text}'; correct or delete the row`);
  }
  return rating;
}

/**
 * Reads Jester's ratings.tsv and jokes.tsv, each at most 32 MB.
 *
 * @throws EngineError `not_found`, `payload_too_large`, `invalid_file`
 */
export function readJester(folder: string): JesterData {
  const jokes = readJokes(join(folder, "jokes.tsv"));
  const ratings = new Map<UserId, Map<ItemId, number>>();
  for (const row of readRows(join(folder, "ratings.tsv"), ["user", "joke", "rating"])) {
    const user = userId(row.cells[0]!);
    const joke = itemId(row.cells[1]!);
    if (!jokes.has(joke)) refuse(row, `joke '${joke}' is not in jokes.tsv; add it there`);
    const own = ratings.get(user) ?? new Map<ItemId, number>();
    if (own.has(joke)) refuse(row, `user '${user}' rated '${joke}' before; keep one of the rows`);
    ratings.set(user, own.set(joke, parseRating(row)));
  }
  return { jokes, ratings };
}
