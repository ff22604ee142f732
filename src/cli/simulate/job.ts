import type { InteractionData } from "../../analysis/ranking/interaction-data.ts";
import { readInteractions } from "../../analysis/ranking/read-interactions.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import type { CycleReward } from "../../lab/closed-loop/play.ts";
import {
  adsStrategyNames,
  feedStrategyNames,
  type StrategyName,
  shopStrategyNames,
  strategyNames,
  trainedStrategyNames,
} from "../../lab/closed-loop/strategy.ts";
import { createAdsWorld } from "../../lab/worlds/ads-world.ts";
import { createCatalogueWorld } from "../../lab/worlds/catalogue-world.ts";
import { createFeedWorld } from "../../lab/worlds/feed/feed-world.ts";
import { createJesterWorld } from "../../lab/worlds/jester-world.ts";
import { createShopWorld } from "../../lab/worlds/shop/shop-world.ts";
import { createSyntheticWorld } from "../../lab/worlds/synthetic-world.ts";

export const worldNames = ["synthetic", "jester", "catalogue", "shop", "ads", "feed"] as const;

/** Settings that all jobs of a simulation share. */
export interface SimulationSettings {
  readonly world: (typeof worldNames)[number];
  readonly drift: boolean;
  readonly cycles: number;
  readonly decisionsPerCycle: number;
  /** Folder of the data sets; of `catalogue` one data set. */
  readonly data: string;
}

/** One closed loop, in a separate worker. */
export interface SimulationJob extends SimulationSettings {
  readonly seed: number;
  readonly strategy: StrategyName;
  /** Record that all loops start from, if the world has behaviour to train on. */
  readonly start?: string;
}

/** Messages of a worker: cycles as they end, then one of the two others. */
export type WorkerMessage =
  | { readonly kind: "cycle"; readonly cycle: number }
  | { readonly kind: "done"; readonly rewards: readonly CycleReward[] }
  | { readonly kind: "failed"; readonly message: string; readonly code?: string };

/** In the order of the tables. */
export function strategiesOf(
  world: SimulationSettings["world"],
  fastLoop: boolean,
): readonly StrategyName[] {
  if (world === "ads") return fastLoop ? [...adsStrategyNames, "mpo+fast"] : adsStrategyNames;
  if (world === "catalogue")
    return fastLoop ? [...trainedStrategyNames, "mpo+fast", "fast"] : trainedStrategyNames;
  if (world === "shop") return fastLoop ? [...shopStrategyNames, "mpo+fast"] : shopStrategyNames;
  if (world === "feed") return fastLoop ? [...feedStrategyNames, "mpo+fast"] : feedStrategyNames;
  return fastLoop ? [...strategyNames, "mpo+fast"] : strategyNames;
}

/** @throws invalid_configuration, not_found, invalid_file */
export async function createWorld(
  job: SimulationSettings & { readonly seed: number },
): Promise<World<CatalogueVisit>> {
  const { seed, data } = job;
  const turns = job.cycles * job.decisionsPerCycle;
  if (job.world === "ads") return createAdsWorld({ seed, visitsPerDay: job.decisionsPerCycle });
  if (job.world === "jester") return createJesterWorld({ seed, folder: `${data}/jester5k` });
  if (job.world === "catalogue")
    return createCatalogueWorld({ seed, turns, data: await readSequences(data) });
  if (job.world === "feed") return createFeedWorld({ seed });
  if (job.world === "shop") return createShopWorld({ seed, visitsPerDay: job.decisionsPerCycle });
  return createSyntheticWorld({ seed, ...(job.drift ? { drift: "abrupt", turns } : {}) });
}

/** @throws invalid_file */
export const readSequences = (path: string): Promise<InteractionData> =>
  readInteractions(path, { now: Date.now(), signal: new AbortController().signal });
