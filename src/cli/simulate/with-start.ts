import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { learnerSeed, learnerThreads } from "../../host/learner-settings.ts";
import { createStart } from "../../lab/closed-loop/train-on-behaviour.ts";
import { createCatalogueWorld } from "../../lab/worlds/catalogue-world.ts";
import { createTimedLine } from "../timed-line.ts";
import { showTraining } from "../training-line.ts";
import { readSequences, type SimulationSettings } from "./job.ts";

/** Writes facts about the data and the trained policy to standard error. */
async function trainStart(
  { data: source, cycles, decisionsPerCycle }: SimulationSettings,
  path: string,
): Promise<void> {
  const data = await readSequences(source);
  for (const note of data.notes) process.stderr.write(`${data.name}: ${note}\n`);
  // Behaviour is the same for every seed. More visits than the data have are refused before any training.
  const world = createCatalogueWorld({ seed: 1, turns: cycles * decisionsPerCycle, data });
  const work = () => "training of the policy that all loops start with";
  const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
  const { reason } = await createStart({
    path,
    world,
    seed: learnerSeed,
    threads: learnerThreads,
    onProgress: (progress) => showTraining(line, progress),
  }).finally(() => line.stop());
  process.stderr.write(`${reason}\n`);
}

/**
 * Trains once a policy that all loops in a world with behaviour start from, and removes it after `use`.
 * @throws invalid_configuration, invalid_file, conflict
 */
export async function withStart<T>(
  settings: SimulationSettings,
  use: (start: string | undefined) => Promise<T>,
): Promise<T> {
  if (settings.world !== "catalogue") return use(undefined);
  const folder = mkdtempSync(join(tmpdir(), "recurve-simulate-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // An interruption ends the process at once.
  process.once("exit", remove);
  try {
    const start = join(folder, "start.db");
    await trainStart(settings, start);
    return await use(start);
  } finally {
    process.off("exit", remove);
    remove();
  }
}
