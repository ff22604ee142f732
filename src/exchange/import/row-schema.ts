import { createHash } from "node:crypto";
import { z } from "zod";
import { itemId, userId } from "../../domain/ids.ts";
import {
  completeCampaign,
  completeEdge,
  completeItem,
  completeUser,
} from "../../engine/input/complete.ts";
import { copyJson, JsonProblem } from "../../engine/input/copy-json.ts";
import { name, optional, time } from "../../engine/input/fields.ts";
import { campaignFields } from "../../engine/input/schemas/campaigns.ts";
import { edgeInput } from "../../engine/input/schemas/edges.ts";
import { eventFields } from "../../engine/input/schemas/events.ts";
import { itemInput } from "../../engine/input/schemas/items.ts";
import { userInput } from "../../engine/input/schemas/users.ts";
import { createFileTime } from "./event-time.ts";
import type { EventContent, Imported, ParsedRow } from "./row.ts";

export const rowKinds = ["events", "items", "users", "campaigns", "edges"] as const;
export type RowKind = (typeof rowKinds)[number];

const createEventSchema = (now: number) =>
  z.strictObject({
    ...eventFields,
    occurredAt: optional(createFileTime(now)),
    decisionId: optional(
      z.never("can't be imported: answers to a decision go to POST /api/v1/events"),
    ),
  });

type EventFields = z.output<ReturnType<typeof createEventSchema>>;

/** The same row gets the same id, from any file at any time. */
export function contentId({ type, itemId: item, value, occurredAt }: EventContent, user: string) {
  const canonical = JSON.stringify([type, user, item, value, occurredAt]);
  return `sha256:${createHash("sha256").update(canonical).digest("hex")}`;
}

function completeEvent(fields: EventFields, now: number): Imported {
  const { type, value = 1, occurredAt, consent, eventId } = fields;
  const content = { type, itemId: fields.itemId, value, occurredAt: occurredAt ?? null };
  const event = {
    eventId: eventId ?? contentId(content, fields.userId),
    type,
    userId: userId(fields.userId),
    itemId: itemId(fields.itemId),
    value,
    occurredAt: occurredAt ?? now,
    ...(consent && { consent }),
  };
  return eventId === undefined ? { event, content } : { event };
}

function describeInput(input: unknown): string {
  if (typeof input === "string") return `, got ${JSON.stringify(input.slice(0, 40))}`;
  return typeof input === "number" || typeof input === "boolean" ? `, got ${input}` : "";
}

const describeProblem = (path: readonly PropertyKey[], problem: string): string =>
  path.length === 0 ? problem : `${path.join(".")} ${problem}`;

/** Fields that a message names; a row may have any number. */
const mostNamed = 5;

function describeUnknown(keys: readonly string[], isWhole: boolean): string {
  const named = keys.slice(0, mostNamed).map((key) => `'${key.slice(0, 40)}'`);
  const more = keys.length > mostNamed ? ` and ${keys.length - mostNamed} more` : "";
  const remedy = isWhole ? "; --columns renames fields and leaves others out" : "";
  return `has unknown fields ${named.join(", ")}${more}${remedy}`;
}

function describeIssue(issue: z.core.$ZodIssue): string {
  const { code, path, message, input } = issue;
  if (code === "unrecognized_keys")
    return describeProblem(path, describeUnknown(issue.keys, path.length === 0));
  const isMissing = code === "invalid_type" && input === undefined;
  return describeProblem(path, isMissing ? "is missing" : `${message}${describeInput(input)}`);
}

export type Parsed<T> = { readonly value: T } | { readonly reason: string };

/** The reason names the field, the problem and the value. */
export function parseWith<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return { value: result.data };
  return { reason: result.error.issues.map(describeIssue).join("; ") };
}

/** Of a row whose attributes can be any JSON. */
function parseRow<T>(schema: z.ZodType<T>, value: unknown): Parsed<T> {
  const parsed = parseWith(schema, value);
  if ("reason" in parsed) return parsed;
  try {
    copyJson(value);
    return parsed;
  } catch (problem) {
    if (!(problem instanceof JsonProblem)) throw problem;
    return { reason: describeProblem(problem.path, problem.message) };
  }
}

const toTime = optional(time.transform((text) => Date.parse(text)));
const campaignSchema = z.strictObject({
  campaignId: name,
  ...campaignFields,
  startsAt: toTime,
  endsAt: toTime,
});

/** The value as a row, or its refusal. */
export function accept<T>(parsed: Parsed<T>, toRow: (value: T) => ParsedRow): ParsedRow {
  return "reason" in parsed ? { kind: "refused", reason: parsed.reason } : toRow(parsed.value);
}

/** @param now milliseconds since 1970: the time of events that bring none, and the bound of those that do */
export function createRowParser(kind: RowKind, now: number): (value: unknown) => ParsedRow {
  const eventSchema = createEventSchema(now);
  switch (kind) {
    case "items":
      return (value) =>
        accept(parseRow(itemInput, value), (item) => ({ kind: "item", item: completeItem(item) }));
    case "campaigns":
      return (value) =>
        accept(parseWith(campaignSchema, value), (campaign) => ({
          kind: "campaign",
          campaign: completeCampaign(campaign),
        }));
    case "users":
      return (value) =>
        accept(parseRow(userInput, value), (user) => ({ kind: "user", user: completeUser(user) }));
    case "edges":
      return (value) =>
        accept(parseWith(edgeInput, value), (edge) => ({ kind: "edge", edge: completeEdge(edge) }));
    case "events":
      return (value) =>
        accept(parseWith(eventSchema, value), (fields) => ({
          kind: "event",
          ...completeEvent(fields, now),
        }));
    default:
      return kind satisfies never;
  }
}
