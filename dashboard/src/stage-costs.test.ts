import { expect, test } from "vitest";
import { stageCosts } from "./stage-costs.ts";

test("costs are shares of the cycle in the order of its stages", () => {
  expect(stageCosts({ stageMs: { read: 500, critic: 1500, gate: 0 } })).toEqual([
    { label: "read", text: "500\u00a0ms", share: 0.25 },
    { label: "critic", text: "1.5\u00a0s", share: 0.75 },
  ]);
});

test("a record without times has no costs", () => {
  for (const record of [{}, { stageMs: null }, { stageMs: { read: 0, gate: "slow" } }]) {
    expect(stageCosts(record)).toEqual([]);
  }
});
