import { createRequire } from "node:module";
import { PersonalizerClient } from "@azure/cognitiveservices-personalizer";
import { Gorse } from "gorsejs";
import { expect, test } from "vitest";
import { createKeyring } from "../../src/engine/keys/keyring.ts";
import { createKey } from "../../src/engine/keys/manage-keys.ts";
import { openListeningServer } from "../support/listening-server.ts";

// The official clients as they are published, with a key in the header that each of them has for it.

// A module of the older kind, whose declarations are of the newer.
const { default: createPersonalizerClient } = createRequire(import.meta.url)(
  "@azure-rest/ai-personalizer",
) as typeof import("@azure-rest/ai-personalizer");

const configuration = {
  scenarios: [
    {
      name: "shop",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { reward: 1, like: 1 }, windowSeconds: 600, maximum: 1 },
    },
  ],
  compatibility: { gorse: { scenario: "shop" }, personalizer: { scenario: "shop" } },
};

async function open() {
  const server = await openListeningServer(configuration, ({ store, clock }) => ({
    keyring: createKeyring(store, { clock, isClosed: true }),
  }));
  const { store, clock } = server;
  const create = (name: string, scope: "serve" | "read") =>
    createKey(store, { name, scopes: [scope], now: clock() });
  return { ...server, serve: await create("page", "serve"), read: await create("ops", "read") };
}

const outcome = (ask: Promise<unknown>) =>
  ask.then(
    () => "done",
    (error: { statusCode?: number; response?: { status: number } }) => error,
  );

test("gorsejs serves with its key, and is refused elsewhere and without one", async () => {
  const { url, serve } = await open();
  const connect = (secret: string) => new Gorse<string>({ endpoint: `${url}/gorse`, secret });
  expect(await connect(serve).getRecommend({ userId: "ann" })).toEqual([]);
  await expect(connect(serve).upsertItem({ ItemId: "a" } as never)).rejects.toMatchObject({
    message: expect.stringContaining("missing_scope"),
  });
  await expect(connect("rk_wrong").getRecommend({ userId: "ann" })).rejects.toMatchObject({
    message: expect.stringContaining("unauthenticated"),
  });
});

const rank = { actions: [{ id: "a", features: [{ b: 1 }] }], contextFeatures: [] };

test("Personalizer's client of v1.0 serves with its key, and is refused without", async () => {
  const { url, serve, read } = await open();
  const connect = (key: string) => {
    const signRequest = async <T extends { headers: { set(name: string, value: string): void } }>(
      request: T,
    ) => {
      request.headers.set("Ocp-Apim-Subscription-Key", key);
      return request;
    };
    return new PersonalizerClient({ signRequest }, url);
  };
  expect(await connect(serve).rank(rank)).toMatchObject({ rewardActionId: "a" });
  expect(await outcome(connect("rk_wrong").rank(rank))).toMatchObject({ statusCode: 401 });
  expect(await outcome(connect(read).rank(rank))).toMatchObject({ statusCode: 403 });
});

test("Personalizer's preview client serves with its key, and is refused without", async () => {
  const { url, serve } = await open();
  const ask = async (key: string) => {
    const client = createPersonalizerClient(url, { key }, { allowInsecureConnection: true });
    const { status, body } = await client.path("/rank").post({ body: rank });
    return { status, body };
  };
  expect((await ask(serve)).status).toBe("201");
  expect(await ask("rk_wrong")).toMatchObject({
    status: "401",
    body: { error: { code: "401", innerError: { code: "unauthenticated" } } },
  });
});
