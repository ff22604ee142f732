import type { Logger } from "pino";
import type { Cycle } from "../domain/cycle.ts";
import { isText, type LogOptions, textPrefixLength } from "./log.ts";

/**
 * Rewards of serving policy and baseline in the cycle's new feedback, in reward units for a shown
 * item.
 */
function describeReward({ record }: Cycle): string {
  if (record.evaluation === undefined) return "";
  const { meanReward: serving, baselineMeanReward: baseline } = record.evaluation;
  const against = baseline === undefined ? "" : `, baseline ${baseline.toFixed(3)}`;
  return `reward ${serving.toFixed(3)}${against}`;
}

/**
 * One line for a person: number, outcome, rewards and reason of a cycle.
 * @param width of the line; absent for no limit; the dashboard has the whole reason
 */
export function describeCycle(cycle: Cycle, columns?: number): string {
  const parts = [
    `${cycle.scenario} cycle ${cycle.cycle}`,
    cycle.outcome.padEnd(15),
    ...[describeReward(cycle)].filter((part) => part !== ""),
    cycle.reason,
  ];
  const line = parts.join("  ");
  return columns === undefined || line.length <= columns ? line : `${line.slice(0, columns - 1)}…`;
}

/** In a terminal the line of a cycle fits its width. */
const columnsOf = (options: LogOptions) =>
  process.stdout.isTTY && isText(options) ? process.stdout.columns - textPrefixLength : undefined;

export function logCycle(log: Logger, done: Cycle, options: LogOptions): void {
  const { scenario, cycle, outcome } = done;
  const level = outcome === "failed" || outcome === "skipped" ? "warn" : "info";
  log[level]({ scenario, cycle, outcome }, describeCycle(done, columnsOf(options)));
}
