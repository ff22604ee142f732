import { Agent } from "node:http";
import type { Report } from "../bench.ts";
import { ask } from "../overload/ask.ts";
import {
  createVisitors,
  nothingSeen,
  type Seen,
  type Visitors,
  visitInTurn,
} from "../overload/visitors.ts";
import { percentile } from "../statistics.ts";
import { processorTime } from "./processor-time.ts";
import type { Span } from "./profile-parts.ts";
import { createShopVisits } from "./shop.ts";

const warmUpSeconds = 10;
export const batchSize = 100;
const eventSeconds = 10;

const nowUs = () => Number(process.hrtime.bigint() / 1000n);

export interface Load {
  readonly url: string;
  readonly pid: number;
  readonly seconds: number;
  readonly connections: number;
}

/** Of slates and the clicks on them. */
export interface Served {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMs: number;
  /** Processor seconds of the learner in a second. */
  readonly learnerShare: number;
  readonly failed: readonly string[];
  readonly recommendations: number;
  readonly span: Span;
}

/** So many visitors, each of whom comes again as soon as served, after those that warm the server up. */
export async function measureVisits(visitors: Visitors, load: Load): Promise<Served> {
  const { seconds, connections: count, pid } = load;
  await visitInTurn(visitors, { count, seconds: warmUpSeconds, seen: nothingSeen() });
  const before = processorTime(pid);
  const fromUs = nowUs();
  const seen: Seen = nothingSeen();
  const perSecond = await visitInTurn(visitors, { count, seconds, seen });
  const after = processorTime(pid);
  const { acceptedMs, failed } = seen;
  return {
    perSecond,
    p50Ms: percentile(acceptedMs, 0.5),
    p99Ms: percentile(acceptedMs, 0.99),
    cpuMs: (1000 * (after.server - before.server)) / acceptedMs.length,
    learnerShare: (after.learner - before.learner) / seconds,
    failed,
    recommendations: acceptedMs.length,
    span: { fromUs, toUs: nowUs() },
  };
}

/** Batches of events that answer no slate, as an importer of behaviour sends them. @returns events/s */
export async function measureEvents({ url, connections }: Load): Promise<number> {
  const { visit } = createShopVisits();
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const end = performance.now() + 1000 * eventSeconds;
  let turn = 0;
  let stored = 0;
  const send = async () => {
    while (performance.now() < end) {
      const events = Array.from({ length: batchSize }, () => {
        const { userId } = visit(++turn);
        return { userId, itemId: `i-${turn % 1000}`, type: "click", eventId: `bench-${turn}` };
      });
      const { status } = await ask(`${url}/api/v1/events`, { agent, body: { events } });
      if (status === 200) stored += batchSize;
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: connections }, send));
  agent.destroy();
  return (1000 * stored) / (performance.now() - startedAt);
}

/** The longest block since the metrics were read before, and those of the measured visits by route. */
async function readBlocks(url: string) {
  const { text } = await ask(`${url}/metrics`, { agent: false });
  const longest = /^nodejs_eventloop_lag_max_seconds (.+)$/m.exec(text)?.[1];
  const sums = text.matchAll(
    /^recurve_event_loop_block_seconds_(sum|count)\{route="(.+)"\} (.+)$/gm,
  );
  const byRoute = new Map<string, { count: number; sum: number }>();
  for (const [, kind = "sum", route = "", value] of sums) {
    const known = byRoute.get(route) ?? { count: 0, sum: 0 };
    byRoute.set(route, { ...known, [kind]: Number(value) });
  }
  return { longestMs: 1000 * Number(longest), byRoute };
}

/** What operators read while others are served. */
const reads = [
  "/health",
  "/api/v1/activity",
  "/api/v1/reward-series",
  "/api/v1/decisions",
  "/api/v1/scenarios",
];

/** As an open dashboard does. */
const lookAtReads = (url: string) =>
  setInterval(async () => {
    for (const path of reads) await ask(`${url}${path}`, { agent: false });
  }, 5000);

async function reportBlocks(url: string, report: Report): Promise<void> {
  const { longestMs, byRoute } = await readBlocks(url);
  report.figure("ms of the longest block of the event loop, waits for a core included", longestMs);
  report.table(
    ["blocks of more than 20 ms of work, with", "count", "mean ms"],
    [...byRoute].map(([route, { count, sum }]) => [
      route,
      String(count),
      ((1000 * sum) / count).toFixed(1),
    ]),
  );
}

export async function measureServer(load: Load, report: Report): Promise<Served> {
  const visitors = createVisitors(load.url, createShopVisits());
  // From the start on, which is left out.
  await readBlocks(load.url);
  const looking = lookAtReads(load.url);
  const served = await measureVisits(visitors, load);
  visitors.close();
  clearInterval(looking);
  report.figure("recommendations/s", served.perSecond);
  report.figure("ms p50", served.p50Ms);
  report.figure("ms p99", served.p99Ms);
  report.figure("CPU ms a recommendation, its events included", served.cpuMs);
  report.figure("cores that the learner had", served.learnerShare);
  await reportBlocks(load.url, report);
  for (const line of new Set(served.failed)) report.note(`failed: ${line}`);
  return served;
}
