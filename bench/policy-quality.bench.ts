import { type Preset, presetNames } from "../src/domain/preset.ts";
import { formatWhole } from "../src/numeric/format.ts";
import type { Bench, Report } from "./bench.ts";
import { measurePolicySeed, type PolicySeed } from "./policy-quality/measure-seed.ts";
import { openPolicyData, unlimited } from "./policy-quality/open-data.ts";
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
  report.table(
    ["seed", "parameters", "training, s", "memory, MiB", "last loss", "a ranking, ms"],
    runs.map(({ seed, training, seconds, peakMiB, loss, msARanking }) => [
      ...[`${seed}`, formatWhole(training.parameters), seconds.toFixed(0), peakMiB.toFixed(0)],
      ...[loss.toFixed(3), msARanking.toFixed(1)],
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
  readonly minutes: number;
  readonly epsilon: number;
}> = {
  name: "policy-quality",
  description:
    "policies as recurve train makes them, asked for every user's last item; resumed by seed",
  options: {
    data: "../shared/data/ml-100k",
    seeds: 3,
    preset: "small",
    minutes: unlimited,
    epsilon: 0,
  },
  choices: { preset: presetNames },
  run: async ({ data: path, seeds, preset, minutes, epsilon }, report) => {
    const parts = await openPolicyData(report, {
      name: "policy-quality",
      path,
      minutes,
      epsilon,
      preset: preset as Preset,
    });
    if (parts === undefined) return;
    const runs: PolicySeed[] = [];
    for (let seed = 1; seed <= seeds; seed++) runs.push(await measurePolicySeed(parts, seed));
    showTable(report, runs);
    showFigures(report, runs);
  },
};
