import { defaultCanaryShare } from "../../src/domain/scenario.ts";
import { compareLiveArms } from "../../src/evaluation/live-difference.ts";
import { trialDays, trialError } from "../../src/evaluation/live-traffic.ts";
import { createRandom } from "../../src/numeric/random.ts";
import { type LiveWorld, simulateLive } from "../../tests/support/simulated-live.ts";
import type { Report } from "../bench.ts";
import type { WatchOptions } from "./watch-promotions.ts";

/** Visits between two looks are those of a day. */
type Site = Omit<LiveWorld, "looks" | "lift" | "testedShare">;

const site: Site = { users: 20_000, visits: 5000 };
const small: Site = { users: 1000, visits: 500 };
const rare: Site = { users: 100_000, visits: 50_000, chances: [0.02, 0.06] };

interface Case extends Site {
  readonly name: string;
  readonly lift: number;
  /** Of the canaries that are asked for: the large ones have much to draw. */
  readonly part: number;
}

const cases: readonly Case[] = [
  { ...site, name: "no better", lift: 0, part: 1 },
  { ...site, name: "10 % worse", lift: -0.1, part: 1 },
  { ...site, name: "30 % worse", lift: -0.3, part: 1 },
  { ...site, name: "10 % better", lift: 0.1, part: 1 },
  { ...site, name: "30 % better", lift: 0.3, part: 1 },
  { ...rare, name: "no better, reward in 4 % of 50,000 visits a day", lift: 0, part: 0.1 },
  { ...rare, name: "10 % better, reward in 4 % of 50,000 visits a day", lift: 0.1, part: 0.1 },
  { ...small, name: "no better, 500 visits a day", lift: 0, part: 1 },
  { ...small, name: "30 % worse, 500 visits a day", lift: -0.3, part: 1 },
  { ...small, name: "30 % better, 500 visits a day", lift: 0.3, part: 1 },
];

interface Ends {
  promoted: number;
  left: number;
  undecided: number;
  meanDays: number;
}

/** Whole days that such a canary has, and the planned error at their end. */
function planOf({ visits, chances = [0.2, 0.4] }: Site) {
  const mean = (chances[0] + chances[1]) / 2;
  const traffic = { mean, variance: mean * (1 - mean), visitsPerDay: visits };
  const size = { share: defaultCanaryShare, predicted: 0.1 };
  return { days: Math.ceil(trialDays(traffic, size)), plannedError: trialError(traffic, size) };
}

/** Per cent of the simulated canaries by their end. */
function watch(one: Case, { promotions, seed }: WatchOptions): Ends & { readonly days: number } {
  const ends = { promoted: 0, left: 0, undecided: 0, meanDays: 0 };
  const canaries = Math.ceil(promotions * one.part);
  const { days, plannedError } = planOf(one);
  const world = { ...one, testedShare: defaultCanaryShare, looks: days };
  for (let index = 0; index < canaries; index++) {
    let end: "promoted" | "left" | "undecided" = "undecided";
    let day = 0;
    for (const arms of simulateLive(world, createRandom(seed).split(one.name).split(index))) {
      day += 1;
      const { verdict } = compareLiveArms({ ...arms, plannedError });
      if (verdict === "better") end = "promoted";
      if (verdict === "worse") end = "left";
      if (end !== "undecided") break;
    }
    ends[end] += 100 / canaries;
    ends.meanDays += day / canaries;
  }
  return { ...ends, days };
}

/** What becomes of canaries whose true lift is known, looked at once a day until their deadline. */
export function watchCanaries(report: Report, options: WatchOptions): void {
  const measured = cases.map((one) => ({ ...one, ...watch(one, options) }));
  const percent = (value: number) => `${value.toFixed(1)} %`;
  report.table(
    ["canary", "promoted", "left", "undecided", "mean days", "deadline"],
    measured.map(({ name, promoted, left, undecided, meanDays, days }) => [
      name,
      ...[promoted, left, undecided].map(percent),
      meanDays.toFixed(1),
      `${days} days`,
    ]),
  );
  const promoted = (lift: (value: number) => boolean) =>
    measured.filter((one) => lift(one.lift)).map((one) => one.promoted);
  report.figure(
    "% of canaries that are no better or worse promoted on live rewards",
    Math.max(...promoted((lift) => lift <= 0)),
  );
  report.figure(
    "% of canaries that are 10 % better promoted by their deadline",
    Math.min(...promoted((lift) => lift === 0.1)),
  );
}
