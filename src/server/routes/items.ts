import { z } from "@hono/zod-openapi";
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
import { jsonObject, name, optional, wire } from "../fields.ts";
import { addResource, maxBatch, type Resource } from "./catalogue.ts";

const fields = {
  categories: optional(z.array(name)),
  attributes: optional(jsonObject),
  available: optional(z.boolean()),
};
const input = wire<ItemInput>()(z.strictObject({ itemId: name, ...fields }).openapi("ItemInput"));
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

const example = { categories: ["shoes"], attributes: { colour: "red" }, available: true };

const items: Resource<ItemFields, ItemInput, ItemsRequest> = {
  kind: "item",
  path: routes.items,
  descriptions: {
    put: "Replaces the whole item. Writing what is there already changes nothing.",
    get: "The item as it was last written.",
    delete: "The item is no candidate any more. To withdraw it for a while, put available: false.",
  },
  schemas: {
    fields: wire<ItemFields>()(z.strictObject(fields).openapi("ItemFields")),
    batch: wire<ItemsRequest>()(
      z.strictObject({ items: z.array(input).min(1).max(maxBatch) }).openapi("ItemsRequest"),
    ),
    body: itemBody,
    page: wire<PageResponse<ItemBody>>()(
      z.strictObject({ rows: z.array(itemBody), next: optional(name) }).openapi("ItemPage"),
    ),
  },
  example: {
    id: "sku-1",
    fields: example,
    batch: { items: [{ itemId: "sku-1", ...example }] },
    body: { itemId: "sku-1", ...example },
  },
  toInput: (id, written) => ({ ...written, itemId: id }),
  toInputs: (batch) => batch.items,
};

const toItem = (written: ItemInput): Item => ({
  itemId: itemId(written.itemId),
  categories: written.categories ?? [],
  attributes: written.attributes ?? {},
  available: written.available ?? true,
});

/** Without the event number, which is the store's own. */
const toBody = ({ itemId: id, categories, attributes, available }: Item): ItemBody => ({
  itemId: id,
  categories,
  attributes,
  available,
});

export function addItems(app: App, { engine }: RouteParts): void {
  addResource(app, items, {
    put: (inputs) => engine.putItems(inputs.map(toItem)),
    find: async (id) => {
      const item = await engine.findItem(itemId(id));
      return item && toBody(item);
    },
    delete: (id) => engine.deleteItem(itemId(id)),
    list: async ({ after, limit }) => {
      const from = after === undefined ? {} : { after: itemId(after) };
      const page = await engine.listItems({ ...from, limit });
      return { ...page, rows: page.rows.map(toBody) };
    },
  });
}
