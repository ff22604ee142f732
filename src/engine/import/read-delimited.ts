import { pipeline } from "node:stream";
import { CsvError, parse } from "csv-parse";
import {
  invalidFile,
  isAbort,
  maxRowLength,
  notUtf8,
  type TextSource,
  unreadable,
} from "./text-source.ts";

export interface Layout {
  readonly delimiter: string;
  readonly encoding: "utf8" | "latin1";
  /** Whether a field may stand in double quotes, which MovieLens' own formats don't know. */
  readonly quoted: boolean;
}

export interface DelimitedRow {
  /** The line on which the row begins. */
  readonly line: number;
  readonly fields: readonly string[];
}

// A stray quote is read as it stands, which leaves the row in its line: as an error it would end the file.
const leniency = { relax_quotes: true, relax_column_count: true };

function explain(name: string, line: number, error: unknown): Error {
  if (!(error instanceof CsvError)) return unreadable(name, error);
  const remedy = "look for a quote that is opened and not closed";
  return invalidFile(name, `breaks off after line ${line}: ${error.message}; ${remedy}`, error);
}

/** Why a row can't be read as `expected` fields, `undefined` where it can. */
export function findRowProblem(fields: readonly string[], expected: number): string | undefined {
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
  const parser = parse({
    ...leniency,
    delimiter,
    encoding,
    bom: true,
    quote: quoted ? '"' : null,
    record_delimiter: ["\r\n", "\n"],
    max_record_size: maxRowLength,
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
    if (!isAbort(error)) throw explain(source.name, line, error);
  }
}
