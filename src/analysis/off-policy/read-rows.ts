import type { TextSource } from "../../exchange/import/text-source.ts";
import type { LogRow, MalformedRow } from "./decision-log.ts";
import { RowProblem } from "./row-fields.ts";

/**
 * Content of a file's line: rows, no rows if it is no decision, or the reason why it can't be used.
 */
export function parseRow(
  line: number,
  parse: () => readonly LogRow[],
): readonly (LogRow | MalformedRow)[] {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RowProblem) return [{ line, problem: error.message }];
    throw error;
  }
}

/** Rows of a file that is opened for the occasion and closed at their end. */
export async function* withSource<T>(
  open: () => Promise<TextSource>,
  read: (source: TextSource) => AsyncIterable<T>,
): AsyncGenerator<T, void> {
  const source = await open();
  try {
    yield* read(source);
  } finally {
    source.close();
  }
}
