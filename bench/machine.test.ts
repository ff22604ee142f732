import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../tests/support/store.ts";
import { readPlayedSources } from "./machine.ts";

test("kept rows depend on the product, the worlds and the packages, committed or not, and on nothing else", () => {
  const clone = createTestFolder();
  const git = (...arguments_: readonly string[]) => {
    const author = ["-c", "user.name=ann", "-c", "user.email=ann@example.com"];
    execFileSync("git", [...author, ...arguments_], { cwd: clone, stdio: "ignore" });
  };
  const write = (path: string, text: string) => writeFileSync(join(clone, path), text);
  for (const folder of ["src", "bench/learning", "docs"])
    mkdirSync(join(clone, folder), { recursive: true });
  for (const path of ["src/a.ts", "bench/learning/b.ts", "package-lock.json", "docs/c.md"])
    write(path, "1");
  git("init");
  git("add", ".");
  git("commit", "-m", "first");
  const first = readPlayedSources(clone);
  expect(first).toMatch(/^([0-9a-f]{40}\n){3}$/);
  write("docs/c.md", "2");
  git("commit", "-am", "second");
  expect(readPlayedSources(clone)).toBe(first);
  write("src/a.ts", "2");
  const changed = readPlayedSources(clone);
  write("src/a.ts", "3");
  expect(new Set([first, changed, readPlayedSources(clone)]).size).toBe(3);
});
