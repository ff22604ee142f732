import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { expect, onTestFinished, test, vi } from "vitest";
import { createTestFolder } from "../../tests/support/store.ts";
import { createEngine } from "../engine/create-engine.ts";
import { openStore } from "../engine/open-store.ts";
import { createRandom } from "../numeric/random.ts";
import { withServeOptions } from "./commands/serve.ts";
import { chooseConfiguration, withDatabase } from "./database.ts";
import { demoConfiguration } from "./demo/demo-configuration.ts";

const scenariosOf = (options: { database: string; config?: string }) =>
  withDatabase(options, async ({ configuration }) =>
    configuration.scenarios.map(({ name }) => name),
  );

test("a database that is not there is not created", async () => {
  const database = join(createTestFolder(), "typo.db");
  await expect(scenariosOf({ database })).rejects.toMatchObject({
    code: "not_found",
    message: expect.stringContaining("typo.db; name it with --database"),
  });
  expect(existsSync(database)).toBe(false);
});

/** A folder to stand in, which holds these files. */
function enterFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = createTestFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const before = process.cwd();
  process.chdir(folder);
  onTestFinished(() => process.chdir(before));
  return process.cwd();
}

const withScenario = (name: string) =>
  JSON.stringify({ scenarios: [{ ...demoConfiguration.scenarios[0], name }] });

async function openDemo(folder: string): Promise<string> {
  const database = join(folder, "recurve.db");
  const store = await openStore(database);
  const engine = await createEngine({
    store,
    configuration: demoConfiguration,
    clock: () => 0,
    random: createRandom(1),
    createId: () => "d",
  });
  await engine.close();
  await store.close();
  return database;
}

async function openEmpty(folder: string): Promise<string> {
  const database = join(folder, "recurve.db");
  await (await openStore(database)).close();
  return database;
}

test("a file that is named goes before one that is found, and that before the defaults", async () => {
  const folder = enterFolder();
  const database = await openEmpty(folder);
  expect(await scenariosOf({ database })).toEqual(["items", "ads", "feed"]);
  writeFileSync("recurve.config.mjs", `export default ${withScenario("found")};`);
  expect(await scenariosOf({ database })).toEqual(["found"]);
  writeFileSync("shop.json", withScenario("named"));
  expect(await scenariosOf({ database, config: "shop.json" })).toEqual(["named"]);
});

test("a file that is found and broken is not passed over", async () => {
  const folder = enterFolder({ "recurve.config.json": "{" });
  await expect(scenariosOf({ database: await openEmpty(folder) })).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringContaining(`${join(folder, "recurve.config.json")}:1 can't be read`),
  });
});

test("a demo's database keeps its scenario beside a file for another, not against one that is named", async () => {
  const folder = enterFolder({ "recurve.config.json": withScenario("shop") });
  const database = await openDemo(folder);
  expect(await scenariosOf({ database })).toEqual(["demo"]);
  expect(await scenariosOf({ database, config: "recurve.config.json" })).toEqual(["shop"]);
  const store = await openStore(database);
  const { origin, file } = await chooseConfiguration(store, undefined);
  expect(file).toBe(undefined);
  expect(origin).toBe(
    `the demo's, because a demo began the database; to use ${join(folder, "recurve.config.json")}, name another --database`,
  );
  await store.close();
});

test("a file that is found and has the demo's scenario is the demo's", async () => {
  const changed = { scenarios: demoConfiguration.scenarios, canaryShare: 0.25 };
  const folder = enterFolder({ "recurve.config.json": JSON.stringify(changed) });
  const database = await openDemo(folder);
  const share = await withDatabase(
    { database },
    async ({ configuration }) => configuration.canaryShare,
  );
  expect(share).toBe(0.25);
});

test("an empty database becomes a demo only where no file is found", async () => {
  const folder = enterFolder();
  const store = await openStore(await openEmpty(folder));
  const choose = () => chooseConfiguration(store, undefined, { beginsDemo: true });
  expect(await choose()).toEqual({ configuration: demoConfiguration, origin: "the demo's" });
  const path = join(folder, "recurve.config.json");
  writeFileSync(path, withScenario("shop"));
  expect(await choose()).toMatchObject({
    configuration: { scenarios: [{ name: "shop" }] },
    origin: path,
    file: path,
  });
  await store.close();
});

const parseServe = (...words: readonly string[]) => {
  const command = withServeOptions(new Command("serve").exitOverride()).configureOutput({
    writeErr: () => undefined,
  });
  return command.parse([...words], { from: "user" }).opts();
};

const defaults = { database: "recurve.db", port: 7400, host: "127.0.0.1", logLevel: "info" };
const variables = {
  RECURVE_DATABASE: "shop.db",
  RECURVE_CONFIG: "shop.config.ts",
  PORT: "8080",
  RECURVE_HOST: "0.0.0.0",
  RECURVE_LOG_LEVEL: "warn",
};

test("an option goes before its variable, and that before the default", () => {
  onTestFinished(() => void vi.unstubAllEnvs());
  for (const name of [...Object.keys(variables), "HOST"]) vi.stubEnv(name, undefined);
  expect(parseServe()).toEqual(defaults);
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  vi.stubEnv("HOST", "the-name-of-the-machine");
  const fromVariables = {
    database: "shop.db",
    config: "shop.config.ts",
    port: 8080,
    host: "0.0.0.0",
    logLevel: "warn",
  };
  expect(parseServe()).toEqual(fromVariables);
  expect(parseServe("--port", "0", "--host", "::1")).toEqual({
    ...fromVariables,
    port: 0,
    host: "::1",
  });
  expect(parseServe("--database", "a.db", "--config", "b.ts")).toMatchObject({
    database: "a.db",
    config: "b.ts",
  });
});

test.each([
  ["PORT", "abc", "value 'abc' from env 'PORT' is invalid. Expected an integer in 0…65535."],
  ["PORT", "65536", "value '65536' from env 'PORT' is invalid. Expected an integer in 0…65535."],
  ["PORT", "", "value '' from env 'PORT' is invalid. Expected an integer in 0…65535."],
  ["RECURVE_HOST", "", "from env 'RECURVE_HOST' is invalid. Expected a name; leave it out"],
  ["RECURVE_DATABASE", "", "from env 'RECURVE_DATABASE' is invalid. Expected a name; leave it out"],
  ["RECURVE_CONFIG", "", "from env 'RECURVE_CONFIG' is invalid. Expected a name; leave it out"],
])("%s with the value '%s' is wrong usage", (name, value, told) => {
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv(name, value);
  expect(() => parseServe()).toThrow(told);
});
