import { EventEmitter } from "node:events";
import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { outliveOutput } from "./outlive-output.ts";

/** A process whose output fails with this code, as Node.js's own outputs do: also at later writes. */
function startProcess(code: string, exitCode?: number) {
  const told: string[] = [];
  const output = (write: (text: string) => Error | undefined) =>
    new Writable({
      autoDestroy: false,
      decodeStrings: false,
      write: (text, _encoding, done) => done(write(text)),
    });
  const stdout = output(() => Object.assign(new Error(`${code}: write`), { code }));
  const stderr = output((text) => void told.push(text));
  const process = Object.assign(new EventEmitter(), { stdout, stderr, exitCode });
  outliveOutput(process as unknown as NodeJS.Process);
  const end = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    process.emit("exit");
    return { told, exitCode: process.exitCode };
  };
  return { stdout, stderr, end };
}

test("a full disk ends no work, and a result that had no room is told at its end", async () => {
  const { stdout, end } = startProcess("ENOSPC");
  stdout.write("result\n");
  const { told, exitCode } = await end();
  expect(told).toEqual([
    expect.stringMatching(
      /^error: standard output can't be written: ENOSPC: write; .*\(invalid_file\)\n$/,
    ),
  ]);
  expect(exitCode).toBe(1);
});

test("work that was interrupted keeps its exit code", async () => {
  const { stdout, end } = startProcess("ENOSPC", 130);
  stdout.write("interrupted\n");
  expect(await end()).toMatchObject({ told: [expect.any(String)], exitCode: 130 });
});

test("a reader that ended wants no more, and a server needs no log", async () => {
  const read = startProcess("EPIPE");
  read.stdout.write("result\n");
  expect(await read.end()).toEqual({ told: [], exitCode: undefined });
  const served = startProcess("ENOSPC", 0);
  served.stdout.write("line\n");
  expect(await served.end()).toEqual({ told: [], exitCode: 0 });
});

test("progress that can't be written is dropped", async () => {
  const { stderr, end } = startProcess("EPIPE");
  stderr.emit("error", new Error("EPIPE: write"));
  expect(await end()).toEqual({ told: [], exitCode: undefined });
});
