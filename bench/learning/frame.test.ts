import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createTestFolder } from "../../tests/support/store.ts";
import { listRows } from "./kept-rows.ts";
import { worlds } from "./registry.ts";
import { judgeTargets } from "./report-tables.ts";
import { checkOutcome, collectResults, formatEstimate } from "./results.ts";
import { type KeptOutcome, prepareUnits, runUnits, type Unit } from "./run-units.ts";
import { bound, gainOverBest } from "./targets.ts";
import type { LearningWorld, SeedOutcome } from "./world.ts";
import { writeReport } from "./write-report.ts";

const world: LearningWorld = {
  name: "coins",
  description: "two coins",
  value: "heads a toss",
  better: "higher",
  cases: ["fair", "bent"],
  policies: ["MPO", "first", "second"],
  main: "MPO",
  step: "cycle",
  settings: { tosses: 3 },
  targets: [
    gainOverBest({ policy: "MPO", over: ["first", "second"], gain: 0.1 }),
    gainOverBest({ policy: "first", over: ["MPO"], cases: ["bent"], gain: -0.01 }),
    bound({ name: "tosses", kind: "figure", direction: "at most", limit: 3 }),
    bound({ name: "MPO", kind: "value", cases: ["absent"], direction: "at least", limit: 1 }),
  ],
  run: async ({ seed }) => outcome(seed),
};
/** MPO 1.2 ± 0.1 over three seeds, the best other always 0.1 below it. */
const outcome = (seed: number): SeedOutcome => {
  const values = { MPO: 1 + seed / 10, first: 0.9 + seed / 10, second: 1 };
  return { values, figures: { tosses: 3 }, curves: { MPO: [0, values.MPO] } };
};
const seeds = [1, 2, 3];
const outcomes = new Map(world.cases.map((name) => [name, seeds.map(outcome)]));
const results = collectResults(world, seeds, outcomes);

function createParts(kept = new Map<string, KeptOutcome>()) {
  const keyOf = ({ caseName, seed }: Unit) => `${caseName} ${seed}`;
  const ran: string[] = [];
  const lines: string[] = [];
  const controller = new AbortController();
  let now = 0;
  return {
    kept,
    ran,
    lines,
    controller,
    workers: 1,
    revision: "a1b2c3",
    signal: controller.signal,
    load: (unit: Unit) => kept.get(keyOf(unit)),
    save: (unit: Unit, one: KeptOutcome) => void kept.set(keyOf(unit), one),
    run: async (unit: Unit, onProgress: (share: number) => void) => {
      ran.push(keyOf(unit));
      now += 40_000;
      onProgress(0.5);
      now += 40_000;
      return unit.world.run({ ...unit, onProgress });
    },
    clock: () => now,
    print: (line: string) => void lines.push(line),
  };
}
const units = seeds.flatMap((seed) =>
  world.cases.map((caseName) => ({ world, caseName, seed }) satisfies Unit),
);

test("what seeds share is made once a case, and not for cases that are kept", async () => {
  const { kept, load, print } = createParts();
  for (const seed of seeds)
    kept.set(`fair ${seed}`, { ...outcome(seed), seconds: 1, revision: "a1b2c3" });
  kept.set("bent 1", kept.get("fair 1")!);
  const prepared: string[] = [];
  const shared = { ...world, prepare: async (name: string) => void prepared.push(name) };
  await prepareUnits(
    units.map((unit) => ({ ...unit, world: shared })),
    { load, print },
  );
  expect(prepared).toEqual(["bent"]);
});

test("what was broken off goes on with what is missing, and says how long it takes", async () => {
  const first = createParts();
  await runUnits(units, {
    ...first,
    save: (unit, one) => {
      first.save(unit, one);
      if (first.kept.size === 2) first.controller.abort();
    },
  });
  expect(first.ran).toEqual(["fair 1", "bent 1"]);
  const second = createParts(first.kept);
  await runUnits(units, second);
  expect(second.ran).toEqual(["fair 2", "bent 2", "fair 3", "bent 3"]);
  expect(second.lines.slice(0, 3)).toEqual([
    "2 of 6 runs are kept from before",
    "coins fair, seed 2: 50 %; 2 of 6 done, about 5 min left",
    "coins fair, seed 2: 80 s; 3 of 6 done, about 4 min left",
  ]);
  expect(second.lines.at(-1)).toBe("coins bent, seed 3: 80 s; 6 of 6 done");
  const third = createParts(first.kept);
  await runUnits(units, third);
  expect(third.ran).toEqual([]);
});

test("the first of all says how long it takes from its own progress", async () => {
  const parts = createParts();
  await runUnits(units.slice(0, 1), parts);
  expect(parts.lines).toEqual([
    "coins fair, seed 1: 50 %; 0 of 1 done, about 40 s left",
    "coins fair, seed 1: 80 s; 1 of 1 done",
  ]);
});

test("a seed that fails is named, is not kept, and doesn't keep the others from running", async () => {
  const parts = createParts();
  const run = async ({ seed }: Unit) => {
    if (seed === 2) throw new Error("power cut");
    return outcome(seed);
  };
  const failures = await runUnits(units, { ...parts, run });
  expect(failures).toEqual(
    ["fair", "bent"].map((name) => `coins ${name}, seed 2 failed: power cut`),
  );
  expect([...parts.kept.keys()]).toEqual(["fair 1", "bent 1", "fair 3", "bent 3"]);
  expect(parts.kept.get("fair 1")).toEqual({ ...outcome(1), seconds: 0, revision: "a1b2c3" });
});

