import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { TrainContest } from "./contests.ts";

const peers = resolve(import.meta.dirname, "../peers");
const python = join(peers, ".venv-torch/bin/python");

export const torchIsThere: boolean = existsSync(python);

export interface StepAnswer {
  readonly steps: readonly {
    readonly loss: number;
    readonly seconds: number;
    /** Of all threads together, waiting in a loop included. */
    readonly coreSeconds: number;
  }[];
  /** Largest resident set of the process since its start. */
  readonly peakMegabytes: number;
}

/** One side of a race, in a process of its own, which takes steps when told to. */
export interface Racer {
  readonly versions: Readonly<Record<string, string>>;
  take(steps: number): Promise<StepAnswer>;
  close(): Promise<void>;
}

const commands = {
  ours: [
    process.execPath,
    "--import",
    import.meta.resolve("tsx"),
    join(import.meta.dirname, "step-process.ts"),
  ],
  torch: [python, join(peers, "torch_server.py")],
};

export async function startRacer(
  side: keyof typeof commands,
  folder: string,
  settings: { contest: TrainContest; dropout: number; threads: number },
): Promise<Racer> {
  const [program = "", ...args] = [...commands[side], folder, JSON.stringify(settings)];
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`the process of ${side} ended without an answer; its error is above`);
    return JSON.parse(value);
  };
  return {
    versions: await read(),
    take: (steps) => {
      child.stdin.write(`${steps}\n`);
      return read();
    },
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}
