import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createRandom } from "../../../src/numeric/random.ts";
import { createTestFolder } from "../../../tests/support/store.ts";
import {
  algorithms,
  listSettings,
  startVowpalWabbit,
  toExamples,
  vowpalWabbitIsThere,
} from "./vowpal-wabbit.ts";

test("features have names that are no whole numbers, classes start at 1", () => {
  const visits = [{ inputs: Float64Array.of(0.5, -2), classIndex: 0 }];
  expect(toExamples(visits)).toBe("1 | f0:0.500000 f1:-2.00000\n");
});

test("an algorithm is tried with every rate and encoding, all but cover with interactions too", () => {
  const settings = listSettings("SquareCB", "inputs");
  expect(new Set(settings).size).toBe(16);
  expect(settings[0]).toBe("--squarecb -l 0.1");
  expect(settings.filter((setting) => setting.includes("-q ::"))).toHaveLength(8);
  expect(listSettings("cover", "inputs").some((setting) => setting.includes("-q ::"))).toBe(false);
  expect(listSettings("SquareCB", "Fourier features")).toEqual(
    settings.filter((setting) => !setting.includes("-q ::")),
  );
});

test.skipIf(!vowpalWabbitIsThere)(
  "every algorithm learns two classes that one input tells apart (needs bench/peers/.venv-vw)",
  async () => {
    const random = createRandom(1);
    const visits = Array.from({ length: 1000 }, () => {
      const value = random.normal();
      return { inputs: Float64Array.of(value, random.normal()), classIndex: value > 0 ? 1 : 0 };
    });
    const file = join(createTestFolder(), "examples.txt");
    writeFileSync(file, toExamples(visits));
    const peer = await startVowpalWabbit();
    for (const algorithm of Object.values(algorithms)) {
      const run = { classes: 2, setting: `${algorithm} -l 0.5`, seed: 1 };
      const loss = await peer.measure(file, run);
      expect(loss).toBeGreaterThan(0);
      // A coin's 0.5, 5 standard errors below it.
      expect(loss).toBeLessThan(0.5 - 5 * Math.sqrt(0.25 / 1000));
    }
    peer.close();
  },
);
