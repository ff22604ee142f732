import { existsSync } from "node:fs";
import { readInteractions } from "../src/analysis/ranking/read-interactions.ts";
import type { ScenarioRules } from "../src/domain/rules.ts";
import type { Bench, Report } from "./bench.ts";
import { auditSlates } from "./diversity/audited-slates.ts";
import { byRules, byTemperature, type Drawing } from "./diversity/draw-slate.ts";
import { createItems } from "./diversity/intent-world.ts";
import { type FrontierPoint, main, measureFrontier, names } from "./diversity/measure-frontier.ts";
import { measureSequences, type ServedQuality } from "./diversity/measure-sequences.ts";
import { timeDraws, timeMarginals } from "./diversity/time-draws.ts";
import { mean, standardError } from "./statistics.ts";

const audited = 1000;
const sequenceSeeds = 3;
const timedCandidates = 500;
const judgedCandidates = 100;

type Figures = Omit<FrontierPoint, "setting">;
const columns = ["satisfaction", "clicks", "distance", "coverage", "entropy"] as const;

const four = (value: number) => value.toFixed(4);
const spreadOf = (values: readonly number[]) =>
  `${four(mean(values))} ± ${four(standardError(values))}`;

/** Values of one setting, seed by seed. */
function valuesOf(
  seeds: readonly (readonly FrontierPoint[])[],
  setting: string,
  figure: keyof Figures,
): readonly number[] {
  return seeds.map((points) => points.find((one) => one.setting === setting)![figure]);
}

/** Paired by seed. */
const differences = (one: readonly number[], other: readonly number[]) =>
  one.map((value, index) => value - other[index]!);

function showFrontier(report: Report, seeds: readonly (readonly FrontierPoint[])[]): void {
  const off = (figure: keyof Figures) => valuesOf(seeds, "off", figure);
  const gain = (setting: string, figure: keyof Figures) =>
    spreadOf(differences(valuesOf(seeds, setting, figure), off(figure)));
  report.table(
    ["setting", ...columns, "satisfaction less off", "clicks less off"],
    seeds[0]!.map(({ setting }) => [
      setting,
      ...columns.map((figure) => four(mean(valuesOf(seeds, setting, figure)))),
      gain(setting, "satisfaction"),
      gain(setting, "clicks"),
    ]),
  );
}

/** A difference in standard errors: above 2 is a gain that luck hardly explains. */
function compare(
  report: Report,
  seeds: readonly (readonly FrontierPoint[])[],
  { figure, over, metric }: { figure: keyof Figures; over: string; metric: string },
): void {
  const found = differences(valuesOf(seeds, names.main, figure), valuesOf(seeds, over, figure));
  report.note(`${metric}: ${spreadOf(found)}`);
  report.figure(`${metric}, less 2 standard errors`, mean(found) - 2 * standardError(found));
}

const drawings: readonly (readonly [string, Drawing])[] = [
  ["off", byRules({})],
  ...[0.3, 0.5, 0.7, 0.9].map(
    (diversity) => [`diversity ${diversity}`, byRules({ diversity })] as const,
  ),
  ["at most 5 of a category", byRules({ caps: [{ by: "category", most: 5 }] })],
  ["temperature 1.25", byTemperature(1.25)],
  ["temperature 1.5", byTemperature(1.5)],
];

async function showSequences(report: Report, path: string): Promise<void> {
  const signal = new AbortController().signal;
  const measure = measureSequences(await readInteractions(path, { now: Date.now(), signal }));
  const seeds = Array.from({ length: sequenceSeeds }, (_, index) => index + 1);
  const all = drawings.map(([name, draw]) => ({
    name,
    served: seeds.map((seed) => measure(draw, seed)),
  }));
  const columnOf = (served: readonly ServedQuality[], figure: keyof ServedQuality) =>
    served.map((one) => one[figure]);
  report.table(
    ["ML-100K, served slates", "HR@10", "NDCG@10", "distance", "coverage", "HR@10 less off"],
    all.map(({ name, served }) => [
      name,
      ...(["hitRate", "ndcg", "distance", "coverage"] as const).map((figure) =>
        four(mean(columnOf(served, figure))),
      ),
      spreadOf(differences(columnOf(served, "hitRate"), columnOf(all[0]!.served, "hitRate"))),
    ]),
  );
}

function showCost(report: Report): void {
  const { off, on } = timeDraws(createItems(timedCandidates, 1), main);
  const judged = createItems(judgedCandidates, 1);
  const ms = (rules: ScenarioRules) => timeMarginals(judged, rules).toFixed(1);
  report.table(
    ["cost", "off", "at most 3 of a category", names.main],
    [
      [`µs a slate of 10 from ${timedCandidates}`, off.toFixed(0), "–", on.toFixed(0)],
      [
        `ms a judged slate of 10 from ${judgedCandidates}, a policy`,
        ms({}),
        ms({ caps: [{ by: "category", most: 3 }] }),
        ms({ diversity: main }),
      ],
    ],
  );
  report.figure("× the time of a draw without diversity", on / off);
}

export const diversityBench: Bench<{ readonly data: string; readonly seeds: number }> = {
  name: "diversity",
  description: "the frontier of diversity and relevance, its ablations, its audit and its cost",
  options: { data: "../shared/data/ml-100k", seeds: 10 },
  run: async ({ data, seeds: count }, report) => {
    const seeds = Array.from({ length: count }, (_, index) => measureFrontier(index + 1));
    showFrontier(report, seeds);
    compare(report, seeds, {
      figure: "satisfaction",
      over: "off",
      metric: `P(a click) gained by ${names.main}, a genre a visit`,
    });
    compare(report, seeds, {
      figure: "satisfaction",
      over: names.byDistance,
      metric: `P(a click) gained over a ${names.byDistance}`,
    });
    compare(report, seeds, {
      figure: "clicks",
      over: names.byDistance,
      metric: `clicks gained over a ${names.byDistance}`,
    });
    compare(report, seeds, {
      figure: "clicks",
      over: "off",
      metric: `clicks gained by ${names.main}, items clicked for themselves`,
    });
    compare(report, seeds, {
      figure: "clicks",
      over: names.likest,
      metric: `clicks gained over the ${names.likest}`,
    });
    if (existsSync(`${data}/u.item`)) await showSequences(report, data);
    else report.note(`${data} has no u.item; --data names ml-100k`);
    const { findings, largestDifference, arms, decisions } = await auditSlates(
      createItems(200, 1),
      { slates: audited, diversity: main },
    );
    report.note(`${decisions} slates of ${arms} arms, largest |log ratio| ${largestDifference}`);
    report.figure(`findings of the audit in ${audited} slates`, findings.length);
    showCost(report);
  },
};
