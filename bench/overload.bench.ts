import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { World } from "../src/domain/world.ts";
import { createSyntheticWorld } from "../src/lab/worlds/synthetic-world.ts";
import type { Bench, Report } from "./bench.ts";
import { findAcknowledged } from "./overload/find-acknowledged.ts";
import { type OverloadOptions, overload } from "./overload/measure-overload.ts";
import { kill, startProbe, startServer } from "./overload/processes.ts";
import { createVisitors } from "./overload/visitors.ts";
import { fillDatabase } from "./serve-smoke.bench.ts";

async function measure(
  path: string,
  world: World,
  options: OverloadOptions,
  report: Report,
): Promise<void> {
  const { server, url } = await startServer(path);
  const visitors = createVisitors(url, world);
  const probe = startProbe(url);
  try {
    await overload({ ...options, visitors, probe, report, pid: server.pid ?? 0 });
  } finally {
    probe.stop();
    visitors.close();
    await kill(server);
  }
  report.figure(
    "share of acknowledged writes in the record of the killed server",
    await findAcknowledged(path, visitors.acknowledged),
  );
}

export const overloadBench: Bench<OverloadOptions & Readonly<Record<string, number>>> = {
  name: "overload",
  description:
    "twice the requests that the server can answer, then hundreds of new connections at once",
  options: { seconds: 300, connections: 500 },
  run: async (options, report) => {
    const world = createSyntheticWorld({ seed: 1, slateSize: 5 });
    const folder = mkdtempSync(join(tmpdir(), "recurve-bench-"));
    const path = join(folder, "recurve.db");
    try {
      await fillDatabase(path, world);
      await measure(path, world, options, report);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
