import { expect, onTestFinished, test } from "vitest";
import { parseConfiguration } from "../engine/configuration/configuration.ts";
import type { ServerConfiguration } from "../engine/configuration/server-schema.ts";
import { createKey } from "../engine/keys/manage-keys.ts";
import { openStore } from "../engine/open-store.ts";
import { checkExposure } from "./host.ts";

const network = ["0.0.0.0", "::", "192.168.1.4", "shop.example", "127.0.0.1.example", "1270.0.0.1"];

async function open(authentication: ServerConfiguration["authentication"] = "automatic") {
  const store = await openStore(":memory:");
  onTestFinished(() => store.close());
  const { scenarios } = parseConfiguration();
  const configuration = parseConfiguration({ scenarios, server: { authentication } });
  return { store, check: (host: string) => checkExposure(store, configuration, host) };
}

test.each(["127.0.0.1", "127.1.2.3", "localhost", "::1"])(
  "%s is this machine's own",
  async (host) => {
    expect(await (await open()).check(host)).toBeUndefined();
  },
);

test.each(network)("%s is refused without a key, with what to do", async (host) => {
  await expect((await open()).check(host)).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringMatching(
      new RegExp(`^host is ${host}, .* recurve keys create .* "proxy"`),
    ),
  });
});

test.each(network)("%s is taken if keys or a proxy guard it, with a warning", async (host) => {
  const { store, check } = await open();
  await createKey(store, { name: "shop", scopes: ["admin"], now: 0 });
  await store.keys.end("shop", 1);
  expect(await check(host)).toMatch(/over plain HTTP/);
  expect(await (await open("keys")).check(host)).toMatch(/over plain HTTP/);
  expect(await (await open("proxy")).check(host)).toMatch(/past the proxy/);
});
