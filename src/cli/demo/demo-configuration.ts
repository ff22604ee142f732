import type { World } from "../../domain/world.ts";
import {
  type Configuration,
  parseConfiguration,
} from "../../engine/configuration/configuration.ts";
import { createSyntheticWorld } from "../../lab/worlds/synthetic-world.ts";

/** A database with this scenario is a demo's. */
export const demoScenario = "demo";
const seed = 1;

/** The same users with the same tastes each time, so that a demo can continue. */
export const createDemoWorld = (): World => createSyntheticWorld({ seed });

/** Short windows and pauses, so that a person sees several cycles within minutes. After 1,500 decisions 9 of 61 first cycles held. */
export const demoConfiguration: Configuration = parseConfiguration({
  scenarios: [
    {
      name: demoScenario,
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { click: 1 }, windowSeconds: 3, maximum: 1 },
    },
  ],
  baselineShare: 0.1,
  learner: { intervalSeconds: 2, minDecisions: 2500, maxDecisions: 15_000 },
});
