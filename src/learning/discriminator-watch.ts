import { type WatchedSeparation, watchDiscriminator } from "../mpo/discriminator-slope.ts";
import { isHeldOut } from "../mpo/separation.ts";
import { copyHeads, type Network } from "../policy/network.ts";
import type { Batch } from "./batch.ts";
import type { FeedbackRow } from "./feedback-row.ts";

interface WatchedRow extends FeedbackRow {
  /** π_θ over the candidates. */
  readonly policy: Float64Array;
}

/** Early stopping of D: its separation by epoch, measured while it trains, on the rows that it is not trained on. */
export interface DiscriminatorWatch {
  /** Reads the held-out rows of a batch. @param logits D [states, candidates] before the step */
  observe(batch: Batch<WatchedRow>, logits: Float32Array, candidates: number): void;
  /** @param network as the epoch leaves it */
  endEpoch(network: Network): void;
  /**
   * The network with D as of its best epoch, if it has become worse since by more than a standard
   * error.
   */
  settle(network: Network): { readonly network: Network; readonly separation: WatchedSeparation };
}

export function createDiscriminatorWatch(head: number): DiscriminatorWatch {
  let epoch = watchDiscriminator();
  let last = epoch.result();
  let best = last;
  let bestNetwork: Network | undefined;
  return {
    observe({ rows, stateOf, places }, logits, candidates) {
      for (const [index, { policy, action, reward, ...row }] of rows.entries()) {
        if (reward === 0 || !isHeldOut(row)) continue;
        const start = stateOf[index]! * candidates;
        const own = Array.from(places[index]!, (place) => logits[start + place]!);
        epoch.add({ logits: own, policy, action, reward });
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
