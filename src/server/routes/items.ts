import { createRoute, z } from "@hono/zod-openapi";
import {
  type ItemBody,
  type ItemFields,
  type ItemInput,
  type ItemsRequest,
  type PageResponse,
  routes,
} from "../../contract/api.ts";
import type { Item } from "../../domain/catalogue.ts";
import { itemId } from "../../domain/ids.ts";
import type { App, RouteParts } from "../app.ts";
import { defaultLimit, jsonObject, name, optional, wire } from "../fields.ts";
import { answer, body, bodyFailures, failures } from "../operation.ts";
import { absent, deleted, maxBatch, pageQuery, putAnswer } from "./catalogue.ts";

const fields = {
  categories: optional(z.array(name)),
  attributes: optional(jsonObject),
  available: optional(z.boolean()),
};
const itemFields = wire<ItemFields>()(z.strictObject(fields).openapi("ItemFields"));
const itemInput = wire<ItemInput>()(
  z.strictObject({ itemId: name, ...fields }).openapi("ItemInput"),
);
const itemsRequest = wire<ItemsRequest>()(
  z.strictObject({ items: z.array(itemInput).min(1).max(maxBatch) }).openapi("ItemsRequest"),
);
const itemBody = wire<ItemBody>()(
  z
    .strictObject({
      itemId: name,
      categories: z.array(name),
      attributes: jsonObject,
      available: z.boolean(),
    })
    .openapi("Item"),
);
const itemPage = wire<PageResponse<ItemBody>>()(
  z.strictObject({ rows: z.array(itemBody), next: optional(name) }).openapi("ItemPage"),
);

const example = { categories: ["shoes"], attributes: { colour: "red" }, available: true };
const one = { tags: ["items"], path: `${routes.items}/{itemId}` as const };
const all = { tags: ["items"], path: routes.items };
const params = z.strictObject({ itemId: name });

const putRoute = createRoute({
  ...one,
  method: "put",
  operationId: "putItem",
  summary: "Write an item",
  description: "Replaces the whole item. Writing what is there already changes nothing.",
  request: { params, body: body(itemFields, example) },
  responses: { 200: putAnswer, ...failures(...bodyFailures) },
});

const getRoute = createRoute({
  ...one,
  method: "get",
  operationId: "getItem",
  summary: "Read an item",
  description: "The item as it was last written.",
  request: { params },
  responses: {
    200: answer("The item", itemBody, { itemId: "sku-1", ...example }),
    ...failures("invalid_request", "not_found"),
  },
});

const deleteRoute = createRoute({
  ...one,
  method: "delete",
  operationId: "deleteItem",
  summary: "Delete an item",
  description:
    "The item is no candidate any more. To withdraw it for a while, put available: false.",
  request: { params },
  responses: {
    204: deleted,
    ...failures("invalid_request", "not_found"),
  },
});

const putAllRoute = createRoute({
  ...all,
  method: "post",
  operationId: "putItems",
  summary: "Write many items",
  description: "All or none, at most 1000. Each one replaces the whole item.",
  request: { body: body(itemsRequest, { items: [{ itemId: "sku-1", ...example }] }) },
  responses: { 200: putAnswer, ...failures(...bodyFailures) },
});

const listRoute = createRoute({
  ...all,
  method: "get",
  operationId: "listItems",
  summary: "List items",
  description: "In order of id. Pass the answer's next as after to read on.",
  request: { query: pageQuery },
  responses: {
    200: answer("A page of items", itemPage, {
      rows: [{ itemId: "sku-1", ...example }],
      next: "sku-1",
    }),
    ...failures("invalid_request"),
  },
});

const toItem = (input: ItemInput): Item => ({
  itemId: itemId(input.itemId),
  categories: input.categories ?? [],
  attributes: input.attributes ?? {},
  available: input.available ?? true,
});

/** Without the event number, which is the store's own. */
const toBody = ({ itemId: id, categories, attributes, available }: Item): ItemBody => ({
  itemId: id,
  categories,
  attributes,
  available,
});

export function addItems(app: App, { engine }: RouteParts): void {
  app.openapi(putRoute, async (context) => {
    const item = toItem({ ...context.req.valid("json"), ...context.req.valid("param") });
    return context.json(await engine.putItems([item]), 200);
  });
  app.openapi(putAllRoute, async (context) => {
    return context.json(await engine.putItems(context.req.valid("json").items.map(toItem)), 200);
  });
  app.openapi(getRoute, async (context) => {
    const id = itemId(context.req.valid("param").itemId);
    const item = await engine.findItem(id);
    if (item === undefined) throw absent("item", id);
    return context.json(toBody(item), 200);
  });
  app.openapi(deleteRoute, async (context) => {
    const id = itemId(context.req.valid("param").itemId);
    if (!(await engine.deleteItem(id))) throw absent("item", id);
    return context.body(null, 204);
  });
  app.openapi(listRoute, async (context) => {
    const { after, limit = defaultLimit } = context.req.valid("query");
    const page = await engine.listItems({
      limit,
      ...(after === undefined ? {} : { after: itemId(after) }),
    });
    return context.json({ ...page, rows: page.rows.map(toBody) }, 200);
  });
}
