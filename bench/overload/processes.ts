import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { repository } from "../machine.ts";
import type { Probed } from "./probe-process.ts";

const loader = ["--import", import.meta.resolve("tsx")];

/** `recurve serve` as a user starts it. @param words further ones of the command @param flags of Node.js */
export async function startServer(
  path: string,
  words: readonly string[] = ["--no-learner"],
  flags: readonly string[] = [],
): Promise<{ server: ChildProcess; url: string }> {
  const known = ["serve", "--port", "0", "--database", path, "--log-format", "json"];
  const program = join(repository, "src/cli/main.ts");
  const server = spawn(process.execPath, [...flags, ...loader, program, ...known, ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const line of createInterface({ input: server.stdout })) {
    const { url } = JSON.parse(line) as { readonly url?: string };
    // The rest of its log is about refused requests at most.
    if (url !== undefined) return { server, url };
  }
  throw new Error("the server ended before it listened");
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, "exit");
  child.kill(signal);
  await ended;
}

export const kill = (child: ChildProcess): Promise<void> => end(child, "SIGKILL");
export const stop = (child: ChildProcess): Promise<void> => end(child, "SIGTERM");

/** Probes of a server until `stop`; each `take` has those since the one before. */
export function startProbe(url: string) {
  const probe = fork(join(import.meta.dirname, "probe-process.ts"), [url], { execArgv: loader });
  return {
    take: async (): Promise<Probed> => {
      const answer = once(probe, "message");
      probe.send("take");
      const [probed] = await answer;
      return probed as Probed;
    },
    stop: () => probe.disconnect(),
  };
}

const sampleMs = 250;

/** Memory of a process, MiB resident; undefined where there is no /proc. */
export function readMemory(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** Most memory of a process until `stop`. */
export function watchMemory(pid: number) {
  let most = readMemory(pid) ?? 0;
  const timer = setInterval(() => {
    most = Math.max(most, readMemory(pid) ?? 0);
  }, sampleMs);
  return {
    stop: () => {
      clearInterval(timer);
      return most;
    },
  };
}
