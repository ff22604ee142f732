import { expect, test } from "vitest";
import { sampleRow } from "../../tests/support/feedback.ts";
import { sampleViews } from "../../tests/support/policy.ts";
import { asServed, scoreServed } from "./as-served.ts";

const views = sampleViews(2);
const plain = Float64Array.of(-1, -0.5);
const drawn = Float64Array.of(-0.1, -2);
const scores = { logPolicy: plain, rewardHeads: [], discriminator: Float64Array.of(0, 0) };
const rows = [
  sampleRow(views, { arm: "baseline" }),
  sampleRow(views, { isOwnDraw: true, loggingLogs: drawn }),
  sampleRow(views, { arm: "canary" }),
];
const scored = rows.map((row) => ({ row, scores }));
/** log π tells the policy and the row. */
const family = {
  scorePolicy: (policy: number, chosen: readonly { readonly arm: string }[]) =>
    chosen.map(({ arm }) => Float64Array.of(policy, arm === "canary" ? 1 : 0)),
};
const scoreDrawn = (policy: number, chosen: readonly { readonly arm: string }[]) =>
  family.scorePolicy(10 + policy, chosen);

test("rows that judge have the serving policy's draws, the known ones of its own and those of other arms by replay", async () => {
  const looped = { ...family, scoreServed: scoreDrawn };
  const served = await asServed(looped, 2, { rows, scored });
  expect(served.map(({ row }) => row)).toEqual(rows);
  expect(served.map(({ scores: own }) => [...own.logPolicy])).toEqual([
    [12, 0],
    [...drawn],
    [12, 1],
  ]);
  expect(await scoreServed(looped, 3, rows.slice(2))).toEqual([Float64Array.of(13, 1)]);
});

test("without a fast loop policies serve as they are", async () => {
  expect(await asServed(family, 2, { rows, scored })).toBe(scored);
  expect(await scoreServed(family, 3, rows.slice(2))).toEqual([Float64Array.of(3, 1)]);
});
