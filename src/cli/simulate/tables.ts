import Table from "cli-table3";
import { plain } from "../table-style.ts";
import {
  type Comparison,
  cycleEstimate,
  meanEstimate,
  type RewardsByStrategy,
  type SeedEstimate,
} from "./compare.ts";

/** `0.3121 ± 0.0042`; a single seed has no standard error. */
export function formatEstimate({ mean, standardError }: SeedEstimate): string {
  const error = Number.isNaN(standardError) ? "–" : standardError.toFixed(4);
  return `${mean.toFixed(4)} ± ${error}`;
}

/**
 * Mean reward of each strategy by cycle, over seeds.
 * @param promotions by cycle, the number of seeds in which MPO promoted
 */
export function formatRewards(rewards: RewardsByStrategy, promotions: readonly number[]): string {
  const played = Object.entries(rewards);
  const table = new Table({
    head: ["cycle", ...played.map(([name]) => name), "promoted"],
    colAligns: ["right", ...played.map(() => "right" as const), "right"],
    style: plain,
  });
  const seeds = rewards.mpo.length;
  for (const [cycle, promoted] of promotions.entries()) {
    const cells = played.map(([, bySeed]) => formatEstimate(cycleEstimate(bySeed, cycle)));
    table.push([String(cycle + 1), ...cells, `${promoted} of ${seeds}`]);
  }
  const means = played.map(([, bySeed]) => formatEstimate(meanEstimate(bySeed)));
  table.push(["mean", ...means, ""]);
  return table.toString();
}

/** MPO against each other strategy, paired by seed. */
export function formatComparisons(comparisons: readonly Comparison[]): string {
  const table = new Table({
    head: ["mpo −", "mean over cycles", "last cycle", "ratio"],
    colAligns: ["left", "right", "right", "right"],
    style: plain,
  });
  for (const { other, difference, lastDifference, ratio } of comparisons) {
    const differences = [difference, lastDifference].map(formatEstimate);
    table.push([other, ...differences, ratio.toFixed(3)]);
  }
  return table.toString();
}
