import { pipeline } from "node:stream";
import { type CsvError, parse } from "csv-parse";
import { invalidFile, maxRowLength, notUtf8, type TextSource, unreadable } from "./text-source.ts";

export interface Layout {
  readonly delimiter: string;
  readonly encoding: "utf8" | "latin1";
  /** Whether a field may be in double quotes, which MovieLens' own formats don't have. */
  readonly quoted: boolean;
}

export interface DelimitedRow {
  /** The line on which the row begins. */
  readonly line: number;
  readonly fields: readonly string[];
  /** Reason why the fields could not be read. */
  readonly problem?: string;
}

/** Reason why a row can't be read as `expected` fields, `undefined` if it can. */
export function findRowProblem(row: DelimitedRow, expected: number): string | undefined {
  const { fields, problem } = row;
  if (problem !== undefined) return problem;
  if (fields.some((field) => field.includes("\ufffd"))) return notUtf8;
  if (fields.length === expected) return undefined;
  const runsOn = fields.some((field) => field.includes("\n"));
  const question = runsOn ? "; it runs over several lines: is a quote not closed?" : "";
  return `has ${fields.length} fields and not ${expected}${question}`;
}

const countLineBreaks = (fields: readonly string[]) =>
  fields.reduce(
    (sum, field) => (field.includes("\n") ? sum + field.split("\n").length - 1 : sum),
    0,
  );

/** Rows of text fields; empty lines are left out. Ends early when the import is aborted. @throws invalid_file */
export async function* readDelimited(
  source: TextSource,
  { delimiter, encoding, quoted }: Layout,
): AsyncGenerator<DelimitedRow, void> {
  let failure: CsvError | undefined;
  const parser = parse({
    delimiter,
    encoding,
    bom: true,
    quote: quoted ? '"' : null,
    record_delimiter: ["\r\n", "\n"],
    max_record_size: maxRowLength,
    relax_column_count: true,
    // A stray quote is text: as an error it would take the rows that follow with it.
    relax_quotes: true,
    // An error would lose rows that were parsed and not yet yielded. No row follows an error.
    skip_records_with_error: true,
    on_skip: (error) => {
      failure ??= error;
      return undefined;
    },
  });
  // An error of the source arrives through the iteration of the parser.
  pipeline(source.stream, parser, () => undefined);
  // Counted here: the parser counts a CRLF within quotes as two lines.
  let line = 1;
  try {
    for await (const fields of parser as AsyncIterable<string[]>) {
      if (fields.length > 1 || fields[0] !== "") yield { line, fields };
      line += 1 + countLineBreaks(fields);
    }
  } catch (error) {
    if (source.signal.aborted) return;
    throw unreadable(source.name, error);
  }
  if (failure?.code === "CSV_QUOTE_NOT_CLOSED") {
    yield { line, fields: [], problem: "opens a quote that is never closed" };
  } else if (failure !== undefined) {
    const problem = `has more than ${maxRowLength} characters in the row at line ${line}`;
    throw invalidFile(source.name, `${problem}; look for a quote that is not closed`, failure);
  }
}
