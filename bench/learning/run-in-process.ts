import { fork } from "node:child_process";
import { join } from "node:path";
import type { Unit } from "./run-units.ts";
import type { SeedOutcome } from "./world.ts";

interface Message {
  readonly share?: number;
  readonly outcome?: SeedOutcome;
}

/** A seed in a process of its own, so that it has a core and a heap to itself. */
export function runInProcess(
  unit: Unit,
  onProgress: (share: number) => void,
): Promise<SeedOutcome> {
  const { world, caseName, seed } = unit;
  const child = fork(
    join(import.meta.dirname, "seed-process.ts"),
    [world.name, caseName, String(seed), ...(world.cycles ? [String(world.cycles)] : [])],
    { execArgv: ["--import", import.meta.resolve("tsx")] },
  );
  return new Promise((resolve, reject) => {
    child.on("message", ({ share, outcome }: Message) => {
      if (share !== undefined) onProgress(share);
      if (outcome !== undefined) resolve(outcome);
    });
    child.on("error", reject);
    // Not "exit", which may come before the last message.
    child.on("close", (code, signal) => {
      reject(new Error(`its process ended with ${code ?? signal}, its error is above`));
    });
  });
}
