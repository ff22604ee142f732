import type { RetentionStore } from "../retention-store.ts";
import { readNumber, readText } from "./columns.ts";
import type { Connection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";
import { createRemovalNote, type NoteRemoval } from "./removal-note.ts";
import { createRevisionSweep } from "./revision-sweep.ts";
import { createSnapshotSweep } from "./snapshot-sweep.ts";

/** Events that a page looks at, and decisions that it removes: some 5 ms. */
const pageEvents = 200;
const pageDecisions = 50;
/** Oldest decisions whose event numbers are compared: they are in the order of their commits. */
const pageOldest = 2000;
const keptCycles = 50;
const pageCycles = 20;
const freedPages = 200;

function prepareStatements(connection: Connection) {
  return {
    events: connection.prepare(
      "SELECT sequence, type, occurred_at FROM events WHERE sequence > ? ORDER BY sequence LIMIT ?",
    ),
    removeEvent: connection.prepare("DELETE FROM events WHERE sequence = ?"),
    nextScenario: connection.prepare(
      "SELECT min(scenario) AS scenario FROM decisions WHERE scenario > ?",
    ),
    oldest: connection.prepare(
      `SELECT sequence, decided_at FROM decisions WHERE scenario = ? ORDER BY sequence LIMIT ?`,
    ),
    removeRewards: connection.prepare("DELETE FROM rewards WHERE decision_sequence = ?"),
    removeViews: connection.prepare("DELETE FROM views WHERE decision_sequence = ?"),
    removeDecision: connection.prepare("DELETE FROM decisions WHERE sequence = ?"),
    addPruned: connection.prepare(
      `INSERT INTO pruned_decisions VALUES (?, ?)
       ON CONFLICT DO UPDATE SET decisions = decisions + excluded.decisions`,
    ),
    pruned: connection.prepare("SELECT decisions FROM pruned_decisions WHERE scenario = ?"),
    oldestRead: connection.prepare(
      `SELECT coalesce((SELECT min(as_of) FROM (SELECT as_of FROM decisions ORDER BY sequence LIMIT ?)),
         (SELECT sequence FROM event_number)) AS sequence`,
    ),
    cycles: connection.prepare(
      `DELETE FROM cycles WHERE cycle IN (
         SELECT cycle FROM cycles AS old WHERE finished_at < ? AND cycle <= (
           SELECT cycle FROM cycles WHERE scenario = old.scenario
           ORDER BY cycle DESC LIMIT 1 OFFSET ${keptCycles})
         ORDER BY cycle LIMIT ${pageCycles})`,
    ),
    freelist: connection.prepare("PRAGMA freelist_count"),
    autoVacuum: connection.prepare("PRAGMA auto_vacuum"),
  };
}

type Statements = ReturnType<typeof prepareStatements>;

/** Events by their type and time, decisions by their time. */
function createRowSweeps(
  statements: Statements,
  commits: GroupCommit,
  note: NoteRemoval,
): Pick<RetentionStore, "sweepEvents" | "sweepDecisions"> {
  const removeDecision = (sequence: number) => {
    const { removeRewards, removeViews, removeDecision: last } = statements;
    for (const statement of [removeRewards, removeViews, last]) statement.run(sequence);
  };
  return {
    sweepEvents: (after, { types, others = Number.NEGATIVE_INFINITY }) =>
      commits.run((numbers) => {
        const rows = statements.events.all(after, pageEvents);
        const old = rows.filter((row) => {
          const type = readText(row, "type");
          const before = Object.hasOwn(types, type) ? types[type] : others;
          return readNumber(row, "occurred_at") < (before ?? others);
        });
        const sequences = old.map((row) => readNumber(row, "sequence"));
        for (const sequence of sequences) statements.removeEvent.run(sequence);
        note({ name: "events", sequences }, numbers);
        const last = rows[pageEvents - 1];
        return { removed: old.length, ...(last && { next: readNumber(last, "sequence") }) };
      }),
    sweepDecisions: (scenario, before) =>
      commits.run((numbers) => {
        const rows = statements.oldest.all(scenario, pageDecisions);
        const kept = rows.findIndex((row) => readNumber(row, "decided_at") >= before);
        const old = kept < 0 ? rows : rows.slice(0, kept);
        const sequences = old.map((row) => readNumber(row, "sequence"));
        for (const sequence of sequences) removeDecision(sequence);
        if (sequences.length > 0) statements.addPruned.run(scenario, sequences.length);
        note({ name: "decisions", sequences }, numbers);
        return sequences.length;
      }),
  };
}

export function createRetentionStore(connection: Connection, commits: GroupCommit): RetentionStore {
  const statements = prepareStatements(connection);
  const note = createRemovalNote(connection);
  return {
    ...createRowSweeps(statements, commits, note),
    scenarios: async () => {
      const found: string[] = [];
      for (let name: unknown = ""; typeof name === "string"; ) {
        name = statements.nextScenario.get(name)?.scenario;
        if (typeof name === "string") found.push(name);
      }
      return found;
    },
    prunedDecisions: async (scenario) => {
      const row = statements.pruned.get(scenario);
      return row === undefined ? 0 : readNumber(row, "decisions");
    },
    oldestRead: async () => readNumber(statements.oldestRead.get(pageOldest) ?? {}, "sequence"),
    sweepRevisions: createRevisionSweep(connection, commits, note),
    ...createSnapshotSweep(connection, commits),
    sweepCycles: (before) => commits.run(() => statements.cycles.run(before)),
    shrink: async () => {
      const free = readNumber(statements.freelist.get() ?? {}, "freelist_count");
      const gives = readNumber(statements.autoVacuum.get() ?? {}, "auto_vacuum") === 2;
      if (free === 0 || !gives) return false;
      connection.tryExec(`PRAGMA incremental_vacuum(${freedPages})`);
      return true;
    },
    compact: async () => {
      connection.exec("PRAGMA auto_vacuum = INCREMENTAL; VACUUM");
      connection.tryExec("PRAGMA wal_checkpoint(TRUNCATE)");
    },
  };
}
