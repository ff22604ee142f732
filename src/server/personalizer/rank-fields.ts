import { z } from "@hono/zod-openapi";
import type { Candidate } from "../../domain/decision.ts";
import { itemId } from "../../domain/ids.ts";
import type { Json, JsonObject } from "../../domain/json.ts";
import { mostActions } from "../../engine/configuration/compatibility.ts";
import { attributes } from "../../engine/input/attributes.ts";
import { boolean, finite, name } from "../../engine/input/fields.ts";
import { refuseInput } from "../../engine/input/parse-input.ts";
import { describeProblems } from "../../engine/input/schema-problems.ts";
import type { RankRequest } from "../../engine/ranks/rank-request.ts";
import { type PersonalizerCode, personalizerError } from "./errors.ts";

/** Absent or `null`: the clients of some languages send it. */
const orNothing = <T>(schema: z.ZodType<T>): z.ZodType<T | undefined> =>
  z.preprocess((value) => value ?? undefined, schema.optional());

const features = z
  .array(attributes.nullable(), "must be a list of objects")
  .transform((list) => list.filter((one) => one !== null));

const action = z.object({
  id: name,
  features: features.refine((list) => list.length > 0, "must have at least one object"),
});
const actions = z
  .array(action, "must be a list of actions")
  .min(1, "must have at least one action")
  .max(mostActions, `must have at most ${mostActions} actions`)
  .refine(
    (list) => new Set(list.map(({ id }) => id)).size === list.length,
    "must have each id once",
  );

const common = {
  contextFeatures: orNothing(features),
  actions,
  eventId: orNothing(name),
  deferActivation: orNothing(boolean),
};
const excluded = orNothing(z.array(name));
const rank = z.object({ ...common, excludedActions: excluded });
const slot = z.object({
  id: name,
  features: orNothing(features),
  excludedActions: excluded,
  baselineAction: name,
});
const multiSlotRank = z.object({ ...common, slots: z.array(slot).min(1, "must have a slot") });

const value = finite.min(-1, "must be from -1 to 1").max(1, "must be from -1 to 1");
export const rewardBody: z.ZodType<{ readonly value: number }> = z.object({ value });
export const slotRewardsBody: z.ZodType<{
  readonly reward: readonly { readonly slotId: string; readonly value: number }[];
}> = z.object({ reward: z.array(z.object({ slotId: name, value })).min(1, "must have a reward") });

/** @throws invalid_request with Personalizer's code */
export function parseWire<T>(schema: z.ZodType<T>, body: unknown, code: PersonalizerCode): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { message } = refuseInput(describeProblems(parsed.error, body), { place: "body" });
  throw personalizerError(code, message);
}

/** One object of the list of objects; a feature that several have is the list of its values. */
function merge(list: readonly JsonObject[] = []): JsonObject {
  const merged: Record<string, Json> = {};
  for (const one of list)
    for (const [key, feature] of Object.entries(one))
      merged[key] = Object.hasOwn(merged, key) ? [merged[key] ?? null, feature].flat() : feature;
  return merged;
}

const toCandidate = ({ id, features: list }: z.output<typeof action>): Candidate => ({
  itemId: itemId(id),
  features: merge(list),
});

const refuse = (message: string) => personalizerError("InvalidRankRequest", message);

/** A rank request with the actions that it excludes, in the order in which they came. */
export interface ParsedRank {
  readonly request: RankRequest;
  readonly order: readonly string[];
}

export function parseRank(body: unknown): ParsedRank {
  const parsed = parseWire(rank, body, "InvalidRankRequest");
  const out = new Set(parsed.excludedActions);
  const candidates = parsed.actions.filter(({ id }) => !out.has(id)).map(toCandidate);
  if (candidates.length === 0)
    throw refuse("excludedActions has all actions: leave at least one of them");
  const { eventId, deferActivation = false } = parsed;
  const context = merge(parsed.contextFeatures);
  const slots = [{ candidates, context }];
  return {
    request: { eventId, slots, isDeferred: deferActivation },
    order: parsed.actions.map(({ id }) => id),
  };
}

type MultiSlot = z.output<typeof multiSlotRank>;

function checkSlots({ slots, actions: all }: MultiSlot): void {
  const known = new Set(all.map(({ id }) => id));
  if (slots.length > all.length)
    throw refuse(
      `slots has ${slots.length} slots and actions ${all.length}: send an action for each`,
    );
  const baselines = new Set(slots.map(({ baselineAction }) => baselineAction));
  if (new Set(slots.map(({ id }) => id)).size < slots.length)
    throw refuse("slots has an id twice: give each slot its own");
  if (baselines.size < slots.length)
    throw refuse("slots has a baselineAction twice: give each slot its own");
  for (const { id, baselineAction, excludedActions = [] } of slots) {
    if (!known.has(baselineAction))
      throw refuse(`baselineAction of slot '${id}' is no action: send the id of one`);
    if (excludedActions.includes(baselineAction))
      throw refuse(`slot '${id}' excludes its baselineAction: take it out of excludedActions`);
  }
}

/** Of each slot the baseline comes first: the caller's own order. */
export function parseMultiSlotRank(
  body: unknown,
): ParsedRank & { readonly slotIds: readonly string[] } {
  const parsed = parseWire(multiSlotRank, body, "InvalidRankRequest");
  checkSlots(parsed);
  const { eventId, deferActivation = false } = parsed;
  const context = merge(parsed.contextFeatures);
  const slots = parsed.slots.map(({ id, features: own, excludedActions = [], baselineAction }) => {
    const first = (one: { readonly id: string }) => (one.id === baselineAction ? 0 : 1);
    const candidates = parsed.actions
      .filter((one) => !excludedActions.includes(one.id))
      .toSorted((left, right) => first(left) - first(right))
      .map(toCandidate);
    return { candidates, context: { context, slot: { ...merge(own), id } } };
  });
  return {
    request: { eventId, slots, isDeferred: deferActivation },
    order: parsed.actions.map(({ id }) => id),
    slotIds: parsed.slots.map(({ id }) => id),
  };
}
