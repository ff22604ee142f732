import type { SeenShares } from "../domain/improvement-record.ts";
import type { ItemView } from "../policy/policy.ts";
import type { BatchRow } from "./batch.ts";

/** Adds up how much of their rows the batches of a training hold. */
export interface SeenCounter {
  /** @param columns of the batch: an item without one was left out */
  add(rows: readonly BatchRow[], columns: Pick<ReadonlyMap<ItemView, number>, "has">): void;
  shares(): SeenShares;
}

function createShare() {
  let [seen, all] = [0, 0];
  return {
    add(views: readonly ItemView[], columns: Parameters<SeenCounter["add"]>[1]) {
      all += views.length;
      for (const view of views) if (columns.has(view)) seen++;
    },
    share: () => (all === 0 ? 1 : seen / all),
  };
}

export function createSeenCounter(): SeenCounter {
  const [candidates, history] = [createShare(), createShare()];
  return {
    add: (rows, columns) => {
      for (const row of rows) {
        candidates.add(row.candidates, columns);
        history.add(row.state.history, columns);
      }
    },
    shares: () => ({ candidatesSeen: candidates.share(), historySeen: history.share() }),
  };
}
