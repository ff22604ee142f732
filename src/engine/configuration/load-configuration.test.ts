import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTestFolder } from "../../../tests/support/store.ts";
import { parseConfiguration } from "./configuration.ts";
import { findConfigurationFile, loadConfiguration } from "./load-configuration.ts";

const scenario = {
  name: "shop",
  slateSize: 3,
  excludeSeen: false,
  reward: { weights: { click: 1 }, windowSeconds: 60, maximum: 1 },
};
const json = JSON.stringify({ scenarios: [scenario] });

function write(text: string, name = "recurve.config.json"): string {
  const path = join(createTestFolder(), name);
  writeFileSync(path, text);
  return path;
}

const typed = `import { type ConfigurationInput, defineConfig } from "recurve";
const scenarios: ConfigurationInput["scenarios"] = [${JSON.stringify(scenario)}];
export default defineConfig({ scenarios });`;
const module = `import { defineConfig } from "recurve";\nexport default defineConfig(${json});`;
const commonJs = `const { defineConfig } = require("recurve");\nmodule.exports = defineConfig(${json});`;

test.each([
  ["ts", typed],
  ["mts", typed],
  ["cts", typed],
  ["cts", commonJs],
  ["js", module],
  ["js", commonJs],
  ["mjs", module],
  ["cjs", commonJs],
  ["json", json],
  ["json", `\ufeff${json}`],
])("a .%s file is read where recurve itself is not installed", async (extension, text) => {
  const path = write(text, `recurve.config.${extension}`);
  expect(findConfigurationFile(dirname(path))).toBe(path);
  expect(await loadConfiguration(path)).toEqual(parseConfiguration({ scenarios: [scenario] }));
});

test("a module may wait, and may import what stands beside it", async () => {
  const path = write(
    'import { name } from "../name";\nconst { scenarios } = await Promise.resolve(' +
      `${json});\nexport default { scenarios: [{ ...scenarios[0], name }] };`,
    "recurve.config.ts",
  );
  writeFileSync(join(dirname(path), "name.ts"), 'export const name: string = "books";');
  expect((await loadConfiguration(path)).scenarios[0]?.name).toBe("books");
});

describe("a file that can't be used is refused with its path", () => {
  test("and the fields that are wrong", async () => {
    for (const path of [
      write('{"scenarios": []}'),
      write("export default { scenarios: [] }", "shop.ts"),
    ]) {
      await expect(loadConfiguration(path)).rejects.toMatchObject({
        code: "invalid_configuration",
        message: expect.stringContaining(
          `configuration ${path} has a wrong field: scenarios is []: `,
        ),
        details: { path, field: "scenarios" },
      });
    }
  });

  test.each([
    ["JSON that breaks off", "recurve.config.json", '{\n  "scenarios": [],\n}', 3],
    ["TypeScript that is none", "recurve.config.ts", "export default {\n  a: ,\n};", 2],
    ["JavaScript that is none", "recurve.config.mjs", "export default {\n  a: ,\n};", 2],
    ["a module that throws", "recurve.config.ts", "\n\nthrow new Error('no shop');", 3],
    ["a script that throws", "recurve.config.cjs", "\n\nnull.shop;", 3],
    ["an import that leads nowhere", "recurve.config.ts", 'import "../absent";', 1],
  ])("and the line: %s", async (_, name, text, line) => {
    const path = write(text, name);
    await expect(loadConfiguration(path)).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining(`configuration file ${path}:${line} can't be read: `),
      details: { path, line },
    });
  });

  test.each([
    [
      "no default export",
      "recurve.config.ts",
      "export const shop = {};",
      "no default export; write",
    ],
    [
      "the same in JavaScript",
      "recurve.config.mjs",
      "export const shop = {};",
      "no default export;",
    ],
    ["a text that is thrown", "recurve.config.ts", "throw 'no shop';", "can't be read: no shop;"],
    ["no JSON", "recurve.config.json", "", "can't be read: Unexpected end of JSON input;"],
  ])("and the reason: %s", async (_, name, text, reason) => {
    const path = write(text, name);
    await expect(loadConfiguration(path)).rejects.toMatchObject({
      code: "invalid_configuration",
      message: expect.stringContaining(reason),
      details: { path },
    });
  });

  test("where it is absent", async () => {
    for (const name of ["absent.json", "absent.ts"]) {
      const path = join(createTestFolder(), name);
      await expect(loadConfiguration(path)).rejects.toMatchObject({
        code: "invalid_configuration",
        message: expect.stringContaining(path),
        details: { path },
      });
    }
  });
});

test("a model is named as seen from its own folder", async () => {
  const path = write(
    JSON.stringify({ scenarios: [scenario], text: { fields: ["title"], model: "models/m" } }),
  );
  const model = join(dirname(path), "models/m");
  expect((await loadConfiguration(path)).text).toEqual({ fields: ["title"], model });
});

test("a folder's file is found, those above it are not", () => {
  const path = write(json);
  const folder = dirname(path);
  expect(findConfigurationFile(folder)).toBe(path);
  expect(findConfigurationFile(createTestFolder())).toBe(undefined);
});

test("two files side by side are refused, each by its name", () => {
  const path = write(json);
  const other = join(dirname(path), "recurve.config.ts");
  writeFileSync(other, module);
  expect(() => findConfigurationFile(dirname(path))).toThrow(
    expect.objectContaining({
      code: "invalid_configuration",
      message: `there are several configuration files: ${other}, ${path}; keep one, or name one with --config`,
    }),
  );
});

test("where no file is named or found there are the defaults", async () => {
  expect(await loadConfiguration()).toEqual(parseConfiguration());
});
