import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runCommand } from "../../../tests/support/command.ts";
import { createTestFolder } from "../../../tests/support/store.ts";

test("a prior is written, and the command says where and how much it leaves unexplained", async () => {
  const output = join(createTestFolder(), "prior.json");
  const words = ["--worlds", "2", "--cycles", "2", "--seed", "9", "--output", output];
  const { exitCode, text } = await runCommand("meta-train", ...words);
  expect(exitCode).toBe(0);
  const prior = JSON.parse(readFileSync(output, "utf8"));
  expect(prior).toMatchObject({ version: 1, worlds: 2, seed: 9, cycles: 2 });
  const share = (100 * Math.sqrt(prior.misfit)).toFixed(1);
  expect(text).toBe(
    `${output}: ${prior.mean.length} weights from 2 worlds of 2 cycles; they leave ± ${share} % of the serving value unexplained\n` +
      "To use it, replace src/mpo/meta-prior.json in the sources of Recurve and run npm run build\n",
  );
});

test("the help says what becomes of the file", async () => {
  const { exitCode, text } = await runCommand("meta-train", "--help");
  expect(exitCode).toBe(0);
  expect(text).toContain("replace src/mpo/meta-prior.json in the sources");
});

test("a folder that is missing is told before anything is played", async () => {
  const { exitCode, text } = await runCommand("meta-train", "--output", "/nowhere/prior.json");
  expect(exitCode).toBe(1);
  expect(text).toContain("/nowhere/prior.json can't be written: its folder /nowhere is missing");
});
