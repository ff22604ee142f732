import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";
import { publicExamples } from "./structure/public-api.ts";
import { createTestFolder } from "./support/store.ts";

const repository = resolve(import.meta.dirname, "..");
const compiler = join(
  dirname(createRequire(import.meta.url).resolve("typescript/package.json")),
  "bin/tsc",
);

/** Exports what the library returns without a word about its types, as a wrapper of an application does. */
const consumer = `
import {
  audit, createClient, createEngine, createRandom, createServer, type Engine, learn, listen,
  openStore, parseConfiguration, runCycle, type Scenario, train,
} from "recurve";

export const open = async (path: string) => {
  const store = await openStore(path);
  const configuration = parseConfiguration();
  const clock = Date.now;
  const engine = await createEngine({ store, configuration, clock, random: createRandom(1), createId: () => "d" });
  const app = createServer({ engine, version: "1", clock, logError: (error, request) => void [error, request] });
  return { store, configuration, engine, app, server: listen({ app, host: "127.0.0.1", port: 0 }) };
};
export const parts = async (engine: Engine) => ({
  put: await engine.putItems([{ itemId: "a" }]),
  users: await engine.putUsers([{ userId: "ada", attributes: { country: "SE" } }]),
  recorded: await engine.record([{ type: "click", userId: "ada", itemId: "a" }]),
  decided: await engine.recommend({ userId: "ada", candidates: [{ itemId: "a" }] }),
  items: await engine.listItems(),
  item: await engine.findItem("a"),
  policies: await engine.policies(),
  cycles: await engine.cycles(),
  decision: await engine.findDecision("d"),
  series: await engine.rewardSeries({ bucketSeconds: 60 }),
  health: await engine.health(),
});
export const stores = async () => {
  const store = await openStore("x");
  return { ...store, damaged: await store.users.damaged(1), changes: store.items.changes, apply: store.policies.apply };
};
export const learning = async (scenario: Scenario) => {
  const store = await openStore("x");
  const options = { store, configuration: parseConfiguration(), scenario, clock: Date.now, seed: 1, threads: 1 };
  return {
    audit: await audit(options),
    cycle: await runCycle(options),
    trained: await train({ ...options, onProgress: () => {} }),
    learn: () => learn({ ...options, signal: AbortSignal.abort(), onCycle: () => {}, onError: () => {}, wait: async () => {} }),
  };
};
export const options = {
  engine: {} as Parameters<typeof createEngine>[0],
  server: {} as Parameters<typeof createServer>[0],
  listen: {} as Parameters<typeof listen>[0],
  train: {} as Parameters<typeof train>[0],
  cycle: {} as Parameters<typeof runCycle>[0],
  audit: {} as Parameters<typeof audit>[0],
};
export const client = async () => {
  const recurve = createClient({ baseUrl: "http://127.0.0.1:7400" });
  return { recurve, answer: await recurve.recommend({ userId: "ada" }), items: await recurve.listItems() };
};
`;

function compile(folder: string, ...options: readonly string[]) {
  return spawnSync(process.execPath, [compiler, ...options], { cwd: folder, encoding: "utf8" });
}

/** The package as it is installed, of which a program sees the declarations. */
function install(folder: string): void {
  const installed = join(folder, "node_modules/recurve");
  mkdirSync(installed, { recursive: true });
  cpSync(join(repository, "package.json"), join(installed, "package.json"));
  symlinkSync(join(repository, "node_modules"), join(installed, "node_modules"));
  const emit = ["--emitDeclarationOnly", "--declaration", "--noCheck", "--sourceMap", "false"];
  const project = join(repository, "tsconfig.build.json");
  const built = compile(repository, "-p", project, "--outDir", join(installed, "dist"), ...emit);
  expect(built.stdout).toBe("");
}

test("a strict program with declarations can name all that the library gives and takes, and examples compile", () => {
  const folder = createTestFolder();
  install(folder);
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  const programs = [consumer, ...publicExamples().map(({ code }) => code)];
  const files = programs.map((program, index) => {
    const file = `program-${index}.ts`;
    writeFileSync(join(folder, file), program);
    return file;
  });
  const strict = ["--strict", "--exactOptionalPropertyTypes", "--declaration"];
  const module = ["--module", "nodenext", "--target", "es2023", "--skipLibCheck"];
  const types = ["--types", "node", "--typeRoots", join(repository, "node_modules/@types")];
  const program = compile(folder, ...files, ...strict, ...module, ...types);
  expect([program.stdout, program.status]).toEqual(["", 0]);
}, 60_000);
