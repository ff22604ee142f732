import { expect, test } from "vitest";
import { LastUsedMap } from "./last-used-map.ts";

const fill = () => new LastUsedMap<string, number>(3).set("a", 1).set("b", 2).set("c", 3);

test("beyond the capacity the entry goes that was set first", () => {
  expect([...fill().set("d", 4)]).toEqual([
    ["b", 2],
    ["c", 3],
    ["d", 4],
  ]);
});

test("an entry that is read stays before one that is not", () => {
  const map = fill();
  expect(map.get("a")).toBe(1);
  expect([...map.set("d", 4).keys()]).toEqual(["c", "a", "d"]);
});

test("an entry that is set again has its new value and counts as used", () => {
  const map = fill().set("a", 9);
  expect(map.size).toBe(3);
  expect([...map.set("d", 4)]).toEqual([
    ["c", 3],
    ["a", 9],
    ["d", 4],
  ]);
});

test("looking for an absent key or asking whether one is there uses nothing", () => {
  const map = fill();
  expect([map.get("z"), map.has("a")]).toEqual([undefined, true]);
  expect([...map.set("d", 4).keys()]).toEqual(["b", "c", "d"]);
});
