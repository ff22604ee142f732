import { setImmediate } from "node:timers/promises";
import type { BanditWorld } from "../../domain/bandit-world.ts";
import { vaguePrior } from "../../mpo/meta-policy.ts";
import { encodePrior, type PriorFile } from "../../mpo/meta-prior.ts";
import { fitPrior, type MetaExample } from "../../mpo/meta-training.ts";
import { observeSettings } from "./observe-settings.ts";

/**
 * Fits the meta-policy's prior to a family of worlds. Same worlds, same seed: same prior.
 * @param options.draw the world of a seed and the visits that it gets in a cycle
 * @param options.seed of the first world; the others have those after it
 */
export async function trainPrior(options: {
  readonly draw: (seed: number) => {
    readonly world: BanditWorld;
    readonly visitsPerCycle: number;
  };
  readonly worlds: number;
  readonly seed: number;
  readonly cycles: number;
  readonly onWorld: (done: number) => void;
}): Promise<PriorFile> {
  const { worlds, seed: first, cycles } = options;
  const examples: (readonly MetaExample[])[] = [];
  for (let seed = first; seed < first + worlds; seed++) {
    examples.push(await observeSettings({ ...options.draw(seed), cycles, seed }));
    options.onWorld(examples.length);
    // So that an interruption is heard.
    await setImmediate();
  }
  return encodePrior(fitPrior(examples, vaguePrior), { worlds, seed: first, cycles });
}
