import { defaultExploration } from "../../domain/scenario.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import {
  type Configuration,
  parseConfiguration,
} from "../../engine/configuration/configuration.ts";
import type { StrategyName } from "./strategy.ts";

/** The clock of every loop at its first visit, milliseconds since 1970. */
export const startOfTime: number = Date.UTC(2026, 0, 1);

/** Exploration of the loops that serve the best items alone; most others keep the engine's floor. */
const greedyExploration = 0.05;
const greedy: readonly StrategyName[] = [
  "epsilon-greedy",
  "recency",
  "trending",
  "nightly",
  "markov",
  "most-consumed",
  "greedy-bid",
];

/** That of MPO's popularity, so that no gain over the baseline is one of exploration. */
function explorationOf(strategy: StrategyName): { readonly exploration?: number } {
  if (greedy.includes(strategy)) return { exploration: greedyExploration };
  return strategy === "popularity" ? { exploration: defaultExploration(true) } : {};
}

/** Of log(bid × factor) in log-odds, so that they are greedy. */
export const greedyBidWeight = 50;
const bidWeights: Partial<Record<StrategyName, number>> = {
  "greedy-bid": greedyBidWeight,
  "mpo-no-boost": 0,
};
/** Default: that of the product. */
const bidWeightOf = (strategy: StrategyName): { readonly bidWeight?: number } => {
  const bidWeight = bidWeights[strategy];
  return bidWeight === undefined ? {} : { bidWeight };
};

/** MPO, and popularity as it renews it, have it as shipped. */
function fastLoopOf(strategy: StrategyName): { readonly fastLoop?: { readonly enabled: boolean } } {
  if (strategy === "mpo" || strategy === "renewed") return {};
  return { fastLoop: { enabled: strategy.endsWith("fast") } };
}

/**
 * A configuration with the world as its only scenario. No user gets the baseline; promotions have
 * their holdback.
 */
export function worldConfiguration(
  world: World<CatalogueVisit>,
  strategy: StrategyName,
): Configuration {
  const { weights, minimum, maximum } = world.rewards;
  return parseConfiguration({
    scenarios: [
      {
        name: world.name,
        slateSize: world.slateSize,
        excludeSeen: world.excludeSeen ?? false,
        ...(world.rules && { rules: world.rules }),
        ...(world.social && { social: world.social }),
        ...(world.maxCandidates && { maxCandidates: world.maxCandidates }),
        ...explorationOf(strategy),
        ...(world.campaigns ? { ads: { outcomes: ["click"], ...bidWeightOf(strategy) } } : {}),
        ...fastLoopOf(strategy),
        // A world's events come at once.
        reward: { weights, minimum, maximum, windowSeconds: 60, graceSeconds: 0 },
      },
    ],
    baselineShare: 0,
  });
}
