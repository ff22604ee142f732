import { expect, test } from "vitest";
import { describeDoubtfulItems } from "./describe-doubtful-items.ts";

test("items that are too good to be true are named with what was expected and earned", () => {
  const shown = { itemId: "a", states: 300, prediction: 0.4567, excess: 2, discriminator: -2.5 };
  const [table] = describeDoubtfulItems([
    { ...shown, shown: 12, reward: 0.0833 },
    { ...shown, itemId: "b", shown: 0 },
  ]);
  const rows = table!.split("\n").map((line) => line.replace(/[│ ]+/g, " ").trim());
  expect(rows).toContain("too good to be true states expected discriminator shown earned");
  expect(rows).toContain("a 300 0.457 -2.5 12 0.0833");
  expect(rows).toContain("b 300 0.457 -2.5 0 –");
});

test("without any nothing is said", () => {
  expect(describeDoubtfulItems([])).toEqual([]);
  expect(describeDoubtfulItems()).toEqual([]);
});
