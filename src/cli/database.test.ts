import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../../tests/support/store.ts";
import { createEngine } from "../engine/create-engine.ts";
import { openStore } from "../engine/open-store.ts";
import { createRandom } from "../numeric/random.ts";
import { withDatabase } from "./database.ts";
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

test("a demo's database is known by its scenario, a file of its own goes first", async () => {
  const folder = createTestFolder();
  const database = join(folder, "recurve.db");
  const store = await openStore(database);
  expect(await scenariosOf({ database })).toEqual(["items", "ads", "feed"]);
  const engine = await createEngine({
    store,
    configuration: demoConfiguration,
    clock: () => 0,
    random: createRandom(1),
    createId: () => "d",
  });
  expect(await scenariosOf({ database })).toEqual(["demo"]);
  const config = join(folder, "shop.json");
  const [scenario] = demoConfiguration.scenarios;
  writeFileSync(config, JSON.stringify({ scenarios: [{ ...scenario, name: "shop" }] }));
  expect(await scenariosOf({ database, config })).toEqual(["shop"]);
  await engine.close();
  await store.close();
});
