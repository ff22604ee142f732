import { EngineError } from "../../domain/errors.ts";
import { busyTimeoutMs } from "./connection.ts";

// Another process holds the lock for a millisecond: it does not wait for the disk within.
const retryMs = 1;
const maxRetries = busyTimeoutMs / retryMs;

/**
 * Repeats `attempt` until it is true, for as long as SQLite would wait for a lock, without blocking
 * the process: serving continues.
 * @throws storage_unavailable
 */
export async function retryWhileLocked(attempt: () => boolean): Promise<void> {
  for (let retries = 0; !attempt(); retries += 1) {
    if (retries === maxRetries) throw locked();
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function locked(): EngineError {
  const message = `another process has been writing to the database for ${busyTimeoutMs} ms; retry, or stop that process`;
  return new EngineError("storage_unavailable", message);
}
