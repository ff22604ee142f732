import { EngineError } from "../../domain/errors.ts";
import { clusteredStandardError, numberClusters } from "../../evaluation/clusters.ts";
import {
  minimalDetectableDifference,
  type WeightDiagnostics,
} from "../../evaluation/diagnostics.ts";
import type { Estimate } from "../../evaluation/estimate.ts";
import { evaluatePolicy } from "../../evaluation/evaluate-policy.ts";
import type { Interval } from "../../evaluation/intervals/interval.ts";
import { normalInterval } from "../../evaluation/intervals/normal.ts";
import { meanOf } from "../../numeric/statistics.ts";
import type { DecisionLog } from "./decision-log.ts";
import type { LoggingPolicies } from "./logging-policies.ts";
import { type EvaluationArrays, type JudgedSlates, readArrays } from "./read-arrays.ts";
import { type LogSummary, summariseLog } from "./summarise-log.ts";
import { createPopularityTarget, type TargetPolicy } from "./target-policy.ts";

/** A number with its error, in reward units a row. */
export interface EstimatedValue {
  readonly value: number;
  readonly standardError: number;
  readonly interval: Interval;
}

export interface LogEvaluation {
  readonly log: {
    readonly file: string;
    readonly format: string;
    readonly rows: number;
    /** Absent if no row was left out. */
    readonly leftOut?: NonNullable<DecisionLog["leftOut"]>;
    readonly positions: number;
    readonly actions: number;
    /** Absent if the log names no users: rows count as independent. */
    readonly users?: number;
    /** Absent if every decision has one row. */
    readonly slates?: JudgedSlates;
  };
  readonly target: string;
  /** Mean reward of the logging policy on these rows. */
  readonly logged: EstimatedValue;
  readonly estimates: readonly (EstimatedValue & { readonly estimator: string })[];
  /** Target minus logging policy on the same rows, doubly robust. */
  readonly difference: EstimatedValue & { readonly minimalDetectable: number };
  readonly diagnostics: WeightDiagnostics & {
    /** (Σw·r)²/Σ(w·r)²: rows that the rewards of the estimate rest on. */
    readonly rewardedSampleSize: number;
    /**
     * Mean target mass on actions of propensity 0; absent if the log has the chosen action's
     * propensity alone.
     */
    readonly unsupportedMass?: number;
  };
  readonly arrays: EvaluationArrays;
}

function describeMean(values: Float64Array, arrays: EvaluationArrays): EstimatedValue {
  const value = meanOf(values);
  const clusters = numberClusters(values.length, arrays.clusters);
  const standardError = clusteredStandardError(values, value, clusters);
  return { value, standardError, interval: normalInterval({ value, standardError }) };
}

/** (Σw·r)²/Σ(w·r)², the effective sample size of the rewards. */
function countRewardedRows({ rewards, targetProbabilities, propensities }: EvaluationArrays) {
  let sum = 0;
  let squares = 0;
  for (const [row, reward] of rewards.entries()) {
    const weight = (targetProbabilities[row] ?? 0) / (propensities[row] ?? 1);
    sum += weight * Math.abs(reward);
    squares += (weight * reward) ** 2;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}

function compare(estimate: Estimate | undefined, arrays: EvaluationArrays) {
  if (estimate === undefined) throw new RangeError("the doubly robust estimate is missing");
  const differences = estimate.contributions.map(
    (value, row) => value - (arrays.rewards[row] ?? 0),
  );
  const difference = describeMean(differences, arrays);
  return {
    ...difference,
    minimalDetectable: minimalDetectableDifference(difference.standardError),
  };
}

export type ChooseTarget = (summary: LogSummary) => Promise<TargetPolicy>;

export const choosePopularity: ChooseTarget = async ({ table }) => createPopularityTarget(table);

async function readTarget(
  log: DecisionLog,
  summary: LogSummary,
  { choose, logging }: { readonly choose: ChooseTarget; readonly logging?: LoggingPolicies },
) {
  const target = await choose(summary);
  try {
    const arrays = await readArrays(log, summary, { target, logging });
    await target.finish?.(summary.rows);
    return { name: target.name, arrays };
  } finally {
    await target.close();
    await logging?.close();
  }
}

function holdsNone({ file, leftOut }: DecisionLog): EngineError {
  const others = leftOut?.rows ? ` but ${leftOut.rows} rows ${leftOut.reason}` : "";
  const message = `${file} holds no decision${others}; wait until the reward window of one has closed, or name another log`;
  return new EngineError("invalid_request", message, { details: { field: "log", value: file } });
}

/**
 * The reward of a target policy, estimated from a log of another policy. The log is read twice: to
 * count and check it, then for the arrays, about 60 bytes a row, and 100 more for the estimates.
 * @throws invalid_file naming every malformed row, invalid_request for an empty log or a target
 * that doesn't fit it
 * @param logging what a record knows of the log's policies; without it slates are judged by weights of the whole prefix
 */
export async function evaluateLog(
  log: DecisionLog,
  choose: ChooseTarget,
  logging?: LoggingPolicies,
): Promise<LogEvaluation> {
  const summary = await summariseLog(log);
  if (summary.rows === 0) throw holdsNone(log);
  const { name, arrays } = await readTarget(log, summary, { choose, ...(logging && { logging }) });
  const { slates } = arrays;
  const { estimates, diagnostics } = evaluatePolicy(
    {
      rewards: arrays.rewards,
      propensities: arrays.propensities,
      ...(arrays.clusters && { clusters: arrays.clusters }),
    },
    arrays,
  );
  return {
    log: {
      file: log.file,
      format: log.format,
      rows: summary.rows,
      ...(log.leftOut?.rows && { leftOut: log.leftOut }),
      positions: summary.positions,
      actions: summary.actions.length,
      ...(arrays.clusters && { users: diagnostics.clusters }),
      ...(slates.marginals + slates.prefix > 0 && { slates }),
    },
    target: name,
    logged: describeMean(arrays.rewards, arrays),
    estimates: Object.values(estimates).map(({ estimator, value, standardError, interval }) => ({
      estimator,
      value,
      standardError,
      interval,
    })),
    difference: compare(estimates.dr, arrays),
    diagnostics: {
      ...diagnostics,
      rewardedSampleSize: countRewardedRows(arrays),
      ...(arrays.unsupportedMass !== undefined && { unsupportedMass: arrays.unsupportedMass }),
    },
    arrays,
  };
}
