import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startNode } from "./e2e/recurve.ts";
import { entries, publicExamples, publicExports } from "./structure/public-api.ts";
import { builtPackage } from "./support/built-command.ts";
import { createTestFolder } from "./support/store.ts";

test.each(Object.entries(entries))("every export of %s has a doc comment", (_, path) => {
  const all = publicExports(path);
  expect(all.length).toBeGreaterThan(2);
  const bare = all.filter(({ comment }) => comment === undefined);
  expect(bare.map(({ path: module, name }) => `${module} ${name}`)).toEqual([]);
});

const examples = publicExamples();

/** Runs the modules that it is given one after another, and prints their outputs as a list. */
const runner = `
import { format } from "node:util";
const outputs = [];
for (const file of process.argv.slice(1)) {
  let output = "";
  console.log = (...values) => (output += format(...values) + "\\n");
  await import(file).catch((error) => (output += error.stack));
  outputs.push(output);
}
process.stdout.write(JSON.stringify(outputs));
`;

/** One process for all: below the package as it ships, so that a program imports it by its name. */
async function runExamples(): Promise<readonly string[]> {
  const folder = mkdtempSync(join(builtPackage(), "examples-"));
  const files = examples.map(({ code }, index) => {
    const file = join(folder, `${index}.mjs`);
    writeFileSync(file, code);
    return file;
  });
  const program = ["--input-type=module", "--eval", runner, ...files];
  const { output } = await startNode(program, { cwd: createTestFolder() }).ended();
  return JSON.parse(output) as string[];
}

test("the public API has at least ten examples, and each prints the output of its comments", {
  timeout: 120_000,
}, async () => {
  expect(examples.length).toBeGreaterThanOrEqual(10);
  expect(examples.filter(({ output }) => output === "")).toEqual([]);
  const outputs = await runExamples();
  const printed = examples.map((example, index) => ({ ...example, output: outputs[index] }));
  expect(printed).toEqual(examples);
});
