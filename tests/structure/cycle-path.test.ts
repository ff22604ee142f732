import { expect, test } from "vitest";
import { codeSpans, readDocument, readTables } from "../support/documents.ts";
import { followParameter } from "./follow-parameter.ts";
import { parseModule, readModules, type SourceModule } from "./source-modules.ts";

// The floors of a cycle: the loop above the method. What they call in other folders is a tool to them.
const floors = ["src/mpo", "src/engine/learner"];
const route = followParameter(readModules(...floors), {
  path: "src/engine/learner/cycle/run-cycle.ts",
  name: "runCycle",
});
const floorOf = (path: string) => floors.findIndex((floor) => path.startsWith(floor));
const section = (title: string) =>
  readDocument("ARCHITECTURE.md").text.split(`### ${title}\n`)[1]?.split(/\n##/)[0] ?? "";

test("a cycle's options pass fewer than 25 files and climb back to the loop at most 4 times", () => {
  const climbs = route.filter(
    (path, stay) => stay > 0 && floorOf(path) > floorOf(route[stay - 1] ?? path),
  );
  expect(new Set(route).size, route.join("\n")).toBeLessThan(25);
  expect(climbs.length, climbs.join("\n")).toBeLessThanOrEqual(4);
});

test("ARCHITECTURE.md lists the files of a cycle in their order", () => {
  const [, list = ""] = section("The files of a cycle").split(":\n");
  const names = [...new Set(route)].map((path) =>
    path.replace(/^src\/(engine\/learner\/cycle\/)?/, "").replace(/\.ts$/, ""),
  );
  expect(codeSpans(list)).toEqual(names);
});

test("ARCHITECTURE.md lists the forms of a decision, at most 9, and who makes each", () => {
  const forms = readTables(section("The forms of a decision")).map((row) => row.flatMap(codeSpans));
  expect(forms.length).toBeLessThanOrEqual(9);
  const modules = new Map(readModules("src").map((module) => [module.path, module]));
  const named = (module: SourceModule | undefined, kind: string, name: string) =>
    new RegExp(`\\b(${kind}) ${name}\\b`).test(module?.text ?? "");
  for (const [form = "", home = "", maker = "", makerHome = home] of forms) {
    expect(named(modules.get(home), "interface|type", form), form).toBe(true);
    const made = modules.get(makerHome)?.functions.some(({ name }) => name === maker);
    expect(made, `${maker} in ${makerHome}`).toBe(true);
  }
});

test("a parameter is followed by name, by part and in objects, but not as the result of a call", () => {
  const start = `
    import { takePart } from "./part.ts";
    import { count, takeWhole } from "./whole.ts";
    export function start(options: Options) {
      const whole = takeWhole(options);
      const { size } = options;
      return local({ ...options, size }) + count(whole) + takePart({ given: size, rest: whole });
    }
    const local = ({ other }: Options) => count(other);`;
  const part = `
    import { count } from "./whole.ts";
    export const takePart = ({ given, rest }) => count(rest) + take(given);
    const take = (given) => count(given);`;
  const whole = `
    export const takeWhole = (options) => options.size;
    export const count = (value) => value;`;
  const modules = Object.entries({ start, part, whole }).map(([name, text]) =>
    parseModule(`${name}.ts`, text),
  );
  expect(followParameter(modules, { path: "start.ts", name: "start" })).toEqual([
    ...["start.ts", "whole.ts", "start.ts", "whole.ts", "part.ts", "whole.ts"],
  ]);
});
