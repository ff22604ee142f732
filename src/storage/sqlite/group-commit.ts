import { EngineError } from "../../domain/errors.ts";
import { readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";
import { retryWhileLocked } from "./lock-wait.ts";

/** Gives out event numbers inside a write transaction. */
export interface EventNumbers {
  next(): number;
}

export interface GroupCommit {
  /**
   * Runs `write` in the next transaction, which it shares with every other caller that waits by
   * then, and resolves once the commit is durable. A write that throws is undone alone.
   * @throws overloaded, storage_unavailable
   */
  run<T>(write: (numbers: EventNumbers) => T): Promise<T>;
  /** Resolves when no write waits any more. */
  drain(): Promise<void>;
  /** Why the newest write failed, if the file or the disk is at fault. */
  problem(): string | undefined;
}

/** Calls that wait for a commit, in all; the next one is refused with `overloaded`. */
export const maxWaitingWrites = 10_000;

interface WaitingWrite {
  readonly write: (numbers: EventNumbers) => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The event number is read in each transaction: another process may have moved it on. */
function createEventNumbers(connection: Connection) {
  const read = connection.prepare("SELECT sequence FROM event_number");
  const write = connection.prepare("UPDATE event_number SET sequence = ?");
  let stored = 0;
  let current = 0;
  return {
    load: () => {
      stored = readNumber(read.get() ?? {}, "sequence");
      current = stored;
    },
    save: () => {
      if (current !== stored) write.run(current);
    },
    next: () => {
      current += 1;
      return current;
    },
    current: () => current,
    resetTo: (sequence: number) => {
      current = sequence;
    },
  };
}

/** Tells the callers how their writes ended. */
type Answers = readonly (() => void)[];

/**
 * Commits the writes of several callers in the transaction that the connection has begun.
 * @returns their answers, which are not to be given before the commit is durable
 */
function createBatchCommit(connection: Connection): (batch: readonly WaitingWrite[]) => Answers {
  const numbers = createEventNumbers(connection);

  /** Runs one write under a savepoint; its result reaches the caller after the commit. */
  function attempt({ write, resolve, reject }: WaitingWrite): () => void {
    const before = numbers.current();
    connection.exec("SAVEPOINT attempt");
    try {
      const result = write(numbers);
      connection.exec("RELEASE attempt");
      return () => resolve(result);
    } catch (error) {
      // On a full disk SQLite itself rolls the whole transaction back: then no write is stored.
      if (!connection.inTransaction) throw error;
      connection.exec("ROLLBACK TO attempt; RELEASE attempt");
      numbers.resetTo(before);
      return () => reject(error);
    }
  }

  return (batch) => {
    try {
      numbers.load();
      const answers = batch.map(attempt);
      numbers.save();
      connection.exec("COMMIT");
      return answers;
    } catch (error) {
      if (connection.inTransaction) connection.exec("ROLLBACK");
      return batch.map(
        ({ reject }) =>
          () =>
            reject(error),
      );
    }
  };
}

/** Commits the writes that are taken once the lock is free, and answers them once the commit is durable. */
function createDurableCommit(connection: Connection, sync: () => Promise<void>) {
  const commit = createBatchCommit(connection);
  return async (take: () => readonly WaitingWrite[]): Promise<void> => {
    let batch: readonly WaitingWrite[] = [];
    let answers: Answers = [];
    try {
      await retryWhileLocked(() => {
        if (!connection.tryExec("BEGIN IMMEDIATE")) return false;
        batch = take();
        answers = commit(batch);
        return true;
      });
      await sync();
      for (const answer of answers) answer();
    } catch (error) {
      rejectAll(batch.length > 0 ? batch : take(), error);
    }
  };
}

/** @param sync resolves once all commits until now are durable; default: they are when they return */
export function createGroupCommit(
  connection: Connection,
  sync: () => Promise<void> = async () => {},
): GroupCommit {
  const commitDurably = createDurableCommit(connection, sync);
  let waiting: WaitingWrite[] = [];
  let isUnderWay = false;
  let problem: string | undefined;

  function takeWaiting(): readonly WaitingWrite[] {
    const batch = waiting;
    waiting = [];
    return batch;
  }

  /** Writes that come while the disk is busy share the next commit. */
  async function flush(): Promise<void> {
    await commitDurably(takeWaiting);
    if (waiting.length > 0) setImmediate(flush);
    else isUnderWay = false;
  }

  function enqueue<T>(write: (numbers: EventNumbers) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      waiting.push({ write, resolve: resolve as (result: unknown) => void, reject });
      // After the I/O of this turn of the event loop, so that all requests that it brought share the commit.
      if (!isUnderWay) setImmediate(flush);
      isUnderWay = true;
    });
  }

  return {
    run: async (write) => {
      if (waiting.length >= maxWaitingWrites) throw overloaded();
      try {
        const result = await enqueue(write);
        problem = undefined;
        return result;
      } catch (error) {
        if (error instanceof EngineError && error.code === "storage_unavailable")
          problem = error.message;
        throw error;
      }
    },
    problem: () => problem,
    drain: async () => {
      if (isUnderWay) await enqueue(() => undefined);
    },
  };
}

function rejectAll(writes: readonly WaitingWrite[], error: unknown): void {
  for (const { reject } of writes) reject(error);
}

function overloaded(): EngineError {
  const message = `${maxWaitingWrites} writes wait for the disk already; send fewer at a time and retry`;
  return new EngineError("overloaded", message, { details: { limit: maxWaitingWrites } });
}
