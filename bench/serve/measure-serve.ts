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
import { createShopVisits } from "./shop.ts";

const warmUpSeconds = 10;
const batchSize = 100;
const eventSeconds = 10;

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
}

/** So many visitors, each of whom comes again as soon as served, after those that warm the server up. */
export async function measureVisits(visitors: Visitors, load: Load): Promise<Served> {
  const { seconds, connections: count, pid } = load;
  await visitInTurn(visitors, { count, seconds: warmUpSeconds, seen: nothingSeen() });
  const before = processorTime(pid);
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
  };
}

/** Batches of events that answer no slate, as an importer of behaviour sends them. @returns events/s */
async function measureEvents({ url, connections }: Load): Promise<number> {
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

async function reportBlocks(url: string, report: Report): Promise<void> {
  const { text } = await ask(`${url}/metrics`, { agent: false });
  const value = (name: string) =>
    Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1] ?? Number.NaN);
  report.figure(
    "ms of the longest block of the event loop",
    1000 * value("nodejs_eventloop_lag_max_seconds"),
  );
}

export async function measureServer(load: Load, report: Report): Promise<Served> {
  const visitors = createVisitors(load.url, createShopVisits());
  const served = await measureVisits(visitors, load);
  visitors.close();
  report.figure("recommendations/s", served.perSecond);
  report.figure("ms p50", served.p50Ms);
  report.figure("ms p99", served.p99Ms);
  report.figure("CPU ms a recommendation, its events included", served.cpuMs);
  report.figure("cores that the learner had", served.learnerShare);
  await reportBlocks(load.url, report);
  for (const line of new Set(served.failed)) report.note(`failed: ${line}`);
  report.figure(`events/s durable in batches of ${batchSize}`, await measureEvents(load));
  return served;
}
