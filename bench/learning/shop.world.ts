import { runClosedLoop } from "../../src/lab/closed-loop/closed-loop.ts";
import type { StrategyName } from "../../src/lab/closed-loop/strategy.ts";
import { createShopWorld } from "../../src/lab/worlds/shop/shop-world.ts";
import { mean } from "../statistics.ts";
import { aboveInErrors, intervalReaches } from "./catalogue/targets.ts";
import { playRows } from "./kept-rows.ts";
import { bound } from "./targets.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const main = "MPO";
const nightly = "nightly greedy";
const strategies: Readonly<Record<string, StrategyName>> = {
  // The quick ones first: a run that is broken off has them.
  popularity: "popularity",
  "popularity and fast loop": "renewed",
  "fast loop alone": "fast",
  [nightly]: "epsilon-greedy",
  [main]: "mpo",
  "MPO and fast loop": "mpo+fast",
  "MPO without fast loop": "mpo-no-loop",
};
const names = Object.keys(strategies);
const ablations = ["MPO and fast loop", "MPO without fast loop"];
const visitsPerCycle = 1500;
const usualCycles = 6;
const caseName = "shop";
const violated = "slates that break a rule";

const settingsOf = (cycles: number) => ({ cycles, visitsPerCycle, strategies });

interface PlayedRow {
  /** By cycle: mean true reward of the slates, exploration included. */
  readonly rewards: readonly number[];
  /** By cycle: the outcome of its update. */
  readonly notes: readonly string[];
  readonly slates: number;
  readonly violations: number;
}

const playStrategy =
  (cycles: number) =>
  async (name: string, { seed, onProgress }: UnitOfWork): Promise<PlayedRow> => {
    const world = createShopWorld({ seed, visitsPerDay: visitsPerCycle });
    const played = await runClosedLoop({
      world,
      strategy: strategies[name]!,
      cycles,
      decisionsPerCycle: visitsPerCycle,
      seed,
      threads: 1,
      onCycle: ({ cycle }) => onProgress(cycle / cycles),
    });
    return {
      rewards: played.map(({ meanReward }) => meanReward),
      notes: played.map(({ note }) => note),
      ...world.counts(),
    };
  };

async function runShop(cycles: number, unit: UnitOfWork): Promise<SeedOutcome> {
  const settings = settingsOf(cycles);
  const rows = await playRows(
    { folder: "shop", settings, names, ablations, play: playStrategy(cycles) },
    unit,
  );
  const sum = (figure: (row: PlayedRow) => number) =>
    rows.reduce((total, [, row]) => total + figure(row), 0);
  return {
    values: Object.fromEntries(rows.map(([name, { rewards }]) => [name, mean(rewards)])),
    curves: Object.fromEntries(rows.map(([name, { rewards }]) => [name, rewards])),
    figures: {
      [violated]: sum(({ violations }) => violations),
      "slates watched": sum(({ slates }) => slates),
    },
    notes: rows.map(
      ([name, { notes }]) => `seed ${unit.seed}, ${name}: ${[...new Set(notes)].join(", ")}`,
    ),
  };
}

const describe = (cycles: number): LearningWorld => ({
  name: "shop",
  description: `the product's own loop in a shop with six rules, ${cycles} cycles of ${visitsPerCycle} visits; stock comes and goes, and few items are clicked`,
  value: "mean true reward a slate from the first cycle on: a click is worth 1, a buy 4 more",
  better: "higher",
  cases: [caseName],
  policies: names,
  main,
  step: "cycle",
  settings: settingsOf(cycles),
  targets: [
    aboveInErrors(2, { policy: main, over: "popularity", caseName }),
    intervalReaches(-0.01, { policy: main, over: nightly, caseName }),
    bound({ name: violated, kind: "figure", direction: "at most", limit: 0 }),
  ],
  usual: { cases: [caseName], seeds: 5 },
  cycles,
  withCycles: describe,
  run: (unit) => runShop(cycles, unit),
});

/** Rules of a shop, watched from the visitors' side, and its reward beside loops with the same rules. */
export const shopWorld: LearningWorld = describe(usualCycles);
