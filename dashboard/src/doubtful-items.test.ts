import { expect, test } from "vitest";
import { doubtfulRows } from "./doubtful-items.ts";

test("an item shows what was expected of it and what it earned, if it was shown", () => {
  const item = { itemId: "a", states: 40, prediction: 0.45, excess: 1.2, discriminator: -2.5 };
  const rows = doubtfulRows({
    doubtfulItems: [
      { ...item, shown: 12, reward: 0.083 },
      { ...item, shown: 0 },
    ],
  });
  expect(rows).toEqual([
    { itemId: "a", expected: "0.450", discriminator: "−2.500", shown: "12", earned: "0.083" },
    { itemId: "a", expected: "0.450", discriminator: "−2.500", shown: "0", earned: "" },
  ]);
});

test("a record without such items has no rows", () => {
  expect(doubtfulRows({})).toEqual([]);
});
