import { EngineError, type ErrorCode } from "../../domain/errors.ts";
import { openConnection } from "./connection.ts";

/** Work that one process at a time does on a record. */
interface LockedWork {
  /** End of the lock's file name. */
  readonly name: string;
  readonly code: ErrorCode;
  /** "another process is …" */
  readonly doing: string;
}

const learning: LockedWork = { name: "learning", code: "learner_busy", doing: "learning on" };
const tracking: LockedWork = { name: "tracking", code: "conflict", doing: "tracking the runs of" };

/**
 * Runs `work` while this process holds the exclusive lock of an empty database beside the record.
 * The operating system takes the lock back with the process, so a killed learner blocks no other,
 * which a lease in a row would until its end.
 */
async function workAlone<T>(
  { name, code, doing }: LockedWork,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  const connection = openConnection(path === ":memory:" ? path : `${path}-${name}`);
  try {
    if (connection.tryExec("BEGIN EXCLUSIVE")) return await work();
  } finally {
    connection.close();
  }
  const message = `another process is ${doing} ${path}; wait until it is done, or stop it`;
  throw new EngineError(code, message, { details: { path } });
}

/**
 * @param path of the record; ":memory:" belongs to this process alone
 * @throws learner_busy if another process learns
 */
export const learnAlone = <T>(path: string, work: () => Promise<T>): Promise<T> =>
  workAlone(learning, path, work);

/** @throws conflict if another process tracks */
export const trackAlone = <T>(path: string, work: () => Promise<T>): Promise<T> =>
  workAlone(tracking, path, work);
