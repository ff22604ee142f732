import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { sampleView, sampleViews } from "../../tests/support/policy.ts";
import { holderOf, keepByView, rowCount, rowOf, rowsOf } from "./item-rows.ts";
import { viewsAt } from "./list-part.ts";
import type { ItemView } from "./policy.ts";

test("a view has one row in every list, and another view another one", () => {
  const views = sampleViews(5);
  const rows = rowsOf(views);
  expect(new Set(rows).size).toBe(5);
  expect(rowsOf([...views].reverse())).toEqual(rows.slice().reverse());
  expect(rowOf(views[2]!)).toBe(rows[2]);
  expect(Math.max(...rows)).toBeLessThan(rowCount());
});

test("some items of a list have their rows, whether those of the list are kept or not", () => {
  for (const count of [6, 2000]) {
    const views = sampleViews(count);
    const indices = [1, 4, count - 1];
    const before = viewsAt(views, indices);
    expect(before).toEqual(indices.map((index) => views[index]));
    const expected = indices.map((index) => rowOf(views[index]!));
    expect([...rowsOf(before)]).toEqual(expected);
    const rows = rowsOf(views);
    expect(indices.map((index) => rows[index])).toEqual(expected);
    expect([...rowsOf(viewsAt(views, indices))]).toEqual(expected);
  }
});

test("a number is worked out once a view, and again for the next holder of its row", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const asked: string[] = [];
  const numbersOf = keepByView((view) => asked.push(view.itemId));
  let dropped: readonly ItemView[] = sampleViews(1000);
  const [first] = rowsOf(dropped);
  const before = holderOf(first!);
  expect(numbersOf(dropped)).toEqual(numbersOf([...dropped]));
  expect(asked).toEqual(dropped.map(({ itemId }) => itemId));
  dropped = [];
  while (holderOf(first!) === before) {
    collect();
    await setImmediate();
  }
  const used = rowCount();
  const fresh = sampleView("fresh");
  expect(rowOf(fresh)).toBeLessThan(used);
  expect([...numbersOf([fresh])]).toEqual([1001]);
  expect(asked.at(-1)).toBe("fresh");
});
