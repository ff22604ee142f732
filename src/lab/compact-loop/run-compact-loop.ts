import type { BanditWorld } from "../../domain/bandit-world.ts";
import { createRandom } from "../../numeric/random.ts";
import type { Learner } from "./compact-learner.ts";
import { playVisits } from "./compact-row.ts";

export interface CompactCycle {
  /** From 1. */
  readonly cycle: number;
  /** Mean true click probability of the served policy. */
  readonly meanReward: number;
  /** The same of each visit. */
  readonly rewards: readonly number[];
  /** The learner's report of its update after the cycle. */
  readonly note: string;
}

/** Plays a world with a learner: visits, choices, clicks, an update after each cycle. The same seed gives the same run. */
export async function runCompactLoop(options: {
  readonly world: BanditWorld;
  readonly learner: Learner;
  readonly cycles: number;
  readonly visitsPerCycle: number;
  readonly seed: number;
}): Promise<readonly CompactCycle[]> {
  const { world, learner, cycles, visitsPerCycle, seed } = options;
  const names = Array.from({ length: world.items }, (_, item) => ({ itemId: `item-${item}` }));
  const random = createRandom(seed).split("compact-loop");
  const played: CompactCycle[] = [];
  for (let cycle = 0; cycle < cycles; cycle++) {
    const { rows, rewards } = playVisits({
      visits: world.visits(cycle, visitsPerCycle),
      truth: world.truth(cycle),
      serve: learner.serve,
      observe: learner.observe,
      names,
      random: random.split(cycle),
    });
    const meanReward = rewards.reduce((sum, reward) => sum + reward / visitsPerCycle, 0);
    const note = await learner.learn(rows, cycle);
    played.push({ cycle: cycle + 1, meanReward, rewards, note });
  }
  return played;
}
