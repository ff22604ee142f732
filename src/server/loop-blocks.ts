import { Histogram, type Registry } from "prom-client";
import { routes } from "../contract/routes.ts";

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

/** Notes each time for which the event loop stood still, with the route that it may have worked for. */
export function watchBlocks(registry: Registry): LoopBlocks {
  const blocks = new Histogram({
    name: "recurve_event_loop_block_seconds",
    help: "Times longer than 20 ms for which the event loop stood still, by a route that was under way.",
    labelNames: ["route"],
    buckets: [0.03, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [registry],
  });
  const { begin, end, takeRoutes } = createUnderWay();
  let dueAt = performance.now() + tickMs;
  const look = () => {
    const routes = takeRoutes();
    const now = performance.now();
    const blockedMs = now - dueAt;
    dueAt = now + tickMs;
    if (blockedMs <= longestMs) return;
    const rare = routes.find((route) => !frequent.includes(route));
    blocks.observe({ route: rare ?? routes[0] ?? "none" }, blockedMs / 1000);
  };
  setInterval(look, tickMs).unref();
  return { begin, end };
}
