import { expect, test } from "vitest";
import { openTestServer, testApi } from "../../tests/support/server.ts";

const url = "/api/v1/recommend";
const nest = (depth: number) =>
  JSON.parse(`${'{"a":'.repeat(depth - 1)}{}${"}".repeat(depth - 1)}`);

testApi([
  {
    name: "a body that is no JSON is refused with the place",
    method: "POST",
    url,
    body: '{"userId":',
    status: 400,
    contains: ['"code":"invalid_request"', "body can't be read as JSON"],
  },
  {
    name: "an empty body is refused",
    method: "POST",
    url,
    body: "",
    status: 400,
    contains: ["it is empty"],
  },
  {
    name: "a body that is no object is refused",
    method: "POST",
    url,
    body: "[]",
    status: 400,
    contains: ["body is []: expected object, received array"],
  },
  {
    name: "a context 31 levels deep, 32 with the body, is taken",
    method: "POST",
    url,
    body: {
      userId: "u",
      slateSize: 1,
      context: nest(31),
      candidates: [{ itemId: "a", features: {} }],
    },
    status: 200,
  },
  {
    name: "a body 33 levels deep is refused",
    method: "POST",
    url,
    body: { userId: "u", context: nest(32) },
    status: 400,
    contains: ["nested deeper than 32 levels"],
  },
  {
    name: "a body as deep as its size allows is refused and not fallen over",
    method: "POST",
    url,
    body: "[".repeat(2 ** 19) + "]".repeat(2 ** 19),
    status: 400,
    contains: ["nested deeper than 32 levels"],
  },
  {
    name: "a body of more than a mebibyte is refused",
    method: "POST",
    url,
    body: { userId: "u".repeat(2 ** 20) },
    status: 413,
    contains: ['"code":"payload_too_large"', '"details":{"limit":1048576}'],
  },
  {
    name: "a number beyond a double is refused wherever it stands",
    method: "POST",
    url,
    body: '{"userId":"u","context":{"list":[1,{"x":-1e999}]}}',
    status: 400,
    contains: ['"field":"context.list[1].x"'],
  },
]);

const post = async (headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) => {
  const { app } = await openTestServer();
  const response = await app.request("/api/v1/events", { method: "POST", headers, body });
  return [response.status, await response.text()];
};

test.each(["application/x-www-form-urlencoded", "application/jsonl", "application/problem+json"])(
  "a body of the type %s is refused with the type to send",
  async (type) => {
    const told = `content-type is ${type}; send JSON with content-type: application/json`;
    expect(await post({ "content-type": type }, "{}")).toEqual([
      400,
      expect.stringContaining(told),
    ]);
  },
);

test("bytes that are no UTF-8 are refused", async () => {
  expect(await post({ "content-type": "application/json" }, new Uint8Array([34, 255, 34]))).toEqual(
    [400, expect.stringContaining("body can't be read as JSON in UTF-8")],
  );
});

test.each([
  ["of an announced length", { "content-length": "10" }],
  ["in chunks", { "transfer-encoding": "chunked" }],
])("a body %s that breaks off is the caller's failure", async (_, framing) => {
  const { app, logged } = await openTestServer();
  const body = new ReadableStream({ pull: () => Promise.reject(new Error("gone")) });
  const headers = new Headers({ "content-type": "application/json", ...framing });
  const response = await app.request(
    new Request("http://host/api/v1/events", { method: "POST", headers, body, duplex: "half" }),
  );
  expect([response.status, logged]).toEqual([400, []]);
  expect(await response.text()).toContain("body broke off before its end; send it again");
});

test.each([
  "Application/JSON; charset=utf-8",
  "application/json ; charset=utf-8",
  "application/json;",
  "application/json; charset",
])("the content-type %s is taken", async (type) => {
  const events = [{ type: "click", userId: "u", itemId: "a" }];
  const [status, text] = await post({ "content-type": type }, JSON.stringify({ events }));
  expect([status, text]).toEqual([200, expect.stringContaining("recorded")]);
});
