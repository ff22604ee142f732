import { existsSync, statSync } from "node:fs";
import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { copyDatabase, noteBackup } from "../../engine/open-store.ts";
import { formatFigure } from "../../numeric/format.ts";
import { databaseOption } from "../database.ts";
import { findUserName } from "../intervention-note.ts";
import { parseNeeded } from "../parse-options.ts";

/** @throws not_found */
export function refuseMissing(from: string): void {
  if (existsSync(from)) return;
  const message = `there is no database ${from}; name one that exists`;
  throw new EngineError("not_found", message, { details: { database: from } });
}

export function tellCopy(from: string, to: string): void {
  const size = formatFigure(statSync(to).size / 2 ** 20);
  process.stdout.write(`${to}: ${size} MiB, copied from ${from}\n`);
}

/** On record before the copy, so that no receipt misses it. */
function backUp(from: string, to: string): void {
  refuseMissing(from);
  noteBackup(from, { path: to, writtenAt: Date.now(), by: findUserName() });
  copyDatabase(from, to);
  tellCopy(from, to);
}

export function backupCommand(): Command {
  return new Command("backup")
    .description("Copy a database into a new file, also while servers and learners use it")
    .argument("<file>", "the copy; a file that exists is not overwritten", parseNeeded)
    .addOption(databaseOption())
    .addHelpText("after", "\nExample:\n  $ recurve backup shop-monday.db --database shop.db")
    .action((file: string, { database }: { readonly database: string }) => backUp(database, file));
}
