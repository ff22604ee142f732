import { expect, test } from "vitest";
import { openTestServer } from "../../../tests/support/server.ts";
import { createRowParser } from "../../exchange/import/row-schema.ts";
import { attributes } from "./attributes.ts";

const limit = "must be at most 5000 values and 65536 characters";
const list = (length: number) => Array.from({ length }, (_, index) => index);
/** The object and the list are values too. */
const most = { list: list(4998) };
const tooMany = { list: list(4999) };
const longest = { text: "x".repeat(65_532) };
const tooLong = { text: "x".repeat(65_533) };

test.each([
  ["values", most, tooMany],
  ["text", longest, tooLong],
  ["keys", { ["k".repeat(65_536)]: 1 }, { ["k".repeat(65_537)]: 1 }],
])("%s are taken up to the limit", (_, taken, refused) => {
  expect(attributes.safeParse(taken).success).toBe(true);
  expect(attributes.safeParse(refused).error?.issues).toMatchObject([{ message: limit }]);
});

test.each([
  ["PUT", "/api/v1/items/a", { attributes: tooMany }, "attributes"],
  [
    "POST",
    "/api/v1/items",
    { items: [{ itemId: "a", attributes: tooLong }] },
    "items[0].attributes",
  ],
  ["PUT", "/api/v1/users/ada", { attributes: tooMany }, "attributes"],
  [
    "POST",
    "/api/v1/users",
    { users: [{ userId: "ada", attributes: tooMany }] },
    "users[0].attributes",
  ],
  ["POST", "/api/v1/recommend", { userId: "ada", context: tooMany }, "context"],
  [
    "POST",
    "/api/v1/recommend",
    { userId: "ada", candidates: [{ itemId: "a", features: tooLong }] },
    "candidates[0].features",
  ],
])("%s %s refuses more, and changes nothing", async (method, url, body, field) => {
  const { send, engine } = await openTestServer();
  const response = await send(method, url, body);
  expect(response.status).toBe(400);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe("invalid_request");
  expect(error.message).toContain(`body field ${field} is {`);
  expect(error.message).toContain("send at most 5000 values and 65536 characters");
  expect(await engine.listItems()).toMatchObject({ rows: [] });
  expect(await engine.listUsers()).toMatchObject({ rows: [] });
});

test("so do calls of the library", async () => {
  const { engine } = await openTestServer();
  await expect(engine.putUsers([{ userId: "ada", attributes: tooMany }])).rejects.toMatchObject({
    code: "invalid_request",
    details: { field: "users[0].attributes" },
  });
});

test.each(["items", "users"] as const)("so does the import of %s, in any depth", (kind) => {
  const id = kind === "items" ? { itemId: "a" } : { userId: "a" };
  const parse = createRowParser(kind, 0);
  const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`);
  for (const refused of [tooMany, tooLong, deep])
    expect(parse({ ...id, attributes: refused })).toEqual({
      kind: "refused",
      reason: `attributes ${limit}`,
    });
});

test("an item has at most 1000 categories", async () => {
  const { send } = await openTestServer();
  const put = async (count: number) => {
    const categories = list(count).map(String);
    return (await send("PUT", "/api/v1/items/a", { categories })).status;
  };
  expect([await put(1000), await put(1001)]).toEqual([200, 400]);
});
