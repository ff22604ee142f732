import { EngineError } from "../../domain/errors.ts";
import { openConnection } from "./connection.ts";

/**
 * Runs `work` while this process holds the exclusive lock of an empty database beside the record.
 * The operating system takes the lock back with the process, so a killed learner blocks no other,
 * which a lease in a row would until its end.
 * @param path of the record; ":memory:" belongs to this process alone
 * @throws learner_busy if another process holds it
 */
export async function learnAlone<T>(path: string, work: () => Promise<T>): Promise<T> {
  const connection = openConnection(path === ":memory:" ? path : `${path}-learning`);
  try {
    if (!connection.tryExec("BEGIN EXCLUSIVE")) throw busy(path);
    return await work();
  } finally {
    connection.close();
  }
}

function busy(path: string): EngineError {
  const message = `another process is learning on ${path}; wait until it is done, or stop it`;
  return new EngineError("learner_busy", message, { details: { path } });
}
