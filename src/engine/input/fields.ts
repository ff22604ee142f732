import { z } from "zod";
import { isPlain, maxNameLength } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";

// The fields that input is put together from, over HTTP, in imported files and in calls of the library. `meta` is for
// the generator of OpenAPI.

export { optional } from "../../storage/record-schema.ts";

export const unfitText =
  "must not hold a control character or a lone surrogate, and not be '.' or '..'";

/** Ids, event types and categories. */
export const name: z.ZodString = z
  .string("must be text")
  .min(1, "must not be empty")
  .max(maxNameLength, `must not be longer than ${maxNameLength} characters`)
  .refine(isPlain, unfitText);

/** Arbitrary JSON; how deep and how large is checked before, for the input as a whole: see `copyJson`. */
export const jsonObject: z.ZodType<JsonObject> = z
  .custom<JsonObject>(
    (value) => typeof value === "object" && value !== null && !Array.isArray(value),
    "must be an object",
  )
  .meta({ type: "object", additionalProperties: true });

export const finite: z.ZodNumber = z.number("must be a finite number");

export const boolean: z.ZodBoolean = z.boolean("must be true or false");

/** An integer of a range; the bounds are part of the schema's message. */
export const integer = (minimum: number, maximum: number): z.ZodInt => {
  const message = `must be a whole number from ${minimum} to ${maximum}`;
  return z.int(message).min(minimum, message).max(maximum, message);
};

export const seed: z.ZodInt = integer(0, 2 ** 32 - 1);

/** A number that the store gave out. */
export const storeNumber: z.ZodInt = z
  .int("must be a whole number above 0")
  .min(1, "must be a whole number above 0");

/** Rows of a page. */
export const limit: z.ZodInt = integer(1, 1000);
export const defaultLimit = 100;

/** The years 0 to 9999, those that ISO 8601 writes with four digits. */
const earliest = Date.parse("0000-01-01T00:00:00Z");
const latest = Date.parse("9999-12-31T23:59:59.999Z");
const notTime = "must be whole milliseconds since 1970, of a year from 0 to 9999";
export const milliseconds: z.ZodInt = z.int(notTime).min(earliest, notTime).max(latest, notTime);

export const time: z.ZodType<string> = z.iso
  .datetime({ offset: true, error: "must be a time with its zone, such as 2026-03-01T12:00:00Z" })
  .meta({ example: "2026-03-01T12:00:00.000Z" });
