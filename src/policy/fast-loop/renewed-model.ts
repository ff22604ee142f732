import type { FastDecision } from "./fast-decision.ts";
import type { ResidualModel } from "./residual-model.ts";

/** Decisions that are learnt together: the model only moves from one multiple of it to the next. */
export const blockSize = 16;

/** Rest of an event's weight when its model is replaced: e⁻³ is 5 %. */
const renewalLifetimes = 3;

/** Decisions after which the older model gives way: those in which an event's weight falls to 5 %. */
export function countRenewal(forgetting: number, slateSize: number): number {
  const decisions = renewalLifetimes / (1 - forgetting) / slateSize;
  return blockSize * Math.ceil(decisions / blockSize);
}

/**
 * A model that follows from a bounded part of the decisions. It is one of two: at each multiple of
 * `renewal` decisions a new one begins and the previous one takes over. After n decisions it has
 * learnt from the last `renewal` to 2·`renewal` of them.
 */
export interface RenewedModel {
  /** Decisions up to the newest that was learnt from; those before the first are counted too. */
  readonly count: number;
  /** Absent before the first block, and until it has all that it has to remember. */
  readonly model: ResidualModel | undefined;
  /** @param block `blockSize` decisions, those after `count` */
  learn(block: readonly FastDecision[]): void;
}

/**
 * @param options.renewal a multiple of `blockSize`
 * @param options.from decisions, after which it must give its model
 * @param options.missing decisions at the start that are gone. Default: 0
 */
export function createRenewedModel(
  create: () => ResidualModel,
  options: { readonly renewal: number; readonly from: number; readonly missing?: number },
): RenewedModel {
  const { renewal, from, missing = 0 } = options;
  const needed = renewal * Math.max(0, Math.floor(from / renewal) - 1);
  const start = Math.max(needed, blockSize * Math.ceil(missing / blockSize));
  let count = start;
  let newer = create();
  // The same one until another takes over.
  let older = newer;
  return {
    get count() {
      return count;
    },
    get model() {
      const isWhole = start === 0 || count >= start + renewal;
      return isWhole && older.isReady ? older : undefined;
    },
    learn: (block) => {
      older.learn(block);
      if (newer !== older) newer.learn(block);
      count += blockSize;
      if (count % renewal === 0) [older, newer] = [newer, create()];
    },
  };
}
