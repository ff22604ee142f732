import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Bench, Target } from "./bench.ts";
import { type CommandParts, runCommand } from "./command.ts";
import { benches } from "./registry.ts";
import { runBench } from "./run-bench.ts";
import { serveSmoke } from "./serve-smoke.bench.ts";
import { percentile } from "./statistics.ts";

const speed: Bench<{ readonly rounds: number }> = {
  name: "speed",
  description: "rounds a second",
  options: { rounds: 3 },
  run: async ({ rounds }, report) => {
    report.figure("ms a round", 0.25);
    report.figure("rounds/s", 1000 * rounds);
  },
};
const road: Bench<{ readonly surface: string }> = {
  name: "road",
  description: "rounds on a surface",
  options: { surface: "all" },
  choices: { surface: ["all", "sand"] },
  run: async ({ surface }, report) => report.skip(`no ${surface} here`),
};
const absent: Bench = {
  name: "absent",
  description: "needs what is not there",
  options: {},
  run: async (_, report) => report.skip("needs data"),
};
const targets: Record<string, Target> = {
  speed: { metric: "rounds/s", direction: "at least", target: 2500, note: "of a test" },
  absent: { metric: "rows/s", direction: "at least", target: 1, note: "of a test" },
};

async function run(args: readonly string[], parts: Partial<CommandParts> = {}) {
  const printed: string[] = [];
  const errors: string[] = [];
  const code = await runCommand(args, {
    benches: [speed, road, absent],
    targets,
    clock: () => Date.UTC(2026, 2, 1),
    print: (text) => printed.push(...text.split("\n")),
    printError: (text) => errors.push(text),
    ...parts,
  });
  return { code, printed, errors };
}

test("without a name the benches are listed with their own options", async () => {
  const { code, printed } = await run([]);
  expect(code).toBe(0);
  expect(printed).toContainEqual(
    expect.stringMatching(/^ {2}speed +rounds a second \[--rounds 3\]$/),
  );
});

test("a run names the machine, prints every figure, and ends with the target's", async () => {
  const { code, printed } = await run(["speed", "--check"]);
  expect(code).toBe(0);
  expect(printed).toContain("date      2026-03-01T00:00:00.000Z");
  expect(printed).toContain(`node      ${process.version}`);
  expect(printed).toContain("0.250 ms a round");
  expect(printed.at(-1)).toBe("speed: 3,000 rounds/s (target at least 2,500)");
});

test("a missed target ends with 1 where --check asks, and with 0 where nothing asks", async () => {
  const missed = await run(["speed", "--rounds", "2", "--check"]);
  expect(missed.code).toBe(1);
  expect(missed.printed.at(-1)).toBe("speed: 2,000 rounds/s (target at least 2,500, missed)");
  expect((await run(["speed", "--rounds", "2"])).code).toBe(0);
});

test("a target that is an upper bound is met below it", async () => {
  const bound = (target: number) => ({
    targets: { speed: { metric: "ms a round", direction: "at most" as const, target, note: "" } },
  });
  expect((await run(["speed", "--check"], bound(0.25))).code).toBe(0);
  expect((await run(["speed", "--check"], bound(0.24))).code).toBe(1);
});

test("of several targets all are judged, and one that is missed is enough", async () => {
  const both = (target: number) => ({
    targets: {
      speed: [
        targets.speed!,
        { metric: "ms a round", direction: "at most" as const, target, note: "" },
      ],
    },
  });
  const met = await run(["speed", "--check"], both(1));
  expect([met.code, met.printed.at(-1)]).toEqual([
    0,
    "speed: 3,000 rounds/s (target at least 2,500); 0.250 ms a round (target at most 1.00)",
  ]);
  const missed = await run(["speed", "--check"], both(0.2));
  expect([missed.code, missed.printed.at(-1)?.endsWith("(target at most 0.200, missed)")]).toEqual([
    1,
    true,
  ]);
});

