import { formatSeconds } from "../src/numeric/format.ts";
import { hash32 } from "../src/numeric/hash.ts";
import type { Bench, Report } from "./bench.ts";
import { type PlayedWorld, playWorld } from "./gate/intervals/play-world.ts";
import {
  coverageOf,
  type Estimate,
  type ShownLift,
  shownLifts,
  slopeOf,
  widthRatio,
} from "./gate/intervals/summary.ts";
import { openRunFolder, type RunFolder } from "./run-folder.ts";
import { mean } from "./statistics.ts";

interface Options {
  readonly seconds: number;
  readonly repetitions: number;
  readonly seed: number;
  readonly [name: string]: number;
}

interface Unit {
  readonly slateSize: number;
  readonly items: number;
  readonly repetition: number;
}

interface KeptWorld extends Unit {
  readonly played: PlayedWorld;
}

/** Changes with what a world consists of: older ones are then not taken for new ones. */
const format = 1;
const size = { visits: 600, freshLogs: 16 };
const users = 400;
/** Of an item at the first position, by repetition. */
const clickRates = [0.02, 0.03, 0.04, 0.05];

const shapes = [200, 3416].flatMap((items) => [5, 10].map((slateSize) => ({ slateSize, items })));
const nameOf = ({ slateSize, items }: Omit<Unit, "repetition">) =>
  `slates of ${slateSize}, ${items} items`;
const fileOf = ({ slateSize, items, repetition }: Unit) =>
  `slate-${slateSize}-items-${items}-${repetition}.json`;

function play({ slateSize, items, repetition }: Unit, seed: number): Promise<PlayedWorld> {
  const clickRate = clickRates[repetition % clickRates.length]!;
  const own = hash32(`${seed}/${slateSize}/${items}/${repetition}`);
  return playWorld({ seed: own, slateSize, items, users, clickRate }, size);
}

/** Plays what is not kept yet until the time is up. */
async function run(units: readonly Unit[], folder: RunFolder, options: Options, report: Report) {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const left = units.filter((unit) => folder.load(fileOf(unit)) === undefined);
  report.note(`${units.length - left.length} of ${units.length} worlds are kept from before`);
  for (const [index, unit] of left.entries()) {
    if (seconds() > options.seconds) break;
    folder.save(fileOf(unit), await play(unit, options.seed));
    const rest = (seconds() / (index + 1)) * (left.length - index - 1);
    const time = Math.max(0, Math.min(rest, options.seconds - seconds()));
    report.note(`${index + 1} of ${left.length} worlds, about ${formatSeconds(time)} left`);
  }
}

const show = ({ value, standardError }: Estimate, scale = 1) =>
  `${(scale * value).toFixed(scale === 1 ? 2 : 1)} ± ${(scale * standardError).toFixed(scale === 1 ? 2 : 1)}`;

function showCoverage(worlds: readonly KeptWorld[], report: Report): void {
  const cases = shapes.map((shape) => ({
    name: nameOf(shape),
    own: worlds.filter((one) => one.items === shape.items && one.slateSize === shape.slateSize),
  }));
  const groups = [...cases, { name: "all", own: worlds }].filter(({ own }) => own.length > 0);
  const rows = groups.flatMap(({ name, own }) => {
    const logs = own.flatMap(({ played }) => played.logs);
    const ratio = widthRatio(own.map(({ played }) => played)).toFixed(2);
    return (
      [
        [`${name}: challengers`, logs.map((log) => log.slice(0, -1)), ratio],
        [`${name}: distilled candidate`, logs.map((log) => log.slice(-1)), ""],
      ] as const
    ).map(([label, judged, width]) => {
      const found = coverageOf(judged);
      const counts = [found.judged, found.logs, own.length, found.below, found.above];
      return [label, ...counts.map(String), `${show(found, 100)} %`, width];
    });
  });
  report.table(
    ["intervals", "judged", "logs", "worlds", "truth below", "above", "covered", "width"],
    rows,
  );
  const { value, standardError, judged } = coverageOf(worlds.flatMap(({ played }) => played.logs));
  report.figure("judged candidates", judged);
  report.figure("% of true differences within their 95 % intervals", 100 * value);
  report.figure("% standard error of that, logs as clusters", 100 * standardError);
  report.figure(
    "times the width with the true reward model, median",
    widthRatio(worlds.map(({ played }) => played)),
  );
}

function showLifts(shown: readonly (readonly ShownLift[])[], report: Report): void {
  const groups = [
    ["promoted", shown.map((own) => own.filter(({ verdict }) => verdict === "promote"))],
    ["promoted or a canary", shown],
  ] as const;
  const rows = groups.map(([name, worlds]) => {
    const all = worlds.flat();
    const means = (["judged", "shown", "truth"] as const).map((which) =>
      mean(all.map((one) => one[which])).toFixed(3),
    );
    const slopes = (["judged", "shown"] as const).map((which) =>
      show(slopeOf(worlds, (one) => one[which])),
    );
    return [name, `${all.length}`, ...means, ...slopes];
  });
  report.table(
    ["lifts", "candidates", "judged", "shown", "true", "slope on judged", "slope on shown"],
    rows,
  );
  const { value, standardError } = slopeOf(shown, (one) => one.shown);
  report.figure("slope of true on shown lifts", value);
  report.figure("standard error of that slope, worlds as clusters", standardError);
}

/** Fewer tell no slope. */
const fewestWorlds = 3;

/** The intervals of all that a cycle judges, and the lifts that it shows, against their truth. */
export const gateCoverageBench: Bench<Options> = {
  name: "gate --coverage",
  description: "intervals and shown lifts of all that cycles judge, against their truth",
  options: { seconds: 3600, repetitions: 4, seed: 1711 },
  run: async (options, report) => {
    const { seed, repetitions } = options;
    const folder = openRunFolder("gate-coverage/kept", { seed, format, size, users });
    report.note(`kept in   ${folder.path}; remove it to measure anew`);
    const units = Array.from({ length: repetitions }, (_, repetition) =>
      shapes.map((shape) => ({ ...shape, repetition })),
    ).flat();
    await run(units, folder, options, report);
    const worlds = units.flatMap((unit) => {
      const played = folder.load<PlayedWorld>(fileOf(unit));
      return played === undefined ? [] : [{ ...unit, played }];
    });
    if (worlds.length === 0) return report.skip("no world has been played");
    showCoverage(worlds, report);
    const shown = worlds.map(({ played }) => shownLifts(played));
    const telling = shown.filter(({ length }) => length > 0);
    if (telling.length < fewestWorlds)
      return report.skip(`${telling.length} worlds with shown lifts: too few for a slope`);
    showLifts(shown, report);
  },
};
