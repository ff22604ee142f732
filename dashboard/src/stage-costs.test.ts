import { expect, test } from "vitest";
import { stageCosts } from "./stage-costs.ts";

test("costs are shares of the cycle in the order of its stages", () => {
  expect(stageCosts({ stageMs: { read: 500, critic: 1500, gate: 0 } })).toEqual([
    { label: "read", text: "500\u00a0ms", share: 0.25 },
    { label: "critic", text: "1.5\u00a0s", share: 0.75 },
  ]);
});

test("processor time and memory stand beside the time where they are known", () => {
  const record = {
    stageMs: { read: 500 },
    stageCpuMs: { read: 950 },
    stagePeakMiB: { read: 1210 },
  };
  expect(stageCosts(record)).toMatchObject([
    { text: "500\u00a0ms · 950\u00a0ms CPU · 1,210\u00a0MiB" },
  ]);
});

test("a record without times has no costs", () => {
  for (const record of [{}, { stageMs: { read: 0 } }]) expect(stageCosts(record)).toEqual([]);
});
