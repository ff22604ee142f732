import type { HistoryEntry } from "../../../domain/behaviour.ts";
import type { UserId } from "../../../domain/ids.ts";
import type { JsonObject } from "../../../domain/json.ts";
import type { Store } from "../../../storage/store.ts";

/** Newest events of a user that are kept, about 150 bytes each. */
const maxUserEvents = 1000;
const pageSize = 1000;

/** A user's events, in order of event number. */
export interface UserSequence {
  readonly userId: UserId;
  readonly attributes: JsonObject;
  readonly events: readonly HistoryEntry[];
}

async function readAttributes(store: Store): Promise<ReadonlyMap<UserId, JsonObject>> {
  const attributes = new Map<UserId, JsonObject>();
  let after: UserId | undefined;
  do {
    const page = await store.users.list({ limit: pageSize, ...(after && { after }) });
    for (const user of page.rows) attributes.set(user.userId, user.attributes);
    after = page.next;
  } while (after !== undefined);
  return attributes;
}

/** All users with their newest events, read in pages. @param onProgress events read so far */
export async function readUserSequences(
  store: Store,
  onProgress: (events: number) => void,
): Promise<readonly UserSequence[]> {
  const attributes = await readAttributes(store);
  const byUser = new Map<UserId, HistoryEntry[]>();
  let read = 0;
  for (let after = 0, more = true; more; ) {
    const page = await store.events.scan({ after, limit: pageSize });
    for (const { userId, ...event } of page) {
      const events = byUser.get(userId) ?? [];
      byUser.set(userId, events);
      // Cut at twice the limit, so that not every event moves all others.
      if (events.push(event) === 2 * maxUserEvents) events.splice(0, maxUserEvents);
    }
    read += page.length;
    onProgress(read);
    after = page.at(-1)?.sequence ?? after;
    more = page.length === pageSize;
  }
  return [...byUser].map(([userId, events]) => ({
    userId,
    attributes: attributes.get(userId) ?? {},
    events: events.slice(-maxUserEvents),
  }));
}
