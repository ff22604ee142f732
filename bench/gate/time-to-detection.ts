import { defaultCanaryShare } from "../../src/domain/scenario.ts";
import { minimumRewarded } from "../../src/evaluation/live-difference.ts";
import { liveInterval } from "../../src/evaluation/live-interval.ts";
import type { Report } from "../bench.ts";

/** z of 80 %: in 4 of 5 comparisons the estimate is at least this many errors below the true difference. */
const power = 0.8416;
const rate = 0.05;
const usersADay = [300, 1000, 3000, 10_000, 100_000, 1_000_000];
const changes = [-0.5, -0.3, -0.2, -0.1, -0.05];
const mostDays = 1000;

/** Whole days after which a relative change of a reward that comes in 5 % of the visits is found 4 times out of 5. */
function daysToFind(users: number, change: number, share: number): number | undefined {
  const worth = rate * (1 + share * change);
  for (let days = 1; days <= mostDays; days++) {
    const visits = users * days;
    if (visits * Math.min(share, 1 - share) * worth < minimumRewarded) continue;
    const standardError = Math.sqrt((worth * (1 - worth)) / (visits * share * (1 - share)));
    const value = rate * change + power * standardError;
    if (liveInterval({ value, standardError, worth })[1] < 0) return days;
  }
  return undefined;
}

/** How long live comparisons take, for users of one visit each. */
export function showTimeToDetection(report: Report): void {
  for (const [name, share] of [
    ["canary", defaultCanaryShare],
    ["promotion", 0.95],
  ] as const)
    report.table(
      [`users a day, ${name}`, ...changes.map((change) => `${-100 * change} % worse`)],
      usersADay.map((users) => [
        users.toLocaleString("en-GB"),
        ...changes.map((change) => {
          const days = daysToFind(users, change, share);
          return days === undefined ? `above ${mostDays}` : `${days}`;
        }),
      ]),
    );
}
