import { expect, test } from "vitest";
import { type Scope, scopes } from "../../src/domain/api-key.ts";
import { createKeyring } from "../../src/engine/keys/keyring.ts";
import { createKey } from "../../src/engine/keys/manage-keys.ts";
import { scopeOfRoute } from "../../src/server/security/route-scopes.ts";
import { openTestServer, type TestServer } from "../support/server.ts";

const configuration = {
  scenarios: [
    {
      name: "shop",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { reward: 1 }, windowSeconds: 60, maximum: 1 },
    },
  ],
  compatibility: { gorse: { scenario: "shop" }, personalizer: { scenario: "shop" } },
};

/** The expected scope, by rules that were written apart from the server's table; the first that fits holds. */
const rules: readonly (readonly [RegExp, Scope | "open"])[] = [
  [/^GET (\/|\/ready|\/openapi\.json|\/gorse\/api\/health\/.*)$/, "open"],
  [/^POST \/api\/v1\/(policies\/roll-back|interventions)$/, "admin"],
  [/^\w+ \/personalizer\/[^/]+\/model\/?$/, "admin"],
  [/^(POST|PUT|PATCH|DELETE) \/personalizer\/[^/]+\/(configurations|evaluations)/, "admin"],
  [/^DELETE \/personalizer\/[^/]+\/logs$/, "admin"],
  [/^POST \/api\/v1\/(recommend|recommend\/batch|events)$/, "serve"],
  [/^POST \/api\/v1\/decisions\/[^/]+\/activate$/, "serve"],
  [/^POST \/personalizer\/[^/]+\/(rank|multislot|events|logs)/, "serve"],
  [/^GET \/gorse\/api\/(recommend|popular|latest|non-personalized)/, "serve"],
  [/^GET \/gorse\/api\/.*\/neighbors/, "serve"],
  [/^POST \/gorse\/api\/session\/recommend/, "serve"],
  [/^(POST|PUT) \/gorse\/api\/feedback\/?$/, "serve"],
  [/^GET /, "read"],
  [/^(POST|PUT|PATCH|DELETE) (\/api\/v1\/(items|users|edges|campaigns)|\/gorse\/api)/, "write"],
];

interface Route {
  readonly method: string;
  readonly path: string;
}

function expectedScope({ method, path }: Route): Scope | "open" {
  const [, scope] = rules.find(([pattern]) => pattern.test(`${method} ${path}`)) ?? [];
  if (scope === undefined) throw new Error(`no rule for ${method} ${path}`);
  return scope;
}

const routesOf = ({ app }: TestServer): readonly Route[] =>
  app.routes.filter(({ method }) => method !== "ALL");

const parameters: Readonly<Record<string, string>> = { cycle: "1", name: "popular" };
const fill = (path: string) =>
  path.replaceAll(/:(\w+)/g, (_, parameter: string) => parameters[parameter] ?? "x");

async function statusOf({ app }: TestServer, { method, path }: Route, key?: string) {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return (await app.request(fill(path), { method, headers })).status;
}

async function openMatrix() {
  const open = await openTestServer({ configuration });
  const guarded = await openTestServer({
    configuration,
    guard: ({ store, clock }) => ({ keyring: createKeyring(store, { clock, isClosed: false }) }),
  });
  const { store, clock } = guarded;
  const create = (name: string, granted: readonly Scope[]) =>
    createKey(store, { name, scopes: granted, now: clock() });
  const keys = await Promise.all(
    scopes.map(async (scope) => [scope, await create(scope, [scope])] as const),
  );
  const ended = await create("ended", scopes);
  await store.keys.end("ended", clock());
  return { open, guarded, keys, ended };
}

function expectedStatus(needed: Scope | "open", granted: Scope | undefined, whenOpen: number) {
  if (needed === "open" || granted === "admin") return whenOpen;
  if (granted === undefined) return 401;
  return granted === needed ? whenOpen : 403;
}

test("each route answers each key as its scope says: as without keys, 401 or 403", async () => {
  const { open, guarded, keys, ended } = await openMatrix();
  const routes = routesOf(open);
  expect(routes.length).toBeGreaterThan(100);
  const bearers = [
    ["no key", undefined, undefined],
    ["a wrong key", `rk_${"A".repeat(43)}`, undefined],
    ["an ended key", ended, undefined],
    ...keys.map(([scope, key]) => [scope, key, scope] as const),
  ] as const;
  const expected: string[] = [];
  const found: string[] = [];
  for (const route of routes) {
    const whenOpen = await statusOf(open, route);
    for (const [bearer, key, granted] of bearers) {
      const cell = `${route.method} ${route.path} with ${bearer}`;
      const status = expectedStatus(expectedScope(route), granted, whenOpen);
      expected.push(`${cell}: ${status}`);
      found.push(`${cell}: ${await statusOf(guarded, route, key)}`);
    }
  }
  expect(found).toEqual(expected);
});

test("every route has a scope of its own in the server's table", async () => {
  const server = await openTestServer({ configuration });
  const missing = routesOf(server).filter(
    ({ method, path }) => scopeOfRoute(method, path) === undefined,
  );
  expect(missing).toEqual([]);
});