test("targets are met, missed, or not judged where a case is missing", () => {
  expect(judgeTargets(results).map(({ outcome: is, found }) => [is, found])).toEqual([
    ["missed", "+9.1 % ± 0.0 against first"],
    ["missed", "-8.3 % ± 0.0 against MPO"],
    ["met", "3.0000 ± 0.0000"],
    ["not judged", "a policy or a case is missing"],
  ]);
});

test("a loss may be allowed, and standard errors of the paired difference with it", () => {
  const noisy = collectResults(
    world,
    seeds,
    new Map([["fair", [0.8, 1, 1.2].map((MPO) => ({ values: { MPO, first: 1.1 } }))]]),
  );
  const judge = (standardErrors: number) =>
    gainOverBest({
      policy: "MPO",
      over: ["first"],
      cases: ["fair"],
      gain: -0.01,
      standardErrors,
    }).judge(noisy);
  // −0.1/1.1 = −9.1 %, with a standard error of 0.2/√3/1.1 = 10.5 %.
  expect(judge(0)).toEqual({ met: false, found: "-9.1 % ± 10.5 against first" });
  expect(judge(1)?.met).toBe(true);
});

test("of a value that is better lower, a gain is what it is lower by", () => {
  const loss = collectResults({ ...world, better: "lower" }, seeds, outcomes);
  const { judge } = gainOverBest({ policy: "second", over: ["MPO", "first"], gain: 0.05 });
  expect(judge(loss)).toMatchObject({
    met: true,
    found: expect.stringMatching(/^\+9\.1 %.* first$/),
  });
});

test("the report holds every policy with its error, paired differences, targets, plots and the numbers of seeds", () => {
  const folder = createTestFolder();
  writeReport(folder, [results], ["machine of a test"]);
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  const markdown = read("report.md");
  expect(markdown).toContain("| MPO | 1.200 ± 0.058 | 1.200 ± 0.058 |");
  expect(markdown).toContain("| second | 0.200 ± 0.058 | 0.200 ± 0.058 |");
  expect(markdown).toContain("- missed: MPO at least +10.0 % against the best of first, second (");
  expect(markdown).toContain("![coins](coins.svg)\n\n![coins](coins-curves.svg)");
  for (const file of ["coins.svg", "coins-curves.svg"]) expect(read(file)).not.toContain("NaN");
  expect(JSON.parse(read("report.json")).worlds[0]).toMatchObject({
    seeds,
    values: { bent: { MPO: [1.1, 1.2, 1.3] } },
    figures: { fair: { tosses: [3, 3, 3] } },
  });
});

test("an ablation of the first seeds is set against the main policy on these", () => {
  const values = seeds.map((seed) => (seed < 3 ? { MPO: seed, first: 0.5 } : { MPO: seed }));
  const played = values.map((values) => ({ values }) as SeedOutcome);
  const some = collectResults(world, seeds, new Map([["fair", played]]));
  const folder = createTestFolder();
  writeReport(folder, [some], []);
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  expect(read("report.md")).toContain("| first | 0.5000 ± 0.0000, 2 of 3 seeds |");
  expect(read("report.md")).toContain("| first | 1.00 ± 0.50, 2 of 3 seeds |");
  expect(read("coins.svg")).toContain(">first<");
  expect(JSON.parse(read("report.json")).worlds[0].values.fair.first).toEqual([0.5, 0.5, null]);
});

test("ablations are rows of the first seed", () => {
  const rows = {
    names: ["popularity", "MPO", "MPO without fast loop"],
    ablations: ["MPO without fast loop"],
  };
  expect(listRows(rows, 1)).toEqual(rows.names);
  expect(listRows(rows, 2)).toEqual(["popularity", "MPO"]);
  expect(listRows({ names: rows.names }, 2)).toEqual(rows.names);
});

test("one seed has no standard error, and is drawn nonetheless", () => {
  const one = collectResults(world, [1], new Map([["fair", [outcome(1)]]]));
  const folder = createTestFolder();
  writeReport(folder, [one], []);
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  expect(read("report.md")).toContain("| MPO | 1.1000 |");
  expect(read("coins.svg")).not.toContain("NaN");
});

test.each([
  [{ values: { MPO: Number.NaN } }, "'MPO' must be finite, got NaN"],
  [{ values: {}, curves: { MPO: [1, Number.NaN] } }, "'MPO' must be finite, got 1,NaN"],
  [{ values: { third: 1 } }, "coins has no policy 'third': MPO, first, second"],
])("an outcome such as %j is refused", (wrong, message) => {
  expect(() => checkOutcome(world, wrong)).toThrow(message);
});

test("numbers have the digits that their error leaves", () => {
  const format = (mean: number, standardError: number) => formatEstimate({ mean, standardError });
  expect(format(0.123456, 0.00321)).toBe("0.1235 ± 0.0032");
  expect(format(174.61, 1.26)).toBe("174.6 ± 1.3");
  expect(format(0.5, 0)).toBe("0.5000 ± 0.0000");
});

test("every world has a name of its own, cases, and a main policy that is one of its policies", () => {
  expect(new Set(worlds.map(({ name }) => name)).size).toBe(worlds.length);
  for (const { name, cases, policies, main } of worlds) {
    expect(name).toMatch(/^[a-z0-9-]+$/);
    expect(cases.length).toBeGreaterThan(0);
    expect(policies).toContain(main);
  }
});
