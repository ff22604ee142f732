import type { StrategyName } from "../../src/lab/closed-loop/strategy.ts";
import { mean } from "../statistics.ts";
import { playRows } from "./kept-rows.ts";
import { type PlayedRow, playRow } from "./low-rate/play-row.ts";
import { createLowRateShop } from "./low-rate/shop-world.ts";
import { fewWrongPromotions, neverBelow, settled } from "./low-rate/targets.ts";
import { gainOverBest } from "./targets.ts";
import type { LearningWorld, SeedOutcome, UnitOfWork } from "./world.ts";

const main = "MPO";
const withLoop = "MPO and fast loop";
const loopAlone = "fast loop alone";
const strategies: Readonly<Record<string, StrategyName>> = {
  // The quick ones first: a run that is broken off has them.
  popularity: "popularity",
  "popularity and fast loop": "renewed",
  [loopAlone]: "fast",
  greedy: "epsilon-greedy",
  "MPO without fast loop": "mpo-no-loop",
  [main]: "mpo",
  [withLoop]: "mpo+fast",
};
const names = Object.keys(strategies);
const visitsPerCycle = 1000;
/** In an hour on two cores; `--cycles 24` takes three. */
const usualCycles = 8;
const users = 1500;

const shapes = [300, 3416].flatMap((items) =>
  [10, 1].flatMap((slateSize) =>
    [0.04, 0.02].map((clickRate) => ({ items, slateSize, clickRate })),
  ),
);
const nameOf = ({ items, slateSize, clickRate }: (typeof shapes)[number]) =>
  `${items} items, slates of ${slateSize}, ${100 * clickRate} %`;
const cells = new Map(shapes.map((shape) => [nameOf(shape), shape]));

function createWorld(caseName: string, seed: number) {
  const shape = cells.get(caseName);
  if (shape === undefined)
    throw new RangeError(`no case '${caseName}': ${[...cells.keys()].join("; ")}`);
  return createLowRateShop({ ...shape, users, seed });
}

const settingsOf = (cycles: number) => ({ cycles, visitsPerCycle, users, strategies });

const playStrategy =
  (cycles: number) =>
  (name: string, { caseName, seed, onProgress }: UnitOfWork): Promise<PlayedRow> =>
    playRow({
      world: createWorld(caseName, seed),
      strategy: strategies[name]!,
      seed,
      cycles,
      visitsPerCycle,
      onCycle: ({ cycle }) => onProgress(cycle / cycles),
    });

/** Served less in the cycle after a promotion than in the one before it: with the fast loop, that serves and not the policy alone. */
const countFalls = ({ rewards, promotions }: PlayedRow): number =>
  promotions.filter(({ cycle }) => (rewards[cycle] ?? Infinity) < rewards[cycle - 1]!).length;

function listFigures(name: string, row: PlayedRow): readonly (readonly [string, number])[] {
  const common = [[`${name}: from the third cycle on`, mean(settled(row.rewards))]] as const;
  if (!strategies[name]!.startsWith("mpo")) return common;
  const { promotions } = row;
  const wrong = promotions.filter(({ before, after }) => after <= before).length;
  return [
    ...common,
    [`${name}: promotions`, promotions.length],
    [`${name}: wrong promotions`, wrong],
    [`${name}: promotions after which less was served`, countFalls(row)],
  ];
}

const describePromotions = (name: string, { caseName, seed }: UnitOfWork, row: PlayedRow) =>
  row.promotions.map(
    ({ cycle, before, after }) =>
      `${name}, ${caseName}, seed ${seed}: promotion after cycle ${cycle}, true ${before.toFixed(4)} → ${after.toFixed(4)}`,
  );

const runCycles =
  (cycles: number) =>
  async (unit: UnitOfWork): Promise<SeedOutcome> => {
    const settings = settingsOf(cycles);
    const rows = await playRows(
      { folder: "low-rate-rows", settings, names, play: playStrategy(cycles) },
      unit,
    );
    return {
      values: Object.fromEntries(rows.map(([name, { rewards }]) => [name, mean(rewards)])),
      curves: Object.fromEntries(rows.map(([name, { rewards }]) => [name, rewards])),
      figures: Object.fromEntries(rows.flatMap(([name, row]) => listFigures(name, row))),
      notes: rows.flatMap(([name, row]) => describePromotions(name, unit, row)),
    };
  };

const createLowRateWorld = (cycles: number): LearningWorld => ({
  name: "low-rate",
  description: `a shop of few clicks with the product's own networks and record, ${cycles} cycles of ${visitsPerCycle} visits; tastes are no sum of features`,
  value: "true clicks a slate, mean over all cycles, exploration included",
  better: "higher",
  cases: [...cells.keys()],
  policies: names,
  main,
  step: "cycle",
  settings: settingsOf(cycles),
  usual: { cases: [nameOf(shapes[0]!), nameOf(shapes[2]!)], seeds: 1 },
  cycles,
  withCycles: createLowRateWorld,
  targets: [
    neverBelow(main, "popularity"),
    gainOverBest({ policy: main, over: ["greedy"], gain: -0.01, standardErrors: 2 }),
    gainOverBest({ policy: withLoop, over: [loopAlone], gain: 0, standardErrors: 2 }),
    fewWrongPromotions(main),
    fewWrongPromotions(withLoop),
  ],
  run: runCycles(cycles),
});

/** Where people serve: rare clicks, slates of ten, a catalogue to choose from. */
export const lowRateWorld: LearningWorld = createLowRateWorld(usualCycles);
