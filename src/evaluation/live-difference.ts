import type { LiveArmSummary, LiveDifference } from "../domain/policy-evidence.ts";
import { checkLength, checkNumbers } from "./checks.ts";
import { liveInterval } from "./live-interval.ts";

/** A loss that is small enough to end a comparison once every larger one is ruled out, as a share of the mean that rewards add. */
const tolerableLoss = 0.05;
/** Fewer make the mean of an arm too skewed for the interval. */
export const minimumRewarded = 30;

/** Users of one arm of live traffic: the sum and the number of each user's rewards. */
export interface LiveArm {
  readonly rewardSums: Float64Array;
  readonly rows: Float64Array;
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** Σ_u (R_u − m·N_u)²: the common part of a user's rows counts once, not once a row. */
function residualSquares({ rewardSums, rows }: LiveArm, centre: number): number {
  return rewardSums.reduce((total, value, user) => total + (value - centre * rows[user]!) ** 2, 0);
}

interface Measured {
  readonly summary: LiveArmSummary;
  readonly squares: number;
  readonly rewarded: number;
}

function measure(arm: LiveArm, unrewarded: number): Measured {
  const users = arm.rows.length;
  const rows = sum(arm.rows);
  if (rows === 0) return { summary: { users, rows }, squares: 0, rewarded: 0 };
  const meanReward = sum(arm.rewardSums) / rows;
  const isRewarded = (value: number, user: number) =>
    Math.abs(value / arm.rows[user]! - unrewarded) > 1e-9;
  return {
    summary: { users, rows, meanReward },
    squares: residualSquares(arm, meanReward),
    rewarded: arm.rewardSums.filter(isRewarded).length,
  };
}

/**
 * Each arm's own spread, or that of both together if it is larger: rare rewards leave a small arm
 * without a reward and so without a spread, and a spread of 0 would prove anything. Users as
 * clusters (Liang & Zeger 1986).
 */
function standardErrorOf(arms: readonly Measured[]): number {
  const add = (summand: (arm: Measured) => number) =>
    arms.reduce((total, arm) => total + summand(arm), 0);
  const own = add(
    ({ summary: { users, rows }, squares }) => (users / (users - 1)) * (squares / rows ** 2),
  );
  const rows = add(({ summary }) => summary.rows);
  const squares = add((arm) => arm.squares);
  const pooled = (squares / rows) * add(({ summary }) => 1 / summary.rows);
  return Math.sqrt(Math.max(own, pooled));
}

function checkArm(name: string, { rewardSums, rows }: LiveArm): void {
  const most = Number.MAX_VALUE;
  const remedy = "measure it again";
  checkLength(`${name}.rows`, rows.length, rewardSums.length, "users");
  checkNumbers(`${name}.rows`, rows, { low: 1, high: most, expected: "at least 1", remedy });
  const finite = { low: -most, high: most, expected: "a finite number", remedy };
  checkNumbers(`${name}.rewardSums`, rewardSums, finite);
}

/**
 * Rewarded users that the smaller arm would have if both arms were alike. An arm without any of
 * many expected ones is no small sample but a loss.
 */
function expectedRewarded(arms: readonly Measured[]): number {
  const users = arms.map(({ summary }) => summary.users);
  const all = arms.reduce((total, { rewarded }) => total + rewarded, 0);
  return (all * Math.min(...users)) / users.reduce((total, count) => total + count, 0);
}

/** Two arms of live traffic that users were assigned to at random. */
export interface LivePair {
  readonly tested: LiveArm;
  readonly reference: LiveArm;
  /** Reward of a row for which no event came, in the rewards' unit. Default: 0. */
  readonly unrewarded?: number;
  /** Planned standard error at the last look, as a share of the mean that rewards add. Default: no last look is planned. */
  readonly plannedError?: number | undefined;
}

/**
 * `worse`, `better`: the interval lies below 0, or above. `not-worse`: a loss of 5 % is ruled out.
 * `open`: none yet.
 */
export type LiveVerdict = "worse" | "better" | "not-worse" | "open";

export interface LiveComparison {
  readonly tested: LiveArmSummary;
  readonly reference: LiveArmSummary;
  readonly found: LiveDifference;
  readonly verdict: LiveVerdict;
}

function judge([lower, upper]: readonly [number, number], worth: number): LiveVerdict {
  if (upper < 0) return "worse";
  if (lower > 0) return "better";
  return lower > -tolerableLoss * worth ? "not-worse" : "open";
}

/**
 * Mean reward a row of the tested arm's users minus that of the reference's. Users were assigned at
 * random, so no propensity and no model is needed, and a change common to both arms cancels. There is none before 30 rewarded users are expected in each arm.
 * @throws invalid_request for arrays of unlike length, users without rows, or rewards that are not
 * finite
 */
export function compareLiveArms({
  unrewarded = 0,
  plannedError,
  ...arms
}: LivePair): LiveComparison {
  checkArm("tested", arms.tested);
  checkArm("reference", arms.reference);
  const both = [measure(arms.tested, unrewarded), measure(arms.reference, unrewarded)] as const;
  const [{ summary: tested }, { summary: reference }] = both;
  const { meanReward: after } = tested;
  const { meanReward: before } = reference;
  const open = { tested, reference, found: {}, verdict: "open" } as const;
  if (before === undefined || after === undefined) return open;
  const standardError = standardErrorOf(both);
  if (standardError === 0 || expectedRewarded(both) < minimumRewarded) return open;
  const difference = after - before;
  const meanReward =
    (after * tested.rows + before * reference.rows) / (tested.rows + reference.rows);
  const worth = Math.abs(meanReward - unrewarded);
  const [lower, upper] = liveInterval({ value: difference, standardError, worth, plannedError });
  return {
    tested,
    reference,
    found: {
      difference,
      standardError,
      interval: [lower, upper],
      ...(before > 0 && {
        relativeLift: difference / before,
        relativeInterval: [lower / before, upper / before],
      }),
    },
    verdict: judge([lower, upper], worth),
  };
}
