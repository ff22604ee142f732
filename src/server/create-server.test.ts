import { describe, expect, test } from "vitest";
import { openTestServer, testApi } from "../../tests/support/server.ts";
import { routes } from "../contract/routes.ts";
import { EngineError } from "../domain/errors.ts";

testApi([
  {
    name: "a path that nothing answers is not found",
    method: "GET",
    url: "/api/v2/items",
    status: 404,
    contains: ['"code":"not_found"', "GET /api/v2/items", "/openapi.json"],
  },
  {
    name: "a path that nothing answers is not found for other methods, whatever the body",
    method: "POST",
    url: "/api/v2/items",
    body: "{",
    status: 404,
    contains: ['"code":"not_found"'],
  },
  {
    name: "a method that the path does not take is refused with those it takes",
    method: "PATCH",
    url: "/api/v1/items",
    body: {},
    status: 405,
    contains: ['"code":"method_not_allowed"', "use POST, GET, HEAD"],
  },
  {
    name: "a path that breaks off in a percent sign is refused",
    method: "GET",
    url: "/api/v1/items/%E0%A4",
    status: 404,
    contains: ['"code":"not_found"'],
  },
]);

test("OPTIONS says what a path takes", async () => {
  const { send } = await openTestServer();
  const response = await send("OPTIONS", "/api/v1/items/a");
  expect(response.status).toBe(204);
  expect(response.headers.get("allow")).toBe("PUT, GET, HEAD, DELETE");
  expect((await send("OPTIONS", "/nowhere")).status).toBe(404);
});

test("a method that is refused comes with the header that lists the others, and the request's id", async () => {
  const { app } = await openTestServer();
  const headers = { "x-request-id": "r-1" };
  const response = await app.request("/health", { method: "DELETE", headers });
  expect(response.headers.get("allow")).toBe("GET, HEAD");
  expect(response.headers.get("x-request-id")).toBe("r-1");
});

test("HEAD answers as GET does, without a body", async () => {
  const { send } = await openTestServer();
  const response = await send("HEAD", "/health");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.text()).toBe("");
  expect((await send("HEAD", "/api/v1/items/a")).status).toBe(404);
});

describe("the request's id", () => {
  const ask = async (id?: string) => {
    const { app } = await openTestServer();
    const headers = id === undefined ? {} : { "x-request-id": id };
    const response = await app.request("/nowhere", { headers });
    const { error } = (await response.json()) as { error: { requestId: string } };
    return [response.headers.get("x-request-id"), error.requestId];
  };

  test("is the caller's, in header and body", async () => {
    for (const id of ["order-77", "Az_9=", "x".repeat(255)])
      expect(await ask(id)).toEqual([id, id]);
  });

  test("is a fresh one where the caller sends none", async () => {
    const [header, body] = await ask();
    expect(header).toMatch(/^[0-9a-f-]{36}$/);
    expect(body).toBe(header);
  });

  test.each(['x" injected', "2026.12:abc", "x".repeat(256)])(
    "is a fresh one where the caller's is unfit, such as %s",
    async (id) => {
      const [header, body] = await ask(id);
      expect(header).toMatch(/^[0-9a-f-]{36}$/);
      expect(body).toBe(header);
    },
  );
});

test("an error is problem details, with the code's explanation as its type", async () => {
  const { app } = await openTestServer();
  const headers = { "x-request-id": "r-1", accept: "application/json" };
  const response = await app.request("/api/v1/items/a%2Fb", { headers });
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  const message = "no item 'a/b'; create it with PUT /api/v1/items/a%2Fb";
  expect(await response.json()).toEqual({
    type: "https://github.com/recurve-engine/recurve/blob/main/docs/errors.md#not_found",
    title: "Not found",
    status: 404,
    detail: message,
    error: { code: "not_found", message, details: { itemId: "a/b" }, requestId: "r-1" },
  });
});

const failing = (error: Error) =>
  openTestServer({ change: (engine) => ({ ...engine, health: () => Promise.reject(error) }) });

test("a defect is answered as internal, logged with its reason and not told", async () => {
  const { send, logged } = await failing(new TypeError("secret of /etc/shadow"));
  const response = await send("GET", "/health");
  const text = await response.text();
  expect([response.status, JSON.parse(text).error.code]).toEqual([500, "internal"]);
  expect(text).not.toContain("secret");
  expect(logged).toEqual(["GET /health: secret of /etc/shadow"]);
});

test("a failure of the server's is told and logged", async () => {
  const { send, logged } = await failing(new EngineError("storage_unavailable", "disk full"));
  const response = await send("GET", "/health");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({
    error: { code: "storage_unavailable", message: "disk full" },
  });
  expect(logged).toEqual(["GET /health: disk full"]);
});