test("a route that nobody gave a scope is the administrators'", async () => {
  const { guarded, keys } = await openMatrix();
  guarded.app.get("/api/v1/new", (context) => context.text("new"));
  const route = { method: "GET", path: "/api/v1/new" };
  const statuses = await Promise.all(keys.map(async ([, key]) => statusOf(guarded, route, key)));
  expect(statuses).toEqual([403, 403, 403, 200]);
});

test("the schema has each operation's scope, and the scheme of keys", async () => {
  const { send } = await openTestServer();
  const { paths, components } = (await (await send("GET", "/openapi.json")).json()) as {
    paths: Record<string, Record<string, { security: unknown }>>;
    components: { securitySchemes: unknown };
  };
  expect(components.securitySchemes).toMatchObject({ apiKey: { type: "http", scheme: "bearer" } });
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({ method, path, security })),
  );
  expect(operations.length).toBeGreaterThan(20);
  for (const { method, path, security } of operations) {
    const scope = expectedScope({ method: method.toUpperCase(), path });
    expect([path, security]).toEqual([path, scope === "open" ? [] : [{ apiKey: [scope] }]]);
  }
});

test.each([
  ["/api/v1/users/x", "authorization", "Bearer "],
  ["/gorse/api/user/x", "x-api-key", ""],
  ["/gorse/api/user/x", "authorization", "bearer "],
  ["/personalizer/v1.0/configurations/service", "ocp-apim-subscription-key", ""],
  ["/personalizer/v1.0/configurations/service", "authorization", "Bearer "],
])("%s takes a key in %s", async (path, header, prefix) => {
  const { guarded, keys } = await openMatrix();
  const [, read = ""] = keys.find(([scope]) => scope === "read") ?? [];
  const ask = async (key: string) =>
    guarded.app.request(path, { headers: { [header]: `${prefix}${key}` } });
  expect([200, 404]).toContain((await ask(read)).status);
  const refused = await ask("rk_wrong");
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe("Bearer");
  expect(await refused.text()).toContain("unauthenticated");
});

test("a door takes no key in the header of another", async () => {
  const { guarded, keys } = await openMatrix();
  const [, key = ""] = keys.find(([scope]) => scope === "admin") ?? [];
  const ask = async (path: string, header: string) =>
    (await guarded.app.request(path, { headers: { [header]: key } })).status;
  expect(await ask("/api/v1/users", "x-api-key")).toBe(401);
  expect(await ask("/gorse/api/users", "ocp-apim-subscription-key")).toBe(401);
});

test("a body is not looked at before its sender is known", async () => {
  const { guarded } = await openMatrix();
  expect((await guarded.send("POST", "/api/v1/recommend", "{")).status).toBe(401);
});

test("an intervention records the key that asked for it beside the name that was claimed", async () => {
  const { guarded, keys } = await openMatrix();
  const [, key = ""] = keys.find(([scope]) => scope === "admin") ?? [];
  const intervene = (body: object) =>
    guarded.app.request("/api/v1/interventions", {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ scenario: "shop", kind: "pause", ...body }),
    });
  const answer = await intervene({ by: "ada" });
  expect(await answer.json()).toMatchObject({ by: "ada", key: "admin" });
  expect((await intervene({ key: "somebody" })).status).toBe(400);
  const reset = { method: "DELETE", headers: { authorization: `Bearer ${key}` } };
  await guarded.engine.intervene({ scenario: "shop", kind: "resume" });
  expect((await guarded.app.request("/personalizer/v1.0/model", reset)).status).toBe(204);
  const recorded = await guarded.engine.interventions();
  expect(recorded.map(({ kind, key: name }) => [kind, name])).toEqual([
    ["resume", "admin"],
    ["pin", "admin"],
    ["resume", undefined],
    ["pause", "admin"],
  ]);
});

test("whoever erases, exports or steers is logged with the key, without the user's id", async () => {
  const { guarded, keys } = await openMatrix();
  const { app, audited, engine } = guarded;
  await engine.putUsers([{ userId: "ada" }]);
  const keyOf = (wanted: Scope) => keys.find(([scope]) => scope === wanted)?.[1] ?? "";
  const ask = (method: string, path: string, scope: Scope) =>
    app.request(path, { method, headers: { authorization: `Bearer ${keyOf(scope)}` } });
  await ask("DELETE", "/api/v1/users/ada", "write");
  await ask("GET", "/personalizer/v1.0/model", "admin");
  await ask("GET", "/api/v1/users/ada", "read");
  await ask("DELETE", "/api/v1/users/ada", "read");
  expect(await guarded.store.trail.list(9)).toEqual([
    { kind: "export", madeAt: guarded.clock(), subject: "policy 1", key: "admin" },
    { kind: "erase", madeAt: guarded.clock(), key: "write" },
  ]);
  expect(audited).toEqual([
    {
      requestId: expect.any(String),
      method: "DELETE",
      route: "/api/v1/users/:userId",
      status: 200,
      keyName: "write",
    },
    {
      requestId: expect.any(String),
      method: "GET",
      route: "/personalizer/v1.0/model",
      status: 200,
      keyName: "admin",
    },
  ]);
});
