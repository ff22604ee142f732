import type { Store } from "../store.ts";
import { readNumber } from "./columns.ts";
import type { Connection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";

/** One row, overwritten: readers need only the age. */
export function createHeartbeats(
  connection: Connection,
  commits: GroupCommit,
): Store["heartbeats"] {
  const write = connection.prepare("INSERT OR REPLACE INTO learner_heartbeat VALUES (1, ?)");
  const read = connection.prepare("SELECT seen_at FROM learner_heartbeat");
  return {
    beat: (at) => commits.run(() => void write.run(at)),
    last: async () => {
      const row = read.get();
      return row && readNumber(row, "seen_at");
    },
  };
}