test("a failure of the caller's is not logged", async () => {
  const { send, logged } = await openTestServer();
  expect((await send("POST", "/api/v1/recommend", {})).status).toBe(400);
  expect(logged).toEqual([]);
});

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly parameters?: { readonly name: string; readonly required: boolean }[];
  readonly requestBody?: {
    readonly content: Record<string, { readonly example: unknown }>;
  };
  readonly responses: Record<
    string,
    {
      readonly description: string;
      readonly content?: Record<string, Content>;
    }
  >;
}

interface ObjectSchema {
  readonly $ref?: string;
  readonly required?: string[];
}

interface Content {
  readonly schema: ObjectSchema;
  readonly example?: unknown;
}

interface Schema {
  readonly openapi: string;
  readonly paths: Record<string, { readonly get?: Operation; readonly post?: Operation }>;
  readonly components: { readonly schemas: Record<string, ObjectSchema> };
}

async function readSchema(): Promise<Schema> {
  const { send } = await openTestServer();
  return (await (await send("GET", routes.openApi)).json()) as Schema;
}

describe("the schema at /openapi.json", () => {
  test("has every route of the contract but itself", async () => {
    const { paths, openapi } = await readSchema();
    const { openApi: _, ...others } = routes;
    const expected = [
      ...Object.values(others),
      `${routes.decisions}/{decisionId}`,
      `${routes.decisions}/{decisionId}/activate`,
      `${routes.decisions}/{decisionId}/explanation`,
      `${routes.cycles}/{cycle}`,
      `${routes.items}/{itemId}`,
      `${routes.users}/{userId}`,
      `${routes.campaigns}/{campaignId}`,
      `${routes.edges}/{userId}`,
      `${routes.edges}/{userId}/{type}/{to}`,
    ];
    expect(openapi).toBe("3.1.0");
    expect(new Set(Object.keys(paths))).toEqual(new Set(expected));
  });

  test("explains each operation, with examples and errors", async () => {
    const { paths } = await readSchema();
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(38);
    expect(new Set(operations.map(({ summary }) => summary)).size).toBe(38);
    for (const { summary, description, responses } of operations) {
      expect(summary.length * description.length).toBeGreaterThan(0);
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(["500", "503"]));
      const contents = Object.values(responses).flatMap(({ content = {} }) =>
        Object.values(content),
      );
      for (const { example } of contents) expect(example).toBeDefined();
      expect(Object.keys(responses[503]?.content ?? {})).toEqual(["application/problem+json"]);
    }
  });

  test("says of each list by scenario that the scenario must be known", async () => {
    const { paths } = await readSchema();
    for (const route of [routes.policies, routes.cycles, routes.rewardSeries])
      expect(paths[route]?.get?.responses[422]?.description).toContain("unknown_scenario");
  });

  test("says which fields may be absent", async () => {
    const { components, paths } = await readSchema();
    const { RecommendRequest, Item } = components.schemas;
    expect(RecommendRequest?.required).toEqual(["userId"]);
    expect(Item?.required).toEqual(["itemId", "categories", "attributes", "available"]);
    const parameters = paths["/api/v1/items"]?.get?.parameters ?? [];
    expect(parameters.map(({ name, required }) => [name, required])).toEqual([
      ["after", false],
      ["limit", false],
    ]);
  });

  test("requires no field of an answer that its example lacks", async () => {
    const { components, paths } = await readSchema();
    const contents = Object.values(paths)
      .flatMap((path) => Object.values(path))
      .flatMap(({ responses }) => Object.values(responses))
      .flatMap(({ content }) => content?.["application/json"] ?? []);
    expect(contents).toHaveLength(34);
    for (const { schema, example } of contents) {
      const named = components.schemas[schema.$ref?.replace(/^.*\//, "") ?? ""] ?? schema;
      expect(Object.keys(example as object)).toEqual(expect.arrayContaining(named.required ?? []));
    }
  });

  test("has request examples that the server takes", async () => {
    const reward = { weights: { click: 1, conversion: 1 }, windowSeconds: 60, maximum: 5 };
    const shop = { slateSize: 1, excludeSeen: false, reward };
    const ads = { outcomes: ["click", "conversion"] };
    const { send } = await openTestServer({
      configuration: {
        scenarios: [
          { name: "items", ...shop },
          { name: "ads", ...shop, ads },
        ],
      },
    });
    const { paths } = await readSchema();
    let examples = 0;
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { requestBody }] of Object.entries(operations)) {
        if (requestBody === undefined) continue;
        examples++;
        const url = path.replace(/\{\w+\}/, "example");
        const example = requestBody.content["application/json"]?.example;
        const response = await send(method.toUpperCase(), url, example);
        expect(await response.text()).not.toContain("invalid_request");
      }
    }
    expect(examples).toBe(12);
  });
});
