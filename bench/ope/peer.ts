import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Contest } from "./contests.ts";

const folder = resolve(import.meta.dirname, "../peers");
const python = join(folder, ".venv/bin/python");

export const peerIsThere: boolean = existsSync(python);

export interface PeerAnswer {
  readonly value: number;
  readonly seconds: number;
}

/** Open Bandit Pipeline in a process of its own, which holds the same arrays and answers one call at a time. */
export interface Peer {
  readonly versions: Readonly<Record<string, string>>;
  /** @param resamples of its bootstrap; 0 for the value alone */
  measure(contest: Contest, resamples: number): Promise<PeerAnswer>;
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
  return {
    versions: JSON.parse(await readLine(lines)),
    measure: async ({ peerClass, peerSettings = {} }, resamples) => {
      const request = { estimator: peerClass, settings: peerSettings, resamples };
      process.stdin.write(`${JSON.stringify(request)}\n`);
      return JSON.parse(await readLine(lines));
    },
    close: () => process.stdin.end(),
  };
}
