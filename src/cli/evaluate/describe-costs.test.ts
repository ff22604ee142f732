import { expect, test } from "vitest";
import { describeCosts } from "./describe-costs.ts";

test("a line a stage, in the order of the record", () => {
  const [table = ""] = describeCosts({
    stageMs: { read: 1520, critic: 60_000 },
    stageCpuMs: { read: 1490, critic: 118_000 },
    stagePeakMiB: { read: 310, critic: 840 },
  });
  const cells = table.split("\n").map((line) => line.split("│").map((cell) => cell.trim()));
  expect(cells).toContainEqual(["", "read", "1.5", "1.5", "310", ""]);
  expect(cells).toContainEqual(["", "critic", "60.0", "118.0", "840", ""]);
});

test("a record of wall time alone shows that; one without times shows nothing", () => {
  expect(describeCosts({ stageMs: { read: 20 } })[0]).toMatch(/read +│ 0\.0 +│ +– +│ +–/);
  expect(describeCosts({})).toEqual([]);
});
