import { fileKinds, type WrittenFile } from "../../domain/erasure.ts";
import type { WrittenFileStore } from "../erasure-store.ts";
import { type Connection, openConnection } from "./connection.ts";
import type { GroupCommit } from "./group-commit.ts";
import { checkDatabase, readVersion } from "./migrate.ts";
import { migrations } from "./migrations.ts";
import { column, defineTable } from "./table.ts";
import { prepareDeedInsert } from "./trail.ts";

const table = defineTable<WrittenFile>({
  kind: column.member("kind", fileKinds),
  path: column.text("path"),
  writtenAt: column.number("written_at"),
});

interface Backup extends Pick<WrittenFile, "path" | "writtenAt"> {
  readonly by?: string | undefined;
}

/** Of a database that may be of an earlier release, which has no such list and stays as it is. @param by user of the machine */
export function noteBackup(database: string, { path, writtenAt, by }: Backup): void {
  const connection = openConnection(database);
  try {
    checkDatabase(connection, database);
    if (readVersion(connection) < migrations.length) return;
    const note = by === undefined ? {} : { by };
    prepareInsert(connection).run(...table.encode({ kind: "backup", path, writtenAt }));
    prepareDeedInsert(connection)({ kind: "backup", madeAt: writtenAt, subject: path, ...note });
  } finally {
    connection.close();
  }
}

const prepareInsert = (connection: Connection) =>
  connection.prepare(`INSERT INTO written_files (${table.columns}) VALUES (${table.placeholders})`);

export function createWrittenFileStore(
  connection: Connection,
  commits: GroupCommit,
): WrittenFileStore {
  const insert = prepareInsert(connection);
  const list = connection.prepare(`SELECT ${table.columns} FROM written_files ORDER BY number`);
  return {
    add: (file) => commits.run(() => void insert.run(...table.encode(file))),
    list: async () => list.all().map(table.decode),
  };
}
