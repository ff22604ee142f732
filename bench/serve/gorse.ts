import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { Agent } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { createRandom } from "../../src/numeric/random.ts";
import { ask } from "../overload/ask.ts";
import { kill } from "../overload/processes.ts";
import type { Seen, Visitors } from "../overload/visitors.ts";
import { type Load, measureVisits, type Served } from "./measure-serve.ts";
import { createShopVisits, historyPerUser, userOf, users } from "./shop.ts";

const program = resolve(import.meta.dirname, "../peers/gorse-in-one");
export const gorseIsThere: boolean = existsSync(program);

const ports = { grpc: 18_086, http: 18_088 };
const url = `http://127.0.0.1:${ports.http}`;
const batchSize = 1000;
/** For its first models and the recommendations of some users. */
const settleSeconds = 60;

/** It reads and writes two files of SQLite, as the record of Recurve is one. Nothing is fitted anew meanwhile. */
const settings = (folder: string) => `
[database]
cache_store = "sqlite://${join(folder, "cache.db")}"
data_store = "sqlite://${join(folder, "data.db")}"
[master]
port = ${ports.grpc}
http_port = ${ports.http}
host = "127.0.0.1"
http_host = "127.0.0.1"
[recommend.data_source]
positive_feedback_types = ["click"]
read_feedback_types = ["read"]
[recommend.offline]
check_recommend_period = "60m"
`;

async function send(path: string, body: unknown, agent: Agent): Promise<void> {
  const { status, text } = await ask(`${url}${path}`, { agent, body });
  if (status !== 200) throw new Error(`Gorse answers ${path} with ${status}: ${text}`);
}

async function untilItAnswers(): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    if ((await ask(`${url}/api/health/live`, { agent: false })).status === 200) return;
    await setTimeout(250);
  }
  throw new Error("Gorse did not answer within a minute");
}

async function fill(items: number, agent: Agent): Promise<void> {
  const Timestamp = "2026-01-01T00:00:00Z";
  for (let first = 0; first < items; first += batchSize)
    await send(
      "/api/items",
      Array.from({ length: Math.min(batchSize, items - first) }, (_, index) => ({
        ItemId: `i-${first + index}`,
        Categories: [`genre-${index % 40}`],
        Labels: [],
        Timestamp,
        IsHidden: false,
        Comment: "",
      })),
      agent,
    );
  const random = createRandom(2);
  const perBatch = batchSize / historyPerUser;
  for (let first = 0; first < users; first += perBatch) {
    const feedback = Array.from({ length: batchSize }, (_, index) => ({
      FeedbackType: "click",
      UserId: userOf(first + Math.floor(index / historyPerUser)),
      ItemId: `i-${random.integer(items)}`,
      Timestamp,
      Comment: "",
    }));
    await send("/api/feedback", feedback, agent);
  }
}

/** The same visits as those of Recurve's server. */
function createGorseVisitors(): Visitors {
  const agent = new Agent({ keepAlive: true, maxSockets: 512 });
  const { visit: draw, react, slateSize } = createShopVisits();
  let turns = 0;
  const visit = async (seen: Seen, { dueAt }: { readonly dueAt: number }) => {
    const turn = turns++;
    const { userId } = draw(turn);
    const path = `/api/recommend/${userId}?n=${slateSize}`;
    const { status, text } = await ask(`${url}${path}`, { agent });
    if (status !== 200) return void seen.failed.push(`${status} ${text}`);
    seen.acceptedMs.push(performance.now() - dueAt);
    const slate = (JSON.parse(text) as string[] | null) ?? [];
    if (slate.length === 0) return;
    const reactions = react(turn, slate as never);
    const Timestamp = new Date().toISOString();
    const feedback = reactions.map(({ itemId: ItemId }) => ({
      FeedbackType: "click",
      UserId: userId,
      ItemId,
      Timestamp,
      Comment: "",
    }));
    if (feedback.length > 0) await ask(`${url}/api/feedback`, { agent, body: feedback });
  };
  const acknowledged = { decisionIds: [], events: [] };
  return { acknowledged, visit, close: () => agent.destroy() };
}

/** Gorse with the same shop, under the same visits. It answers from recommendations that it has made before. */
export async function measureGorse(
  folder: string,
  { items, ...load }: Omit<Load, "url" | "pid"> & { readonly items: number },
): Promise<Served> {
  const file = join(folder, "gorse.toml");
  writeFileSync(file, settings(folder));
  const words = ["-c", file, "--cache-path", join(folder, "gorse.data")];
  const child = spawn(program, words, { stdio: "ignore", cwd: folder });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const visitors = createGorseVisitors();
  try {
    await untilItAnswers();
    await fill(items, agent);
    await setTimeout(1000 * settleSeconds);
    return await measureVisits(visitors, { ...load, url, pid: child.pid ?? 0 });
  } finally {
    visitors.close();
    agent.destroy();
    await kill(child);
  }
}
