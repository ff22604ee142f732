import { z } from "zod";
import type { ItemFields, ItemInput } from "../../../contract/items.ts";
import { attributes } from "../attributes.ts";
import { exactly } from "../exactly.ts";
import { boolean, name, optional } from "../fields.ts";

/** Each of them may become a list of the items that may be shown. */
const maxCategories = 1000;
export const categories: z.ZodArray<z.ZodString> = z
  .array(name, "must be a list of texts")
  .max(maxCategories, `must hold at most ${maxCategories} texts`);

const item = {
  categories: optional(categories),
  attributes: optional(attributes),
  available: optional(boolean),
};
export const itemFields: z.ZodType<ItemFields> = exactly<ItemFields>()(
  z.strictObject(item).meta({ id: "ItemFields" }),
);
export const itemInput: z.ZodType<ItemInput> = exactly<ItemInput>()(
  z.strictObject({ itemId: name, ...item }).meta({ id: "ItemInput" }),
);
