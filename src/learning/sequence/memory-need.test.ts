import { expect, test } from "vitest";
import type { Preset } from "../../domain/preset.ts";
import { presetShape } from "../../policy/transformer/shape.ts";
import { estimateTraining } from "./memory-need.ts";

/** Megabytes beyond the process before it, of `recurve train` on two cores or one: docs/methods/sequences.md. */
const measured: readonly (readonly [Preset, rows: number, threads: number, megabytes: number])[] = [
  ["small", 4, 2, 257],
  ["small", 4, 1, 325],
  ["medium", 4, 2, 614],
  ["base", 4, 2, 1515],
  ["large", 2, 2, 5460],
];

test.each(measured)(
  "the need of preset %s in batches of %i rows by %i threads is within a quarter of the measured one",
  (preset, rows, threads, megabytes) => {
    const shape = presetShape(preset, { items: 1682, length: 200 });
    const settings = { rows, dropout: 0.3, fullSoftmaxItems: 20_000 };
    const ratio = estimateTraining({ shape, settings, threads }) / 1e6 / megabytes;
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.25);
  },
);
