import cluster from "node:cluster";
import { EventEmitter, once } from "node:events";
import { EngineError, type ErrorCode } from "../domain/errors.ts";
import { addUpMetrics } from "../server/worker-metrics.ts";
import { superviseChild } from "./supervise-child.ts";

/** A worker's first word: the address that it answers at, or the reason why it can't. */
export type WorkerWord =
  | { readonly url: string }
  | { readonly code: ErrorCode; readonly problem: string };

/** Longer than a server needs for the requests under way. */
const killAfterMs = 15_000;

export interface Workers {
  /** Of all of them. */
  readonly url: string;
  stop(): Promise<void>;
}

/** This program as a worker, with the same words. */
function forkWorker(onMessage: (message: WorkerWord) => void) {
  const worker = cluster.fork();
  worker.on("message", (message: WorkerWord) => {
    if ("url" in message || "problem" in message) onMessage(message);
  });
  return worker.process;
}

/** One of the processes: `first` settles with its first word. A worker that ends later is started again. */
function superviseWorker(name: string, log: (line: string) => void) {
  const words = new EventEmitter();
  const listen = (message: WorkerWord) => {
    if ("problem" in message) log(`${name}: ${message.problem}`);
    words.emit("word", message);
  };
  const first = once(words, "word").then(([message]: WorkerWord[]) => {
    if (message !== undefined && "url" in message) return message.url;
    throw new EngineError(message?.code ?? "internal", message?.problem ?? "");
  });
  const start = () => forkWorker(listen);
  const child = superviseChild({ name, start, log, clock: Date.now, killAfterMs });
  return { first, stop: child.stop };
}

/**
 * Starts this program as so many workers on one port, and resolves once all answer. Connections go to them in turn.
 * @throws the failure of a worker
 */
export async function startWorkers(count: number, log: (line: string) => void): Promise<Workers> {
  addUpMetrics();
  const workers = Array.from({ length: count }, (_, index) =>
    superviseWorker(`worker ${index + 1}`, log),
  );
  // Neither children nor a wait for them keep a process running.
  const running = setInterval(() => {}, 2 ** 30);
  const stop = async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    clearInterval(running);
  };
  try {
    const [url = ""] = await Promise.all(workers.map(({ first }) => first));
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
