import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { eventually } from "../e2e/recurve.ts";
import type { PythonPeer } from "./python-peer.ts";
import { createTestFolder } from "./store.ts";

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

const isHealthy = (url: string) =>
  fetch(`${url}/health`).then(
    ({ ok }) => ok || undefined,
    () => undefined,
  );

/** The whole group: the server starts workers. */
async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  process.kill(-child.pid!, "SIGKILL");
  await ended;
}

/** Without its jobs, which are processes of their own. */
const env = { ...process.env, MLFLOW_SERVER_ENABLE_JOB_EXECUTION: "false" };

/** A real `mlflow server` with a database and artefacts of its own, which outlive it. */
export interface MlflowServer {
  readonly url: string;
  start(): Promise<void>;
  kill(): Promise<void>;
}

export async function createMlflowServer(peer: PythonPeer): Promise<MlflowServer> {
  const folder = createTestFolder();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const end = async () => child && kill(child);
  onTestFinished(end);
  return {
    url,
    start: async () => {
      child = spawn(
        peer.command("mlflow"),
        [
          ...["server", "--host", "127.0.0.1", "--port", String(port), "--workers", "1"],
          ...["--backend-store-uri", `sqlite:///${join(folder, "mlflow.db")}`],
          ...["--artifacts-destination", join(folder, "artifacts")],
        ],
        { cwd: folder, stdio: "ignore", detached: true, env },
      );
      await eventually(() => isHealthy(url));
    },
    kill: async () => void (await end()),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** What a client may ask twice without a change. */
const isRead = ({ method, url = "" }: IncomingMessage) =>
  method === "GET" || url.endsWith("/search");

/**
 * Stands before a server and loses the answer to each write once, after the server has carried it out.
 * @param options.onLost called with the number of lost answers before each loss
 */
export async function openLosingProxy(
  target: string,
  options: { readonly onLost: (count: number) => Promise<void> },
): Promise<{ readonly url: string; lost(): number }> {
  const seen = new Set<string>();
  const server = createServer(async (request, response) => {
    const { method = "GET", url = "" } = request;
    const body = await readBody(request);
    const key = `${method} ${url} ${body.toString("base64")}`;
    const isNew = !isRead(request) && !seen.has(key);
    seen.add(key);
    try {
      const answer = await fetch(`${target}${url}`, {
        method,
        headers: { "content-type": request.headers["content-type"] ?? "text/plain" },
        ...(body.length > 0 && { body: new Uint8Array(body) }),
      });
      const content = Buffer.from(await answer.arrayBuffer());
      if (!isNew) return void response.writeHead(answer.status).end(content);
      lost += 1;
      await options.onLost(lost);
    } catch {
      // The server was killed: its client sees the same as if the answer was lost.
    }
    response.destroy();
  });
  let lost = 0;
  const port = await portOf(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, lost: () => lost };
}
