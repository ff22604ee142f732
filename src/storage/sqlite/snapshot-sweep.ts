import type { RetentionStore } from "../retention-store.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";
import { assignedColumns } from "./policies.ts";

/** Snapshots that a page removes, of some hundred kilobytes each. */
const pageSnapshots = 4;

/** Versions of the assignments that held at an event number or later. */
const named = assignedColumns
  .map(
    (name) => `SELECT ${name} AS version FROM assignments AS past
      WHERE sequence >= coalesce((SELECT max(sequence) FROM assignments
        WHERE scenario = past.scenario AND sequence <= ?2), 0)`,
  )
  .join(" UNION ");

/** Versions of the present assignments. */
const present = assignedColumns
  .map(
    (name) => `SELECT ${name} AS version FROM assignments AS now
      WHERE sequence = (SELECT max(sequence) FROM assignments WHERE scenario = now.scenario)`,
  )
  .join(" UNION ");

export function createSnapshotSweep(
  connection: Connection,
  commits: GroupCommit,
): Pick<RetentionStore, "sweepSnapshots" | "snapshots" | "removeEncoder"> {
  const old = connection.prepare(
    `SELECT version FROM policy_bytes JOIN policy_snapshots USING (version)
     WHERE created_at < ?1
       AND version NOT IN (SELECT version FROM (${named}) WHERE version IS NOT NULL)
       AND version NOT IN (SELECT parent FROM policy_snapshots
         WHERE parent IS NOT NULL AND version IN (${present}))
     ORDER BY version LIMIT ${pageSnapshots}`,
  );
  const remove = connection.prepare("DELETE FROM policy_bytes WHERE version = ?");
  const versions = connection.prepare("SELECT version FROM policy_bytes ORDER BY version");
  const encoders = connection.prepare("SELECT hash FROM encoders ORDER BY hash");
  const removeEncoder = connection.prepare("DELETE FROM encoders WHERE hash = ?");
  return {
    sweepSnapshots: (before, oldestRead) =>
      commits.run(() => {
        const found = old.all(before, oldestRead).map((row) => readNumber(row, "version"));
        for (const version of found) remove.run(version);
        return found;
      }),
    snapshots: async () => ({
      versions: versions.all().map((row) => readNumber(row, "version")),
      encoders: encoders.all().map((row) => readText(row, "hash")),
    }),
    removeEncoder: (hash) => commits.run(() => void removeEncoder.run(hash)),
  };
}
