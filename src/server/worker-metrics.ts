import cluster, { type Worker } from "node:cluster";
import { AggregatorRegistry } from "prom-client";
import type { SharedMetrics } from "./metrics.ts";

/** Between a worker, whose `/metrics` was asked for, and the process that started all of them. */
interface MetricsMessage {
  /** Number of the question. */
  readonly metrics: number;
  /** Of all workers; absent in a question, and if one of them gave no answer. */
  readonly text?: string;
}

const isMessage = (message: unknown): message is MetricsMessage =>
  typeof message === "object" && message !== null && "metrics" in message && !("type" in message);

/** Adds up the metrics of all workers for each that asks. To be called in the process that starts them. */
export function addUpMetrics(): void {
  const all = new AggregatorRegistry();
  cluster.on("message", async (worker: Worker, message: unknown) => {
    if (!isMessage(message)) return;
    const text = await all.clusterMetrics().catch(() => undefined);
    if (worker.isConnected()) worker.send({ ...message, ...(text !== undefined && { text }) });
  });
}

/** Metrics of a worker, of which any answers for all: a scraper reaches one by chance. */
export function shareMetrics(): SharedMetrics {
  // A rewritten method: from now on it answers the process that adds up.
  new AggregatorRegistry();
  const waiting = new Map<number, (text: string | undefined) => void>();
  let asked = 0;
  process.on("message", (message) => {
    if (!isMessage(message)) return;
    waiting.get(message.metrics)?.(message.text);
    waiting.delete(message.metrics);
  });
  return {
    share: (registry) => AggregatorRegistry.setRegistries(registry),
    readAll: () =>
      new Promise((resolve) => {
        asked += 1;
        waiting.set(asked, resolve);
        process.send?.({ metrics: asked } satisfies MetricsMessage);
      }),
  };
}
