import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { Command } from "commander";
import type { ErasureReceipt } from "../../domain/erasure.ts";
import { EngineError } from "../../domain/errors.ts";
import { copyDatabase, erasureListOf, noteWrittenFile } from "../../engine/open-store.ts";
import { parseReceipts, replayErasures } from "../../engine/privacy/replay-erasures.ts";
import { formatFigure } from "../../numeric/format.ts";
import { databaseOption, withRecord } from "../database.ts";
import { parseName } from "../parse-options.ts";

interface CopyOptions {
  readonly database: string;
}

interface RestoreOptions extends CopyOptions {
  readonly erasures?: readonly string[];
}

function refuseMissing(from: string): void {
  if (!existsSync(from)) {
    const message = `there is no database ${from}; name one that exists`;
    throw new EngineError("not_found", message, { details: { database: from } });
  }
}

function tell(from: string, to: string): void {
  const size = formatFigure(statSync(to).size / 2 ** 20);
  process.stdout.write(`${to}: ${size} MiB, copied from ${from}\n`);
}

/** On record before the copy, so that no receipt misses it. */
function backUp(from: string, to: string): void {
  refuseMissing(from);
  noteWrittenFile(from, { kind: "backup", path: to, writtenAt: Date.now() });
  copyDatabase(from, to);
  tell(from, to);
}

function readReceipts(path: string): readonly ErasureReceipt[] {
  try {
    return parseReceipts(readFileSync(path, "utf8"));
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const message = `${path} can't be read: ${(cause as Error).message}; name a receipt or a list of them`;
    throw new EngineError("invalid_file", message, { details: { file: path }, cause });
  }
}

/** A list beside the database that was lost, and those that are named. */
const listsOf = (database: string, named: readonly string[]) => [
  ...(existsSync(erasureListOf(database)) ? [erasureListOf(database)] : []),
  ...named,
];

/** Into another file first: a database that serves must not hold users who were erased, even for a moment. */
async function restore(from: string, { database, erasures = [] }: RestoreOptions): Promise<void> {
  refuseMissing(from);
  const receipts = listsOf(database, erasures).flatMap(readReceipts);
  if (receipts.length === 0) {
    copyDatabase(from, database);
    return tell(from, database);
  }
  const part = `${database}.restoring`;
  copyDatabase(from, part);
  try {
    const { users } = await withRecord(part, (store) =>
      replayErasures(store, receipts, Date.now()),
    );
    copyDatabase(part, database);
    tell(from, database);
    process.stdout.write(`${receipts.length} erasures known, ${users} users erased again\n`);
  } finally {
    for (const end of ["", "-wal", "-shm", "-erasures.jsonl"])
      rmSync(`${part}${end}`, { force: true });
  }
}

const collect = (path: string, before: readonly string[] = []) => [...before, parseName(path)];

export function backupCommand(): Command {
  return new Command("backup")
    .description("Copy a database into a new file, also while servers and learners use it")
    .argument("<file>", "the copy; a file that exists is not overwritten", parseName)
    .addOption(databaseOption())
    .addHelpText("after", "\nExample:\n  $ recurve backup shop-monday.db --database shop.db")
    .action((file: string, { database }: CopyOptions) => backUp(database, file));
}

export function restoreCommand(): Command {
  return new Command("restore")
    .description("Make a database from a copy that recurve backup wrote")
    .argument("<file>", "the copy", parseName)
    .addOption(databaseOption())
    .option(
      "--erasures <file>",
      "receipts of users who were erased after the copy, one a line; may be repeated; <database>-erasures.jsonl is always read",
      collect,
    )
    .addHelpText("after", "\nExample:\n  $ recurve restore shop-monday.db --database restored.db")
    .action(restore);
}
