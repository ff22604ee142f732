import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const repository: string = resolve(import.meta.dirname, "../..");

export interface Document {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export const readDocument = (path: string): Document => ({
  path,
  text: readFileSync(join(repository, path), "utf8"),
});

const inFolder = (folder: string, recursive: boolean) =>
  readdirSync(join(repository, folder), { recursive, encoding: "utf8" })
    .filter((path) => path.endsWith(".md"))
    .map((path) => readDocument(join(folder, path)));

/** Every document for people, in the root and under docs/. */
export const readDocuments = (): readonly Document[] => [
  ...inFolder(".", false),
  ...inFolder("docs", true),
];

/** The sources under a folder, tests left out. */
export const readSources = (folder = "src"): readonly Document[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .map((path) => readDocument(join(folder, path)));

/** Cells of the body rows of every table in the text; a header row is the one above a line of dashes. */
export function readTables(text: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const isRule = (line: string | undefined) => /^\|[\s:|-]+\|$/.test(line ?? "");
  return lines
    .filter((line, index) => line.startsWith("|") && !isRule(line) && !isRule(lines[index + 1]))
    .map((line) =>
      line
        .slice(1, line.lastIndexOf("|"))
        .split("|")
        .map((cell) => cell.trim()),
    );
}

/** Contents of the code spans in a piece of text. */
export const codeSpans = (text: string): readonly string[] =>
  [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code);
