import type { StrategyName } from "../../lab/closed-loop/strategy.ts";
import type { JobResult } from "./run-jobs.ts";

/** A mean over seeds; its standard error is NaN for a single seed. */
export interface SeedEstimate {
  readonly mean: number;
  readonly standardError: number;
}

export function estimate(values: readonly number[]): SeedEstimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/** Mean rewards of one strategy: by seed, then by cycle. */
export type RewardsBySeed = readonly (readonly number[])[];
export type RewardsByStrategy = Readonly<Partial<Record<StrategyName, RewardsBySeed>>> & {
  readonly mpo: RewardsBySeed;
};

/** @param results the same seeds in the same order for every strategy */
export function groupRewards(results: readonly JobResult[]): RewardsByStrategy {
  const rewardsOf = (name: StrategyName) =>
    results
      .filter(({ job }) => job.strategy === name)
      .map(({ rewards }) => rewards.map(({ meanReward }) => meanReward));
  const names = new Set(results.map(({ job }) => job.strategy));
  return { mpo: [], ...Object.fromEntries([...names].map((name) => [name, rewardsOf(name)])) };
}

/** By cycle, the number of seeds in which MPO promoted. A note begins with the outcome; news of an encoder may follow. */
export function countPromotions(results: readonly JobResult[], cycles: number): readonly number[] {
  const own = results.filter(({ job }) => job.strategy === "mpo");
  return Array.from(
    { length: cycles },
    (_, cycle) => own.filter(({ rewards }) => rewards[cycle]?.note.startsWith("promote")).length,
  );
}

export const cycleEstimate = (rewards: RewardsBySeed, cycle: number): SeedEstimate =>
  estimate(rewards.map((bySeed) => bySeed[cycle] ?? Number.NaN));

const overCycles = (bySeed: readonly number[]) => estimate(bySeed).mean;
const lastCycle = (bySeed: readonly number[]) => bySeed.at(-1) ?? Number.NaN;

export const meanEstimate = (rewards: RewardsBySeed): SeedEstimate =>
  estimate(rewards.map(overCycles));

export interface Comparison {
  readonly other: StrategyName;
  /** MPO − other by seed: the mean over all cycles, and the last cycle. */
  readonly difference: SeedEstimate;
  readonly lastDifference: SeedEstimate;
  readonly seeds: number;
  /** The other's last cycle. */
  readonly lastOther: SeedEstimate;
  /** Mean of MPO over mean of the other. */
  readonly ratio: number;
}

/** Visits and luck of a seed are the same for every strategy, so differences are taken seed by seed. */
export function compareStrategies(rewards: RewardsByStrategy): readonly Comparison[] {
  const { mpo, ...others } = rewards;
  const pair = (other: RewardsBySeed, summary: (bySeed: readonly number[]) => number) =>
    estimate(mpo.map((bySeed, index) => summary(bySeed) - summary(other[index] ?? [])));
  return Object.entries(others).map(([name, other]) => ({
    other: name as keyof typeof others,
    seeds: mpo.length,
    difference: pair(other, overCycles),
    lastDifference: pair(other, lastCycle),
    lastOther: estimate(other.map(lastCycle)),
    ratio: meanEstimate(mpo).mean / meanEstimate(other).mean,
  }));
}
