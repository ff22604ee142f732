import { Registry } from "prom-client";
import { expect, test, vi } from "vitest";
import { watchBlocks } from "./loop-blocks.ts";

/** Holds the event loop, as work does. */
function block(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

async function countBlocks(registry: Registry): Promise<Readonly<Record<string, number>>> {
  const metrics = await registry.getMetricsAsJSON();
  const counts = metrics[0]?.values.filter((value) =>
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
  const blocks = watchBlocks(registry);
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
  watchBlocks(registry);
  vi.advanceTimersByTime(1000);
  expect(await countBlocks(registry)).toEqual({});
  vi.useRealTimers();
  const real = new Registry();
  watchBlocks(real);
  block(60);
  await vi.waitUntil(async () => "none" in (await countBlocks(real)));
});
