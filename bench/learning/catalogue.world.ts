import { runClosedLoop } from "../../src/lab/closed-loop/closed-loop.ts";
import type { StrategyName } from "../../src/lab/closed-loop/strategy.ts";
import { createCatalogueWorld } from "../../src/lab/worlds/catalogue-world.ts";
import { mean } from "../statistics.ts";
import { dataSets, findObstacle, readDataSet } from "./catalogue/data-sets.ts";
import { findStart, prepareStart } from "./catalogue/shared-start.ts";
import { aboveInErrors, intervalReaches } from "./catalogue/targets.ts";
import { playRows } from "./kept-rows.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const main = "MPO";
const withLoop = "MPO and fast loop";
const strategies: Readonly<Record<string, StrategyName>> = {
  // The quick ones first: a run that is broken off has them.
  "most consumed": "most-consumed",
  "Markov chain": "markov",
  "frozen policy": "frozen",
  "fast loop alone": "fast",
  "nightly training": "nightly",
  [main]: "mpo",
  [withLoop]: "mpo+fast",
};
const names = Object.keys(strategies);
const ablations = [withLoop];
const visitsPerCycle = 1000;
const usualCycles = 10;

const settingsOf = (cycles: number) => ({ cycles, visitsPerCycle, strategies });

interface PlayedRow {
  /** By cycle, the visits after the last one included: mean true reward of the slates. */
  readonly rewards: readonly number[];
  /** By cycle: the outcome of its update. */
  readonly notes: readonly string[];
}

const playStrategy =
  (cycles: number) =>
  async (name: string, { caseName, seed, onProgress }: UnitOfWork): Promise<PlayedRow> => {
    const data = await readDataSet(caseName);
    const played = await runClosedLoop({
      world: createCatalogueWorld({ seed, turns: (cycles + 1) * visitsPerCycle, data }),
      strategy: strategies[name]!,
      start: findStart(caseName).path,
      seed,
      threads: 1,
      cycles,
      decisionsPerCycle: visitsPerCycle,
      visitsAfter: visitsPerCycle,
      onCycle: ({ cycle }) => onProgress(cycle / cycles),
    });
    return {
      rewards: played.map(({ meanReward }) => meanReward),
      notes: played.map(({ note }) => note),
    };
  };

const listFigures = (name: string, { rewards, notes }: PlayedRow) => [
  [`${name}: mean over all cycles`, mean(rewards)] as const,
  ...(strategies[name]!.startsWith("mpo")
    ? [[`${name}: promotions`, notes.filter((note) => note.startsWith("promote")).length] as const]
    : []),
];

const runCycles =
  (cycles: number) =>
  async (unit: UnitOfWork): Promise<SeedOutcome> => {
    const settings = settingsOf(cycles);
    const played = { settings, names, ablations, play: playStrategy(cycles) };
    const rows = await playRows({ folder: "catalogue-rows", ...played }, unit);
    const { notes } = await readDataSet(unit.caseName);
    return {
      values: Object.fromEntries(rows.map(([name, { rewards }]) => [name, rewards.at(-1)!])),
      curves: Object.fromEntries(rows.map(([name, { rewards }]) => [name, rewards])),
      figures: Object.fromEntries(rows.flatMap(([name, row]) => listFigures(name, row))),
      notes: [findStart(unit.caseName).reason, ...notes].map((note) => `${unit.caseName}: ${note}`),
    };
  };

const createWorld = (cycles: number): LearningWorld => ({
  name: "catalogue",
  description: `real users in their real order on whole catalogues, ${cycles} cycles of ${visitsPerCycle} visits after one training on behaviour`,
  value: "true reward a slate in the visits after the last cycle, exploration included",
  better: "higher",
  cases: dataSets,
  policies: names,
  main,
  step: "cycle",
  settings: settingsOf(cycles),
  usual: { cases: dataSets.slice(0, 1), seeds: 10 },
  cycles,
  withCycles: createWorld,
  targets: dataSets.flatMap((caseName) => [
    aboveInErrors(3, { policy: main, over: "frozen policy", caseName }),
    intervalReaches(-0.01, { policy: main, over: "nightly training", caseName }),
  ]),
  findObstacle,
  prepare: prepareStart,
  run: runCycles(cycles),
});

/** The loop as a whole where people would use it: a trained policy, a large catalogue, tastes that nobody made up. */
export const catalogueWorld: LearningWorld = createWorld(usualCycles);
