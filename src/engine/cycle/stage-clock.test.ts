import { expect, test } from "vitest";
import { createStageClock } from "./stage-clock.ts";

test("the times of one stage add up, and its result is handed on", async () => {
  let now = 1000;
  const stages = createStageClock(() => now);
  const spend = (milliseconds: number) => () => {
    now += milliseconds;
    return milliseconds;
  };
  expect(await stages.measure("score", spend(5))).toBe(5);
  expect(await stages.measure("critic", async () => spend(7)())).toBe(7);
  await stages.measure("score", spend(20));
  expect(stages.stageMs).toEqual({ score: 25, critic: 7 });
});

test("a stage that fails fails", async () => {
  const stages = createStageClock(() => 0);
  const failure = new Error("no memory");
  await expect(stages.measure("critic", () => Promise.reject(failure))).rejects.toBe(failure);
});
