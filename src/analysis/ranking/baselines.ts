import { chainVariants } from "../../engine/learner/training/choose-chain.ts";
import { easeBytes, fitEase } from "../rankers/ease.ts";
import { fitImplicitFactors } from "../rankers/implicit-factors.ts";
import { fitItemNeighbours } from "../rankers/item-neighbours.ts";
import { fitMarkov } from "../rankers/markov.ts";
import { fitPopularity } from "../rankers/popularity.ts";
import type { Ranker, RankerData } from "../rankers/ranker.ts";

/** A ranker under one setting. */
export interface Variant {
  readonly settings: string;
  fit(data: RankerData): Ranker | Promise<Ranker>;
}

/**
 * A ranker that a Transformer has to beat. Its variant with the best validation result is tested.
 */
export interface Baseline {
  readonly name: string;
  readonly variants: readonly Variant[];
  /** Reason why it can't be fitted to so many items. */
  findObstacle?(itemCount: number): string | undefined;
}

const popularity: Baseline = {
  name: "popularity",
  variants: [{ settings: "", fit: fitPopularity }],
};

const markov: Baseline = {
  name: "Markov",
  variants: chainVariants.map((settings) => ({
    settings: `window ${settings.window}, decay ${settings.decay}`,
    fit: (data) => fitMarkov(data, settings),
  })),
};

const itemNeighbours: Baseline = {
  name: "item-kNN",
  variants: [
    { neighbours: 20, shrinkage: 0 },
    { neighbours: 50, shrinkage: 10 },
    { neighbours: 200, shrinkage: 10 },
    { neighbours: 200, shrinkage: 100 },
  ].map((settings) => ({
    settings: `${settings.neighbours} neighbours, shrinkage ${settings.shrinkage}`,
    fit: (data) => fitItemNeighbours(data, settings),
  })),
};

/** Memory that EASE may take; 20,000 items need 6.4 GB. */
const largestEaseBytes = 6.4e9;

const createEase = (threads: number): Baseline => ({
  name: "EASE",
  variants: [30, 100, 300, 1000].map((regularisation) => ({
    settings: `λ ${regularisation}`,
    fit: (data) => fitEase(data, { regularisation, threads }),
  })),
  findObstacle(itemCount) {
    const bytes = easeBytes(itemCount);
    if (bytes <= largestEaseBytes) return undefined;
    return `its matrix over ${itemCount} items would take ${(bytes / 1e9).toFixed(0)} GB, more than ${largestEaseBytes / 1e9}`;
  },
});

const createImplicitFactors = (seed: number): Baseline => ({
  name: "iALS",
  variants: [
    { regularisation: 0.003, unobservedWeight: 0.1 },
    { regularisation: 0.01, unobservedWeight: 0.1 },
    { regularisation: 0.03, unobservedWeight: 0.03 },
    { regularisation: 0.1, unobservedWeight: 0.03 },
  ].map(({ regularisation, unobservedWeight }) => ({
    settings: `64 factors, λ ${regularisation}, α₀ ${unobservedWeight}`,
    fit: (data) =>
      fitImplicitFactors(data, { width: 64, epochs: 12, seed, regularisation, unobservedWeight }),
  })),
});

export const listBaselines = (options: {
  readonly threads: number;
  readonly seed: number;
}): readonly Baseline[] => [
  popularity,
  markov,
  itemNeighbours,
  createEase(options.threads),
  createImplicitFactors(options.seed),
];
