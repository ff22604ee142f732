import { expect, test } from "vitest";
import { chooseWorlds, listUnits } from "./choose-runs.ts";
import { getWorld } from "./registry.ts";

const lowRate = getWorld("low-rate");
const drift = getWorld("drift");
const ignore = () => {};
const list = (seeds: number, cases: string) =>
  listUnits([lowRate, drift], { seeds, cases }, ignore).map(
    ({ world, caseName, seed }) => `${world.name} ${caseName} ${seed}`,
  );

test("a costly world runs its usual sample beside others, the others all of their cases on every seed", () => {
  const units = list(2, "usual");
  expect(units.filter((unit) => unit.startsWith("low-rate"))).toEqual(
    lowRate.usual!.cases.map((caseName) => `low-rate ${caseName} 1`),
  );
  expect(units.filter((unit) => unit.startsWith("drift"))).toHaveLength(2 * drift.cases.length);
});

test("alone it runs its usual cases on every seed that is asked for", () => {
  const units = listUnits([lowRate], { seeds: 3, cases: "usual" }, ignore);
  expect(units.map(({ seed }) => seed)).toEqual([1, 1, 2, 2, 3, 3]);
  expect(new Set(units.map(({ caseName }) => caseName))).toEqual(new Set(lowRate.usual!.cases));
});

test("all means all cases on every seed, and a text those whose names contain it", () => {
  expect(list(2, "all")).toHaveLength(2 * (lowRate.cases.length + drift.cases.length));
  const some = listUnits([lowRate], { seeds: 1, cases: "slates of 10, 2 %" }, ignore);
  expect(some.map(({ caseName }) => caseName)).toEqual([
    "300 items, slates of 10, 2 %",
    "3416 items, slates of 10, 2 %",
  ]);
  expect(() => listUnits([drift], { seeds: 1, cases: "fast" }, ignore)).toThrow(
    "no case of drift has 'fast': none; slow; abrupt; churn",
  );
});

test("other cycles are other settings, where a world has no fixed length", () => {
  const [short] = chooseWorlds({ world: "low-rate", cycles: "24" });
  expect(short).toMatchObject({ name: "low-rate", cycles: 24 });
  expect(short!.settings).not.toEqual(lowRate.settings);
  expect(chooseWorlds({ world: "low-rate", cycles: "usual" })).toEqual([lowRate]);
});

test.each([
  ["low-rate", "2", "--cycles must be 'usual' or an integer of at least 3, got '2'"],
  ["low-rate", "many", "got 'many'"],
  ["drift", "8", "--cycles is not for world 'drift', whose loops have one length"],
  ["all", "8", "--cycles is for one world; name it with --world"],
])("world %s with %s cycles is refused", (world, cycles, message) => {
  expect(() => chooseWorlds({ world, cycles })).toThrow(message);
});
