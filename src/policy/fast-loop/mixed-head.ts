import type { RandomStream } from "../../numeric/random.ts";
import { encodedBytes, type LinearHeadOptions, widenHead } from "./head-state.ts";
import { createLinearHead, type LinearHead } from "./linear-head.ts";
import type { Residual } from "./own-residuals.ts";

export interface HeadOptions extends LinearHeadOptions {
  /** Features, the first of all, that the events may turn down. 0: there are none. */
  readonly optional: number;
}

export interface MixedHead extends LinearHead {
  /** Of the head without optional features. Other parts of a model learn beside it: beside the mean of both they would fit the leader, and its lead would grow by that (docs/decisions/0112). */
  plain(x: Float64Array): Residual;
}

/** Bytes of log-odds before those of two heads. */
const oddsBytes = 8;
/** Log-odds of the head on all features before any event: its doubt explores more, and an item that is not tried early may never be (docs/decisions/0109). */
const firstOdds = 3;
/** Below it a draw leaves the optional features out, which spares working them out for each candidate. */
const leastShare = 0.01;

const join = (odds: number, heads: readonly Uint8Array[]): Uint8Array =>
  new Uint8Array(Buffer.concat([new Uint8Array(Float64Array.of(odds).buffer), ...heads]));

const readResidual = (head: LinearHead, x: Float64Array): Residual => ({
  mean: head.predict(x),
  spread: head.spread(x),
});

/**
 * Two heads that learn from the same events: one on all features, the other without the optional ones. Each counts by how well it foretold
 * the events: the log-odds of the first are Σ γ^age·(log p₁ − log p₂), each density of before its event (Dawid 1984). Predictions, spreads and draws
 * are the mean of both by these odds.
 */
function mixHeads(options: HeadOptions, bytes?: Uint8Array): MixedHead {
  const { optional, forgetting } = options;
  const narrowOptions = { ...options, size: options.size - optional };
  const split = oddsBytes + encodedBytes(narrowOptions.size);
  const narrow = createLinearHead(narrowOptions, bytes?.subarray(oddsBytes, split));
  const wide = createLinearHead(options, bytes?.subarray(split));
  let odds = bytes ? new Float64Array(bytes.slice(0, oddsBytes).buffer)[0]! : firstOdds;

  const shareOfWide = () => 1 / (1 + Math.exp(-odds));
  const mix = (ofWide: number, ofNarrow: number, share = shareOfWide()) =>
    share * ofWide + (1 - share) * ofNarrow;
  const withoutOptional = (x: Float64Array) => x.subarray(optional);

  function draw(random: RandomStream, scale: number): Float64Array {
    const share = shareOfWide();
    const ofNarrow = narrow.draw(random.split("narrow"), scale);
    if (share < leastShare) return ofNarrow;
    return wide
      .draw(random.split("wide"), scale)
      .map((weight, index) => mix(weight, ofNarrow[index - optional] ?? 0, share));
  }

  return {
    update: (x, target) => {
      const gain = wide.update(x, target) - narrow.update(withoutOptional(x), target);
      odds = forgetting * odds + gain;
    },
    setPrior: (precision) => {
      wide.setPrior(precision);
      narrow.setPrior(precision);
    },
    predict: (x) => mix(wide.predict(x), narrow.predict(withoutOptional(x))),
    spread: (x) => mix(wide.spread(x), narrow.spread(withoutOptional(x))),
    plain: (x) => readResidual(narrow, withoutOptional(x)),
    noiseVariance: () => mix(wide.noiseVariance(), narrow.noiseVariance()),
    moments: narrow.moments,
    draw,
    encode: () => join(odds, [narrow.encode(), wide.encode()]),
  };
}

/** @throws RangeError as `createLinearHead` */
export function createHead(options: HeadOptions, bytes?: Uint8Array): MixedHead {
  if (options.optional > 0) return mixHeads(options, bytes);
  const head = createLinearHead(options, bytes);
  return { ...head, plain: (x) => readResidual(head, x) };
}

/**
 * An encoded head without optional features, with `added` features before its own and optional ones before those, all of which were 0 in its
 * events.
 */
export const widenToMixed = (
  bytes: Uint8Array,
  before: LinearHeadOptions,
  { added, optional }: { readonly added: number; readonly optional: number },
): Uint8Array =>
  join(firstOdds, [widenHead(bytes, before, added), widenHead(bytes, before, added + optional)]);
