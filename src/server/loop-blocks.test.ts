import { existsSync } from "node:fs";
import { Registry } from "prom-client";
import { expect, test, vi } from "vitest";
import { openCoreWait } from "./core-wait.ts";
import { watchBlocks } from "./loop-blocks.ts";

const noWait = () => 0;
const waits = "recurve_core_wait_seconds_total";

/** Holds the event loop, as work does. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

async function countBlocks(registry: Registry): Promise<Readonly<Record<string, number>>> {
  const metrics = await registry.getMetricsAsJSON();
  const blocks = metrics.find(({ name }) => name === "recurve_event_loop_block_seconds");
  const counts = blocks?.values.filter((value) =>
    (value as { readonly metricName?: string }).metricName?.endsWith("_count"),
  );
  return Object.fromEntries(
    (counts ?? []).map(({ labels, value }) => [
      String((labels as { route?: string }).route),
      value,
    ]),
  );
}

test("a block is counted for the route that began in it, reads before slates", async () => {
  const registry = new Registry();
  const blocks = watchBlocks(registry, noWait);
  blocks.begin("/api/v1/recommend");
  await new Promise(setImmediate);
  blocks.begin("/api/v1/activity");
  block(60);
  blocks.end("/api/v1/activity");
  await vi.waitUntil(async () => "/api/v1/activity" in (await countBlocks(registry)));
  block(60);
  await vi.waitUntil(async () => "/api/v1/recommend" in (await countBlocks(registry)));
});

test("a loop that turns has no blocks, and one without requests no route", async () => {
  const registry = new Registry();
  vi.useFakeTimers({ toFake: ["setInterval", "performance"] });
  watchBlocks(registry, noWait);
  vi.advanceTimersByTime(1000);
  expect(await countBlocks(registry)).toEqual({});
  vi.useRealTimers();
  const real = new Registry();
  watchBlocks(real, noWait);
  block(60);
  await vi.waitUntil(async () => "none" in (await countBlocks(real)));
});

test("a wait for a core is no block, and is added up by itself", async () => {
  const registry = new Registry();
  let setBack = 0;
  // All time is waited for, whatever else runs beside the test.
  watchBlocks(registry, () => performance.now() - setBack);
  const readWaits = async () =>
    (await registry.getSingleMetric(waits)?.get())?.values[0]?.value ?? 0;
  block(60);
  await vi.waitUntil(async () => (await readWaits()) >= 0.06);
  expect(await countBlocks(registry)).toEqual({});
  setBack = 1e6;
  const before = await readWaits();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await readWaits()).toBeGreaterThanOrEqual(before);
});

test.skipIf(!existsSync("/proc/thread-self/schedstat"))(
  "Linux tells for how long a thread has waited",
  () => {
    const read = openCoreWait();
    const before = read();
    expect(before).toBeGreaterThan(0);
    expect(read()).toBeGreaterThanOrEqual(before);
  },
);
