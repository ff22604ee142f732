import type { Connection } from "./connection.ts";
import type { EventNumbers } from "./group-commit.ts";

/** Retention has one row of removals, which its sweeps add to. */
function prepareStatements(connection: Connection) {
  return {
    ensure: connection.prepare(
      `INSERT INTO removals (kind, begun_at, counts)
       SELECT 'retention', 0, '{}' WHERE NOT EXISTS (SELECT 1 FROM removals WHERE kind = 'retention')`,
    ),
    note: connection.prepare(
      `UPDATE removals SET sequence = ?1, first = min(coalesce(first, ?2), ?2),
         counts = json_set(counts, ?3, coalesce(json_extract(counts, ?3), 0) + ?4)
       WHERE kind = 'retention'`,
    ),
  };
}

/** Removed rows of a table, and the lowest event number among them. */
interface Swept {
  readonly name: string;
  readonly sequences: readonly number[];
}

/** Puts removed rows on record, inside the transaction that removed them. */
export type NoteRemoval = (swept: Swept, numbers: EventNumbers) => void;

export function createRemovalNote(connection: Connection): NoteRemoval {
  const { ensure, note } = prepareStatements(connection);
  return ({ name, sequences }, numbers) => {
    if (sequences.length === 0) return;
    const first = sequences.reduce((least, sequence) => Math.min(least, sequence));
    ensure.run();
    note.run(numbers.next(), first, `$.${name}`, sequences.length);
  };
}
