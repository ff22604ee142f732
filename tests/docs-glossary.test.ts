import { expect, test } from "vitest";
import { codeSpans, readDocument, readSources, readTables } from "./support/documents.ts";

const rows = readTables(readDocument("docs/glossary.md").text);
const files = readSources();

/** `rewardHeadCount` → reward, head, count */
const toWords = (name: string) =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(" ");

const exportedNames = (text: string) =>
  [...text.matchAll(/^export (?:async )?(?:const|function\*?|class|interface|type) (\w+)/gm)].map(
    ([, name = ""]) => name,
  );

test("every word that the glossary gives for the code is in the code", () => {
  const given = rows.flatMap((cells) => codeSpans(cells.at(-2) ?? ""));
  expect(given.length).toBeGreaterThan(60);
  const all = [...files, ...readSources("bench")];
  const isUsed = (name: string) => all.some(({ text }) => new RegExp(`\\b${name}\\b`).test(text));
  expect(given.filter((name) => !isUsed(name))).toEqual([]);
});

test("no exported name has a word that the glossary rules out", () => {
  const never = new Set(rows.flatMap((cells) => codeSpans(cells.at(-1) ?? "")));
  expect(never.size).toBeGreaterThan(5);
  const names = files.flatMap(({ path, text }) =>
    exportedNames(text).map((name) => ({ path, name })),
  );
  expect(names.length).toBeGreaterThan(200);
  expect(names.filter(({ name }) => toWords(name).some((word) => never.has(word)))).toEqual([]);
});

test("a word is defined once", () => {
  const words = rows.map(([word]) => word);
  expect(words).toEqual([...new Set(words)]);
});

test("names are split into their words", () => {
  expect(toWords("createRecsAgent")).toEqual(["create", "recs", "agent"]);
  expect(exportedNames("export interface A {}\nexport const b = 1;\nconst c = 2;")).toEqual([
    "A",
    "b",
  ]);
});
