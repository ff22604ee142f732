import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openRunFolder } from "../../run-folder.ts";
import type { ClassificationSet } from "./read-set.ts";
import { createFeatures, defaultSettings, featureStream } from "./thompson.ts";
import { createVisits, type Visit } from "./visits.ts";
import {
  type Algorithm,
  algorithms,
  listSettings,
  type PeerInputs,
  startVowpalWabbit,
  toExamples,
} from "./vowpal-wabbit.ts";

export const algorithmNames = Object.keys(algorithms) as Algorithm[];

/** Seeds on which a setting is chosen; they are reported ones, which favours the peer. */
const choosingSeeds = [1, 2];

/** The rows with the features of the fast loop's head on the same seed in place of their inputs. */
function withFeatures(visits: readonly Visit[], seed: number): readonly Visit[] {
  const features = createFeatures(visits[0]!.inputs.length, defaultSettings, featureStream(seed));
  // Without the constant, which the peer adds itself.
  return visits.map((visit) => ({ ...visit, inputs: features(visit.inputs).slice(0, -1) }));
}

interface PeerRun {
  readonly set: ClassificationSet;
  readonly seed: number;
  readonly on: PeerInputs;
}

/** Share of wrong choices of each setting on the rows in the order of the seed. */
async function measureSettings(
  { set, seed, on }: PeerRun,
  settings: readonly string[],
): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), "recurve-bench-"));
  const file = join(folder, "examples.txt");
  const peer = await startVowpalWabbit();
  try {
    const visits = createVisits(set, seed);
    writeFileSync(file, toExamples(on === "inputs" ? visits : withFeatures(visits, seed)));
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
async function chooseSettings(set: ClassificationSet, on: PeerInputs): Promise<readonly string[]> {
  const grid = algorithmNames.map((algorithm) => listSettings(algorithm, on));
  const folder = openRunFolder("learning/kept/classification-peer", { grid, choosingSeeds, on });
  const known = folder.load<readonly string[]>(`${set.name}.json`);
  if (known !== undefined) return known;
  const sums = new Map<string, number>();
  for (const seed of choosingSeeds) {
    const losses = await measureSettings({ set, seed, on }, grid.flat());
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
export async function measurePeer(run: PeerRun): Promise<readonly PeerLoss[]> {
  const chosen = await chooseSettings(run.set, run.on);
  const losses = await measureSettings(run, chosen);
  return algorithmNames.map((algorithm, index) => ({
    algorithm,
    setting: chosen[index]!,
    loss: losses[index]!,
  }));
}
