import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { expect, test, vi } from "vitest";
import { createTestFolder } from "../../tests/support/store.ts";
import { writeOutput } from "./write-output.ts";

async function* lines() {
  for (let line = 0; line < 1000; line++) yield `${line}\n`;
}

test("all lines reach a new file, or a reader to the end", async () => {
  const path = join(createTestFolder(), "lines.txt");
  expect(await writeOutput(lines(), path)).toBe(true);
  const written = readFileSync(path, "utf8");
  expect(written).toMatch(/^0\n1\n[\d\n]*\n999\n$/);
  const parts: string[] = [];
  const reader = new Writable({
    write: (chunk, _, done) => {
      parts.push(String(chunk));
      done();
    },
  });
  expect(await writeOutput(lines(), undefined, reader)).toBe(true);
  expect(parts.join("")).toBe(written);
});

const failing = (code: string) =>
  new Writable({
    write: (_chunk, _encoding, done) =>
      done(Object.assign(new Error(code), { code, syscall: "write" })),
  });

test.each(["EPIPE", "ENOSPC"])("%s of standard output ends the writing", async (code) => {
  expect(await writeOutput(lines(), undefined, failing(code))).toBe(false);
});

test("a file that is there is refused by name", async () => {
  const path = join(createTestFolder(), "recurve.db");
  writeFileSync(path, "kept");
  await expect(writeOutput(lines(), path)).rejects.toMatchObject({
    code: "invalid_file",
    message: expect.stringContaining(`${path} can't be written`),
  });
  expect(readFileSync(path, "utf8")).toBe("kept");
});

test("a file whose lines fail midway goes, since a part of it would pass for the whole", async () => {
  const folder = createTestFolder();
  async function* failingLines() {
    yield* lines();
    throw new Error("no more lines");
  }
  await expect(writeOutput(failingLines(), join(folder, "lines.txt"))).rejects.toThrow(
    "no more lines",
  );
  expect(readdirSync(folder)).toEqual([]);
});

test("so does one that a process leaves midway", async () => {
  const path = join(createTestFolder(), "lines.txt");
  const before = process.listeners("exit");
  const addedListeners = () => process.listeners("exit").filter((one) => !before.includes(one));
  async function* leavingLines() {
    yield* lines();
    await vi.waitFor(() => expect(existsSync(path)).toBe(true));
    for (const listener of addedListeners()) listener(130);
    expect(existsSync(path)).toBe(false);
  }
  await writeOutput(leavingLines(), path);
  expect(addedListeners()).toEqual([]);
});
