import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import { ask } from "./ask.ts";

// Looks at a server from a process of its own, whose clock the load does not hold up: at its health on a connection that stays open,
// and at its readiness on a new one each time. Answers each message with the milliseconds since the last one.

export interface Probed {
  readonly healthMs: readonly number[];
  readonly connectMs: readonly number[];
  readonly failed: readonly string[];
}

const [url = ""] = process.argv.slice(2);
const pauseMs = 100;
let probed = { healthMs: [] as number[], connectMs: [] as number[], failed: [] as string[] };

async function probe(path: string, agent: Agent | false, into: "healthMs" | "connectMs") {
  for (;;) {
    const askedAt = performance.now();
    const { status, text } = await ask(`${url}${path}`, { agent });
    probed[into].push(performance.now() - askedAt);
    if (status !== 200) probed.failed.push(`${path}: ${status} ${text}`);
    await setTimeout(pauseMs);
  }
}

process.on("message", () => {
  process.send?.(probed satisfies Probed);
  probed = { healthMs: [], connectMs: [], failed: [] };
});
process.on("disconnect", () => process.exit());
await Promise.all([
  probe("/health", new Agent({ keepAlive: true, maxSockets: 1 }), "healthMs"),
  probe("/ready", false, "connectMs"),
]);
