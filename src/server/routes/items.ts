import { z } from "@hono/zod-openapi";
import type { ItemBody, ItemFields, ItemInput, ItemsRequest } from "../../contract/items.ts";
import type { PageResponse } from "../../contract/page.ts";
import { routes } from "../../contract/routes.ts";
import type { Item } from "../../domain/catalogue.ts";
import { jsonObject, name, optional } from "../../engine/input/fields.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { itemFields, itemInput } from "../../engine/input/schemas/items.ts";
import type { App, RouteParts } from "../app.ts";
import { wire } from "../fields.ts";
import { addResource, type Resource } from "./catalogue.ts";

const input = wire<ItemInput>()(itemInput);
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
    put: "Replaces the whole item. Writing an equal item changes nothing.",
    get: "The item as it was last written.",
    delete: "The item is no candidate any more. To withdraw it for a while, put available: false.",
  },
  schemas: {
    fields: wire<ItemFields>()(itemFields),
    batch: wire<ItemsRequest>()(
      z.strictObject({ items: batch(input).min(1, "must not be empty") }).openapi("ItemsRequest"),
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

/** Without the event number, which is the store's own. */
const toBody = ({ itemId: id, categories, attributes, available }: Item): ItemBody => ({
  itemId: id,
  categories,
  attributes,
  available,
});

export function addItems(app: App, { engine }: RouteParts): void {
  addResource(app, items, {
    put: (inputs) => engine.putItems(inputs),
    find: async (id) => {
      const item = await engine.findItem(id);
      return item && toBody(item);
    },
    delete: (id) => engine.deleteItem(id),
    list: async (query) => {
      const page = await engine.listItems(query);
      return { ...page, rows: page.rows.map(toBody) };
    },
  });
}
