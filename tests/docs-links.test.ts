import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import {
  codeSpans,
  type Document,
  readDocument,
  readDocuments,
  readSources,
  repository,
} from "./support/documents.ts";

const documents = readDocuments();

/** The anchor that a heading gets where Markdown is shown. */
const toAnchor = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

const anchorsOf = ({ text }: Document) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => toAnchor(heading));

function isBroken(link: string, from: Document): boolean {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? from.path : join(dirname(from.path), path);
  if (!existsSync(join(repository, target))) return true;
  return anchor !== undefined && !anchorsOf(readDocument(target)).includes(anchor);
}

const broken = (find: (document: Document) => readonly string[]) =>
  documents.flatMap((document) => find(document).map((what) => `${document.path}: ${what}`));

test("documents were read", () => {
  expect(documents.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["README.md", "docs/errors.md", "docs/methods/mpo.md"]),
  );
});

test("every link between documents leads somewhere", () => {
  const linksOf = ({ text }: Document) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link);
  const inner = (document: Document) =>
    linksOf(document).filter((link) => !link.startsWith("http"));
  expect(documents.flatMap(inner).length).toBeGreaterThan(10);
  expect(broken((from) => inner(from).filter((link) => isBroken(link, from)))).toEqual([]);
});

test("every file that a document names is there", () => {
  const path = /^(src|tests|bench|docs|dashboard|\.ci)\/[\w./-]+$/;
  const named = (document: Document) => codeSpans(document.text).filter((code) => path.test(code));
  expect(documents.flatMap(named).length).toBeGreaterThan(40);
  expect(
    broken((from) => named(from).filter((code) => !existsSync(join(repository, code)))),
  ).toEqual([]);
});

test("every document that the code names is there", () => {
  const numbers = documents.map(({ path }) => path.slice(0, "docs/decisions/0000".length));
  const isMissing = (name: string) =>
    !existsSync(join(repository, name)) && !numbers.includes(name);
  const named = readSources().flatMap(({ path, text }) =>
    [...text.matchAll(/\bdocs\/(?:decisions\/\d{4}|[\w/-]+\.md)/g)].map(([name]) => ({
      path,
      name,
    })),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter(({ name }) => isMissing(name))).toEqual([]);
});

test("every npm script that a document names is there", () => {
  const known = Object.keys(manifest.scripts);
  const named = ({ text }: Document) =>
    [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, script = ""]) => script);
  expect(documents.flatMap(named).length).toBeGreaterThan(5);
  expect(broken((from) => named(from).filter((script) => !known.includes(script)))).toEqual([]);
});

test("every command that a document names is there", () => {
  const named = ({ text }: Document) =>
    [...text.matchAll(/(?:npx |`)recurve ([a-z-]+)/g)].map(([, command = ""]) => command);
  const isMissing = (command: string) =>
    !existsSync(join(repository, "src/cli/commands", `${command}.ts`));
  expect(documents.flatMap(named).length).toBeGreaterThan(5);
  expect(broken((from) => named(from).filter(isMissing))).toEqual([]);
});

test("a broken link, a missing anchor and a right one are told apart", () => {
  const from = readDocument("docs/methods/gate.md");
  expect(isBroken("estimators.md", from)).toBe(false);
  expect(isBroken("estimators.md#paired-differences", from)).toBe(false);
  expect(isBroken("estimators.md#nothing", from)).toBe(true);
  expect(isBroken("../nothing.md", from)).toBe(true);
});
