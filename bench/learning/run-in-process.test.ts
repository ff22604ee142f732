import { expect, test } from "vitest";
import { runInProcess } from "./run-in-process.ts";
import type { LearningWorld } from "./world.ts";

test.skipIf(process.env.RECURVE_FULL === undefined)(
  "a process that ends without an outcome is a failure (needs RECURVE_FULL)",
  async () => {
    const world = { name: "nowhere" } as LearningWorld;
    const unit = { world, caseName: "nowhere", seed: 1 };
    await expect(runInProcess(unit, () => undefined)).rejects.toThrow("its process ended with 1");
  },
);
