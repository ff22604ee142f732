import { z } from "@hono/zod-openapi";
import { EngineError } from "../../domain/errors.ts";
import type { Json } from "../../domain/json.ts";
import { isWithinLimits, mostText, tooLarge } from "../../engine/input/attributes.ts";
import { integer, name, optional } from "../../engine/input/fields.ts";
import { refuseInput } from "../../engine/input/parse-input.ts";
import { describeProblems } from "../../engine/input/schema-problems.ts";
import { parseIsoTime } from "../parse-iso-time.ts";

// Gorse's clients send fields that no longer exist, and null for absent ones: unknown fields are left out.

/** Go's zero time, which its clients send for an absent one. */
const zeroTime = "0001-01-01T00:00:00Z";
const latest = Date.parse("9999-12-31T23:59:59.999Z");

/** Milliseconds since 1970; undefined for Go's zero time and an empty text. */
export const gorseTime: z.ZodType<number | undefined> = z
  .string("must be a time such as 2026-03-01T12:00:00Z")
  .transform((text, context) => {
    if (text === "" || text.startsWith("0001-01-01")) return undefined;
    const time = parseIsoTime(text);
    if (time >= 0 && time <= latest) return time;
    context.addIssue({
      code: "custom",
      message: "must be a time since 1970 such as 2026-03-01T12:00:00Z",
      input: text,
    });
    return z.NEVER;
  });

/** As Go writes it: without a fraction of zeros. */
export const toGorseTime = (time: number | undefined): string =>
  time === undefined ? zeroTime : new Date(time).toISOString().replace(/\.?0+Z$/, "Z");

/** Absent, `null` or the value. */
export const nullable = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> =>
  z.preprocess((value) => value ?? undefined, schema.optional());

/** Any JSON of the size that attributes may have. */
export const labels: z.ZodType<Json | undefined> = nullable(
  z.custom<Json>((value) => isWithinLimits(value as Json), tooLarge),
);

export const comment: z.ZodType<string | undefined> = nullable(
  z.string().max(mostText, `must not be longer than ${mostText} characters`),
);

const wholeText = (minimum: number, maximum: number) =>
  z
    .string()
    .transform((text) => (text.trim() === "" ? Number.NaN : Number(text)))
    .pipe(integer(minimum, maximum));

/** Rows that Gorse returns if a request does not say how many. */
const defaultN = 10;
/** Items of a slate. */
const mostRecommended = 50;

/** Rows of a list, and the rows before them. */
export interface ListPage {
  readonly n: number;
  readonly offset: number;
}

/** Without the items of a user, if it names one. */
export const pageQuery: z.ZodType<ListPage & { readonly "user-id"?: string }> = z.object({
  n: wholeText(1, 1000).default(defaultN),
  offset: wholeText(0, 1_000_000).default(0),
  "user-id": optional(name),
});

/** Rows of a page, and where it begins: empty for the first. */
export const cursorQuery: z.ZodType<{ readonly n: number; readonly cursor: string }> = z
  .object({
    n: wholeText(1, 1000).default(defaultN),
    cursor: z.string().default(""),
    // The official client's spelling, which Gorse itself does not read.
    Cursor: z.string().default(""),
  })
  .transform(({ n, cursor, Cursor }) => ({ n, cursor: cursor === "" ? Cursor : cursor }));

const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** Go's form of a duration, such as 1h30m or 500ms, in milliseconds. */
const duration = z
  .string()
  .regex(/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/, "must be a duration such as 10m or 1h30m0s")
  .transform((text) =>
    [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)].reduce(
      (sum, [, amount, unit = ""]) => sum + Number(amount) * (unitMs[unit] ?? 0),
      0,
    ),
  )
  .pipe(z.number().max(366 * 24 * 3_600_000, "must be at most 8784h"));

export interface RecommendQuery extends ListPage {
  readonly "write-back-type"?: string;
  /** Milliseconds. */
  readonly "write-back-delay": number;
}

export const recommendQuery: z.ZodType<RecommendQuery> = z.object({
  n: wholeText(1, mostRecommended).default(defaultN),
  offset: wholeText(0, 1_000_000).default(0),
  "write-back-type": optional(name),
  "write-back-delay": duration.default(0),
});

/** @throws invalid_request naming the field of the query, the path or the body */
export function parseField<T>(schema: z.ZodType<T>, input: unknown, place: string): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw refuseInput(describeProblems(parsed.error, input), { place });
}

export const notThere = (kind: string, id: string): EngineError =>
  new EngineError("not_found", `no ${kind} '${id}'; insert it first`, { details: { id } });
