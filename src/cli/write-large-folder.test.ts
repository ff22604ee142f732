import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { createTestFolder } from "../../tests/support/store.ts";
import { writeLargeFolder } from "./write-large-folder.ts";

afterEach(() => void vi.restoreAllMocks());

test("a folder is written as it is, and each file shows its MiB on standard error", async () => {
  const shown: string[] = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => shown.push(String(text)) > 0);
  const part = "x".repeat(700 * 1024);
  async function* parts() {
    yield* [part, part, part];
  }
  async function* small() {
    yield "{}";
  }
  const folder = join(createTestFolder(), "large");
  await writeLargeFolder(folder, { "rows.csv": parts(), "manifest.json": small() });
  expect(readFileSync(join(folder, "rows.csv"), "utf8")).toBe(part.repeat(3));
  expect(readFileSync(join(folder, "manifest.json"), "utf8")).toBe("{}");
  expect(shown.join("")).toContain("1 MiB of rows.csv");
  expect(shown.join("")).not.toContain("manifest.json");
});

test("Ctrl-C leaves neither the folder nor a part of it, and ends with 130", async () => {
  const parent = createTestFolder();
  async function* parts() {
    yield "first";
    process.emit("SIGINT");
    yield "second";
  }
  expect(await writeLargeFolder(join(parent, "large"), { "rows.csv": parts() })).toBe(false);
  expect(process.exitCode).toBe(130);
  process.exitCode = undefined;
  expect(readdirSync(parent)).toEqual([]);
});
