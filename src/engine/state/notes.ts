import type { JsonObject } from "../../domain/json.ts";

/** Attribute of an item or a user that is kept for its owner, and is no feature. */
export const notesField = "$notes";

/** Without the owner's notes. */
export function featuresOf(attributes: JsonObject): JsonObject {
  if (!Object.hasOwn(attributes, notesField)) return attributes;
  const { [notesField]: _, ...features } = attributes;
  return features;
}
