import { formatSeconds } from "../src/numeric/format.ts";
import { createRandom } from "../src/numeric/random.ts";
import type { Bench, Report } from "./bench.ts";
import { type Cell, cellName, shuffledCells } from "./gate/hostile/cells.ts";
import { type Life, liveThrough } from "./gate/hostile/life.ts";
import { showRuns } from "./gate/hostile/show.ts";
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
const format = 8;

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
    const runs = units.flatMap((unit) => {
      const lives = folder.load<readonly Life[]>(fileOf(unit));
      return lives === undefined ? [] : [{ cell: unit.cell, lives }];
    });
    const cells = new Set(runs.map(({ cell }) => cell)).size;
    report.note(`${runs.length} of ${units.length} runs, ${cells} of ${order.length} cells`);
    const isTold = runs.some(({ lives }) => lives.some(({ kind }) => kind === "worse"));
    if (!isTold) return report.skip("too few cells have run");
    showRuns(runs, report);
  },
};
