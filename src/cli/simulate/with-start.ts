import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { learnerSeed, learnerThreads } from "../../host/learner-settings.ts";
import { createStart } from "../../lab/closed-loop/train-on-behaviour.ts";
import { describeTrainingProgress } from "../commands/train.ts";
import { createTimedLine } from "../timed-line.ts";
import { createWorld, readSequences, type SimulationSettings } from "./job.ts";

/** @returns one sentence about the policy that all loops start with */
async function trainStart(settings: SimulationSettings, path: string): Promise<string> {
  const work = () => "training of the policy that all loops start with";
  const line = createTimedLine({ work, stream: process.stderr, clock: Date.now });
  const { reason } = await createStart({
    path,
    // Behaviour is the same for every seed.
    world: await createWorld({ ...settings, seed: 1 }),
    seed: learnerSeed,
    threads: learnerThreads,
    onProgress: (progress) => {
      const share = progress.stage === "epoch" ? progress.epoch / progress.epochs : undefined;
      line.update(describeTrainingProgress(progress), share);
    },
  }).finally(() => line.stop());
  return reason;
}

/**
 * Trains once what all loops in a world with behaviour start from, and removes it after `use`.
 * @throws invalid_configuration, invalid_file, conflict
 */
export async function withStart<T>(
  settings: SimulationSettings,
  use: (start: string | undefined) => Promise<T>,
): Promise<T> {
  if (settings.world !== "catalogue") return use(undefined);
  for (const note of (await readSequences(settings.data)).notes)
    process.stderr.write(`${settings.data}: ${note}\n`);
  const folder = mkdtempSync(join(tmpdir(), "recurve-simulate-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // An interruption ends the process at once.
  process.once("exit", remove);
  try {
    const start = join(folder, "start.db");
    process.stderr.write(`${await trainStart(settings, start)}\n`);
    return await use(start);
  } finally {
    process.off("exit", remove);
    remove();
  }
}
