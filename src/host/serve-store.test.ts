import { expect, onTestFinished, test } from "vitest";
import { parseConfiguration } from "../engine/configuration/configuration.ts";
import type { ServerConfiguration } from "../engine/configuration/server-schema.ts";
import { createKey } from "../engine/keys/manage-keys.ts";
import { openStore } from "../engine/open-store.ts";
import { serveStore } from "./serve-store.ts";

async function open(server: Partial<ServerConfiguration>, host?: string) {
  const store = await openStore(":memory:");
  const { scenarios } = parseConfiguration();
  const recurve = await serveStore(store, {
    database: ":memory:",
    learner: false,
    configuration: parseConfiguration({ scenarios, server }),
    ...(host !== undefined && { host }),
  });
  onTestFinished(() => recurve.close());
  const ask = async (headers: Record<string, string> = {}) =>
    (await recurve.fetch(new Request("http://127.0.0.1/api/v1/users", { headers }))).status;
  return { store, ask };
}

const evil = { host: "evil.example" };

test("an embedded server answers under each name, unless the configuration lists its own", async () => {
  expect(await (await open({})).ask(evil)).toBe(200);
  const { ask } = await open({ hosts: ["shop.example"] });
  expect([await ask(evil), await ask({ host: "shop.example" })]).toEqual([403, 200]);
});

test("a server that listens answers under its own names alone", async () => {
  const { ask } = await open({ hosts: ["shop.example"] }, "127.0.0.1");
  expect([await ask(evil), await ask({ host: "shop.example" }), await ask()]).toEqual([
    403, 200, 200,
  ]);
});

test("keys are needed with one in the record, by configuration, and on a network address in any case", async () => {
  const keyed = await open({});
  await createKey(keyed.store, { name: "shop", scopes: ["read"], now: 0 });
  expect(await keyed.ask()).toBe(401);
  expect(await (await open({ authentication: "keys" })).ask()).toBe(401);
  expect(await (await open({}, "0.0.0.0")).ask()).toBe(401);
});

test("behind a proxy that asks who people are, nobody needs a key", async () => {
  const { store, ask } = await open({ authentication: "proxy" }, "0.0.0.0");
  await createKey(store, { name: "shop", scopes: ["read"], now: 0 });
  expect(await ask()).toBe(200);
});

test("a listed origin may call, and others not", async () => {
  const { ask } = await open({ origins: ["https://shop.example"] });
  const statuses = [
    await ask({ origin: "https://shop.example" }),
    await ask({ origin: "https://evil.example" }),
  ];
  expect(statuses).toEqual([200, 403]);
});
