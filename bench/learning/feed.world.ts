import { runClosedLoop } from "../../src/lab/closed-loop/closed-loop.ts";
import type { StrategyName } from "../../src/lab/closed-loop/strategy.ts";
import { createFeedWorld } from "../../src/lab/worlds/feed/feed-world.ts";
import type { Store } from "../../src/storage/store.ts";
import { mean } from "../statistics.ts";
import { aboveInErrors } from "./catalogue/targets.ts";
import { playRows } from "./kept-rows.ts";
import { figureAboveInErrors } from "./targets.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const main = "MPO with fast loop";
const withoutLoop = "MPO";
const alone = "the same without friends";
const strategies: Readonly<Record<string, StrategyName>> = {
  // The quick ones first: a run that is broken off has them.
  recency: "recency",
  trending: "trending",
  "fast loop alone": "fast",
  [main]: "mpo+fast",
  [withoutLoop]: "mpo-no-loop",
  [alone]: "mpo+fast",
};
const names = Object.keys(strategies);
const ablations = [withoutLoop, alone];
const visitsPerCycle = 1500;
const usualCycles = 6;
const sessionGapSeconds = 1800;

const settingsOf = (cycles: number) => ({ cycles, visitsPerCycle, strategies });

interface PlayedRow {
  /** By cycle: mean true reward of the slates, in likes a visit. */
  readonly rewards: readonly number[];
  /** By cycle: the outcome of its update. */
  readonly notes: readonly string[];
  /** Share of the sessions from the second cycle on that another one followed within a day. */
  readonly returnWithinDay: number;
  /** From the second cycle on. */
  readonly sessionsPerDay: number;
}

async function readReturns(store: Store, from: number) {
  const { to = from } = (await store.decisions.dateRange("feed")) ?? {};
  const span = { scenario: "feed", from, to, sessionGapSeconds };
  const users = await store.decisions.userActivity(span);
  const sum = (figure: (user: (typeof users)[number]) => number) =>
    users.reduce((total, user) => total + figure(user), 0);
  return {
    returnWithinDay: sum((user) => user.backWithinDay) / sum((user) => user.endedDayAgo),
    sessionsPerDay: sum((user) => user.returns) / sum((user) => user.waitedDays),
  };
}

const playStrategy =
  (cycles: number) =>
  async (name: string, { seed, onProgress }: UnitOfWork): Promise<PlayedRow> => {
    let from = 0;
    let returns = { returnWithinDay: Number.NaN, sessionsPerDay: Number.NaN };
    const played = await runClosedLoop({
      world: createFeedWorld({ seed, friends: name !== alone }),
      strategy: strategies[name]!,
      cycles,
      decisionsPerCycle: visitsPerCycle,
      seed,
      threads: 1,
      onCycle: async ({ cycle }, store) => {
        // The first cycle's visits are shown what nothing was learned for.
        if (cycle === 1) from = (await store.decisions.dateRange("feed"))?.to ?? 0;
        else returns = await readReturns(store, from);
        onProgress(cycle / cycles);
      },
    });
    return {
      rewards: played.map(({ meanReward }) => meanReward),
      notes: played.map(({ note }) => note),
      ...returns,
    };
  };

const back = (policy: string) => `back within a day, ${policy}`;
const backAbove = (other: string) => `back within a day, ${main} above ${other}`;

async function runFeed(cycles: number, unit: UnitOfWork): Promise<SeedOutcome> {
  const settings = settingsOf(cycles);
  const rows = await playRows(
    { folder: "feed", settings, names, ablations, play: playStrategy(cycles) },
    unit,
  );
  const own = new Map(rows).get(main)!.returnWithinDay;
  return {
    values: Object.fromEntries(rows.map(([name, { rewards }]) => [name, mean(rewards.slice(1))])),
    curves: Object.fromEntries(rows.map(([name, { rewards }]) => [name, rewards])),
    figures: {
      ...Object.fromEntries(
        rows.map(([name, { returnWithinDay }]) => [back(name), returnWithinDay]),
      ),
      ...Object.fromEntries(
        rows
          .filter(([name]) => name !== main)
          .map(([name, { returnWithinDay }]) => [backAbove(name), own - returnWithinDay]),
      ),
      ...Object.fromEntries(
        rows.map(([name, { sessionsPerDay }]) => [`sessions a day, ${name}`, sessionsPerDay]),
      ),
    },
    notes: rows.map(
      ([name, { notes }]) => `seed ${unit.seed}, ${name}: ${[...new Set(notes)].join(", ")}`,
    ),
  };
}

const describe = (cycles: number): LearningWorld => ({
  name: "feed",
  description: `the product's own loop in a social feed, ${cycles} cycles of ${visitsPerCycle} visits by readers who come back the sooner, the more they liked`,
  value: "mean true likes a visit from the second cycle on",
  better: "higher",
  cases: ["feed"],
  policies: names,
  main,
  step: "cycle",
  settings: settingsOf(cycles),
  targets: ["recency", "trending"].flatMap((over) => [
    aboveInErrors(3, { policy: main, over, caseName: "feed" }),
    figureAboveInErrors(backAbove(over), 3),
  ]),
  usual: { cases: ["feed"], seeds: 5 },
  cycles,
  withCycles: describe,
  run: (unit) => runFeed(cycles, unit),
});

/** Friends, authors and returns: against what a feed shows without learning, its parts alone, and the same loop without friends. */
export const feedWorld: LearningWorld = describe(usualCycles);
