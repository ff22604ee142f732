import { expect, test } from "vitest";
import { findCopiedBlocks } from "./copied-blocks.ts";
import { findImportCycles } from "./import-cycles.ts";
import { parseModule, readModules, type SourceModule } from "./source-modules.ts";
import { childrenOf, nodesOf, type SyntaxNode } from "./syntax.ts";
import { findUnreached, readEntries } from "./unreached.ts";

const product = readModules("src", "dashboard/src");
const everything = [...product, ...readModules("bench", "tests", "examples")];

const module = (path: string, text: string, imports: readonly string[] = []): SourceModule => ({
  path,
  text,
  imports: imports.map((one) => ({ path: one, isType: true, names: new Map() })),
  exports: [],
  functions: [],
  program: { type: "Program", start: 0, end: 0 },
});

test("no module imports itself in turn, types included", () => {
  expect(findImportCycles(product)).toEqual([]);
});

test("a cycle of three modules is found once, and the module that only imports it is not in it", () => {
  const cycle = [module("a", "", ["b"]), module("b", "", ["c"]), module("c", "", ["a"])];
  expect(findImportCycles([...cycle, module("d", "", ["a"])])).toEqual([["a", "b", "c"]]);
});

/** What is left to be cut up; the number only falls. */
const longFunctions = 1;
const longestFunction = 60;

test("few functions are longer than a screen", () => {
  const long = product.flatMap(({ path, functions }) =>
    functions
      .filter(({ lines }) => lines > longestFunction)
      .map(({ name, lines }) => `${path} ${name} ${lines}`),
  );
  expect(long.length, long.join("\n")).toBeLessThanOrEqual(longFunctions);
});

/** Blocks that stand twice to the letter; the number only falls. */
const copiedBlocks = 3;

test("few blocks of six lines stand twice", () => {
  const copied = findCopiedBlocks(everything);
  expect(copied.length, copied.join("\n")).toBeLessThanOrEqual(copiedBlocks);
});

test("a copied run of eight lines counts once, whatever comments and blank lines stand between", () => {
  const lines = Array.from({ length: 8 }, (_, line) => `const value${line} = ${line};`);
  const spaced = lines.flatMap((line) => ["", "// a comment", `  ${line}`]);
  expect(findCopiedBlocks([module("a", lines.join("\n")), module("b", spaced.join("\n"))])).toEqual(
    ["a:1 ~ b:3"],
  );
});

const spreadsLiteral = (node: SyntaxNode): boolean =>
  (node.type === "SpreadElement" && nodesOf(node.argument)[0]?.type === "ObjectExpression") ||
  childrenOf(node).some(spreadsLiteral);

// The compiler checks no spread for unknown properties: one that was renamed went unnoticed.
test("no object spreads a literal", () => {
  const found = everything.filter(({ program }) => spreadsLiteral(program));
  expect(found.map(({ path }) => path)).toEqual([]);
});

test("a spread of a literal is found, at any depth, and one of a condition is none", () => {
  const isFound = (text: string) => spreadsLiteral(parseModule("a.ts", text).program);
  expect(isFound("call({ a, b: { ...{ c, d } } });")).toBe(true);
  expect(isFound("call({ a, ...rest, ...(b && { b }) });")).toBe(false);
});

test("no two modules export one name", () => {
  const homes = new Map<string, Set<string>>();
  for (const { path, exports } of product)
    for (const name of exports) homes.set(name, (homes.get(name) ?? new Set()).add(path));
  const shared = [...homes].filter(([, paths]) => paths.size > 1);
  expect(shared.map(([name, paths]) => `${name}: ${[...paths].join(", ")}`)).toEqual([]);
});

test("every module of the product is reached from an entry: benches and tests keep their own", () => {
  const entries = readEntries(product);
  expect(entries).toContain("src/cli/main.ts");
  expect(entries).toContain("src/host/learner-process.ts");
  expect(findUnreached(product, entries)).toEqual([]);
});

test("a module that only an unreached one imports is not reached, nor is an entry that is missing", () => {
  const modules = [module("main", "", ["a"]), module("a", ""), module("b", "", ["a", "c"])];
  expect(findUnreached([...modules, module("c", "")], ["main", "gone"])).toEqual([
    "b",
    "c",
    "gone",
  ]);
});
