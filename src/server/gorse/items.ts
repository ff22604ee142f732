import { z } from "@hono/zod-openapi";
import type { ItemInput } from "../../contract/items.ts";
import type { Item } from "../../domain/catalogue.ts";
import { itemId } from "../../domain/ids.ts";
import { boolean, name } from "../../engine/input/fields.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { categories } from "../../engine/input/schemas/items.ts";
import { notesOf, timeOf } from "../../engine/reactions/item-notes.ts";
import { notesField } from "../../engine/state/notes.ts";
import { readBody } from "../request-body.ts";
import {
  comment,
  cursorQuery,
  gorseTime,
  labels,
  notThere,
  nullable,
  parseField,
  toGorseTime,
} from "./gorse-fields.ts";
import type { AddGorseRoute, GorseParts } from "./gorse-routes.ts";

const patch = z.object({
  IsHidden: nullable(boolean),
  Categories: nullable(categories),
  Timestamp: nullable(gorseTime),
  Labels: labels,
  Comment: comment,
});
const item = patch.extend({ ItemId: name });
const unchanged = patch.parse({});

type ItemBefore = Pick<Item, "categories" | "attributes" | "available">;
const fresh: ItemBefore = { categories: [], attributes: {}, available: true };

/** Labels are features, time and comment are notes. */
function toInput(
  { ItemId, IsHidden, Categories, Timestamp, Labels, Comment }: z.output<typeof item>,
  { categories, attributes, available }: ItemBefore = fresh,
): ItemInput {
  const notes = {
    ...notesOf({ attributes }),
    ...(Comment !== undefined && { comment: Comment }),
    ...(Timestamp !== undefined && { time: Timestamp }),
  };
  return {
    itemId: ItemId,
    categories: Categories ?? categories,
    available: IsHidden === undefined ? available : !IsHidden,
    attributes: {
      ...attributes,
      ...(Labels !== undefined && { labels: Labels }),
      [notesField]: notes,
    },
  };
}

const toItem = (found: Item) => ({
  ItemId: found.itemId,
  IsHidden: !found.available,
  Labels: found.attributes.labels ?? null,
  Categories: found.categories,
  Timestamp: toGorseTime(timeOf(found)),
  Comment: notesOf(found).comment ?? "",
});

export function addGorseItems(route: AddGorseRoute, { engine, reactions }: GorseParts): void {
  const put = async (rows: readonly z.output<typeof item>[]) => {
    await engine.putItems(rows.map((row) => toInput(row)));
    return { RowAffected: rows.length };
  };
  const get = async (id: string) => {
    const found = await engine.findItem(id);
    if (found === undefined) throw notThere("item", id);
    return found;
  };
  const change = async (id: string, changed: Partial<z.output<typeof patch>>) => {
    await engine.putItems([toInput({ ...unchanged, ...changed, ItemId: id }, await get(id))]);
    return { RowAffected: 1 };
  };
  route("POST", "/item", async ({ context }) =>
    put([parseField(item, await readBody(context), "body")]),
  );
  route("POST", "/items", async ({ context }) =>
    put(parseField(batch(item), await readBody(context), "body")),
  );
  route("GET", "/items", async ({ context }) => {
    const { n, cursor } = parseField(cursorQuery, context.req.query(), "query");
    const after = cursor === "" ? {} : { after: parseField(name, cursor, "cursor") };
    const { rows, next = "" } = await engine.listItems({ limit: n, ...after });
    return { Cursor: next, Items: rows.map(toItem) };
  });
  route("GET", "/item/:item", async ({ id }) => toItem(await get(id("item"))));
  route("PATCH", "/item/:item", async ({ context, id }) =>
    change(id("item"), parseField(patch, await readBody(context), "body")),
  );
  route("DELETE", "/item/:item", async ({ id }) => {
    await reactions.delete({ itemId: itemId(id("item")) });
    return { RowAffected: (await engine.deleteItem(id("item"))) ? 1 : 0 };
  });
  route("PUT", "/item/:item/category/:named", async ({ id }) => {
    const { categories } = await get(id("item"));
    return change(id("item"), { Categories: [...new Set([...categories, id("named")])] });
  });
  route("DELETE", "/item/:item/category/:named", async ({ id }) => {
    const { categories } = await get(id("item"));
    return change(id("item"), { Categories: categories.filter((one) => one !== id("named")) });
  });
}
