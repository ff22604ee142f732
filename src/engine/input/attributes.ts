import { z } from "zod";
import type { Json, JsonObject } from "../../domain/json.ts";

/** Objects, lists and their values: each request reads those of its user. An embedding has up to some thousands. */
const mostValues = 5000;
/** UTF-16 units of keys and texts. */
export const mostText = 65_536;

/** Message for JSON that is not within the limits. */
export const tooLarge: string = `must be at most ${mostValues} values and ${mostText} characters`;

function textOf(value: Json): number {
  if (typeof value === "string") return value.length;
  return Array.isArray(value) ? 0 : Object.keys(value ?? {}).join("").length;
}

const within = (value: Json): readonly Json[] =>
  typeof value === "object" ? Object.values(value ?? {}) : [];

/** Without recursion: rows of files come in any depth. */
export function isWithinLimits(attributes: Json): boolean {
  const all: Json[] = [attributes];
  let text = 0;
  for (const value of all) {
    const inner = within(value);
    // Before the text of the keys is joined: of a whole body that takes as long as reading it.
    if (all.length + inner.length > mostValues) return false;
    text += textOf(value);
    if (text > mostText) return false;
    all.push(...inner);
  }
  return true;
}

/** Facts about a user, an item, a candidate or a moment. */
export const attributes: z.ZodType<JsonObject> = z
  .custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    { error: "must be an object", abort: true },
  )
  .refine(isWithinLimits, tooLarge)
  .meta({ type: "object", additionalProperties: true });
