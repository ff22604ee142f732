import type { CheckpointStore } from "../checkpoint-store.ts";
import { readBytes } from "./columns.ts";
import type { Connection } from "./connection.ts";

/** A cell of SQLite holds 1 GB at most, and is copied twice on its way: an unfinished training of a large network has more. */
const partBytes = 2 ** 24;

/** Statements that write, for the caller's transaction. */
export function prepareCheckpoints(connection: Connection) {
  const removal = connection.prepare("DELETE FROM checkpoints WHERE name = ?");
  const insert = connection.prepare("INSERT INTO checkpoints (name, part, bytes) VALUES (?, ?, ?)");
  return {
    /** In the place of the bytes before. @param bytes default: none are left */
    replace: (name: string, bytes?: Uint8Array): void => {
      removal.run(name);
      if (bytes === undefined) return;
      for (let start = 0; start === 0 || start < bytes.length; start += partBytes)
        insert.run(name, start / partBytes, bytes.subarray(start, start + partBytes));
    },
  };
}

export function createCheckpointStore(connection: Connection): CheckpointStore {
  const parts = connection.prepare("SELECT bytes FROM checkpoints WHERE name = ? ORDER BY part");
  return {
    load: async (name) => {
      const found = parts.all(name).map((row) => readBytes(row, "bytes"));
      if (found.length === 0) return undefined;
      const { buffer, byteOffset, length } = Buffer.concat(found);
      return new Uint8Array(buffer, byteOffset, length);
    },
  };
}
