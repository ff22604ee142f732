import type { UserActivity } from "../domain/activity.ts";
import type { ActivityMeasure } from "../domain/activity-measure.ts";
import type { GateRecord, Guard } from "../domain/gate-record.ts";
import type { GuardTest } from "../domain/guard-metric.ts";
import { formatShare } from "../numeric/format.ts";
import { normalQuantile } from "../numeric/statistics.ts";
import { activityParts } from "./activity.ts";
import { doublyRobustDifference, type PairedInput, weighPair } from "./feedback-pair.ts";
import { failedGuards } from "./gate-reason.ts";
import type { LiveArm } from "./live-difference.ts";

/** Chance that the metrics of a scenario stop a promotion that harms none of them: all together. */
const falseStops = 0.045;
/** A harm as large as the margin is found with this power at least, and with this confidence where the traffic suffices. */
const [power, confidence] = [0.8, 0.95];

/** Change of a metric from the serving policy to the other one. */
export interface MeasuredChange {
  /** As a share of the serving policy's value, above −1; NaN if it can't be told. */
  readonly change: number;
  /** Of ln(1 + change), in which ratios are closest to normal; NaN if it can't be told. */
  readonly standardError: number;
  /** Events behind it, or users of a measure of activity. */
  readonly outcomes: number;
}

const unknown: MeasuredChange = { change: Number.NaN, standardError: Number.NaN, outcomes: 0 };
const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);

/** Mean a row and its variance, with users as clusters (Liang & Zeger 1986). */
function meanOfArm({ rewardSums, rows }: LiveArm) {
  const [users, all] = [rows.length, sumOf(rows)];
  const mean = sumOf(rewardSums) / all;
  const squares = rewardSums.reduce(
    (sum, value, user) => sum + (value - mean * rows[user]!) ** 2,
    0,
  );
  return { mean, variance: ((users / (users - 1)) * squares) / all ** 2 };
}

/** The ratio of two arms of live traffic, less 1. @param arms outcomes in the place of rewards */
export function liveChange(arms: {
  readonly tested: LiveArm;
  readonly reference: LiveArm;
}): MeasuredChange {
  const outcomes = sumOf(arms.tested.rewardSums) + sumOf(arms.reference.rewardSums);
  const [tested, reference] = [meanOfArm(arms.tested), meanOfArm(arms.reference)];
  const variance = tested.variance / tested.mean ** 2 + reference.variance / reference.mean ** 2;
  return {
    change: tested.mean / reference.mean - 1,
    standardError: Math.sqrt(variance),
    outcomes,
  };
}

/** The same of a measure of activity, a ratio of sums over users as every other. */
export function activityChange(
  measure: ActivityMeasure,
  { tested, reference }: Readonly<Record<"tested" | "reference", readonly UserActivity[]>>,
): MeasuredChange {
  const toArm = (users: readonly UserActivity[]): LiveArm => {
    const parts = activityParts(users, measure);
    return {
      rewardSums: Float64Array.from(parts, ([above]) => above),
      rows: Float64Array.from(parts, ([, below]) => below),
    };
  };
  const arms = { tested: toArm(tested), reference: toArm(reference) };
  const outcomes = arms.tested.rows.length + arms.reference.rows.length;
  return { ...liveChange(arms), outcomes };
}

/** Keeps the rows with a number. */
function selectRows(input: PairedInput, kept: Float64Array): PairedInput {
  const isKept = (_: number, row: number) => !Number.isNaN(kept[row]!);
  const { feedback, serving, candidate, rowWeights } = input;
  const select = (values: Float64Array) => values.filter(isKept);
  const policy = ({ targetProbabilities, directValues }: PairedInput["serving"]) => ({
    targetProbabilities: select(targetProbabilities),
    directValues: select(directValues),
  });
  const clusters =
    feedback.clusters && Array.from(feedback.clusters, String).filter((_, row) => isKept(0, row));
  return {
    feedback: {
      rewards: select(kept),
      propensities: select(feedback.propensities),
      ...(clusters && { clusters }),
    },
    predictions: select(input.predictions),
    serving: policy(serving),
    candidate: policy(candidate),
    weightClip: input.weightClip,
    ...(rowWeights && {
      rowWeights: {
        difference: select(rowWeights.difference),
        serving: select(rowWeights.serving),
      },
    }),
  };
}

/**
 * The paired difference over the serving policy's value, from logged rows. The mean takes the place of a reward model.
 * @param input of the gate
 * @param outcomes 1 or 0 for each row, NaN for one of another segment
 */
