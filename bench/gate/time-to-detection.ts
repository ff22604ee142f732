import { defaultCanaryShare } from "../../src/domain/scenario.ts";
import { minimumRewarded } from "../../src/evaluation/live-difference.ts";
import { liveInterval } from "../../src/evaluation/live-interval.ts";
import { trialError } from "../../src/evaluation/live-traffic.ts";
import type { Report } from "../bench.ts";

/** z of 80 %: in 4 of 5 comparisons the estimate is at least this many errors below the true difference. */
const power = 0.8416;
const rate = 0.05;
const usersADay = [300, 1000, 3000, 10_000, 100_000, 1_000_000];
const changes = [-0.5, -0.3, -0.2, -0.1, -0.05];
const mostDays = 1000;

export interface DetectionSite {
  /** Of a reward in a visit. */
  readonly rate: number;
  /** A day. */
  readonly visits: number;
  /** Users who come back, and the standard deviation of their rates as a share of the mean. Default: each visit is a new user's. */
  readonly returning?: { readonly users: number; readonly spread: number };
  readonly plannedError?: number | undefined;
}

/** Whole days after which a relative change of the rewards is found 4 times out of 5. */
export function daysToFind(
  { rate, visits: daily, returning, plannedError }: DetectionSite,
  { change, share }: { readonly change: number; readonly share: number },
): number | undefined {
  const worth = rate * (1 + share * change);
  const between = returning ? (worth * returning.spread) ** 2 / returning.users : 0;
  for (let days = 1; days <= mostDays; days++) {
    const visits = daily * days;
    if (visits * Math.min(share, 1 - share) * worth < minimumRewarded) continue;
    const variance = (worth * (1 - worth)) / visits + between;
    const standardError = Math.sqrt(variance / (share * (1 - share)));
    const value = rate * change + power * standardError;
    if (liveInterval({ value, standardError, worth, plannedError })[1] < 0) return days;
  }
  return undefined;
}

/** Of a canary with a predicted lift of 10 %. */
const planOf = (visits: number, share: number) =>
  trialError(
    { mean: rate, variance: rate * (1 - rate), visitsPerDay: visits },
    { share, predicted: 0.1 },
  );

/** How long live comparisons take, for users of one visit each. */
export function showTimeToDetection(report: Report): void {
  for (const [name, share, plan] of [
    ["canary", defaultCanaryShare, planOf],
    ["promotion", 0.95, undefined],
  ] as const)
    report.table(
      [`users a day, ${name}`, ...changes.map((change) => `${-100 * change} % worse`)],
      usersADay.map((visits) => [
        visits.toLocaleString("en-GB"),
        ...changes.map((change) => {
          const plannedError = plan?.(visits, share);
          const days = daysToFind({ rate, visits, plannedError }, { change, share });
          return days === undefined ? `above ${mostDays}` : `${days}`;
        }),
      ]),
    );
}
