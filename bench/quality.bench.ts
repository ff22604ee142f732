import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { listBaselines } from "../src/analysis/ranking/baselines.ts";
import { splitData } from "../src/analysis/ranking/evaluate-ranking.ts";
import {
  countInteractions,
  type InteractionData,
} from "../src/analysis/ranking/interaction-data.ts";
import {
  describePlan,
  type TransformerPlan,
} from "../src/analysis/ranking/rank-with-transformer.ts";
import { readInteractions } from "../src/analysis/ranking/read-interactions.ts";
import { type Protocol, protocols } from "../src/evaluation/ranking/split.ts";
import { defaultSettings } from "../src/learning/sequence/settings.ts";
import { formatShareToTenth } from "../src/numeric/format.ts";
import type { Bench, Report } from "./bench.ts";
import { repository } from "./machine.ts";
import {
  type BaselineRun,
  type KeptQuality,
  k,
  measureBaselines,
  measureSeed,
  type SeedRun,
  threads,
} from "./quality/measure.ts";
import { readPlan } from "./quality/plan.ts";
import { openRunFolder, type RunFolder } from "./run-folder.ts";
import { mean, standardError } from "./statistics.ts";

/** Spread of the seeds as a standard error; of one seed there is none. */
const formatSpread = (values: readonly number[]) =>
  values.length < 2 ? "–" : standardError(values).toFixed(4);

const hitRate = ({ accuracy }: KeptQuality) => accuracy.hitRate.mean;
const ndcg = ({ accuracy }: KeptQuality) => accuracy.ndcg.mean;

function showTable(report: Report, { ranked, skipped }: BaselineRun, runs: readonly SeedRun[]) {
  const line = (name: string, quality: KeptQuality) => [
    ...[name, hitRate(quality).toFixed(4), ndcg(quality).toFixed(4)],
    ...[quality.accuracy.ndcg.standardError.toFixed(4)],
    ...[formatShareToTenth(quality.coverage), quality.novelty.toFixed(2)],
    ...[quality.diversity.toFixed(3), quality.gini.toFixed(3)],
  ];
  report.table(
    ["ranker", `HR@${k}`, `NDCG@${k}`, "±", "coverage", "novelty", "diversity", "Gini"],
    [
      ...ranked.map(({ ranker, settings, quality }) =>
        line(`${ranker} ${settings}`.trim(), quality),
      ),
      ...runs.map(({ seed, quality, epochs, bestEpoch }) =>
        line(`Transformer, seed ${seed}, epoch ${bestEpoch} of ${epochs}`, quality),
      ),
      ...runs.map(({ seed, pooled }) =>
        line(`with Markov, seed ${seed}, ${pooled.settings}`, pooled.quality),
      ),
    ],
  );
  for (const { ranker, reason } of skipped) report.note(`${ranker} left out: ${reason}`);
}

function showFigures(report: Report, protocol: Protocol, runs: readonly SeedRun[]): void {
  for (const [name, qualities] of [
    ["the Transformer", runs.map(({ quality }) => quality)],
    ["the Transformer with Markov", runs.map(({ pooled }) => pooled.quality)],
  ] as const) {
    const ndcgs = qualities.map(ndcg);
    report.note(
      `${name} over ${runs.length} seeds: NDCG@${k} ${mean(ndcgs).toFixed(4)} ± ${formatSpread(ndcgs)}`,
    );
    report.figure(`HR@${k} of ${name}, ${protocol}`, mean(qualities.map(hitRate)));
    report.figure(`NDCG@${k} of ${name}, ${protocol}`, mean(ndcgs));
  }
  report.figure(
    `minutes of training a seed, ${protocol}`,
    mean(runs.map(({ seconds }) => seconds / 60)),
  );
}

/** How much better than the Markov chain, the worst seed for it. */
function showMarkov(report: Report, { ranked }: BaselineRun, runs: readonly SeedRun[]): void {
  const markov = ranked.find(({ ranker }) => ranker === "Markov");
  if (markov === undefined) return;
  const gain = Math.min(...runs.map(({ quality }) => ndcg(quality))) - ndcg(markov.quality);
  report.note(
    gain > 0
      ? `every seed beats the Markov chain, by ${gain.toFixed(4)} NDCG@${k} or more`
      : `the Transformer does not beat the Markov chain: its worst seed is ${(-gain).toFixed(4)} NDCG@${k} below`,
  );
}

interface Parts {
  readonly data: InteractionData;
  readonly plan: TransformerPlan;
  readonly seeds: readonly number[];
  /** Of the Transformer's runs, and of the baselines, which no plan changes. */
  readonly folders: { readonly own: RunFolder; readonly baselines: RunFolder };
}

async function measureProtocol(report: Report, protocol: Protocol, parts: Parts): Promise<void> {
  const { data, plan, seeds, folders } = parts;
  const split = splitData(data, protocol);
  report.note(`\n${protocol}: ${split.test.length} users tested, ${threads} threads`);
  const common = { split, protocol, print: report.note };
  const baselines = await measureBaselines({ ...common, folder: folders.baselines });
  const runs: SeedRun[] = [];
  for (const seed of seeds)
    runs.push(await measureSeed({ ...common, folder: folders.own }, { plan, seed }));
  showTable(report, baselines, runs);
  showFigures(report, protocol, runs);
  showMarkov(report, baselines, runs);
}

function openFolders(data: InteractionData, plan: TransformerPlan): Parts["folders"] {
  const common = { items: data.itemCount, interactions: countInteractions(data) };
  const variants = listBaselines({ threads, seed: 1 }).flatMap((baseline) => baseline.variants);
  return {
    own: openRunFolder(`quality/${data.name}`, {
      ...common,
      plan,
      defaultSettings,
      threads,
      // What a seed's file holds: one from before a line was added is not read.
      rankers: ["Transformer", "Transformer with Markov"],
    }),
    baselines: openRunFolder(`quality/${data.name}-baselines`, { ...common, variants }),
  };
}

const choices = ["all", "leave-one-out"];

export const qualityBench: Bench<{
  readonly data: string;
  readonly seeds: number;
  readonly config: string;
  readonly protocol: string;
}> = {
  name: "quality",
  description: "full ranking of the Transformer and of baselines, resumed where it was broken off",
  options: { data: "../shared/data/ml-100k", seeds: 3, config: "", protocol: "all" },
  run: async ({ data: path, seeds: count, config, protocol: wanted }, report) => {
    const folder = resolve(repository, path);
    if (!choices.includes(wanted))
      throw new RangeError(`--protocol must be ${choices.join(" or ")}, got '${wanted}'`);
    if (!existsSync(folder)) return report.skip(`needs the data set ${path}`);
    const plan = readPlan(config, basename(folder));
    const { signal } = new AbortController();
    const data = await readInteractions(folder, { now: Date.now(), signal });
    const folders = openFolders(data, plan);
    report.note(`plan      ${describePlan(plan)}`);
    report.note(`kept in   ${folders.own.path}; remove it to measure anew`);
    const seeds = Array.from({ length: count }, (_, index) => index + 1);
    for (const protocol of protocols) {
      const isLeftOut = protocol === "time-split" && (wanted !== "all" || data.times === undefined);
      if (isLeftOut) continue;
      // The split by time is there to be held beside, not to be aimed at: one seed tells.
      const own = protocol === "time-split" ? seeds.slice(0, 1) : seeds;
      await measureProtocol(report, protocol, { data, plan, folders, seeds: own });
    }
  },
};
