import { Worker } from "node:worker_threads";
import type { Connection } from "./connection.ts";

export interface CheckpointData {
  /** Module to load the database's package from. */
  readonly base: string;
  readonly path: string;
}

/**
 * The whole program of the thread: it refers to nothing outside itself, and gives no function a name, as for `src/tensor/serve-lane.ts`.
 * Pages of the log go into the file four times a second. Writers append meanwhile, so that a log of 64 MiB is also begun anew, for which
 * they wait; if a reader is in the way for 20 ms, it is tried again later.
 */
function keepLogShort(require: NodeJS.Require): void {
  const { parentPort, workerData } =
    require("node:worker_threads") as typeof import("node:worker_threads");
  const { base, path } = workerData as CheckpointData;
  const Database = (require("node:module") as typeof import("node:module")).createRequire(base)(
    "libsql",
  ) as typeof import("libsql");
  const database = new Database(path, { timeout: 20 });
  database.exec("PRAGMA synchronous = NORMAL");
  const passive = database.prepare("PRAGMA wal_checkpoint(PASSIVE)");
  const restart = database.prepare("PRAGMA wal_checkpoint(RESTART)");
  const timer = setInterval(() => {
    try {
      const { log } = passive.get([]) as { readonly log: number };
      if (log > 16_384) restart.get([]);
    } catch {
      // Locked, or a full disk: the writers say so. The log waits.
    }
  }, 250);
  parentPort?.once("message", () => {
    clearInterval(timer);
    database.close();
  });
}

/** Pages after which SQLite itself brings the log into the file, within a commit. */
const automatic = 1000;

/** Brings the log of a record into its file beside the event loop, which two waits for the disk would hold up. */
export function startCheckpoints(connection: Connection, path: string): { stop(): Promise<void> } {
  const workerData: CheckpointData = { base: import.meta.url, path };
  const program = `(${keepLogShort})(require)`;
  const worker = new Worker(program, { eval: true, workerData, execArgv: [] });
  worker.unref();
  connection.exec("PRAGMA wal_autocheckpoint = 0");
  worker.once("error", () => connection.exec(`PRAGMA wal_autocheckpoint = ${automatic}`));
  const exited = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
  return {
    stop: async () => {
      worker.ref();
      worker.postMessage("stop");
      await exited;
    },
  };
}
