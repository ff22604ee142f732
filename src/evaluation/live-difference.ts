import type { LiveArmSummary, LiveDifference } from "../domain/policy-evidence.ts";
import { checkLength, checkNumbers } from "./checks.ts";
import { asymptoticSequenceInterval } from "./intervals/asymptotic-sequence.ts";

/** Each end errs in at most 1 % of the comparisons, over all of their looks. */
const level = 0.98;
/** A loss that is small enough to end a comparison once every larger one is ruled out, as a share of the holdback's mean. */
const tolerableLoss = 0.05;
/** Fewer have no observable spread; the gate asks for as many. */
const minimumRows = 100;
const minimumUsers = 20;

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

function summarise(arm: LiveArm): LiveArmSummary & { readonly squares: number } {
  const users = arm.rows.length;
  const rows = sum(arm.rows);
  if (rows === 0) return { users, rows, squares: 0 };
  const meanReward = sum(arm.rewardSums) / rows;
  return { users, rows, meanReward, squares: residualSquares(arm, meanReward) };
}

/**
 * Each arm's own spread, or that of both together if it is larger: rare rewards leave a small arm
 * without a reward and so without a spread, and a spread of 0 would prove anything. Users as
 * clusters (Liang & Zeger 1986).
 */
function standardErrorOf(arms: readonly ReturnType<typeof summarise>[]): number {
  const add = (summand: (arm: ReturnType<typeof summarise>) => number) =>
    arms.reduce((total, arm) => total + summand(arm), 0);
  const own = add(({ users, rows, squares }) => (users / (users - 1)) * (squares / rows ** 2));
  const pooled =
    (add(({ squares }) => squares) / add(({ rows }) => rows)) * add(({ rows }) => 1 / rows);
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
 * Mean reward a row of a promoted policy's users minus that of users who kept the replaced policy.
 * Users were assigned at random, so no propensity and no model is needed, and a change common to
 * both arms cancels.
 * @throws invalid_request for arrays of unlike length, users without rows, or rewards that are not
 * finite
 */
export function liveDifference(arms: {
  readonly serving: LiveArm;
  readonly holdback: LiveArm;
}): LiveDifference {
  checkArm("serving", arms.serving);
  checkArm("holdback", arms.holdback);
  const both = [summarise(arms.serving), summarise(arms.holdback)] as const;
  const [{ squares: _, ...serving }, { squares: __, ...holdback }] = both;
  const isEnough = both.every(({ rows, users }) => rows >= minimumRows && users >= minimumUsers);
  const { meanReward: before } = holdback;
  const { meanReward: after } = serving;
  if (!isEnough || before === undefined || after === undefined) return { serving, holdback };
  const value = after - before;
  const standardError = standardErrorOf(both);
  const rows = 1 / (1 / serving.rows + 1 / holdback.rows);
  const { lower, upper } = asymptoticSequenceInterval({ value, standardError, rows, level });
  return {
    serving,
    holdback,
    difference: value,
    standardError,
    interval: [lower, upper],
    ...(before > 0 && {
      relativeLift: value / before,
      relativeInterval: [lower / before, upper / before],
    }),
  };
}

/**
 * `worse`: the upper end is below 0. `not-worse`: a loss of 5 % is ruled out, so that a true loss of more than half of that is
 * found worse first. `open`: neither yet.
 */
export function judgeLive(live: LiveDifference): "worse" | "not-worse" | "open" {
  const { interval, holdback } = live;
  if (interval === undefined || holdback.meanReward === undefined) return "open";
  if (interval[1] < 0) return "worse";
  const loss = tolerableLoss * Math.max(0, holdback.meanReward);
  return interval[0] > -loss ? "not-worse" : "open";
}
