import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Contest } from "./contests.ts";

const folder = resolve(import.meta.dirname, "../peers");
const python = join(folder, ".venv/bin/python");

export const peerIsThere: boolean = existsSync(python);

/** A value of the work, to see that both did the same, and what it took. */
export interface Measured {
  readonly value: number;
  readonly seconds: number;
  /** Of all threads of the process: what else the machine does counts little. */
  readonly cpuSeconds: number;
}

/** Open Bandit Pipeline in a process of its own, which holds the same arrays and answers one call at a time. */
export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  estimateValue(contest: Contest): Promise<Measured>;
  /** @param resamples of its bootstrap */
  estimateInterval(contest: Contest, resamples: number): Promise<Measured>;
  /** All of them by the one call that gives a table, everything as it is by default. */
  evaluate(contests: readonly Contest[]): Promise<Measured>;
  close(): void;
}

async function readLine(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error("Open Bandit Pipeline ended without an answer; its error is above");
  return value;
}

export async function startPeer(
  arrays: string,
  size: { rows: number; actions: number },
): Promise<Peer> {
  const process = spawn(
    python,
    [join(folder, "obp_server.py"), arrays, String(size.rows), String(size.actions)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const versions = JSON.parse(await readLine(lines));
  const ask = async (task: string, ...parts: readonly unknown[]): Promise<Measured> => {
    process.stdin.write(`${JSON.stringify({ task, arguments: parts })}\n`);
    return JSON.parse(await readLine(lines));
  };
  return {
    versions,
    estimateValue: (contest) => ask("value", contest),
    estimateInterval: (contest, resamples) => ask("interval", contest, resamples),
    evaluate: (contests) => ask("evaluation", contests),
    close: () => process.stdin.end(),
  };
}
