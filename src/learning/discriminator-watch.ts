import { type WatchedSeparation, watchDiscriminator } from "../mpo/discriminator-slope.ts";
import { isHeldOut } from "../mpo/separation.ts";
import { copyHeads, type Network } from "../policy/network.ts";
import { batchRows } from "./batch.ts";
import type { FeedbackRow } from "./feedback-row.ts";

interface WatchedRow extends FeedbackRow {
  /** π_θ over the candidates. */
  readonly policy: Float64Array;
}

/** Early stopping of D: its separation by epoch, measured while it trains, on the rows that it is not trained on. */
export interface DiscriminatorWatch {
  /** Reads the held-out rows of a batch. @param logits D [rows, items] before the step */
  observe(rows: readonly WatchedRow[], columns: readonly Int32Array[], logits: Float32Array): void;
  /** @param network as the epoch leaves it */
  endEpoch(network: Network): void;
  /**
   * The network with D as of its best epoch, if it has become worse since by more than a standard
   * error.
   */
  settle(network: Network): { readonly network: Network; readonly separation: WatchedSeparation };
}

/** Of a row's candidates as far as the batch has them. */
function readRow(row: WatchedRow, columns: Int32Array, logits: Float32Array) {
  const kept = [...row.candidates.keys()].filter((a) => columns[a]! >= 0);
  return {
    logits: kept.map((a) => logits[columns[a]!]!),
    policy: kept.map((a) => row.policy[a]!),
    action: kept.indexOf(row.action),
    reward: row.reward,
  };
}

export function createDiscriminatorWatch(head: number): DiscriminatorWatch {
  let epoch = watchDiscriminator();
  let last = epoch.result();
  let best = last;
  let bestNetwork: Network | undefined;
  return {
    observe(rows, columns, logits) {
      const items = logits.length / batchRows;
      for (const [index, row] of rows.entries()) {
        if (row.reward === 0 || !isHeldOut(row)) continue;
        const own = logits.subarray(index * items, (index + 1) * items);
        epoch.add(readRow(row, columns[index]!, own));
      }
    },
    endEpoch(network) {
      last = epoch.result();
      if (bestNetwork === undefined || last.auc >= best.auc) [best, bestNetwork] = [last, network];
      epoch = watchDiscriminator();
    },
    settle(network) {
      if (bestNetwork === undefined || last.auc >= best.auc - last.standardError)
        return { network, separation: last };
      return { network: copyHeads(network, bestNetwork, [head]), separation: best };
    },
  };
}
