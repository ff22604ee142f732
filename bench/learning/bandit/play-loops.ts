import { runCompactLoop } from "../../../src/lab/compact-loop/run-compact-loop.ts";
import type {
  BanditWorldOptions,
  DriftKind,
} from "../../../src/lab/worlds/bandit/bandit-options.ts";
import { createBanditWorld } from "../../../src/lab/worlds/bandit/bandit-world.ts";
import { mean } from "../../statistics.ts";
import type { SeedOutcome, UnitOfWork } from "../world.ts";
import { createPolicy, type PolicyName } from "./play.ts";

export interface LoopSize {
  readonly loop: { readonly cycles: number; readonly visitsPerCycle: number };
  readonly shape: Omit<BanditWorldOptions, "seed" | "drift" | "cycles">;
}

/** Plays the policies in loops from the uniform choice; a case is a kind of drift. */
export const playLoops =
  (policies: readonly PolicyName[], { loop, shape }: LoopSize) =>
  async ({ caseName, seed, onProgress }: UnitOfWork): Promise<SeedOutcome> => {
    const { cycles } = loop;
    const world = createBanditWorld({ seed, ...shape, cycles, drift: caseName as DriftKind });
    const curves: [string, number[]][] = [];
    for (const [index, name] of policies.entries()) {
      const learner = createPolicy(name, world, { seed });
      const played = await runCompactLoop({ world, learner, seed, ...loop });
      onProgress((index + 1) / policies.length);
      curves.push([name, played.map(({ meanReward }) => meanReward)]);
    }
    return {
      values: Object.fromEntries(curves.map(([name, curve]) => [name, mean(curve)])),
      curves: Object.fromEntries(curves),
    };
  };
