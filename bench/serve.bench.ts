import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Bench, Report } from "./bench.ts";
import { kill, startServer, stop } from "./overload/processes.ts";
import { measureServer } from "./serve/measure-serve.ts";
import { openShop } from "./serve/shop.ts";

interface Options {
  readonly [option: string]: number | string | boolean;
  readonly items: number;
  readonly seconds: number;
  readonly connections: number;
  /** Keeps the shop for the next run. */
  readonly folder: string;
  /** Of Node.js, into the folder. */
  readonly profile: boolean;
}

async function measure(folder: string, options: Options, report: Report): Promise<void> {
  const { items, seconds, connections, profile } = options;
  const shop = await openShop(folder, items);
  const run = mkdtempSync(join(folder, "run-"));
  const database = join(run, "shop.db");
  copyFileSync(shop.database, database);
  const words = ["--config", shop.configuration];
  const flags = profile ? ["--cpu-prof", `--cpu-prof-dir=${folder}`] : [];
  const { server, url } = await startServer(database, words, flags);
  try {
    const load = { url, pid: server.pid ?? 0, seconds, connections };
    await measureServer(load, report);
  } finally {
    // A profile is written at an orderly end.
    await (profile ? stop(server) : kill(server));
    rmSync(run, { recursive: true });
  }
}

export const serveBench: Bench<Options> = {
  name: "serve",
  description:
    "a server with a large catalogue under slates and events from another process, a cycle beside it, preset small",
  options: { items: 100_000, seconds: 60, connections: 16, folder: "", profile: false },
  run: async (options, report) => {
    const folder = options.folder || mkdtempSync(join(tmpdir(), "recurve-bench-"));
    mkdirSync(folder, { recursive: true });
    try {
      await measure(folder, options, report);
    } finally {
      if (options.folder === "") rmSync(folder, { recursive: true });
    }
  },
};
