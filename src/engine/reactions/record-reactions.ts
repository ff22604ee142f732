import { EngineError } from "../../domain/errors.ts";
import { type ItemId, itemId, type UserId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { UserReaction } from "../../domain/reaction.ts";
import type { EventRow } from "../../storage/event-store.ts";
import type { ReactionRow } from "../../storage/reaction-store.ts";
import { completeItem, completeUser } from "../input/complete.ts";
import { attributeEvents, type RecordParts } from "../serving/record.ts";

/** A reaction as it arrives. */
export interface ReactionInput {
  readonly userId: string;
  readonly itemId: string;
  readonly type: string;
  readonly value: number;
  /** Milliseconds since 1970; in the future it is pending until then. Default: now. */
  readonly occurredAt?: number | undefined;
  readonly notes?: JsonObject;
  /** Decision that showed the item. Default: the user's newest open one that did. */
  readonly decisionId?: string;
}

const toEvent = ({ notes: _, occurredAt, ...event }: ReactionInput) => ({
  ...event,
  ...(occurredAt !== undefined && { occurredAt }),
});

/** Rows of reactions; those in the future bring no event yet. */
export async function toReactionRows(
  parts: RecordParts,
  inputs: readonly ReactionInput[],
  overwrites: boolean,
): Promise<readonly ReactionRow[]> {
  const now = parts.clock();
  const isPending = ({ occurredAt = now }: ReactionInput) => occurredAt > now;
  const happened = inputs.filter((input) => !isPending(input));
  const attributed = await attributeEvents(parts, happened.map(toEvent));
  const events = new Map(happened.map((input, index) => [input, attributed[index]?.row]));
  return inputs.map((input) => {
    const { userId: user, itemId: item, type, value, occurredAt = now, notes = {} } = input;
    const event = events.get(input);
    const key = { userId: userId(user), itemId: itemId(item), type };
    return {
      reaction: { ...key, value, occurredAt, updatedAt: now, isPending: isPending(input), notes },
      overwrites,
      ...(event && { event }),
    };
  });
}

/**
 * As Gorse does by default, users and items that a reaction names are created. Not items with `privacy.differential`: a private
 * encoder lists the catalogue's ids, which would then be doings of users.
 */
async function createNamed(
  { store: { users, items }, configuration, clock }: RecordParts,
  inputs: readonly ReactionInput[],
): Promise<void> {
  const createsItems = configuration.privacy.differential === undefined;
  const userIds: UserId[] = [];
  const itemIds: ItemId[] = [];
  for (const user of new Set(inputs.map((input) => userId(input.userId))))
    if (!(await users.find(user))) userIds.push(user);
  for (const item of new Set(createsItems ? inputs.map((input) => itemId(input.itemId)) : []))
    if (!(await items.find(item))) itemIds.push(item);
  // One that is written meanwhile stays as it is.
  await Promise.all([
    ...userIds.map((user) => users.change(user, (row) => row ?? completeUser({ userId: user }))),
    ...itemIds.map((item) =>
      items.change(item, (row) => row ?? completeItem({ itemId: item }), clock()),
    ),
  ]);
}

/** Reactions with their events. @throws invalid_request before anything changes */
export async function recordReactions(
  parts: RecordParts,
  inputs: readonly ReactionInput[],
  { overwrites }: { readonly overwrites: boolean },
): Promise<void> {
  const rows = await toReactionRows(parts, inputs, overwrites);
  await createNamed(parts, inputs);
  await parts.store.reactions.record(rows);
}

/** Its event; none of a value that overflows with the weight of now, since there is nobody to refuse it to. */
async function findEvent(
  parts: RecordParts,
  { userId: user, itemId: item, type, value, occurredAt }: UserReaction,
): Promise<EventRow | undefined> {
  try {
    const event = { userId: user, itemId: item, type, value, occurredAt };
    return (await attributeEvents(parts, [event]))[0]?.row;
  } catch (error) {
    if (error instanceof EngineError && error.code === "invalid_request") return undefined;
    throw error;
  }
}

/** Reactions of one transaction. */
const mostSettled = 1000;

/** Pending reactions that have occurred become events. @param user default: of all users */
export async function settleReactions(parts: RecordParts, user?: UserId): Promise<void> {
  const { reactions } = parts.store;
  const now = parts.clock();
  const asked = { now, limit: mostSettled, ...(user !== undefined && { userId: user }) };
  for (let due = await reactions.due(asked); due.length > 0; due = await reactions.due(asked)) {
    const rows: ReactionRow[] = [];
    for (const reaction of due) {
      const event = await findEvent(parts, reaction);
      const settled = { ...reaction, updatedAt: now, isPending: false };
      rows.push({ reaction: settled, overwrites: true, ...(event && { event }) });
    }
    await reactions.settle(rows);
  }
}
