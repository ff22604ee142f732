import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { createClient, type RecurveClient } from "../../src/sdk/client.ts";
import { builtCommand, builtPackage } from "../support/built-command.ts";

const pollMs = 100;

export interface RunningRecurve {
  readonly child: ChildProcess;
  /** What it has written to both streams so far. */
  output(): string;
  /** Resolves with the first match in the output. @throws where the process ends without one */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Exit code, or the signal that ended it, and all output. */
  ended(): Promise<{ readonly code: number | string; readonly output: string }>;
}

/** `recurve …` as a process of its own in a folder; killed with the test at the latest. */
export const startRecurve = (
  folder: string,
  ...commandArguments: readonly string[]
): RunningRecurve => startNode([builtCommand(), ...commandArguments], { cwd: folder });

/** An example as a user runs it, beside the package as it ships. */
export const startExample = (
  name: string,
  environment: Readonly<Record<string, string>>,
): RunningRecurve =>
  startNode(["--import", "tsx", join("examples", name)], {
    cwd: builtPackage(),
    env: { ...process.env, ...environment },
  });

/** Node.js with these words; killed with the test at the latest. */
export const startNode = (words: readonly string[], options: ProcessOptions): RunningRecurve =>
  startProcess(process.execPath, words, options);

interface ProcessOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** A program with these words; killed with the test at the latest. */
export function startProcess(
  program: string,
  words: readonly string[],
  options: ProcessOptions,
): RunningRecurve {
  const child = spawn(program, words, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const closed = once(child, "close");
  let written = "";
  let hasClosed = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      written += text;
    });
  }
  closed.then(() => {
    hasClosed = true;
  });
  return {
    child,
    output: () => written,
    waitFor: (pattern) =>
      eventually(() => {
        const match = pattern.exec(written);
        if (match === null && hasClosed)
          throw new Error(`the process ended without ${pattern}:\n${written}`);
        return match ?? undefined;
      }),
    ended: async () => {
      const [code, signal] = await closed;
      return { code: code ?? signal, output: written };
    },
  };
}

/** A command to its end. */
export const runRecurve = (folder: string, ...commandArguments: readonly string[]) =>
  startRecurve(folder, ...commandArguments).ended();

/** A client of a server that has said where it answers. */
export async function connect(running: RunningRecurve): Promise<RecurveClient & { url: string }> {
  const [, url = ""] = await running.waitFor(/(?:"url":"|Dashboard +)(http:[^"\s]+)/);
  return { ...createClient({ baseUrl: url }), url };
}

/** Asks again and again until there is an answer; the test's timeout ends it otherwise. */
export async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((done) => setTimeout(done, pollMs));
  }
}

export async function countDecisions(client: RecurveClient, scenario: string): Promise<number> {
  const { scenarios } = await client.listScenarios();
  return scenarios.find(({ name }) => name === scenario)?.decisions ?? 0;
}

/** The demo's scenario with a loop that turns faster: windows of a second, cycles at so many decisions. */
export const fastDemo = (minDecisions: number) => ({
  scenarios: [
    {
      name: "demo",
      slateSize: 1,
      excludeSeen: false,
      reward: { weights: { click: 1 }, windowSeconds: 1, graceSeconds: 0, maximum: 1 },
    },
  ],
  baselineShare: 0.1,
  learner: { intervalSeconds: 0.5, minDecisions },
});
