import { Counter, Histogram, type Registry } from "prom-client";
import { routes } from "../contract/routes.ts";
import type { ReadCoreWait } from "./core-wait.ts";

/** The event loop should stand still no longer: requests beside the one that holds it wait as long. */
const longestMs = 20;
const tickMs = 5;

/** They come all the time; another route that was under way is the likelier reason. */
const frequent: readonly string[] = [routes.recommend, routes.recommendBatch, routes.events];

/** Requests by route, for those who look for the reason of a block. */
export interface LoopBlocks {
  begin(route: string): void;
  end(route: string): void;
}

/** Routes with a request under way at any time since the last tick. */
function createUnderWay(): LoopBlocks & { takeRoutes(): readonly string[] } {
  const counts = new Map<string, number>();
  let since = new Set<string>();
  return {
    begin: (route) => {
      counts.set(route, (counts.get(route) ?? 0) + 1);
      since.add(route);
    },
    end: (route) => {
      const count = (counts.get(route) ?? 0) - 1;
      if (count > 0) counts.set(route, count);
      else counts.delete(route);
    },
    takeRoutes: () => {
      const routes = [...since];
      since = new Set(counts.keys());
      return routes;
    },
  };
}

/** The milliseconds for which the thread has waited for a core since it was last asked, which a metric adds up. */
function createWaits(registry: Registry, read: ReadCoreWait): () => number {
  const waits = new Counter({
    name: "recurve_core_wait_seconds_total",
    help: "Time for which the server's thread had work and no core.",
    registers: [registry],
  });
  let before = read();
  return () => {
    const now = read();
    // Numbers that a system may set back must not end the server.
    const waited = Math.max(0, now - before);
    before = now;
    waits.inc(waited / 1000);
    return waited;
  };
}

/**
 * Notes each time for which work held the event loop, with the route that it may have worked for. A wait for a core is no block: others
 * have the core.
 */
export function watchBlocks(registry: Registry, readWait: ReadCoreWait): LoopBlocks {
  const blocks = new Histogram({
    name: "recurve_event_loop_block_seconds",
    help: "Times longer than 20 ms for which work held the event loop, by a route that was under way.",
    labelNames: ["route"],
    buckets: [0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  const { begin, end, takeRoutes } = createUnderWay();
  const takeWait = createWaits(registry, readWait);
  let dueAt = performance.now() + tickMs;
  const look = () => {
    const routes = takeRoutes();
    const now = performance.now();
    const blockedMs = now - dueAt - takeWait();
    dueAt = now + tickMs;
    if (blockedMs <= longestMs) return;
    const rare = routes.find((route) => !frequent.includes(route));
    blocks.observe({ route: rare ?? routes[0] ?? "none" }, blockedMs / 1000);
  };
  setInterval(look, tickMs).unref();
  return { begin, end };
}
