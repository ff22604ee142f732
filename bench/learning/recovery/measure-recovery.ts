import { mean } from "../../statistics.ts";

export interface Recovery {
  /** Mean reward of the last quarter of the visits. */
  readonly optimum: number;
  /** Until `share` of the optimum, see `countUntil`. */
  readonly visits: number;
  /** What was not earned until the optimum: Σ(optimum − reward), in optimum's worth of visits. */
  readonly lost: number;
}

/** Visits until the mean of the newest `window` of them first reached a goal; all where it never did. */
export function countUntil(
  rewards: readonly number[],
  { window, goal }: { readonly window: number; readonly goal: number },
): number {
  let sum = 0;
  for (let end = 1; end <= rewards.length; end++) {
    sum += rewards[end - 1]! - (rewards[end - 1 - window] ?? 0);
    if (end >= window && sum >= goal * window) return end;
  }
  return rewards.length;
}

/**
 * How a learner comes back after a change.
 * @param rewards of the visits after it, at least 4·window
 */
export function measureRecovery(
  rewards: readonly number[],
  { window, share }: { readonly window: number; readonly share: number },
): Recovery {
  const optimum = mean(rewards.slice(-Math.floor(rewards.length / 4)));
  const lost = rewards.reduce((total, reward) => total + 1 - reward / optimum, 0);
  return { optimum, visits: countUntil(rewards, { window, goal: share * optimum }), lost };
}
