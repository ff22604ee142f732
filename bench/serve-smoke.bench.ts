import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { World } from "../src/domain/world.ts";
import { parseConfiguration } from "../src/engine/configuration/configuration.ts";
import { ensurePolicies } from "../src/engine/learner/promote.ts";
import { openStore } from "../src/engine/open-store.ts";
import { createSyntheticWorld } from "../src/lab/worlds/synthetic-world.ts";
import { createClient } from "../src/sdk/client.ts";
import type { Bench, Report } from "./bench.ts";
import { type Driven, drive } from "./serve-smoke/drive.ts";
import { percentile } from "./statistics.ts";

const warmUpSeconds = 1;

/** The world's items, users and their history as they are before the first visit, and the first policies. */
export async function fillDatabase(path: string, world: World): Promise<void> {
  const store = await openStore(path);
  await ensurePolicies({ store, configuration: parseConfiguration(), now: Date.now() });
  await store.items.put(world.items);
  await store.users.put(world.users);
  await store.events.record(
    world.history.map((event) => ({ event: { ...event, occurredAt: Date.now() } })),
  );
  await store.close();
}

async function startServer(path: string): Promise<{ server: ChildProcess; url: string }> {
  const program = join(import.meta.dirname, "serve-smoke", "server-process.ts");
  const server = fork(program, [path], { execArgv: ["--import", import.meta.resolve("tsx")] });
  const [url] = await Promise.race([
    once(server, "message"),
    once(server, "exit").then(([code]) => {
      throw new Error(`the server ended with ${code} before it listened`);
    }),
  ]);
  return { server, url: String(url) };
}

async function stopServer(server: ChildProcess): Promise<void> {
  // A server that ended by itself has failed the requests under way, and that is what the run says.
  if (!server.connected) return;
  const ended = once(server, "exit");
  server.disconnect();
  await ended;
}

function reportDriven(report: Report, driven: Driven, connections: number): void {
  const at = `at ${connections} connection${connections === 1 ? "" : "s"}`;
  report.figure(`recommendations/s ${at}`, driven.recommendations / driven.seconds);
  report.figure(`ms p50 ${at}`, percentile(driven.latenciesMs, 0.5));
  report.figure(`ms p99 ${at}`, percentile(driven.latenciesMs, 0.99));
}

/** Plays against a server of its own on the database. @returns decisions made */
async function measure(
  path: string,
  options: { readonly world: World; readonly seconds: number; readonly report: Report },
): Promise<number> {
  const { world, seconds, report } = options;
  const { server, url } = await startServer(path);
  try {
    const client = createClient({ baseUrl: url });
    const warmUp = await drive({ client, world, connections: 4, seconds: warmUpSeconds });
    let decisions = warmUp.recommendations;
    for (const connections of [1, 16]) {
      const driven = await drive({ client, world, connections, seconds });
      reportDriven(report, driven, connections);
      decisions += driven.recommendations;
    }
    return decisions;
  } finally {
    await stopServer(server);
  }
}

export const serveSmoke: Bench<{ readonly seconds: number }> = {
  name: "serve-smoke",
  description: "slates of 5 from a catalogue of 200, and the clicks on them, over HTTP",
  options: { seconds: 5 },
  run: async ({ seconds }, report) => {
    const world = createSyntheticWorld({ seed: 1, slateSize: 5 });
    const folder = mkdtempSync(join(tmpdir(), "recurve-bench-"));
    const path = join(folder, "recurve.db");
    try {
      await fillDatabase(path, world);
      const filledBytes = statSync(path).size;
      const decisions = await measure(path, { world, seconds, report });
      const grownBytes = statSync(path).size - filledBytes;
      report.figure("bytes of database a decision, its events included", grownBytes / decisions);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
