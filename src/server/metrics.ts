import type { MiddlewareHandler } from "hono";
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";
import type { Recommendation, RecordSummary } from "../engine/calls/serving-calls.ts";
import type { Engine } from "../engine/engine.ts";
import { openCoreWait } from "./core-wait.ts";
import { exportMetrics } from "./export-metrics.ts";
import { watchBlocks } from "./loop-blocks.ts";
import { createLoopMetrics } from "./loop-metrics.ts";
import { routeOf } from "./route-of.ts";

const durationBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** Metrics of servers that answer at one port. */
export interface SharedMetrics {
  share(own: Registry): void;
  /** Those that all of them share, added up; undefined if one gave no answer. */
  readAll(): Promise<string | undefined>;
}

export interface Metrics {
  readonly contentType: string;
  /** In Prometheus' text format. */
  read(): Promise<string>;
  countRecommendation(recommendation: Recommendation): void;
  countEvents(summary: RecordSummary): void;
  readonly measureRequests: MiddlewareHandler;
}

/** Patterns and not paths, for every label value is a time series of its own. */
function createRequestMeter(registry: Registry): MiddlewareHandler {
  const durations = new Histogram({
    name: "recurve_http_request_duration_seconds",
    help: "Time from the request's head to the answer's head.",
    labelNames: ["method", "route", "status"],
    buckets: durationBucketsSeconds,
    registers: [registry],
  });
  const blocks = watchBlocks(registry, openCoreWait());
  return async (context, next) => {
    const startedAt = performance.now();
    const route = routeOf(context);
    blocks.begin(route);
    await next();
    blocks.end(route);
    const { req, res } = context;
    const labels = { method: req.method, route, status: res.status };
    durations.observe(labels, (performance.now() - startedAt) / 1000);
  };
}

/** @param shared default: this is the only server at its port */
export function createMetrics(engine: Engine, shared?: SharedMetrics): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  shared?.share(registry);
  // Read from the record, they are the same in all servers.
  const loop = new Registry();
  const readLoop = createLoopMetrics(loop, engine);
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const decisions = counter("recurve_decisions_total", "Decisions made.", ["scenario", "arm"]);
  const events = counter("recurve_events_total", "Received events, by outcome.", ["outcome"]);
  const fallbacks = counter(
    "recurve_fallbacks_total",
    "Decisions made by a fallback instead of the chosen policy.",
    ["scenario"],
  );
  const measureRequests = createRequestMeter(registry);
  void exportMetrics(Registry.merge([registry, loop]), readLoop);
  return {
    contentType: registry.contentType,
    read: async () => {
      const [own, loopText] = await Promise.all([
        shared?.readAll().then((text) => text ?? registry.metrics()) ?? registry.metrics(),
        readLoop().then(() => loop.metrics()),
      ]);
      return `${own.trimEnd()}\n\n${loopText}`;
    },
    countRecommendation: ({ decision: { scenario, arm }, fallback, isRepeated }) => {
      if (isRepeated) return;
      decisions.inc({ scenario, arm });
      if (fallback !== undefined) fallbacks.inc({ scenario });
    },
    countEvents: ({ counts }) => {
      for (const [outcome, count] of Object.entries(counts)) events.inc({ outcome }, count);
    },
    measureRequests,
  };
}
