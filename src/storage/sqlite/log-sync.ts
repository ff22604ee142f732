import { type FileHandle, open } from "node:fs/promises";
import { startCheckpoints } from "./checkpoint-thread.ts";
import { readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { writeFailure } from "./sqlite-error.ts";

/** Makes commits durable beside the event loop, which the disk can hold up for longer than all else. */
export interface LogSync {
  /** Resolves once all that was committed before the call is on the disk. @throws storage_unavailable */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The resolved path of a record with a write-ahead log; undefined of one without. */
function fileOf(connection: Connection): string | undefined {
  const mode = connection.prepare("PRAGMA journal_mode").get();
  if (mode?.journal_mode !== "wal") return undefined;
  const list = connection.prepare("SELECT file FROM pragma_database_list WHERE name = 'main'");
  return readText(list.get() ?? {}, "file");
}

/**
 * In WAL mode with `synchronous = NORMAL` a commit only adds to the log, whose frames are valid up to the first that is missing: after a
 * sync of the log that follows it, a commit is as durable as one with `synchronous = FULL`. A kernel may forget pages that it failed to
 * write, so that after a failure none of the later commits can be trusted.
 */
function createLogSync(path: string): LogSync {
  let handle: Promise<FileHandle> | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function start(): Promise<void> {
    try {
      handle ??= open(path, "r+");
      await (await handle).datasync();
    } catch (cause) {
      throw writeFailure(cause);
    }
  }
  /** One at a time: whoever comes while one runs shares the next. */
  function sync(): Promise<void> {
    if (running === undefined) {
      running = start();
      const end = () => {
        running = undefined;
      };
      // It stays under way for good once it has failed.
      running.then(end, () => {});
      return running;
    }
    next ??= running.then(() => {
      next = undefined;
      return sync();
    });
    return next;
  }
  return {
    sync,
    close: async () => {
      await running?.catch(() => {});
      const opened = await handle?.catch(() => undefined);
      await opened?.close();
    },
  };
}

/**
 * Takes over from SQLite, which syncs each commit before it returns; a record without a log stays with that.
 * @param checkpointsBeside a thread brings the log into the file, and not every thousandth page's commit
 */
export function takeOverSync(connection: Connection, checkpointsBeside: boolean): LogSync {
  const path = fileOf(connection);
  if (path === undefined) return { sync: async () => {}, close: async () => {} };
  connection.exec("PRAGMA synchronous = NORMAL");
  const { sync, close } = createLogSync(`${path}-wal`);
  const checkpoints = checkpointsBeside ? startCheckpoints(connection, path) : undefined;
  return {
    sync,
    close: async () => {
      await checkpoints?.stop();
      await close();
    },
  };
}
