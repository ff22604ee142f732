import { expect, test } from "vitest";
import { openTestServer } from "../../../tests/support/server.ts";
import { createKeyring } from "../../engine/keys/keyring.ts";
import { createKey } from "../../engine/keys/manage-keys.ts";

const configuration = {
  scenarios: [
    {
      name: "shop",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { reward: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
  compatibility: { personalizer: { scenario: "shop" } },
};
const request = { userId: "ada", candidates: [{ itemId: "a", features: {} }] };

/** A key that may send 3 requests a second, and one without a limit. */
async function open() {
  const { store, clock, advance, app } = await openTestServer({
    configuration,
    guard: ({ store: keys, clock: now }) => ({
      keyring: createKeyring(keys, { clock: now, isClosed: true }),
    }),
  });
  const now = clock();
  const limited = await createKey(store, { name: "page", scopes: ["serve", "read"], rate: 3, now });
  const free = await createKey(store, { name: "ops", scopes: ["admin"], now });
  const send = async (key: string, url: string, body?: unknown) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const method = body === undefined ? "GET" : "POST";
    return app.request(url, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  };
  const times = async (count: number, key: string) => {
    const statuses: number[] = [];
    for (let one = 0; one < count; one++) statuses.push((await send(key, "/api/v1/users")).status);
    return statuses;
  };
  return { store, clock, advance, limited, free, send, times };
}

test("a key sends as many requests as its rate, then each is refused with the time to wait; others are not held up", async () => {
  const { advance, limited, free, send, times } = await open();
  expect(await times(5, limited)).toEqual([200, 200, 200, 429, 429]);
  const refused = await send(limited, "/api/v1/users");
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({
    error: {
      code: "too_many_requests",
      message: expect.stringMatching(/^key 'page' may send 3 requests a second.* in 1 s/),
      details: { key: "page", rate: 3 },
    },
  });
  expect(await times(8, free)).toEqual(Array(8).fill(200));
  advance(0.34);
  expect(await times(2, limited)).toEqual([200, 429]);
  // Unused time is not saved.
  advance(3600);
  expect(await times(4, limited)).toEqual([200, 200, 200, 429]);
});

test("each slate of a batch counts, and what a batch took too much is waited for", async () => {
  const { advance, limited, send, times } = await open();
  const batch = await send(limited, "/api/v1/recommend/batch", {
    requests: Array.from({ length: 12 }, () => request),
  });
  expect(batch.status).toBe(200);
  const refused = await send(limited, "/api/v1/recommend", request);
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "4"]);
  advance(3);
  expect(await times(1, limited)).toEqual([429]);
  advance(0.4);
  expect(await times(2, limited)).toEqual([200, 429]);
});

test("a change of the limit holds for running servers within a second", async () => {
  const { store, clock, advance, limited, times } = await open();
  await times(4, limited);
  await store.keys.limit("page", undefined, clock());
  advance(1);
  expect(await times(9, limited)).toEqual(Array(9).fill(200));
});

test("Personalizer's clients get the code of Azure's gateway, which they don't repeat for minutes", async () => {
  const { limited, send, times } = await open();
  await times(3, limited);
  const actions = [{ id: "a", features: [{ x: 1 }] }];
  const refused = await send(limited, "/personalizer/v1.0/rank", { actions });
  expect(refused.status).toBe(429);
  expect(refused.headers.get("retry-after")).toBe("1");
  expect(await refused.json()).toMatchObject({
    error: { code: "429", innerError: { code: "too_many_requests" } },
  });
});
