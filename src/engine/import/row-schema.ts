import { createHash } from "node:crypto";
import { z } from "zod";
import { itemId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { ImportedEvent, ParsedRow } from "./row.ts";

export const rowKinds = ["events", "items", "users"] as const;
export type RowKind = (typeof rowKinds)[number];

const maxTextLength = 256;
const maxDepth = 32;
/** A clock that runs ahead is forgiven; a time further on is a mistake of unit or of year. */
const maxAheadMs = 86_400_000;

// What the HTTP wire refuses as well: control characters and halves of surrogate pairs don't survive logs and UTF-8,
// "." and ".." vanish from URLs.
const unfit = /[\p{Cc}\p{Cs}]|^\.{1,2}$/u;

/** Ids, event types and categories. */
export const identifier: z.ZodString = z
  .string({ error: (issue) => (issue.input === undefined ? "is missing" : "must be text") })
  .min(1, "is empty")
  .max(maxTextLength, `is longer than ${maxTextLength} characters`)
  .refine(
    (text) => !unfit.test(text),
    "has a control character or a lone surrogate, or is '.' or '..'",
  );

/** Milliseconds since 1970, at most a day after `now`. */
export const createTimeSchema = (now: number): z.ZodNumber =>
  z
    .number({ error: "must be a time" })
    .min(0, "lies before 1970")
    .max(now + maxAheadMs, "lies in the future");

function isFiniteJson(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  return depth < maxDepth && Object.values(value).every((part) => isFiniteJson(part, depth + 1));
}

const isObject = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value);

// Checked in place and passed on as it came: a schema that copies would lose a key named "__proto__".
const attributes = z
  .custom<JsonObject>(
    (value) => isObject(value) && isFiniteJson(value, 0),
    `must be an object of finite JSON values, at most ${maxDepth} levels deep`,
  )
  .default({});

const itemSchema = z.strictObject({
  itemId: identifier.transform(itemId),
  categories: z.array(identifier, "must be a list of texts").default([]),
  attributes,
  available: z.boolean("must be true or false").default(true),
});

const userSchema = z.strictObject({ userId: identifier.transform(userId), attributes });

const createEventSchema = (now: number) =>
  z.strictObject({
    eventId: identifier.exactOptional(),
    type: identifier,
    userId: identifier.transform(userId),
    itemId: identifier.transform(itemId),
    value: z.number("must be a finite number").default(1),
    occurredAt: z.iso
      .datetime("must be a time in UTC such as 2026-11-25T08:00:00Z")
      .transform((text) => Date.parse(text))
      .pipe(createTimeSchema(now))
      .exactOptional(),
    decisionId: z
      .never("can't be imported: answers to a decision go to POST /api/v1/events")
      .exactOptional(),
  });

type EventFields = z.output<ReturnType<typeof createEventSchema>>;

/** The same row gets the same id, from whatever file and at whatever time it comes. */
function contentId({ type, userId, itemId, value, occurredAt }: EventFields): string {
  const canonical = JSON.stringify([type, userId, itemId, value, occurredAt ?? null]);
  return `sha256:${createHash("sha256").update(canonical).digest("hex")}`;
}

function completeEvent(fields: EventFields, now: number): ImportedEvent {
  const { type, userId, itemId, value, occurredAt = now } = fields;
  return { eventId: fields.eventId ?? contentId(fields), type, userId, itemId, value, occurredAt };
}

function describeInput(input: unknown): string {
  if (typeof input === "string") return `, got ${JSON.stringify(input.slice(0, 40))}`;
  return typeof input === "number" || typeof input === "boolean" ? `, got ${input}` : "";
}

function describeIssue({ path, message, input }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.join(".")} ${message}${describeInput(input)}`;
}

export type Parsed<T> = { readonly value: T } | { readonly reason: string };

/** Of what does not fit, the reason says which field, why, and what came. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { value: result.data };
  return { reason: result.error.issues.map(describeIssue).join("; ") };
}

/** The value as a row, or its refusal. */
export function accept<T>(parsed: Parsed<T>, toRow: (value: T) => ParsedRow): ParsedRow {
  return "reason" in parsed ? { kind: "refused", reason: parsed.reason } : toRow(parsed.value);
}

/** @param now milliseconds since 1970: the time of events that bring none, and the bound of those that do */
export function createRowParser(kind: RowKind, now: number): (value: unknown) => ParsedRow {
  const eventSchema = createEventSchema(now);
  switch (kind) {
    case "items":
      return (value) => accept(parseWith(itemSchema, value), (item) => ({ kind: "item", item }));
    case "users":
      return (value) => accept(parseWith(userSchema, value), (user) => ({ kind: "user", user }));
    case "events":
      return (value) =>
        accept(parseWith(eventSchema, value), (fields) => ({
          kind: "event",
          event: completeEvent(fields, now),
        }));
    default:
      return kind satisfies never;
  }
}
