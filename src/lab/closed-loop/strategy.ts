import type { Scenario } from "../../domain/scenario.ts";
import type { CatalogueVisit, World } from "../../domain/world.ts";
import type { Configuration } from "../../engine/configuration/configuration.ts";
import type { ServingPolicies } from "../../engine/serving/serving-policies.ts";
import type { Store } from "../../storage/store.ts";

/**
 * MPO and the loops for comparison; all read the same kind of log and serve through the same
 * engine.
 */
export const strategyNames = ["mpo", "popularity", "epsilon-greedy", "softmax"] as const;
/**
 * Loops that start with a policy trained on behaviour: MPO, that policy for ever, the same with an encoder that learns
 * on after each cycle, and two counts of behaviour.
 */
export const trainedStrategyNames = [
  "mpo",
  "frozen",
  "nightly",
  "most-consumed",
  "markov",
] as const;
/** Loops in a world of campaigns: MPO, the same without the bids in its log-odds, and greedy P(outcome) × bid. */
export const adsStrategyNames = ["mpo", "mpo-no-boost", "greedy-bid"] as const;
/** Loops in a feed: MPO, the newest posts, and those that were liked most lately. */
export const feedStrategyNames = ["mpo", "recency", "trending"] as const;
/** Loops in a shop with rules: MPO, popularity, and the reward model's best items. */
export const shopStrategyNames = ["mpo", "popularity", "epsilon-greedy"] as const;
/**
 * `mpo+fast` is MPO with the fast loop on every policy, `mpo-no-loop` on none, and `fast` that loop without any cycle. `renewed` is popularity
 * as MPO serves it until a network is proven.
 */
export type StrategyName =
  | (typeof strategyNames)[number]
  | (typeof trainedStrategyNames)[number]
  | (typeof adsStrategyNames)[number]
  | (typeof feedStrategyNames)[number]
  | "mpo-no-loop"
  | "mpo+fast"
  | "fast"
  | "renewed";

export interface StrategyOptions {
  readonly world: World<CatalogueVisit>;
  readonly store: Store;
  readonly configuration: Configuration;
  readonly scenario: Scenario;
  readonly clock: () => number;
  readonly seed: number;
  readonly threads: number;
}

export interface Strategy {
  /** The serving policies, if they are not the snapshots of the store. */
  readonly policies?: ServingPolicies;
  /** With behaviour on record, before the first visit. */
  begin?(): Promise<unknown>;
  /** Learns from the log; returns the outcome in a word. */
  update(): Promise<string>;
}
