import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRunFolder } from "../../run-folder.ts";
import type { ClassificationSet } from "./read-set.ts";
import { createVisits } from "./visits.ts";
import {
  type Algorithm,
  algorithms,
  listSettings,
  startVowpalWabbit,
  toExamples,
} from "./vowpal-wabbit.ts";

export const algorithmNames = Object.keys(algorithms) as Algorithm[];

/** Seeds on which a setting is chosen; they are reported ones, which favours the peer. */
const choosingSeeds = [1, 2];

/** Share of wrong choices of each setting on the rows in the order of the seed. */
async function measureSettings(
  set: ClassificationSet,
  seed: number,
  settings: readonly string[],
): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "recurve-bench-"));
  const file = join(folder, "examples.txt");
  const peer = await startVowpalWabbit();
  try {
    writeFileSync(file, toExamples(createVisits(set, seed)));
    const losses: number[] = [];
    for (const setting of settings)
      losses.push(await peer.measure(file, { classes: set.classes.length, setting, seed }));
    return losses;
  } finally {
    peer.close();
    rmSync(folder, { recursive: true });
  }
}

/** The best setting of each algorithm, by the mean over the choosing seeds; found once for a set. */
async function chooseSettings(set: ClassificationSet): Promise<readonly string[]> {
  const grid = algorithmNames.map(listSettings);
  const folder = openRunFolder("learning/kept/classification-peer", { grid, choosingSeeds });
  const known = folder.load<readonly string[]>(`${set.name}.json`);
  if (known !== undefined) return known;
  const sums = new Map<string, number>();
  for (const seed of choosingSeeds) {
    const losses = await measureSettings(set, seed, grid.flat());
    for (const [index, setting] of grid.flat().entries())
      sums.set(setting, (sums.get(setting) ?? 0) + losses[index]!);
  }
  const chosen = grid.map((settings) =>
    settings.reduce((best, one) => (sums.get(one)! < sums.get(best)! ? one : best)),
  );
  folder.save(`${set.name}.json`, chosen);
  return chosen;
}

export interface PeerLoss {
  readonly algorithm: Algorithm;
  readonly setting: string;
  /** Share of wrong choices. */
  readonly loss: number;
}

/** Each algorithm of the peer with its best setting for the set. */
export async function measurePeer(
  set: ClassificationSet,
  seed: number,
): Promise<readonly PeerLoss[]> {
  const chosen = await chooseSettings(set);
  const losses = await measureSettings(set, seed, chosen);
  return algorithmNames.map((algorithm, index) => ({
    algorithm,
    setting: chosen[index]!,
    loss: losses[index]!,
  }));
}
