import { existsSync, statSync } from "node:fs";
import { Command } from "commander";
import { EngineError } from "../../domain/errors.ts";
import { copyDatabase } from "../../engine/open-store.ts";
import { formatFigure } from "../../numeric/format.ts";
import { databaseOption } from "../database.ts";
import { parseName } from "../parse-options.ts";

interface CopyOptions {
  readonly database: string;
}

function copy(from: string, to: string): void {
  if (!existsSync(from)) {
    const message = `there is no database ${from}; name one that exists`;
    throw new EngineError("not_found", message, { details: { database: from } });
  }
  copyDatabase(from, to);
  const size = formatFigure(statSync(to).size / 2 ** 20);
  process.stdout.write(`${to}: ${size} MiB, copied from ${from}\n`);
}

export function backupCommand(): Command {
  return new Command("backup")
    .description("Copy a database into a new file, also while servers and learners use it")
    .argument("<file>", "the copy; a file that exists is not overwritten", parseName)
    .addOption(databaseOption())
    .addHelpText("after", "\nExample:\n  $ recurve backup shop-monday.db --database shop.db")
    .action((file: string, { database }: CopyOptions) => copy(database, file));
}

export function restoreCommand(): Command {
  return new Command("restore")
    .description("Make a database from a copy that recurve backup wrote")
    .argument("<file>", "the copy", parseName)
    .addOption(databaseOption())
    .addHelpText("after", "\nExample:\n  $ recurve restore shop-monday.db --database restored.db")
    .action((file: string, { database }: CopyOptions) => copy(file, database));
}
