import { EngineError } from "../../domain/errors.ts";
import { itemId, type UserId, userId } from "../../domain/ids.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { UserReaction } from "../../domain/reaction.ts";
import type { EventRow } from "../../storage/event-store.ts";
import type { ReactionRow } from "../../storage/reaction-store.ts";
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
async function toReactionRows(
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

/** Reactions with their events, all or none. @throws invalid_request */
export async function recordReactions(
  parts: RecordParts,
  inputs: readonly ReactionInput[],
  { overwrites }: { readonly overwrites: boolean },
): Promise<void> {
  await parts.store.reactions.record(await toReactionRows(parts, inputs, overwrites));
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