export function loggedChange(input: PairedInput, outcomes: Float64Array): MeasuredChange {
  const kept = selectRows(input, outcomes);
  const { rewards } = kept.feedback;
  const count = sumOf(rewards);
  if (count === 0) return unknown;
  const predictions = rewards.map(() => count / rewards.length);
  const pair = weighPair({
    ...kept,
    predictions,
    serving: { ...kept.serving, directValues: predictions },
    candidate: { ...kept.candidate, directValues: predictions },
  });
  const { difference, standardError, servingValue } = doublyRobustDifference(pair, kept.weightClip);
  const value = servingValue + difference;
  if (!(servingValue > 0 && value > 0)) return { ...unknown, outcomes: count };
  return {
    change: difference / servingValue,
    standardError: standardError / value,
    outcomes: count,
  };
}

/**
 * Non-inferiority of one metric, on the scale of ln(1 + change). With the harm h, its error s, the margin m and z_f of the false stops,
 * which the number of tests makes larger (Bonferroni), it passes if
 *
 *     h < max(z_f·s, m − 1.645·s)
 *
 * and is decided only if (z_f + 0.842)·s ≤ m: with less traffic a harm of m would pass too often. A harm with h − 1.645·s > m is
 * decided with any traffic.
 * @param tests number of all tests of the scenario
 */
export function judgeMetric(
  { name, margin, harm }: GuardTest,
  { change, standardError, outcomes }: MeasuredChange,
  tests: number,
): Guard {
  const sign = harm === "falls" ? -1 : 1;
  const most = sign * Math.log1p(sign * margin);
  const stop = normalQuantile(1 - falseStops / tests) * standardError;
  const smallest = stop + normalQuantile(power) * standardError;
  const width = normalQuantile(confidence) * standardError;
  const limit = Math.max(stop, most - width);
  const found = sign * Math.log1p(change);
  const isKnown = Number.isFinite(Math.log1p(change)) && Number.isFinite(standardError);
  // An error of 0 is that of outcomes that don't vary, and proves nothing.
  const isDecided = isKnown && standardError > 0 && (smallest <= most || found - width > most);
  return {
    name: `change of ${name}`,
    value: isKnown ? change : 0,
    limit: Math.expm1(sign * (isDecided ? limit : most)),
    passed: isDecided && found < limit,
    metric: {
      margin,
      outcomes,
      isDecided,
      ...(isKnown && { standardError, smallestMargin: sign * Math.expm1(sign * smallest) }),
    },
  };
}

/** Failed tests that had the traffic to decide. */
export const harmedMetrics = (guards: readonly Guard[]): readonly Guard[] =>
  guards.filter(({ passed, metric }) => !passed && metric?.isDecided === true);

const openMetrics = (guards: readonly Guard[]): readonly Guard[] =>
  guards.filter(({ passed, metric }) => !passed && metric?.isDecided === false);

function tellOpen({ name, metric }: Guard): string {
  const { outcomes = 0, margin = 0, smallestMargin } = metric ?? {};
  if (outcomes === 0) return `${name} can't be told, since none came yet`;
  if (smallestMargin === undefined) return `${name} can't be told from the ${outcomes} that came`;
  const needed = Math.ceil(outcomes * (smallestMargin / margin) ** 2);
  return `${name} has a margin of ${formatShare(margin)}, and its traffic can decide one of ${formatShare(smallestMargin)}; about ${needed} are needed, ${outcomes} came`;
}

/** Objections of guard metrics to a promotion; undefined if they all passed. */
export function tellGuards(guards: readonly Guard[]): string | undefined {
  const harmed = harmedMetrics(guards);
  if (harmed.length > 0) return failedGuards(harmed);
  const open = openMetrics(guards);
  if (open.length === 0) return undefined;
  return `Not enough data for its guard metrics: ${open.map(tellOpen).join("; ")}.`;
}

/** A gate with its guard metrics: one that is harmed holds the candidate, one that can't be decided leaves the promotion to live evidence. */
export function applyGuardMetrics(gate: GateRecord, metrics: readonly Guard[]): GateRecord {
  if (metrics.length === 0 || gate.guards.length === 0) return gate;
  const guards = [...gate.guards, ...metrics];
  const reason = tellGuards(metrics);
  if (harmedMetrics(metrics).length > 0) {
    const failed = guards.filter((one) => !openMetrics([one]).length && !one.passed);
    return { ...gate, guards, verdict: "hold", reason: failedGuards(failed) };
  }
  if (gate.verdict !== "promote" || reason === undefined) return { ...gate, guards };
  return { ...gate, guards, verdict: "canary", reason: `${reason} The gate said: ${gate.reason}` };
}
