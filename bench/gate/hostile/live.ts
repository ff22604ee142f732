import { defaultCanaryShare as share } from "../../../src/domain/scenario.ts";
import { compareLiveArms, type LiveArm } from "../../../src/evaluation/live-difference.ts";
import { trialDays, trialError, visitsToFind } from "../../../src/evaluation/live-traffic.ts";
import type { RandomStream } from "../../../src/numeric/random.ts";
import { type LiveWorld, simulateLive } from "../../../tests/support/simulated-live.ts";
import { daysToFind } from "../time-to-detection.ts";
import type { Cell } from "./cells.ts";

const site = { users: 5000, visits: 5000 } as const;

/** Outcomes of shown items on live traffic. */
function describeTraffic({ rate, hazard, slate }: Cell) {
  const spread = hazard === "returning users" ? 0.9 : 0.3;
  return {
    spread,
    /** Of the rarer outcome: half of the users have the one, half the other. */
    chances: [rate * (1 - spread), rate * (1 + spread)] as const,
    variance: rate * (1 - rate),
    rowsPerDay: site.visits * slate,
  };
}

/** Rewards of users whose rarer outcomes are losses. */
const countRewards = ({ rewardSums: losses, rows }: LiveArm): LiveArm => ({
  rewardSums: rows.map((count, user) => count - losses[user]!),
  rows,
});

type Size = Pick<LiveWorld, "users" | "visits" | "looks"> & {
  readonly plannedError?: number | undefined;
};

/** Verdicts of the looks at a canary. */
function* lookLive(
  cell: Cell,
  lift: number,
  { plannedError, ...size }: Size,
  random: RandomStream,
) {
  const isLoss = cell.rarer === "loss";
  const { chances } = describeTraffic(cell);
  const world = { ...size, chances, lift: isLoss ? -lift : lift, testedShare: share };
  for (const { tested, reference } of simulateLive(world, random)) {
    const arms = isLoss
      ? { tested: countRewards(tested), reference: countRewards(reference), unrewarded: 1 }
      : { tested, reference };
    yield compareLiveArms({ ...arms, plannedError }).verdict;
  }
}

/** Time that a canary has, days, and the planned error at its end. */
function planTrial(cell: Cell) {
  const { variance, rowsPerDay: visitsPerDay } = describeTraffic(cell);
  const traffic = { mean: cell.rate, variance, visitsPerDay };
  const size = { share, predicted: 0.1 };
  return { days: trialDays(traffic, size), plannedError: trialError(traffic, size) };
}

export interface Trial {
  readonly end: "promoted live" | "promoted by review" | "left" | "undecided";
  readonly days: number;
  /** Canary's share × its rows × its loss, in rarer outcomes. */
  readonly regret: number;
}

/**
 * A canary until its end, looked at once a day.
 * @param review of a day that live rewards leave open
 */
export function tryLive(
  cell: Cell,
  lift: number,
  {
    review,
    random,
  }: {
    readonly review?: (day: number) => "promote" | "retire" | "keep";
    readonly random: RandomStream;
  },
): Trial {
  const { rowsPerDay } = describeTraffic(cell);
  const { days, plannedError } = planTrial(cell);
  const size = { users: site.users, visits: rowsPerDay, looks: Math.ceil(days), plannedError };
  let day = 0;
  let end: Trial["end"] = "undecided";
  for (const verdict of lookLive(cell, lift, size, random)) {
    day++;
    if (verdict === "better" || verdict === "worse") {
      end = verdict === "better" ? "promoted live" : "left";
      break;
    }
    const found = day < size.looks ? (review?.(day) ?? "keep") : "keep";
    if (found === "keep") continue;
    end = found === "promote" ? "promoted by review" : "left";
    break;
  }
  const regret = Math.max(0, -lift) * cell.rate * share * day * rowsPerDay;
  return { end, days: day, regret };
}

/** Most regret that the stated time to detection allows: that table's days, or the deadline if it comes before. */
export function statedRegret(cell: Cell, lift: number): number {
  const { rowsPerDay, spread } = describeTraffic(cell);
  const { days, plannedError } = planTrial(cell);
  const returning = { users: site.users, spread };
  const deadline = Math.ceil(days);
  const found = daysToFind(
    { rate: cell.rate, visits: rowsPerDay, returning, plannedError },
    { change: -Math.abs(lift), share },
  );
  return Math.abs(lift) * cell.rate * share * rowsPerDay * Math.min(found ?? deadline, deadline);
}

const mostLooks = 10;

/**
 * A user's mean number of rows in such a comparison: the chances of two rows differ so little that rows are as good as independent,
 * unless users return with far other chances.
 */
const rowsPerUser = ({ rate }: Cell): number => 1 / Math.min(1, 10 * rate);

/** 1 + m·ρ for a Poisson number of rows of mean m and the intraclass correlation ρ = spread²·p/(1 − p). */
function clusterEffect(cell: Cell): number {
  const { rate, hazard } = cell;
  if (hazard !== "returning users") return 1;
  return 1 + (rowsPerUser(cell) * describeTraffic(cell).spread ** 2 * rate) / (1 - rate);
}

/**
 * Whether live rewards find a gain on 2.5 times the rows after which a test of two samples finds it four times out of five, with
 * returning users as clusters.
 */
export function isFound(cell: Cell, lift: number, random: RandomStream): boolean {
  const variance = describeTraffic(cell).variance * clusterEffect(cell);
  const rows = 2.5 * visitsToFind({ variance, share, difference: lift * cell.rate });
  const traffic = { mean: cell.rate, variance, visitsPerDay: rows };
  const size = {
    users: Math.ceil(rows / rowsPerUser(cell)),
    visits: Math.ceil(rows / mostLooks),
    looks: mostLooks,
    plannedError: trialError(traffic, { share, predicted: lift }),
  };
  for (const verdict of lookLive(cell, lift, size, random))
    if (verdict === "better" || verdict === "worse") return verdict === "better";
  return false;
}
