import { batchesOf } from "../../src/contract/batches.ts";
import { decisionId, itemId, userId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/engine/open-store.ts";
import type { Acknowledged } from "./visitors.ts";

/** Share of what a killed server had acknowledged that is in its record. */
export async function findAcknowledged(
  path: string,
  { decisionIds, events }: Acknowledged,
): Promise<number> {
  const store = await openStore(path);
  try {
    let found = 0;
    for (const ids of batchesOf(decisionIds)) {
      const decisions = await Promise.all(ids.map(decisionId).map(store.decisions.find));
      found += decisions.filter((decision) => decision !== undefined).length;
    }
    for (const batch of batchesOf(events)) {
      const again = batch.map((event) => ({
        event: {
          type: "click",
          value: 1,
          occurredAt: 0,
          eventId: event.eventId,
          userId: userId(event.userId),
          itemId: itemId(event.itemId),
        },
      }));
      const outcomes = await store.events.record(again);
      found += outcomes.filter((outcome) => outcome === "duplicate").length;
    }
    return found / (decisionIds.length + events.length);
  } finally {
    await store.close();
  }
}
