import { formatSeconds } from "../src/numeric/format.ts";
import { createRandom } from "../src/numeric/random.ts";
import type { Bench, Report } from "./bench.ts";
import { type Cell, cellName, shuffledCells } from "./gate/hostile/cells.ts";
import { type Life, liveThrough } from "./gate/hostile/life.ts";
import { type CellLives, countBadCells, isPromoted, poolByLevel } from "./gate/hostile/pool.ts";
import { openRunFolder, type RunFolder } from "./run-folder.ts";

interface Options {
  readonly all: boolean;
  readonly seconds: number;
  readonly repetitions: number;
  readonly seed: number;
  readonly part: number;
  readonly parts: number;
  readonly [name: string]: number | boolean;
}

interface Unit {
  readonly cell: Cell;
  readonly repetition: number;
}

/** Changes with what a life consists of: older ones are then not taken for new ones. */
const format = 1;

const fileOf = ({ cell, repetition }: Unit) =>
  `${cellName(cell).replaceAll(/[/ ]/g, "-")}-${repetition}.json`;

/** Runs what is not kept yet until the time is up. */
async function run(units: readonly Unit[], folder: RunFolder, options: Options, report: Report) {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const mine = units.filter((_, index) => index % options.parts === options.part - 1);
  const left = mine.filter((unit) => folder.load(fileOf(unit)) === undefined);
  report.note(`${mine.length - left.length} of ${mine.length} runs are kept from before`);
  let printedAt = 0;
  for (const [index, unit] of left.entries()) {
    if (!options.all && seconds() > options.seconds) break;
    const random = createRandom(options.seed).split(`${cellName(unit.cell)}/${unit.repetition}`);
    folder.save(fileOf(unit), await liveThrough(unit.cell, random));
    if (seconds() - printedAt < 60) continue;
    printedAt = seconds();
    const rest = (seconds() / (index + 1)) * (left.length - index - 1);
    const time = options.all ? rest : Math.max(0, Math.min(rest, options.seconds - seconds()));
    report.note(`${index + 1} of ${left.length} runs, about ${formatSeconds(time)} left`);
  }
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function showLevels(cells: readonly CellLives[], report: Report): void {
  const pooled = poolByLevel(cells);
  report.table(
    ["promoted in full", "candidates", "promoted", "rate", "upper 95 % bound"],
    pooled.map(({ claim, factor, level, candidates, promoted, upper }) => [
      `${claim}: ${factor} ${level}`.trim(),
      ...[`${candidates}`, `${promoted}`, percent(promoted / candidates), percent(upper)],
    ]),
  );
  for (const [claim, name] of [
    ["no gain", "without a gain"],
    ["10 % worse", "10 % worse"],
  ] as const) {
    const bounds = pooled.filter((one) => one.claim === claim).map(({ upper }) => 100 * upper);
    report.figure(
      `% of candidates ${name} promoted in full, upper bound of the worst level`,
      Math.max(...bounds),
    );
  }
}

function showKinds(lives: readonly Life[], report: Report): void {
  const names = [...new Set(lives.map(({ kind, trap }) => `${kind}: ${trap}`))].sort((one, other) =>
    one.localeCompare(other),
  );
  const rows = names.map((name) => {
    const own = lives.filter(({ kind, trap }) => `${kind}: ${trap}` === name);
    const share = (end: Life["end"]) =>
      percent(own.filter((one) => one.end === end).length / own.length);
    const lift = own.reduce((sum, one) => sum + one.lift, 0) / own.length;
    return [
      ...[name, `${own.length}`, percent(lift), share("promote"), share("promoted live")],
      ...[share("left"), share("undecided"), share("hold"), share("not-enough-data")],
    ];
  });
  const ends = ["promoted", "promoted live", "left", "undecided", "held", "not enough data"];
  report.table(["candidate", "number", "mean lift", ...ends], rows);
}

function show(cells: readonly CellLives[], report: Report): void {
  const lives = cells.flatMap((one) => one.lives);
  showKinds(lives, report);
  showLevels(cells, report);
  report.figure("cells with more than 5 % wrong promotions, at 99.9 %", countBadCells(cells));
  const better = lives.filter(({ kind }) => kind === "better");
  const share = (isIn: (life: Life) => boolean) =>
    (100 * better.filter(isIn).length) / Math.max(1, better.length);
  report.figure("% of candidates 10 % better promoted after one cycle's gate", share(isPromoted));
  report.figure(
    "% of candidates 10 % better found live within 2.5 times the visits of a two-sample test",
    share(({ isFound }) => isFound === true),
  );
}

/** Cells in a random order, so that a sample has all levels. */
export const gateHostileBench: Bench<Options> = {
  name: "gate --hostile",
  description:
    "candidates of known worth from proposal to end, over slates, catalogues, rates and hazards",
  options: { all: false, seconds: 3600, repetitions: 1, seed: 1117, part: 1, parts: 1 },
  run: async (options, report) => {
    const { seed, repetitions } = options;
    const folder = openRunFolder("gate-hostile/kept", { seed, format });
    report.note(`kept in   ${folder.path}; remove it to measure anew`);
    const order = shuffledCells(createRandom(seed).split("cells"));
    const units = Array.from({ length: repetitions }, (_, repetition) =>
      order.map((cell) => ({ cell, repetition })),
    ).flat();
    await run(units, folder, options, report);
    const kept = units.flatMap((unit) => {
      const lives = folder.load<readonly Life[]>(fileOf(unit));
      return lives === undefined ? [] : [{ cell: unit.cell, lives }];
    });
    const cells = order.flatMap((cell) => {
      const own = kept.filter((one) => one.cell === cell);
      return own.length === 0 ? [] : [{ cell, lives: own.flatMap(({ lives }) => lives) }];
    });
    report.note(`${kept.length} of ${units.length} runs, ${cells.length} of ${order.length} cells`);
    if (cells.length === 0) return report.skip("no cell has run");
    show(cells, report);
  },
};
