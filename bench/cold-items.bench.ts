import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { readInteractions } from "../src/analysis/ranking/read-interactions.ts";
import { type Preset, presetNames } from "../src/domain/preset.ts";
import type { Bench } from "./bench.ts";
import { type ColdHits, type ColdSeed, measureColdItems } from "./cold-items/measure-cold.ts";
import { repository } from "./machine.ts";
import { threads } from "./policy-quality/shop.ts";
import { openRunFolder } from "./run-folder.ts";
import { mean } from "./statistics.ts";

export const coldItemsBench: Bench<{
  readonly data: string;
  readonly seeds: number;
  readonly preset: string;
}> = {
  name: "cold-items",
  description:
    "a tenth of the items is new after training: hits of users whose next item is one of them",
  options: { data: "../shared/data/ml-100k", seeds: 3, preset: "small" },
  choices: { preset: presetNames },
  run: async ({ data: path, seeds, preset: named }, report) => {
    const source = resolve(repository, path);
    if (!existsSync(source)) return report.skip(`needs the data set ${path}`);
    const preset = named as Preset;
    const { signal } = new AbortController();
    const data = await readInteractions(source, { now: Date.now(), signal });
    const folder = openRunFolder(`cold-items/${basename(source)}`, {
      items: data.itemCount,
      preset,
      threads,
    });
    report.note(`kept in   ${folder.path}; remove it to measure anew`);
    const runs: ColdSeed[] = [];
    for (let seed = 1; seed <= seeds; seed++)
      runs.push(await measureColdItems({ data, preset, folder, print: report.note }, seed));
    const share = ({ ofNew, ofAll }: ColdHits) => [ofNew.mean.toFixed(4), ofAll.mean.toFixed(4)];
    report.table(
      ["seed", "new items", "users", "placed, of new", "of all", "mean, of new", "of all"],
      runs.map(({ seed, newItems, users, placed, mean: means }) => [
        ...[`${seed}`, `${newItems}`, `${users}`, ...share(placed), ...share(means)],
      ]),
    );
    const hits = mean(runs.map(({ placed }) => placed.ofNew.mean));
    const byMean = mean(runs.map(({ mean: means }) => means.ofNew.mean));
    report.figure("HR@10 among new items, by features", hits);
    report.figure("HR@10 among new items, by the mean vector", byMean);
    report.figure("hits by features over hits by the mean vector", hits / byMean);
    report.figure(
      "HR@10 in the whole catalogue, by features",
      mean(runs.map(({ placed }) => placed.ofAll.mean)),
    );
  },
};
