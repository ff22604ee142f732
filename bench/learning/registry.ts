import { classificationWorld } from "./classification.world.ts";
import { generatorWorld } from "./generator.world.ts";
import { interestEvolutionWorld } from "./interest-evolution.world.ts";
import { metaWorld } from "./meta.world.ts";
import { satiationWorld } from "./satiation.world.ts";
import type { LearningWorld } from "./world.ts";

/** In the order in which they are run and reported. */
export const worlds: readonly LearningWorld[] = [
  classificationWorld,
  metaWorld,
  generatorWorld,
  satiationWorld,
  interestEvolutionWorld,
];

/** @throws RangeError for a name that none has */
export function getWorld(name: string): LearningWorld {
  const found = worlds.find((world) => world.name === name);
  if (found !== undefined) return found;
  throw new RangeError(
    `no world '${name}': ${worlds.map((world) => world.name).join(", ")} or all`,
  );
}
