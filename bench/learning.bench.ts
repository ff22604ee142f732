import { availableParallelism } from "node:os";
import { join, relative } from "node:path";
import type { Bench, BenchOptions, Report } from "./bench.ts";
import { chooseWorlds, type LearningOptions, listUnits } from "./learning/choose-runs.ts";
import { worlds } from "./learning/registry.ts";
import { describeTarget, judgeTargets, listTables } from "./learning/report-tables.ts";
import { collectResults, type WorldResults } from "./learning/results.ts";
import { runInProcess } from "./learning/run-in-process.ts";
import { type KeptOutcome, prepareUnits, runUnits, type Unit } from "./learning/run-units.ts";
import type { LearningWorld } from "./learning/world.ts";
import { writeReport } from "./learning/write-report.ts";
import {
  describeMachine,
  readMachine,
  readPlayedSources,
  readRevision,
  repository,
} from "./machine.ts";
import { openRunFolder } from "./run-folder.ts";

const reportFolder = (name: string) => join(repository, "bench/results/learning", name);

/** Where outcomes are kept: another folder for other settings or sources. */
function openShelf(chosen: readonly LearningWorld[], report: Report) {
  const folders = new Map(
    chosen.map((world) => {
      const { name, policies, settings } = world;
      const key = { policies, settings, sources: readPlayedSources() };
      const folder = openRunFolder(`learning/kept/${name}`, key);
      report.note(`kept in   ${folder.path}; remove it to measure anew`);
      return [world, folder];
    }),
  );
  const fileOf = ({ caseName, seed }: Unit) => `${caseName}-seed-${seed}.json`;
  return {
    load: (unit: Unit) => folders.get(unit.world)?.load<KeptOutcome>(fileOf(unit)),
    save: (unit: Unit, outcome: KeptOutcome) =>
      folders.get(unit.world)?.save(fileOf(unit), outcome),
  };
}

/** Ctrl-C lets what runs end; a second one ends at once. */
function watchInterrupt(report: Report): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => {
    report.note("ends after the seeds that run now; once more to end at once");
    controller.abort();
  });
  return controller.signal;
}

function show(report: Report, results: WorldResults): void {
  const { world, seeds } = results;
  report.note(`\n${world.name}: ${world.description}; seeds ${seeds.join(", ")}`);
  for (const { columns, rows } of listTables(results)) report.table(columns, rows);
  for (const note of results.notes) report.note(note);
  for (const target of judgeTargets(results)) report.note(describeTarget(target));
}

/** Of the seeds that every case has. */
function collect(
  world: LearningWorld,
  units: readonly Unit[],
  load: (unit: Unit) => KeptOutcome | undefined,
): WorldResults {
  const own = units.filter((unit) => unit.world === world);
  const cases = [...new Set(own.map(({ caseName }) => caseName))];
  const outcomesOf = (seed: number) => cases.map((caseName) => load({ world, caseName, seed }));
  const seeds = [...new Set(own.map(({ seed }) => seed))].filter(
    (seed) => !outcomesOf(seed).includes(undefined),
  );
  const bySeed = seeds.map((seed) => outcomesOf(seed) as KeptOutcome[]);
  const outcomes = cases.map((name, index) => [name, bySeed.map((all) => all[index]!)] as const);
  return collectResults(world, seeds, new Map(outcomes));
}

/** How many runs each revision of the sources gave. */
function describeRevisions(
  units: readonly Unit[],
  load: (unit: Unit) => KeptOutcome | undefined,
): string {
  const counts = new Map<string, number>();
  for (const unit of units) {
    const revision = load(unit)?.revision;
    if (revision !== undefined) counts.set(revision, (counts.get(revision) ?? 0) + 1);
  }
  return [...counts].map(([revision, runs]) => `${revision} (${runs} runs)`).join(", ");
}

export const learningBench: Bench<LearningOptions & BenchOptions> = {
  name: "learning",
  description: "policies that learn, in worlds with known truth and on real feedback",
  options: { world: "all", seeds: 10, cases: "usual", cycles: "usual" },
  choices: { world: ["all", ...worlds.map(({ name }) => name)] },
  run: async (options, report) => {
    const { world: name, seeds: count, cases, cycles } = options;
    const chosen = chooseWorlds(options);
    const shelf = openShelf(chosen, report);
    const units = listUnits(chosen, options, report.note);
    await prepareUnits(units, { load: shelf.load, print: report.note });
    const signal = watchInterrupt(report);
    const failures = await runUnits(units, {
      ...shelf,
      run: runInProcess,
      workers: Math.min(2, availableParallelism()),
      revision: readRevision(),
      clock: performance.now.bind(performance),
      print: report.note,
      signal,
    });
    const all = chosen
      .map((world) => collect(world, units, shelf.load))
      .filter((results) => results.seeds.length > 0);
    for (const results of all) show(report, results);
    writeReport(reportFolder(name), all, [
      `npm run bench -- learning --world ${name} --seeds ${count} --cases "${cases}" --cycles ${cycles}, ${new Date().toISOString()}`,
      ...describeMachine(readMachine()).split("\n"),
      `sources   ${describeRevisions(units, shelf.load)}`,
    ]);
    report.note(`report    ${relative(repository, join(reportFolder(name), "report.md"))}`);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    const judged = all.flatMap(judgeTargets).filter(({ outcome }) => outcome !== "not judged");
    if (signal.aborted) return report.skip("broken off; the same command goes on");
    if (judged.length === 0) return report.skip("no target could be judged");
    const met = judged.filter(({ outcome }) => outcome === "met").length;
    report.figure("% of the targets that could be judged are met", (100 * met) / judged.length);
  },
};
