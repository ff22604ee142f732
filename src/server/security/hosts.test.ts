import { describe, expect, test } from "vitest";
import { openTestServer } from "../../../tests/support/server.ts";
import { parseConfiguration } from "../../engine/configuration/configuration.ts";
import { createHostCheck } from "./hosts.ts";

const loopback = [
  "localhost",
  "localhost:7400",
  "LocalHost.",
  "shop.localhost:80",
  "127.0.0.1:9000",
  "127.1.2.3",
  "[::1]:7400",
];
const foreign = [
  "evil.example",
  "localhost.evil.example:7400",
  "127.0.0.1.evil.example",
  "evil@localhost",
  "localhost/evil",
  "shop.example.evil",
  "",
];

describe("a server on 127.0.0.1", () => {
  const isOwn = createHostCheck("127.0.0.1", ["Shop.example"]);
  test.each([...loopback, "shop.example", "SHOP.example:443"])("is %s", (host) => {
    expect(isOwn(host)).toBe(true);
  });
  test.each([...foreign, "192.168.1.4:7400", "[fe80::1]"])("is not %s", (host) => {
    expect(isOwn(host)).toBe(false);
  });
});

test("a server on every address is each address, but no name that it was not given", () => {
  for (const listening of ["0.0.0.0", "::"]) {
    const isOwn = createHostCheck(listening, []);
    expect(["192.168.1.4:7400", "[fe80::1]:7400", "localhost"].map(isOwn)).toEqual([
      true,
      true,
      true,
    ]);
    expect(foreign.map(isOwn)).toEqual(foreign.map(() => false));
  }
});

async function openGuarded(origins: readonly string[] = []) {
  const server = await openTestServer({
    guard: () => ({ isOwnHost: createHostCheck("127.0.0.1", []), origins }),
  });
  await server.engine.putUsers([{ userId: "ada" }]);
  const remove = (headers: Record<string, string>) =>
    server.app.request("/api/v1/users/ada", { method: "DELETE", headers });
  return { ...server, remove };
}

test("a page whose name was rebound to this machine deletes no user", async () => {
  const { remove, engine } = await openGuarded();
  const answer = await remove({ host: "evil.example:7400", origin: "http://evil.example:7400" });
  expect([answer.status, await answer.json()]).toMatchObject([
    403,
    { error: { code: "foreign_host", details: { host: "evil.example:7400" } } },
  ]);
  expect(await engine.findUser("ada")).toBeDefined();
  expect((await remove({ host: "localhost:7400" })).status).toBe(200);
});

test.each(["http://evil.example", "http://localhost:3000", "https://evil.example:7400", "null"])(
  "a page of %s changes nothing, and Gorse's recorded reads are refused to it too",
  async (origin) => {
    const { remove, engine, app } = await openGuarded();
    const answer = await remove({ host: "localhost:7400", origin });
    expect([answer.status, await answer.json()]).toMatchObject([
      403,
      { error: { code: "foreign_origin", details: { origin } } },
    ]);
    expect(await engine.findUser("ada")).toBeDefined();
    const read = { headers: { host: "localhost:7400", origin } };
    expect((await app.request("/gorse/api/recommend/ada", read)).status).toBe(403);
  },
);

test.each([
  ["the server's own page", { host: "localhost:7400", origin: "http://localhost:7400" }],
  ["its page behind TLS", { host: "localhost", origin: "https://localhost" }],
  ["a listed origin", { host: "localhost:7400", origin: "https://shop.example" }],
])("%s may change a user", async (_, headers) => {
  const { remove } = await openGuarded(["https://shop.example"]);
  expect((await remove(headers)).status).toBe(200);
});

test("images, frames and links of another page make no decisions, but may lead to the dashboard", async () => {
  const gorse = { gorse: { scenario: "items" } };
  const { app, engine } = await openTestServer({
    configuration: { scenarios: parseConfiguration().scenarios, compatibility: gorse },
  });
  await engine.putItems([{ itemId: "tea" }]);
  const ask = async (path: string, site: string) =>
    (await app.request(path, { headers: { "sec-fetch-site": site } })).status;
  const recommend = "/gorse/api/recommend/ada";
  expect([await ask(recommend, "cross-site"), await ask(recommend, "same-site")]).toEqual([
    403, 403,
  ]);
  expect(await engine.countDecisions("items")).toBe(0);
  expect([await ask("/", "cross-site"), await ask("/health", "cross-site")]).toEqual([200, 200]);
  expect([await ask(recommend, "none"), await ask(recommend, "same-origin")]).toEqual([200, 200]);
});

test("browsers learn that a listed origin may call, and that others may not", async () => {
  const ask = async (origins: readonly string[], origin: string) => {
    const { app } = await openGuarded(origins);
    const headers = {
      origin,
      "access-control-request-method": "DELETE",
      "access-control-request-headers": "authorization",
    };
    const { status, headers: answered } = await app.request("/api/v1/users/ada", {
      method: "OPTIONS",
      headers,
    });
    return [
      status,
      answered.get("access-control-allow-origin"),
      answered.get("access-control-allow-headers"),
    ];
  };
  const shop = "https://shop.example";
  expect(await ask([shop], shop)).toEqual([204, shop, "authorization"]);
  expect((await ask([shop], "https://evil.example"))[1]).toBeNull();
  expect(await ask([], shop)).toEqual([403, null, null]);
});

test("every answer forbids frames and scripts of others, also a refusal", async () => {
  const { app } = await openGuarded();
  for (const [path, host] of [
    ["/health", "localhost"],
    ["/", "localhost"],
    ["/none", "evil.example"],
  ] as const) {
    const { headers } = await app.request(path, { headers: { host } });
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    );
    expect(headers.get("x-frame-options")).toBe("SAMEORIGIN");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.has("strict-transport-security")).toBe(false);
  }
});
