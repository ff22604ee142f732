import { availableParallelism } from "node:os";
import { join } from "node:path";
import { createStart } from "../../../src/lab/closed-loop/train-on-behaviour.ts";
import { createCatalogueWorld } from "../../../src/lab/worlds/catalogue-world.ts";
import { readPlayedSources, repository } from "../../machine.ts";
import { openRunFolder } from "../../run-folder.ts";
import { readDataSet } from "./data-sets.ts";

/** Of the training that all seeds and policies share. */
const seed = 1;
const threads = Math.min(2, availableParallelism());
const reasonFile = "reason.json";

const openStart = (dataSet: string) =>
  openRunFolder("learning/kept/catalogue-start", [dataSet, seed, threads, readPlayedSources()]);

/** The kept record that loops start from, and a sentence on its policy. @throws RangeError if there is none */
export function findStart(dataSet: string): { readonly path: string; readonly reason: string } {
  const folder = openStart(dataSet);
  const reason = folder.load<string>(reasonFile);
  if (reason === undefined)
    throw new RangeError(
      `no training on ${dataSet} was kept for the present sources; give the same command again`,
    );
  return { path: join(repository, folder.path, "start.db"), reason };
}

/** Trains on the behaviour of a data set, unless these sources did. */
export async function prepareStart(dataSet: string, note: (line: string) => void): Promise<void> {
  const folder = openStart(dataSet);
  if (folder.load(reasonFile) !== undefined) return;
  note(`catalogue ${dataSet}: trains the policy that all seeds and policies start with`);
  const { reason } = await createStart({
    path: join(repository, folder.path, "start.db"),
    // Behaviour is the same for every seed and number of visits.
    world: createCatalogueWorld({ seed, turns: 1, data: await readDataSet(dataSet) }),
    seed,
    threads,
    onProgress: () => {},
  });
  folder.save(reasonFile, reason);
}
