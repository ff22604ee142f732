import type { World } from "../../domain/world.ts";
import type { CycleReward } from "../../lab/closed-loop/closed-loop.ts";
import type { StrategyName } from "../../lab/closed-loop/strategies.ts";
import { createJesterWorld } from "../../lab/worlds/jester-world.ts";
import { createSyntheticWorld } from "../../lab/worlds/synthetic-world.ts";

export const worldNames = ["synthetic", "jester"] as const;

/** Settings that all jobs of a simulation share. */
export interface SimulationSettings {
  readonly world: (typeof worldNames)[number];
  readonly drift: boolean;
  readonly cycles: number;
  readonly decisionsPerCycle: number;
  /** Folder of the data sets. */
  readonly data: string;
}

/** One closed loop, in a separate worker. */
export interface SimulationJob extends SimulationSettings {
  readonly seed: number;
  readonly strategy: StrategyName;
}

/** Messages of a worker: cycles as they end, then one of the two others. */
export type WorkerMessage =
  | { readonly kind: "cycle"; readonly cycle: number }
  | { readonly kind: "done"; readonly rewards: readonly CycleReward[] }
  | { readonly kind: "failed"; readonly message: string; readonly code?: string };

/** @throws invalid_configuration, not_found, invalid_file */
export function createWorld(job: SimulationJob): World {
  const { seed } = job;
  if (job.world === "jester") return createJesterWorld({ seed, folder: `${job.data}/jester5k` });
  const turns = job.cycles * job.decisionsPerCycle;
  return createSyntheticWorld({ seed, ...(job.drift ? { drift: "abrupt", turns } : {}) });
}
