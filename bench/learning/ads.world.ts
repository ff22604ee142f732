import { runClosedLoop } from "../../src/lab/closed-loop/closed-loop.ts";
import type { StrategyName } from "../../src/lab/closed-loop/strategy.ts";
import { createAdsWorld } from "../../src/lab/worlds/ads-world.ts";
import { mean } from "../statistics.ts";
import { type DayOfCampaign, readDays } from "./ads/campaign-days.ts";
import { aboveInErrors } from "./catalogue/targets.ts";
import { playRows } from "./kept-rows.ts";
import { bound } from "./targets.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const main = "MPO with fast loop";
const greedy = "greedy p × bid";
const loopAlone = "fast loop alone";
const strategies: Readonly<Record<string, StrategyName>> = {
  [greedy]: "greedy-bid",
  "MPO, no boost": "mpo-no-boost",
  MPO: "mpo-no-loop",
  [loopAlone]: "fast",
  [main]: "mpo+fast",
};
const names = Object.keys(strategies);
const ablations = ["MPO, no boost", "MPO"];
const usualCycles = 6;
const visitsPerDay = 2000;
const settingsOf = (cycles: number) => ({ cycles, visitsPerDay, strategies });

interface PlayedRow {
  /** By day: mean true revenue a visit. */
  readonly revenue: readonly number[];
  readonly notes: readonly string[];
  readonly days: readonly DayOfCampaign[];
}

const playStrategy =
  (cycles: number) =>
  async (name: string, { seed, onProgress }: UnitOfWork): Promise<PlayedRow> => {
    const days: DayOfCampaign[] = [];
    const world = createAdsWorld({ seed, visitsPerDay });
    const played = await runClosedLoop({
      world,
      seed,
      threads: 1,
      cycles,
      decisionsPerCycle: visitsPerDay,
      strategy: strategies[name]!,
      onCycle: async ({ cycle }, store) => {
        days.push(...(await readDays(store, world, cycle - 1)));
        onProgress(cycle / cycles);
      },
    });
    return {
      revenue: played.map(({ meanReward }) => meanReward),
      notes: played.map(({ note }) => note),
      days,
    };
  };

/** The first day's traffic is not expected yet. */
const paced = (days: readonly DayOfCampaign[]) =>
  days.filter(({ day, factor }) => day > 0 && factor < 0.95);

const overspend = (name: string) => `${name}: most overspent, impressions`;
const pacingError = (name: string) => `${name}: pacing error, % of a day's budget`;

function listFigures(name: string, { notes, days, revenue }: PlayedRow): [string, number][] {
  const errors = paced(days).map(({ pacingError: error }) => 100 * error);
  return [
    [`${name}: last day`, revenue.at(-1)!],
    [overspend(name), Math.max(...days.map((day) => day.overspent))],
    ...(errors.length > 0 ? [[pacingError(name), mean(errors)] as [string, number]] : []),
    [`${name}: paced days of campaigns`, errors.length],
    [`${name}: explored impressions, %`, 100 * mean(days.map((day) => day.explored))],
    ...(name === greedy || name === loopAlone
      ? []
      : [
          [`${name}: promotions`, notes.filter((note) => note.startsWith("promote")).length] as [
            string,
            number,
          ],
        ]),
  ];
}

const runCycles =
  (cycles: number) =>
  async (unit: UnitOfWork): Promise<SeedOutcome> => {
    const settings = settingsOf(cycles);
    const played = { folder: "ads-rows", settings, names, ablations, play: playStrategy(cycles) };
    const rows = await playRows(played, unit);
    return {
      values: Object.fromEntries(rows.map(([name, { revenue }]) => [name, mean(revenue)])),
      curves: Object.fromEntries(rows.map(([name, { revenue }]) => [name, revenue])),
      figures: Object.fromEntries(rows.flatMap(([name, row]) => listFigures(name, row))),
    };
  };

const caseName = "auction";

const createWorld = (cycles: number): LearningWorld => ({
  name: "ads",
  description: `campaigns with bids and budgets of a day, ${cycles} days of ${visitsPerDay} visits from the uniform choice`,
  value: "true revenue a visit over all days, exploration included",
  better: "higher",
  cases: [caseName],
  policies: names,
  main,
  step: "day",
  settings: settingsOf(cycles),
  cycles,
  withCycles: createWorld,
  targets: [
    aboveInErrors(3, { policy: main, over: greedy, caseName }),
    bound({ name: pacingError(main), kind: "figure", direction: "at most", limit: 5 }),
    bound({ name: overspend(main), kind: "figure", direction: "at most", limit: 1 }),
  ],
  run: runCycles(cycles),
});

/** Ads: a learned policy whose log-odds have the bids, against greedy P(outcome) × bid on the same inputs under the same budgets and pacing. */
export const adsWorld: LearningWorld = createWorld(usualCycles);
