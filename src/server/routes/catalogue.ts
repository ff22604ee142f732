import { createRoute, z } from "@hono/zod-openapi";
import type { CampaignBody } from "../../contract/campaigns.ts";
import type { ItemBody } from "../../contract/items.ts";
import type { PageQuery, PageResponse } from "../../contract/page.ts";
import type { PutResponse } from "../../contract/put-response.ts";
import type { UserBody } from "../../contract/users.ts";
import { EngineError } from "../../domain/errors.ts";
import { name, optional } from "../../engine/input/fields.ts";
import type { App } from "../app.ts";
import { count, limitText, wire } from "../fields.ts";
import { type Answer, answer, body, failures } from "../operation.ts";

// Items, users and campaigns are written, read, deleted and listed in the same way.

const pageQuery = z.strictObject({ after: optional(name), limit: optional(limitText) });
wire<PageQuery>()(pageQuery);

const putResponse = wire<PutResponse>()(
  z.strictObject({ created: count, updated: count, unchanged: count }).openapi("PutResponse"),
);
export const putAnswer: Answer<PutResponse> = answer("Outcome of the write, durable", putResponse, {
  created: 1,
  updated: 0,
  unchanged: 0,
});

type RowBody = ItemBody | UserBody | CampaignBody;
type RowKind = "item" | "user" | "campaign";

/** Differences between them on the wire and in /openapi.json. */
export interface Resource<Fields, Input, Batch> {
  readonly kind: RowKind;
  readonly path: string;
  readonly descriptions: { readonly put: string; readonly get: string; readonly delete?: string };
  readonly schemas: {
    readonly fields: z.ZodType<Fields>;
    readonly batch: z.ZodType<Batch>;
    readonly body: z.ZodType<RowBody>;
    readonly page: z.ZodType<PageResponse<RowBody>>;
  };
  readonly example: {
    readonly id: string;
    readonly fields: Fields;
    readonly batch: Batch;
    readonly body: RowBody;
  };
  readonly toInput: (id: string, fields: Fields) => Input;
  readonly toInputs: (batch: Batch) => readonly Input[];
}

/** The store of the rows, in the terms of the wire. */
export interface Rows<Input> {
  put(inputs: readonly Input[]): Promise<PutResponse>;
  find(id: string): Promise<RowBody | undefined>;
  /** Absent if a deletion has an answer of its own. */
  delete?(id: string): Promise<boolean>;
  list(page: PageQuery): Promise<PageResponse<RowBody>>;
}

const titles = { item: "Item", user: "User", campaign: "Campaign" };

/** Routes of one of them, by its id. */
function createRowRoutes<Fields, Input, Batch>({
  kind,
  path,
  descriptions,
  schemas,
  example,
}: Resource<Fields, Input, Batch>) {
  const named = `${kind === "item" ? "an" : "a"} ${kind}`;
  const suffix = titles[kind];
  const params = z.strictObject({ [`${kind}Id`]: name });
  const one = { tags: [`${kind}s`], path: `${path}/{${kind}Id}` };
  return {
    put: createRoute({
      ...one,
      method: "put",
      operationId: `put${suffix}`,
      summary: `Write ${named}`,
      description: descriptions.put,
      request: { params, body: body(schemas.fields, example.fields) },
      responses: { 200: putAnswer, ...failures() },
    }),
    get: createRoute({
      ...one,
      method: "get",
      operationId: `get${suffix}`,
      summary: `Read ${named}`,
      description: descriptions.get,
      request: { params },
      responses: {
        200: answer(`The ${kind}`, schemas.body, example.body),
        ...failures("not_found"),
      },
    }),
    delete: createRoute({
      ...one,
      method: "delete",
      operationId: `delete${suffix}`,
      summary: `Delete ${named}`,
      ...(descriptions.delete !== undefined && { description: descriptions.delete }),
      request: { params },
      responses: {
        204: { description: "Deleted; earlier decisions keep their view of it" },
        ...failures("not_found"),
      },
    }),
  };
}

/** Routes of all of a kind together. */
function createTableRoutes<Fields, Input, Batch>({
  kind,
  path,
  schemas,
  example,
}: Resource<Fields, Input, Batch>) {
  const suffix = titles[kind];
  const all = { tags: [`${kind}s`], path };
  return {
    putAll: createRoute({
      ...all,
      method: "post",
      operationId: `put${suffix}s`,
      summary: `Write many ${kind}s`,
      description: `All or none, at most 1000. Each one replaces the whole ${kind}.`,
      request: { body: body(schemas.batch, example.batch) },
      responses: { 200: putAnswer, ...failures() },
    }),
    list: createRoute({
      ...all,
      method: "get",
      operationId: `list${suffix}s`,
      summary: `List ${kind}s`,
      description: "In order of id. Pass the answer's next as after to read the next page.",
      request: { query: pageQuery },
      responses: {
        200: answer(`A page of ${kind}s`, schemas.page, {
          rows: [example.body],
          next: example.id,
        }),
        ...failures(),
      },
    }),
  };
}

function absent(kind: RowKind, id: string): EngineError {
  const path = `/api/v1/${kind}s/${encodeURIComponent(id)}`;
  return new EngineError("not_found", `no ${kind} '${id}'; create it with PUT ${path}`, {
    details: { [`${kind}Id`]: id },
  });
}

export function addResource<Fields, Input, Batch>(
  app: App,
  resource: Resource<Fields, Input, Batch>,
  rows: Rows<Input>,
): void {
  const { kind, toInput, toInputs } = resource;
  const row = createRowRoutes(resource);
  const table = createTableRoutes(resource);
  const idOf = (params: Readonly<Record<string, string>>) => params[`${kind}Id`] ?? "";
  app.openapi(row.put, async (context) => {
    const input = toInput(idOf(context.req.valid("param")), context.req.valid("json"));
    return context.json(await rows.put([input]), 200);
  });
  app.openapi(table.putAll, async (context) =>
    context.json(await rows.put(toInputs(context.req.valid("json"))), 200),
  );
  app.openapi(row.get, async (context) => {
    const id = idOf(context.req.valid("param"));
    const found = await rows.find(id);
    if (found === undefined) throw absent(kind, id);
    return context.json(found, 200);
  });
  const { delete: remove } = rows;
  if (remove)
    app.openapi(row.delete, async (context) => {
      const id = idOf(context.req.valid("param"));
      if (!(await remove(id))) throw absent(kind, id);
      return context.body(null, 204);
    });
  app.openapi(table.list, async (context) => {
    return context.json(await rows.list(context.req.valid("query")), 200);
  });
}
