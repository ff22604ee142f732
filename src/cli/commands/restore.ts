import { existsSync, rmSync } from "node:fs";
import { Command } from "commander";
import type { ErasureReceipt } from "../../domain/erasure.ts";
import { appendToList, copyDatabase, erasureListOf } from "../../engine/open-store.ts";
import { receiptText } from "../../engine/privacy/receipt.ts";
import { parseReceipts, replayErasures } from "../../engine/privacy/replay-erasures.ts";
import { formatCounted } from "../../numeric/format.ts";
import { databaseOption, withRecord } from "../database.ts";
import { parseName, parseNeeded } from "../parse-options.ts";
import { refuseMissing, tellCopy } from "./backup.ts";
import { readReceipts } from "./privacy-erase.ts";

interface RestoreOptions {
  readonly database: string;
  readonly erasures?: readonly string[];
}

/** The list beside the database that was lost, and those that are named. */
const listsOf = (database: string, named: readonly string[]) => [
  ...(existsSync(erasureListOf(database)) ? [erasureListOf(database)] : []),
  ...named,
];

const removeFiles = (database: string) => {
  for (const path of [database, `${database}-wal`, `${database}-shm`, erasureListOf(database)])
    rmSync(path, { force: true });
};

/** By way of another file: users who were erased are not in the target for a moment. */
async function copyWithout(
  from: string,
  to: string,
  receipts: readonly ErasureReceipt[],
): Promise<void> {
  const part = `${to}.restoring`;
  removeFiles(part);
  try {
    copyDatabase(from, part);
    const { users } = await withRecord(part, (store) =>
      replayErasures(store, receipts, Date.now()),
    );
    copyDatabase(part, to);
    for (const receipt of receipts) appendToList(to, receiptText(receipt));
    tellCopy(from, to);
    process.stdout.write(
      `${formatCounted(receipts.length, "receipt")} read, ${formatCounted(users, "user")} erased again\n`,
    );
  } finally {
    removeFiles(part);
  }
}

async function restore(from: string, { database, erasures = [] }: RestoreOptions): Promise<void> {
  refuseMissing(from);
  const receipts = listsOf(database, erasures).flatMap((path) => readReceipts(path, parseReceipts));
  if (receipts.length > 0) return copyWithout(from, database, receipts);
  copyDatabase(from, database);
  tellCopy(from, database);
}

const collect = (path: string, before: readonly string[] = []) => [...before, parseName(path)];

export function restoreCommand(): Command {
  return new Command("restore")
    .description("Make a database from a copy that recurve backup wrote")
    .argument("<file>", "the copy", parseNeeded)
    .addOption(databaseOption())
    .option(
      "--erasures <file>",
      "receipts of users who were erased after the copy, one a line; may be repeated; <database>-erasures.jsonl is always read",
      collect,
    )
    .addHelpText("after", "\nExample:\n  $ recurve restore shop-monday.db --database restored.db")
    .action(restore);
}
