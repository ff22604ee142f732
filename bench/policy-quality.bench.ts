import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { countInteractions } from "../src/analysis/ranking/interaction-data.ts";
import { readInteractions } from "../src/analysis/ranking/read-interactions.ts";
import { type Preset, presetNames } from "../src/domain/preset.ts";
import { formatWhole } from "../src/numeric/format.ts";
import type { Bench, Report } from "./bench.ts";
import { repository } from "./machine.ts";
import { measurePolicySeed, type PolicySeed } from "./policy-quality/measure-seed.ts";
import { threads } from "./policy-quality/shop.ts";
import { openRunFolder } from "./run-folder.ts";
import { mean } from "./statistics.ts";

function showTable(report: Report, runs: readonly PolicySeed[]): void {
  const four = (value: number) => value.toFixed(4);
  report.table(
    ["seed", "HR@10 sorted", "NDCG@10 sorted", "HR@10 served", "choices", "τ", "λ", "epochs"],
    runs.map(({ seed, ranking: { quality, ndcg }, training, temperature }) => [
      ...[`${seed}`, four(quality.sorted.mean), four(ndcg.mean), four(quality.served.mean)],
      ...[quality.effectiveChoices.toFixed(1), temperature.toFixed(3)],
      ...[`${training.chain?.weight ?? 0}`, `${training.bestEpoch} of ${training.epochs}`],
    ]),
  );
}

function showFigures(report: Report, runs: readonly PolicySeed[]): void {
  const meanOf = (read: (run: PolicySeed) => number) => mean(runs.map(read));
  const sorted = meanOf(({ ranking }) => ranking.quality.sorted.mean);
  const served = meanOf(({ ranking }) => ranking.quality.served.mean);
  report.figure("HR@10 of the policy, sorted", sorted);
  report.figure(
    "NDCG@10 of the policy, sorted",
    meanOf(({ ranking }) => ranking.ndcg.mean),
  );
  report.figure("HR@10 of served slates over sorted", served / sorted);
  report.figure(
    "effective choices of served slates",
    meanOf(({ ranking }) => ranking.quality.effectiveChoices),
  );
  report.figure(
    "minutes of training a seed",
    meanOf(({ seconds }) => seconds / 60),
  );
}

export const policyQualityBench: Bench<{
  readonly data: string;
  readonly seeds: number;
  readonly preset: string;
}> = {
  name: "policy-quality",
  description:
    "policies as recurve train makes them, asked for every user's last item; resumed by seed",
  options: { data: "../shared/data/ml-100k", seeds: 3, preset: "small" },
  choices: { preset: presetNames },
  run: async ({ data: path, seeds, preset: named }, report) => {
    const source = resolve(repository, path);
    if (!existsSync(source)) return report.skip(`needs the data set ${path}`);
    const preset = named as Preset;
    const { signal } = new AbortController();
    const data = await readInteractions(source, { now: Date.now(), signal });
    const size = { items: data.itemCount, interactions: countInteractions(data) };
    const folder = openRunFolder(`policy-quality/${basename(source)}`, {
      ...size,
      preset,
      threads,
    });
    report.note(`${formatWhole(size.interactions)} interactions, ${threads} threads, ${preset}`);
    report.note(`kept in   ${folder.path}; remove it to measure anew`);
    const runs: PolicySeed[] = [];
    for (let seed = 1; seed <= seeds; seed++)
      runs.push(await measurePolicySeed({ data, preset, folder, print: report.note }, seed));
    showTable(report, runs);
    showFigures(report, runs);
  },
};
