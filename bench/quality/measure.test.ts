import { expect, test } from "vitest";
import { leaveOneOut } from "../../src/evaluation/ranking/split.ts";
import { createTestFolder } from "../../tests/support/store.ts";
import { openRunFolder } from "../run-folder.ts";
import { measureBaselines, measureSeed } from "./measure.ts";

const itemCount = 12;
const split = leaveOneOut({
  itemCount,
  sequences: Array.from({ length: 30 }, (_, user) =>
    Array.from({ length: 6 + (user % 5) }, (_, i) => (user + i) % itemCount),
  ),
});
const plan = {
  preset: "small" as const,
  length: 8,
  shape: { width: 16, blocks: 1 },
  settings: { epochs: 4, rows: 8, validateEvery: 1 },
};
const parts = (folder: string, print: (text: string) => void) => ({
  folder: openRunFolder("circle", { plan }, folder),
  split,
  protocol: "leave-one-out" as const,
  print,
});

test("a seed that was broken off between epochs ends as an unbroken one, and is not run again", async () => {
  const whole = await measureSeed(
    parts(createTestFolder(), () => undefined),
    { plan, seed: 3 },
  );
  const folder = createTestFolder();
  const broken = parts(folder, (text) => {
    if (text.includes("epoch 3 of 4")) throw new Error("power cut");
  });
  await expect(measureSeed(broken, { plan, seed: 3 })).rejects.toThrow("power cut");
  const lines: string[] = [];
  const resumed = await measureSeed(
    parts(folder, (text) => lines.push(text)),
    { plan, seed: 3 },
  );
  expect({ ...resumed, seconds: 0 }).toEqual({ ...whole, seconds: 0 });
  expect(lines[0]).toBe("seed 3 goes on after epoch 2");
  const again = await measureSeed(
    parts(folder, () => expect.fail("ran again")),
    { plan, seed: 3 },
  );
  expect(again).toEqual(resumed);
});

test("baselines are measured once", async () => {
  const folder = createTestFolder();
  const first = await measureBaselines(parts(folder, () => undefined));
  expect(first.ranked.map(({ ranker }) => ranker)).toContain("Markov");
  expect(await measureBaselines(parts(folder, () => expect.fail("ran again")))).toEqual(first);
});
