import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { World } from "../src/domain/world.ts";
import { createSyntheticWorld } from "../src/lab/worlds/synthetic-world.ts";
import type { Bench, Report } from "./bench.ts";
import { findAcknowledged } from "./overload/find-acknowledged.ts";
import { kill, readMemory, startProbe, startServer, watchMemory } from "./overload/processes.ts";
import {
  createVisitors,
  nothingSeen,
  type Seen,
  type Visitors,
  visitInTurn,
  visitSteadily,
} from "./overload/visitors.ts";
import { fillDatabase } from "./serve-smoke.bench.ts";
import { percentile } from "./statistics.ts";

const warmUpSeconds = 3;
/** As many as keep the server busy all the time; 10 s are as long as a fifth of a percent of its requests needs. */
const atCapacity = { count: 16, seconds: 10 };

interface Options {
  /** Of twice the capacity. */
  readonly seconds: number;
  /** That send at once. */
  readonly connections: number;
}

interface Parts extends Options {
  readonly visitors: Visitors;
  readonly probe: ReturnType<typeof startProbe>;
  readonly report: Report;
  readonly pid: number;
}

interface Capacity {
  readonly perSecond: number;
  readonly p99Ms: number;
}

async function measureCapacity({ visitors, probe, report }: Parts): Promise<Capacity> {
  await visitInTurn(visitors, { ...atCapacity, seconds: warmUpSeconds, seen: nothingSeen() });
  await probe.take();
  const seen = nothingSeen();
  const perSecond = await visitInTurn(visitors, { ...atCapacity, seen });
  const p99Ms = percentile(seen.acceptedMs, 0.99);
  report.figure("recommendations/s at capacity", perSecond);
  report.figure("ms p99 at capacity", p99Ms);
  return { perSecond, p99Ms };
}

async function reportPhase(name: string, seen: Seen, { probe, report }: Parts): Promise<void> {
  const { acceptedMs, refusedMs, failed } = seen;
  const probed = await probe.take();
  const describe = (kind: string, values: readonly number[]) =>
    values.length === 0
      ? `0 ${kind}`
      : `${values.length} ${kind}, p99 ${percentile(values, 0.99).toFixed(0)} ms`;
  report.note(`${name}: ${describe("accepted", acceptedMs)}; ${describe("refused", refusedMs)}`);
  for (const line of new Set([...failed, ...probed.failed])) report.note(`${name}: ${line}`);
  const figure = (what: string, values: readonly number[]) =>
    report.figure(`ms p99 of ${what}, ${name}`, percentile(values, 0.99));
  figure("/health", probed.healthMs);
  figure("the first answer on a new connection", probed.connectMs);
}

/** All connections are new, and none waits for another. */
async function sendAtOnce({ visitors, connections }: Parts): Promise<Seen> {
  const seen = nothingSeen();
  const dueAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () => visitors.visit(seen, { dueAt, agent: false })),
  );
  return seen;
}

const calmVisits = 20;

/** Seconds until a visitor is served as fast as at capacity, 20 times in a row. */
async function timeRecovery({ visitors }: Parts, { p99Ms }: Capacity): Promise<number> {
  const startedAt = performance.now();
  let calmSince = startedAt;
  for (let calm = 0; calm < calmVisits; ) {
    const seen = nothingSeen();
    const dueAt = performance.now();
    await visitors.visit(seen, { dueAt });
    const isCalm = (seen.acceptedMs[0] ?? Number.POSITIVE_INFINITY) <= p99Ms;
    calm = isCalm ? calm + 1 : 0;
    if (!isCalm) calmSince = performance.now();
  }
  return (calmSince - startedAt) / 1000;
}

async function overload(parts: Parts): Promise<void> {
  const { visitors, seconds, report, pid } = parts;
  const own = monitorEventLoopDelay({ resolution: 5 });
  own.enable();
  const capacity = await measureCapacity(parts);
  const memoryBefore = readMemory(pid);
  const memory = watchMemory(pid);
  const seen = nothingSeen();
  await visitSteadily(visitors, { perSecond: 2 * capacity.perSecond, seconds, seen });
  await reportPhase("at twice the capacity", seen, parts);
  report.figure(
    "× the p99 at capacity, of accepted requests at twice the capacity",
    percentile(seen.acceptedMs, 0.99) / capacity.p99Ms,
  );
  report.figure(
    "of the capacity is answered at twice the capacity",
    seen.acceptedMs.length / seconds / capacity.perSecond,
  );
  await timeRecovery(parts, capacity);
  await parts.probe.take();
  const burst = await sendAtOnce(parts);
  const recovery = await timeRecovery(parts, capacity);
  await reportPhase("with all connections at once", burst, parts);
  report.figure("s until it answers as before", recovery);
  // A machine with other work delays the load as well, and what it measures with it.
  report.figure("ms p99 by which the load itself was late", own.percentile(99) / 1e6);
  const total = [seen, burst].flatMap(({ acceptedMs, refusedMs }) => [...acceptedMs, ...refusedMs]);
  const failures = seen.failed.length + burst.failed.length;
  report.figure(
    "share of requests that were answered or refused",
    total.length / (total.length + failures),
  );
  if (memoryBefore !== undefined)
    report.figure("MiB more than at capacity", memory.stop() - memoryBefore);
}

async function measure(
  path: string,
  world: World,
  options: Options,
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

export const overloadBench: Bench<Options & Readonly<Record<string, number>>> = {
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
