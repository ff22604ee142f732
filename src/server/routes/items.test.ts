import { expect, test } from "vitest";
import { openTestServer, type TestServer, testApi } from "../../../tests/support/server.ts";

const url = "/api/v1/items";

async function arrange({ send }: TestServer): Promise<void> {
  const items = [{ itemId: "a", categories: ["shoes"] }, { itemId: "b" }, { itemId: "c" }];
  await send("POST", url, { items });
}

const countItems = (expected: number) => async (server: TestServer) => {
  expect(await server.store.items.count()).toBe(expected);
};

testApi(
  [
    {
      name: "a new item is created",
      method: "PUT",
      url: `${url}/d`,
      body: { attributes: { price: 3 } },
      status: 200,
      contains: ['{"created":1,"updated":0,"unchanged":0}'],
      after: countItems(4),
    },
    {
      name: "the same item again changes nothing",
      method: "PUT",
      url: `${url}/a`,
      body: { categories: ["shoes"] },
      status: 200,
      contains: ['{"created":0,"updated":0,"unchanged":1}'],
    },
    {
      name: "a put replaces the whole item",
      method: "PUT",
      url: `${url}/a`,
      body: { available: false },
      status: 200,
      contains: ['"updated":1'],
      after: async ({ send }) => {
        const response = await send("GET", `${url}/a`);
        const empty = { categories: [], attributes: {} };
        expect(await response.json()).toEqual({ itemId: "a", ...empty, available: false });
      },
    },
    {
      name: "an id in the body of a put is refused, for the path has it",
      method: "PUT",
      url: `${url}/a`,
      body: { itemId: "b" },
      status: 400,
      contains: ["body field itemId is unknown"],
    },
    {
      name: "an item is read without the store's event number",
      method: "GET",
      url: `${url}/a`,
      status: 200,
      contains: ['{"itemId":"a","categories":["shoes"],"attributes":{},"available":true}'],
      lacks: ["sequence"],
    },
    {
      name: "an item that isn't there is not found, with the way to create it",
      method: "GET",
      url: `${url}/x%2Fy`,
      status: 404,
      contains: ['"code":"not_found"', "PUT /api/v1/items/x%2Fy", '"details":{"itemId":"x/y"}'],
    },
    {
      name: "a deleted item is gone",
      method: "DELETE",
      url: `${url}/a`,
      status: 204,
      after: async (server) => {
        await countItems(2)(server);
        expect((await server.send("DELETE", `${url}/a`)).status).toBe(404);
      },
    },
    {
      name: "a batch with one bad item writes none",
      method: "POST",
      url,
      body: { items: [{ itemId: "d" }, { itemId: "" }] },
      status: 400,
      contains: ["body field items[1].itemId"],
      after: countItems(3),
    },
    {
      name: "a batch counts what it created, updated and left",
      method: "POST",
      url,
      body: { items: [{ itemId: "a" }, { itemId: "b" }, { itemId: "d" }] },
      status: 200,
      contains: ['{"created":1,"updated":1,"unchanged":1}'],
    },
    {
      name: "1001 items are refused",
      method: "POST",
      url,
      body: { items: Array.from({ length: 1001 }, (_, n) => ({ itemId: `i${n}` })) },
      status: 400,
      contains: ["body field items is", "1000"],
      after: countItems(3),
    },
    {
      name: "a page ends with the id to read on from",
      method: "GET",
      url: `${url}?limit=2`,
      status: 200,
      contains: ['"itemId":"a"', '"itemId":"b"', '"next":"b"'],
      lacks: ['"itemId":"c"'],
    },
    {
      name: "the last page has no next",
      method: "GET",
      url: `${url}?after=b&limit=2`,
      status: 200,
      contains: ['"itemId":"c"'],
      lacks: ['"itemId":"b"', "next"],
    },
    {
      name: "a limit of 0 is refused",
      method: "GET",
      url: `${url}?limit=0`,
      status: 400,
      contains: ["query field limit is", "1"],
    },
    {
      name: "a limit of 1001 is refused",
      method: "GET",
      url: `${url}?limit=1001`,
      status: 400,
      contains: ["query field limit is", "1000"],
    },
    {
      name: "a parameter that comes twice is refused",
      method: "GET",
      url: `${url}?after=a&after=b`,
      status: 400,
      contains: ["query field after is", "send text"],
    },
    {
      name: "an unknown parameter is refused and named",
      method: "GET",
      url: `${url}?offset=2`,
      status: 400,
      contains: ["query field offset is unknown"],
    },
    {
      name: "a control character in the path is refused",
      method: "GET",
      url: `${url}/a%00`,
      status: 400,
      contains: ["path field itemId is"],
    },
    {
      name: "a key that JavaScript would swallow is refused",
      method: "PUT",
      url: `${url}/d`,
      body: '{"attributes":{"__proto__":{"x":1}}}',
      status: 400,
      contains: ["body field attributes.__proto__ can't be stored"],
      after: countItems(3),
    },
  ],
  arrange,
);

test.each(["a/b", "50 % off", "%2F", "q?#&", "å😀", "..."])(
  "an item named %s is written, read and deleted under its path",
  async (itemId) => {
    const server = await openTestServer();
    const path = `${url}/${encodeURIComponent(itemId)}`;
    await server.send("PUT", path, {});
    const read = await server.send("GET", path);
    expect(await read.json()).toMatchObject({ itemId });
    expect((await server.send("DELETE", path)).status).toBe(204);
    expect(await server.store.items.count()).toBe(0);
  },
);

test("a withdrawn item is no candidate", async () => {
  const server = await openTestServer();
  await arrange(server);
  for (const id of ["a", "b"]) await server.send("PUT", `${url}/${id}`, { available: false });
  const response = await server.send("POST", "/api/v1/recommend", { userId: "ada" });
  expect(await response.json()).toMatchObject({ slate: [{ itemId: "c", propensity: 1 }] });
});
