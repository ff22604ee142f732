import { EngineError } from "../../domain/errors.ts";
import type { RawRow } from "./row.ts";
import { invalidFile, maxRowLength, notUtf8, type TextSource, unreadable } from "./text-source.ts";

/**
 * Splits at LF alone. `node:readline` of Node 24 splits at U+2028 too, which may be inside a JSON
 * text (nodejs/node#57591).
 */
async function* readLines(name: string, chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = "";
  let line = 1;
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    line += lines.length;
    if (rest.length > maxRowLength) {
      throw invalidFile(name, `has more than ${maxRowLength} characters in line ${line}`);
    }
    yield* lines;
  }
  yield rest;
}

const remedy = "JSONL has one object a line";

function parseLine(line: number, text: string): RawRow {
  if (text.includes("\ufffd")) return { line, reason: notUtf8 };
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? { line, reason: `is a list; ${remedy}` } : { line, value };
  } catch (error) {
    const problem = error instanceof Error ? error.message : error;
    return { line, reason: `is not JSON: ${problem}; ${remedy}` };
  }
}

/** One JSON text a line; empty lines are left out. Ends early when the import is aborted. @throws invalid_file */
export async function* readJsonl({
  name,
  stream,
  signal,
}: TextSource): AsyncGenerator<RawRow, void> {
  stream.setEncoding("utf8");
  let line = 0;
  try {
    for await (const text of readLines(name, stream)) {
      line += 1;
      const withoutMark = line === 1 ? text.replace(/^\ufeff/, "") : text;
      if (withoutMark.trim() !== "") yield parseLine(line, withoutMark);
    }
  } catch (error) {
    if (signal.aborted) return;
    throw error instanceof EngineError ? error : unreadable(name, error);
  }
}
