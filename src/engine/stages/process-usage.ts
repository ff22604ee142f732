import type { Usage } from "./stage-clock.ts";

const mebibyte = 2 ** 20;

/** Of this process: whole milliseconds and MiB, as they go on record. */
export function readUsage(): Usage {
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    cpuMs: Math.round((user + system) / 1000),
    memoryMiB: Math.ceil(rss / mebibyte),
    heldMiB: Math.ceil((heapUsed + external) / mebibyte),
    peakMiB: Math.ceil(process.resourceUsage().maxRSS / 1024),
  };
}
