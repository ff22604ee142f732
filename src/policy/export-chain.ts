import { type ChainSettings, openShares, popularityShare } from "./encoder/chain.ts";
import { chainTensors } from "./encoder/chain-tensors.ts";
import type { Encoder } from "./encoder/encoder.ts";
import type { ItemView } from "./policy.ts";

/** A Markov chain over the rows of the encoder's table. */
export interface ExportedChain extends ChainSettings {
  readonly popularityShare: number;
  /** Of each row: how many successors; of each successor its row and C(i, j)/n(i). */
  readonly lengths: Int32Array;
  readonly successors: Int32Array;
  readonly weights: Float32Array;
  /** Share of each exported item in the events. */
  readonly shares: readonly number[];
}

/** @param views the exported items */
export function exportChain(
  { model, rowOf }: Encoder,
  views: readonly ItemView[],
): ExportedChain | undefined {
  const { chain, counts } = model;
  if (chain === undefined) return undefined;
  const { window, decay } = chain;
  const { chainLengths, chainItems, chainShares } = chainTensors(chain);
  const shareOf = openShares(counts);
  return {
    window,
    decay,
    popularityShare,
    lengths: Int32Array.from(chainLengths!.values),
    successors: Int32Array.from(chainItems!.values),
    weights: chainShares!.values,
    shares: views.map(({ itemId }) => shareOf(rowOf(itemId))),
  };
}
