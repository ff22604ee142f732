import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, Report } from "./bench.ts";
import { kill, startServer, stop } from "./overload/processes.ts";
import { gorseIsThere, measureGorse } from "./serve/gorse.ts";
import { batchSize, measureEvents, measureServer, type Served } from "./serve/measure-serve.ts";
import { readParts } from "./serve/profile-parts.ts";
import { openShop } from "./serve/shop.ts";

interface Options {
  readonly [option: string]: number | string | boolean;
  readonly items: number;
  readonly seconds: number;
  readonly connections: number;
  readonly workers: number;
  /** Keeps the shop for the next run. */
  readonly folder: string;
  /** Of Node.js, into the folder. */
  readonly profile: boolean;
}

async function measure(folder: string, options: Options, report: Report): Promise<Served> {
  const { items, seconds, connections, profile } = options;
  // A profile is of one process.
  const workers = profile ? 1 : options.workers;
  const shop = await openShop(folder, items);
  const run = mkdtempSync(join(folder, "run-"));
  const database = join(run, "shop.db");
  copyFileSync(shop.database, database);
  const words = ["--config", shop.configuration, "--workers", String(workers)];
  const flags = profile ? ["--cpu-prof", `--cpu-prof-dir=${folder}`] : [];
  const { server, url } = await startServer(database, words, flags);
  let served: Served;
  try {
    const load = { url, pid: server.pid ?? 0, seconds, connections };
    served = await measureServer(load, report);
    report.figure(`events/s durable in batches of ${batchSize}`, await measureEvents(load));
  } finally {
    // A profile is written at an orderly end.
    await (profile ? stop(server) : kill(server));
    rmSync(run, { recursive: true });
  }
  if (profile) reportParts(folder, server.pid ?? 0, { served, report });
  return served;
}

/** Of the main thread: threads of the runtime and of Node.js work beside it. */
function reportParts(
  folder: string,
  pid: number,
  { served, report }: { readonly served: Served; readonly report: Report },
): void {
  const sums = [...readParts(folder, pid, served.span)];
  report.table(
    ["part", "ms a recommendation, its events included"],
    sums
      .sort(([, left], [, right]) => right - left)
      .map(([part, ms]) => [part, (ms / served.recommendations).toFixed(3)]),
  );
}

/** How many recommendations a second of processor time makes. */
const perCpuSecond = ({ cpuMs }: Served) => 1000 / cpuMs;

async function compare(
  folder: string,
  { served, options }: { readonly served: Served; readonly options: Options },
  report: Report,
): Promise<void> {
  if (!gorseIsThere)
    return report.note("Gorse: skipped, it is not built; run bench/peers/build_gorse.sh");
  const run = mkdtempSync(join(folder, "gorse-"));
  try {
    const gorse = await measureGorse(run, options);
    report.figure("recommendations/s of Gorse", gorse.perSecond);
    report.figure("ms p99 of Gorse", gorse.p99Ms);
    report.figure("CPU ms a recommendation of Gorse", gorse.cpuMs);
    for (const line of new Set(gorse.failed)) report.note(`Gorse failed: ${line}`);
    report.figure(
      "× Gorse's recommendations a CPU second",
      perCpuSecond(served) / perCpuSecond(gorse),
    );
  } finally {
    rmSync(run, { recursive: true });
  }
}

export const serveBench: Bench<Options> = {
  name: "serve",
  description:
    "a server with a large catalogue under slates and events from another process, a cycle beside it, preset small",
  options: { items: 100_000, seconds: 60, connections: 16, workers: 2, folder: "", profile: false },
  run: async (options, report) => {
    const folder = options.folder || mkdtempSync(join(tmpdir(), "recurve-bench-"));
    mkdirSync(folder, { recursive: true });
    try {
      const served = await measure(folder, options, report);
      await compare(folder, { served, options }, report);
    } finally {
      if (options.folder === "") rmSync(folder, { recursive: true });
    }
  },
};
