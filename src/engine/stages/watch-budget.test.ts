import { expect, test } from "vitest";
import { createStageClock } from "./stage-clock.ts";
import { OverBudgetError, watchBudget } from "./watch-budget.ts";

/** Limits of 60 seconds and 500 MiB, and a process that the test moves on. */
function watch() {
  let now = 1000;
  let memoryMiB = 100;
  const clock = () => now;
  const usage = () => ({ cpuMs: 0, memoryMiB, heldMiB: 0, peakMiB: 0 });
  const limits = { maxMs: 60_000, maxMiB: 500 };
  return {
    stages: watchBudget(createStageClock(clock, usage), { limits, clock, usage }),
    spend: (milliseconds: number, resident = memoryMiB) => {
      now += milliseconds;
      memoryMiB = resident;
    },
  };
}

test("a stage that takes the cycle beyond its time is the last one", async () => {
  const { stages, spend } = watch();
  await stages.measure("read", () => spend(60_000));
  await stages.measure("critic", () => spend(1));
  let started = false;
  const next = stages.measure("judge", () => {
    started = true;
  });
  await expect(next).rejects.toThrow(OverBudgetError);
  await expect(next).rejects.toThrow(
    /before the stage 'judge' 1\.0 minutes .* raise learner\.maxCycleMinutes/,
  );
  expect(started).toBe(false);
  expect(stages.stageMs).toEqual({ read: 60_000, critic: 1 });
});

test("a stage that leaves more memory than there may be is the last one", async () => {
  const { stages, spend } = watch();
  await stages.measure("read", () => spend(1, 500));
  await stages.measure("score", () => spend(1, 501));
  await expect(stages.measure("critic", () => spend(1))).rejects.toThrow(
    /501 MiB were resident of 500.* raise learner\.maxMemory/,
  );
});
