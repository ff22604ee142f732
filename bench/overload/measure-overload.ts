import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Report } from "../bench.ts";
import { percentile } from "../statistics.ts";
import { readMemory, type startProbe, watchMemory } from "./processes.ts";
import { nothingSeen, type Seen, type Visitors, visitInTurn, visitSteadily } from "./visitors.ts";

const warmUpSeconds = 3;
/** As many as keep the server busy all the time; 10 s are as long as a fifth of a percent of its requests needs. */
const atCapacity = { count: 16, seconds: 10 };

export interface OverloadOptions {
  /** Of twice the capacity. */
  readonly seconds: number;
  /** That send at once. */
  readonly connections: number;
}

export interface OverloadParts extends OverloadOptions {
  readonly visitors: Visitors;
  readonly probe: ReturnType<typeof startProbe>;
  readonly report: Report;
  readonly pid: number;
}

interface Capacity {
  readonly perSecond: number;
  readonly p99Ms: number;
}

async function measureCapacity({ visitors, probe, report }: OverloadParts): Promise<Capacity> {
  await visitInTurn(visitors, { ...atCapacity, seconds: warmUpSeconds, seen: nothingSeen() });
  await probe.take();
  const seen = nothingSeen();
  const perSecond = await visitInTurn(visitors, { ...atCapacity, seen });
  const p99Ms = percentile(seen.acceptedMs, 0.99);
  report.figure("recommendations/s at capacity", perSecond);
  report.figure("ms p99 at capacity", p99Ms);
  return { perSecond, p99Ms };
}

async function reportPhase(
  name: string,
  seen: Seen,
  { probe, report }: OverloadParts,
): Promise<void> {
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
async function sendAtOnce({ visitors, connections }: OverloadParts): Promise<Seen> {
  const seen = nothingSeen();
  const dueAt = performance.now();
  await Promise.all(
    Array.from({ length: connections }, () => visitors.visit(seen, { dueAt, agent: false })),
  );
  return seen;
}

const calmVisits = 20;

/** Seconds until a visitor is served as fast as at capacity, 20 times in a row. */
async function timeRecovery({ visitors }: OverloadParts, { p99Ms }: Capacity): Promise<number> {
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

/** Capacity, twice as much, and all connections at once. */
export async function overload(parts: OverloadParts): Promise<void> {
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
