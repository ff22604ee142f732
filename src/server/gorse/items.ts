import { z } from "@hono/zod-openapi";
import type { Item } from "../../domain/catalogue.ts";
import { itemId } from "../../domain/ids.ts";
import { boolean, name } from "../../engine/input/fields.ts";
import { batch } from "../../engine/input/schemas/batch.ts";
import { categories } from "../../engine/input/schemas/items.ts";
import { commentOf, timeOf } from "../../engine/reactions/item-notes.ts";
import { type ItemPatch, patchedItem } from "../../engine/reactions/patch-rows.ts";
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

/** Labels are features, time and comment are notes. */
const toPatch = ({
  IsHidden,
  Categories,
  Timestamp,
  Labels,
  Comment,
}: z.output<typeof patch>): ItemPatch => ({
  ...(Categories && { categories: () => Categories }),
  ...(IsHidden !== undefined && { available: !IsHidden }),
  attributes: Labels === undefined ? {} : { labels: Labels },
  notes: {
    ...(Comment !== undefined && { comment: Comment }),
    ...(Timestamp !== undefined && { time: Timestamp }),
  },
});

const fresh = { categories: [], attributes: {}, available: true };

const toItem = (found: Item) => ({
  ItemId: found.itemId,
  IsHidden: !found.available,
  Labels: found.attributes.labels ?? null,
  Categories: found.categories,
  Timestamp: toGorseTime(timeOf(found)),
  Comment: commentOf(found),
});

export function addGorseItems(route: AddGorseRoute, { engine, reactions }: GorseParts): void {
  const put = async (rows: readonly z.output<typeof item>[]) => {
    await engine.putItems(
      rows.map((row) => patchedItem({ itemId: itemId(row.ItemId), ...fresh }, toPatch(row))),
    );
    return { RowAffected: rows.length };
  };
  const get = async (id: string) => {
    const found = await engine.findItem(id);
    if (found === undefined) throw notThere("item", id);
    return found;
  };
  const change = async (id: string, changed: ItemPatch) => {
    if (!(await reactions.patchItem(id, changed))) throw notThere("item", id);
    return { RowAffected: 1 };
  };
  const changeCategories = (id: string, categories: NonNullable<ItemPatch["categories"]>) =>
    change(id, { categories, attributes: {}, notes: {} });
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
    change(id("item"), toPatch(parseField(patch, await readBody(context), "body"))),
  );
  route("DELETE", "/item/:item", async ({ id }) => {
    await reactions.delete({ itemId: itemId(id("item")) });
    return { RowAffected: (await engine.deleteItem(id("item"))) ? 1 : 0 };
  });
  route("PUT", "/item/:item/category/:named", async ({ id }) => {
    const named = id("named");
    return changeCategories(id("item"), (before) => [...new Set([...before, named])]);
  });
  route("DELETE", "/item/:item/category/:named", async ({ id }) => {
    const named = id("named");
    return changeCategories(id("item"), (before) => before.filter((one) => one !== named));
  });
}
