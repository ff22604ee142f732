import { expect, test } from "vitest";
import { createStageClock, type Usage } from "./stage-clock.ts";

/** A process whose time, work and memory the test moves on. */
function createProcess() {
  let now = 1000;
  let used: Usage = { cpuMs: 70, memoryMiB: 200, heldMiB: 90, peakMiB: 300 };
  const spend = (milliseconds: number, change: Partial<Usage> = {}) => {
    now += milliseconds;
    used = { ...used, ...change };
    return milliseconds;
  };
  return {
    spend,
    stages: createStageClock(
      () => now,
      () => used,
    ),
  };
}

test("wall and processor time of one stage add up, and its result is handed on", async () => {
  const { stages, spend } = createProcess();
  expect(await stages.measure("score", () => spend(5, { cpuMs: 79 }))).toBe(5);
  expect(await stages.measure("critic", async () => spend(7, { cpuMs: 82 }))).toBe(7);
  await stages.measure("score", () => spend(20, { cpuMs: 112 }));
  expect(stages.stageMs).toEqual({ score: 25, critic: 7 });
  expect(stages.stageCpuMs).toEqual({ score: 39, critic: 3 });
});

test("memory of a stage is what it raised the process's peak to, else what was resident around it", async () => {
  const { stages, spend } = createProcess();
  await stages.measure("read", () => spend(1, { memoryMiB: 250 }));
  await stages.measure("score", () => spend(1, { memoryMiB: 220, peakMiB: 900 }));
  await stages.measure("gate", () => spend(1, { memoryMiB: 210 }));
  await stages.measure("read", () => spend(1, { memoryMiB: 205 }));
  expect(stages.stagePeakMiB).toEqual({ read: 250, score: 900, gate: 220 });
});

test("a stage that fails fails", async () => {
  const { stages } = createProcess();
  const failure = new Error("no memory");
  await expect(stages.measure("critic", () => Promise.reject(failure))).rejects.toBe(failure);
});
