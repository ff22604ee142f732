import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, Report } from "./bench.ts";
import { type EmbeddedAnswer, measureEmbedded } from "./embedded/measure-embedded.ts";
import { fillShop } from "./embedded/shop.ts";
import { percentile } from "./statistics.ts";

const shares = { p50: 0.5, p99: 0.99, max: 1 };

const describe = (values: readonly number[]) =>
  Object.values(shares).map((share) => percentile(values, share).toFixed(1));

function showRuns(report: Report, runs: Readonly<Record<string, EmbeddedAnswer>>): void {
  const rows = Object.entries(runs).flatMap(([name, { delays, latenciesMs }]) => [
    [`event loop, ${name}`, ...describe(delays.wallMs)],
    [`event loop, waits for a core left out, ${name}`, ...describe(delays.ownMs)],
    [`event loop, its work alone, ${name}`, ...describe(delays.cpuMs)],
    [`slate, ${name}`, ...describe(latenciesMs)],
  ]);
  report.table(["ms", ...Object.keys(shares)], rows);
}

const longest = (values: readonly number[]) => percentile(values, 1);

interface Options {
  readonly [option: string]: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly items: number;
  readonly decisions: number;
}

export const embeddedBench: Bench<Options> = {
  name: "embedded",
  description: "event loop of a shop that has Recurve in its own process, with a learner beside it",
  options: { seconds: 60, perSecond: 20, items: 300, decisions: 500 },
  run: async ({ seconds, perSecond, items, decisions }, report) => {
    const folder = mkdtempSync(join(tmpdir(), "recurve-bench-"));
    try {
      const filled = join(folder, "filled.db");
      await fillShop(filled, { items, decisions });
      const run = async (learner: boolean, duration: number) => {
        const path = join(folder, `${learner}.db`);
        copyFileSync(filled, path);
        return measureEmbedded({ path, items, seconds: duration, perSecond, learner });
      };
      const beside = await run(true, seconds);
      // As long, for the longest of more turns is longer.
      const without = await run(false, beside.seconds);
      const { delays } = beside;
      report.note(
        `${beside.seconds.toFixed(0)} s of requests; cycles that ended meanwhile: ${beside.cycles.join(", ")}`,
      );
      showRuns(report, { "a learner": beside, "no learner": without });
      report.figure("ms of work in the longest block, with a learner", longest(delays.cpuMs));
      report.figure(
        "ms that a learner adds to the longest block, waits for a core left out",
        Math.max(0, longest(delays.ownMs) - longest(without.delays.ownMs)),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
