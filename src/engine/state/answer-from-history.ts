import type { HistoryEntry } from "../../domain/behaviour.ts";
import type { ItemId, UserId } from "../../domain/ids.ts";
import { sequenceLength } from "../../policy/profile.ts";
import type { EventStore } from "../../storage/event-store.ts";
import type { Store } from "../../storage/store.ts";

type LastEventsOptions = Parameters<EventStore["lastEvents"]>[1];

function findLast(
  history: readonly HistoryEntry[],
  { types, since = Number.NEGATIVE_INFINITY }: LastEventsOptions,
): ReadonlyMap<ItemId, number> {
  const last = new Map<ItemId, number>();
  for (const { itemId, type, occurredAt } of history) {
    if (occurredAt <= since || types?.includes(type) === false) continue;
    last.set(itemId, Math.max(occurredAt, last.get(itemId) ?? occurredAt));
  }
  return last;
}

/**
 * The record, with a user's last events from a history that has been read, if that holds all of them. Each rule asks for some, and would read
 * the same rows again.
 * @param read.history of `readUser`, as of `asOf`
 */
export function answerFromHistory(
  store: Store,
  {
    userId,
    asOf,
    history,
  }: {
    readonly userId: UserId;
    readonly asOf: number;
    readonly history: readonly HistoryEntry[];
  },
): Store {
  if (history.length >= sequenceLength) return store;
  const { events } = store;
  const lastEvents: EventStore["lastEvents"] = async (user, options) =>
    user === userId && options.asOf === asOf
      ? findLast(history, options)
      : events.lastEvents(user, options);
  return { ...store, events: { ...events, lastEvents } };
}
