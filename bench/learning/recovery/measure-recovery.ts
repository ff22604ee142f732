import { mean } from "../../statistics.ts";

export interface Recovery {
  /** Mean reward of the last quarter of the visits. */
  readonly optimum: number;
  /** Visits until the mean of the newest `window` of them first reached `share` of the optimum; all where it never did. */
  readonly visits: number;
  /** What was not earned until the optimum: Σ(optimum − reward), in optimum's worth of visits. */
  readonly lost: number;
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
  let sum = 0;
  let visits: number | undefined;
  for (let end = 1; end <= rewards.length && visits === undefined; end++) {
    sum += rewards[end - 1]! - (rewards[end - 1 - window] ?? 0);
    if (end >= window && sum >= share * optimum * window) visits = end;
  }
  const lost = rewards.reduce((total, reward) => total + 1 - reward / optimum, 0);
  return { optimum, visits: visits ?? rewards.length, lost };
}
