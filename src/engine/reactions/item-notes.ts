import type { Item } from "../../domain/catalogue.ts";
import type { JsonObject } from "../../domain/json.ts";
import { notesField } from "../state/notes.ts";

/** The owner's notes on an item or a user; none are empty. */
export function notesOf({ attributes }: { readonly attributes: JsonObject }): JsonObject {
  const notes = attributes[notesField];
  return typeof notes === "object" && notes !== null && !Array.isArray(notes)
    ? (notes as JsonObject)
    : {};
}

/** Milliseconds since 1970 of the item's note `time`; undefined if it has none. */
export function timeOf(item: Pick<Item, "attributes">): number | undefined {
  const { time } = notesOf(item);
  return typeof time === "number" ? time : undefined;
}