test("--json prints one document with the options, figures, target and machine", async () => {
  const { printed } = await run(["speed", "--json", "--rounds", "4"]);
  expect(JSON.parse(printed.join("\n"))).toMatchObject({
    name: "speed",
    options: { rounds: 4 },
    figures: [
      { metric: "ms a round", value: 0.25 },
      { metric: "rounds/s", value: 4000 },
    ],
    targets: [targets.speed],
    outcome: "met",
    machine: { node: process.version, packages: { recurve: expect.any(String) } },
  });
});

test("a bench that can't be measured says so and misses nothing", async () => {
  const { code, printed } = await run(["absent", "--check"]);
  expect([code, printed.at(-1)]).toEqual([0, "absent: skipped (needs data)"]);
});

test.each([
  [["nothing"], "no bench 'nothing'"],
  [["speed", "--laps", "3"], "--laps"],
  [["speed", "--rounds", "0"], "--rounds must be a positive number, got '0'"],
  [["speed", "--rounds", ""], "--rounds must be a positive number, got ''"],
  [["absent", "--rounds", "3"], "--rounds"],
  [["road", "--surface", "ice"], "--surface must be one of all, sand, got 'ice'\nnpm run bench"],
])("%s is wrong usage", async (args, message) => {
  const { code, errors } = await run(args);
  expect(code).toBe(2);
  expect(errors.join("\n")).toContain(message);
});

test("a value that is among the choices is taken", async () => {
  const { code, printed } = await run(["road", "--surface", "sand"]);
  expect([code, printed.at(-1)]).toEqual([0, "road: skipped (no sand here)"]);
});

test("a learning world that there is not is wrong usage", async () => {
  const { code, errors } = await run(["learning", "--world", "mars"], { benches });
  expect(code).toBe(2);
  expect(errors[0]).toMatch(/^--world must be one of all, .*drift.*, got 'mars'\n/);
});

test("a figure that is no number, and a target that nothing reports, are defects", async () => {
  const broken = {
    ...speed,
    run: async (_: object, report: Parameters<Bench["run"]>[1]) =>
      report.figure("rounds/s", Number.NaN),
  };
  await expect(run(["speed"], { benches: [broken] })).rejects.toThrow(
    "rounds/s must be finite, got NaN",
  );
  const other = { speed: { ...targets.speed!, metric: "laps/s" } };
  await expect(run(["speed"], { targets: other })).rejects.toThrow(
    "asks for 'laps/s', the bench reports ms a round; rounds/s",
  );
});

test("every bench has a target and every target a bench", () => {
  const file = JSON.parse(readFileSync(join(import.meta.dirname, "targets.json"), "utf8"));
  expect(new Set(Object.keys(file))).toEqual(new Set(benches.map(({ name }) => name)));
  for (const { target, note, direction } of Object.values<Target | Target[]>(file).flat()) {
    expect(Number.isFinite(target)).toBe(true);
    expect(note.length).toBeGreaterThan(10);
    expect(["at least", "at most"]).toContain(direction);
  }
});

test("serve-smoke measures a real server in a process of its own", async () => {
  const { figures } = await runBench(serveSmoke, {
    options: { seconds: 0.2 },
    targets: [],
    print: () => {},
  });
  const value = (metric: string) => figures.find((figure) => figure.metric === metric)?.value;
  expect(figures).toHaveLength(7);
  expect(value("recommendations/s at 16 connections")).toBeGreaterThan(5);
  expect(value("ms p50 at 1 connection")).toBeLessThanOrEqual(value("ms p99 at 1 connection")!);
});

test("a percentile is the nearest rank", () => {
  const values = [5, 1, 4, 2, 3, 10, 6, 9, 7, 8];
  expect([0.01, 0.5, 0.51, 0.99, 1].map((share) => percentile(values, share))).toEqual([
    1, 5, 6, 10, 10,
  ]);
  expect(() => percentile([], 0.5)).toThrow(RangeError);
});
