import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect, onTestFinished, test } from "vitest";
import { restartDelayMs, superviseChild } from "./supervise-child.ts";

/** Supervises Node.js processes with these programs, one after the other; the last one is repeated. */
function supervise(programs: readonly string[]) {
  const started: ChildProcess[] = [];
  const lines: string[] = [];
  let tell: (() => void) | undefined;
  const child = superviseChild({
    name: "the child",
    start: () => {
      const program = programs[Math.min(started.length, programs.length - 1)] ?? "";
      const next = spawn(process.execPath, ["-e", program], { stdio: "ignore" });
      started.push(next);
      tell?.();
      return next;
    },
    log: (line) => lines.push(line),
    clock: () => 0,
    delayMs: (failures) => failures,
  });
  onTestFinished(() => child.stop());
  const reach = async (count: number) => {
    while (started.length < count) await new Promise<void>((resolve) => (tell = resolve));
  };
  return { child, started, lines, reach };
}

function waitForCall() {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve: () => resolve() };
}

const forever = "setInterval(() => {}, 1000)";

test("a child that ends by itself is started again, later and later, and the log says why", async () => {
  const { lines, reach } = supervise([
    "process.exit(3)",
    "process.kill(process.pid, 'SIGKILL')",
    forever,
  ]);
  await reach(3);
  expect(lines).toEqual([
    "the child ended with exit code 3; starting it again in 0.001 s",
    "the child ended by SIGKILL; starting it again in 0.002 s",
  ]);
});

test("a child that can't be started is told and tried again", async () => {
  const lines: string[] = [];
  const { promise, resolve } = waitForCall();
  const child = superviseChild({
    name: "the child",
    start: () => spawn("/nowhere/recurve"),
    log: (line) => {
      lines.push(line);
      resolve();
    },
    clock: () => 0,
  });
  await promise;
  await child.stop();
  expect(lines).toEqual([
    "the child ended before it started: spawn /nowhere/recurve ENOENT; starting it again in 1 s",
  ]);
});

test("a stopped child is ended and not started again", async () => {
  const { child, started, lines } = supervise([forever]);
  const exited = once(started[0]!, "exit");
  await child.stop();
  expect(await exited).toEqual([null, "SIGTERM"]);
  expect([started.length, lines]).toEqual([1, []]);
});

test("a child that waits for its next start can be stopped too", async () => {
  const { child, started, lines } = supervise(["process.exit(1)"]);
  await once(started[0]!, "exit");
  await child.stop();
  expect(started).toHaveLength(1);
  expect(lines).toHaveLength(1);
});

test("pauses double from one second to a minute", () => {
  expect([1, 2, 3, 6, 7, 50].map(restartDelayMs)).toEqual([
    1000, 2000, 4000, 32_000, 60_000, 60_000,
  ]);
});
