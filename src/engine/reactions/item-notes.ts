import { isJsonObject, type JsonObject } from "../../domain/json.ts";
import { milliseconds } from "../input/fields.ts";
import { notesField } from "../state/notes.ts";

/** A row with the notes of its owner, who may have written them in any form. */
interface Noted {
  readonly attributes: JsonObject;
}

/** The owner's notes on an item or a user; none are empty. */
export function notesOf({ attributes }: Noted): JsonObject {
  const notes = attributes[notesField];
  return isJsonObject(notes) ? notes : {};
}

/** Milliseconds since 1970 of the item's note `time`; undefined if it has none. */
export function timeOf(row: Noted): number | undefined {
  const { success, data } = milliseconds.safeParse(notesOf(row).time);
  return success ? data : undefined;
}

/** The note `comment`; empty if there is none. */
export function commentOf(row: Noted): string {
  const { comment } = notesOf(row);
  return typeof comment === "string" ? comment : "";
}
