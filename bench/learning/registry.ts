import { ablationsWorld } from "./ablations.world.ts";
import { adsWorld } from "./ads.world.ts";
import { catalogueWorld } from "./catalogue.world.ts";
import { classificationWorld } from "./classification.world.ts";
import { driftWorld } from "./drift.world.ts";
import { feedWorld } from "./feed.world.ts";
import { generatorWorld } from "./generator.world.ts";
import { growingBatchWorld } from "./growing-batch.world.ts";
import { interestEvolutionWorld } from "./interest-evolution.world.ts";
import { lowRateWorld } from "./low-rate.world.ts";
import { metaWorld } from "./meta.world.ts";
import { narrowWorld } from "./narrow.world.ts";
import { nullWorld } from "./null.world.ts";
import { poisonedWorld } from "./poisoned.world.ts";
import { recoveryWorld } from "./recovery.world.ts";
import { satiationWorld } from "./satiation.world.ts";
import { shopWorld } from "./shop.world.ts";
import type { LearningWorld } from "./world.ts";

/** In the order in which they are run and reported. */
export const worlds: readonly LearningWorld[] = [
  classificationWorld,
  narrowWorld,
  driftWorld,
  recoveryWorld,
  growingBatchWorld,
  lowRateWorld,
  shopWorld,
  feedWorld,
  catalogueWorld,
  adsWorld,
  poisonedWorld,
  nullWorld,
  ablationsWorld,
  metaWorld,
  generatorWorld,
  satiationWorld,
  interestEvolutionWorld,
];

/**
 * @param cycles of its loops; undefined: its own
 * @throws RangeError for a name that none has, and for cycles where their number is fixed
 */
export function getWorld(name: string, cycles?: number): LearningWorld {
  const found = worlds.find((world) => world.name === name);
  if (found !== undefined) return cycles === undefined ? found : setCycles(found, cycles);
  throw new RangeError(
    `no world '${name}': ${worlds.map((world) => world.name).join(", ")} or all`,
  );
}

function setCycles(world: LearningWorld, cycles: number): LearningWorld {
  if (world.withCycles !== undefined) return world.withCycles(cycles);
  throw new RangeError(`--cycles is not for world '${world.name}', whose loops have one length`);
}
