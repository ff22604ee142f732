import { type Preset, presetNames } from "../src/domain/preset.ts";
import type { Bench } from "./bench.ts";
import { type ColdHits, type ColdSeed, measureColdItems } from "./cold-items/measure-cold.ts";
import { openPolicyData, unlimited } from "./policy-quality/open-data.ts";
import { mean } from "./statistics.ts";

export const coldItemsBench: Bench<{
  readonly data: string;
  readonly seeds: number;
  readonly preset: string;
  readonly minutes: number;
}> = {
  name: "cold-items",
  description:
    "a tenth of the items is new after training: hits of users whose next item is one of them",
  options: { data: "../shared/data/ml-100k", seeds: 3, preset: "small", minutes: unlimited },
  choices: { preset: presetNames },
  run: async ({ data: path, seeds, preset, minutes }, report) => {
    const parts = await openPolicyData(report, {
      name: "cold-items",
      path,
      minutes,
      preset: preset as Preset,
    });
    if (parts === undefined) return;
    const runs: ColdSeed[] = [];
    for (let seed = 1; seed <= seeds; seed++) runs.push(await measureColdItems(parts, seed));
    const share = ({ ofNew, ofAll }: ColdHits) => [ofNew.mean.toFixed(4), ofAll.mean.toFixed(4)];
    report.table(
      ["seed", "new items", "users", "placed, of new", "of all", "mean, of new", "of all", "alike"],
      runs.map(({ seed, newItems, users, placed, mean: means, alike }) => [
        ...[`${seed}`, `${newItems}`, `${users}`, ...share(placed), ...share(means)],
        alike.mean.toFixed(4),
      ]),
    );
    const hits = mean(runs.map(({ placed }) => placed.ofNew.mean));
    const byMean = mean(runs.map(({ mean: means }) => means.ofNew.mean));
    report.figure("HR@10 among new items, by features", hits);
    report.figure("HR@10 among new items, by the mean vector", byMean);
    report.figure(
      "HR@10 among new items, by features alike for all users",
      mean(runs.map(({ alike }) => alike.mean)),
    );
    report.figure("hits by features over hits by the mean vector", hits / byMean);
    report.figure(
      "HR@10 in the whole catalogue, by features",
      mean(runs.map(({ placed }) => placed.ofAll.mean)),
    );
  },
};
