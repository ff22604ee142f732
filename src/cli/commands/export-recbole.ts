import { Command } from "commander";
import { toAtomicFiles } from "../../exchange/recbole/atomic-files.ts";
import { userTable } from "../../exchange/tables/record-tables.ts";
import type { RecordTable } from "../../exchange/tables/table.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { describeRefused, rangeOf, type TableLimits } from "../export-tables.ts";
import { exportedPart, noteExport } from "../exported-part.ts";
import { parseNeeded } from "../parse-options.ts";
import { writeLargeFolder } from "../write-large-folder.ts";
import { addLimits } from "./export-table.ts";

async function countRows({ rows }: RecordTable): Promise<number> {
  let count = 0;
  for await (const _ of rows) count += 1;
  return count;
}

async function exportRecbole(
  folder: string,
  options: DatabaseOptions & TableLimits,
): Promise<void> {
  await withDatabase(options, async (parts) => {
    await noteExport(parts.store, folder);
    const { store, consent } = exportedPart(parts, options);
    const range = rangeOf(options);
    const files = toAtomicFiles(store, { folder, range, ...(consent && { consent }) });
    const refused = (await parts.store.events.count()) - (await store.events.count());
    const users = (await store.users.count()) - (await countRows(userTable(store, consent)));
    if (!(await writeLargeFolder(folder, files))) return;
    const left = `${describeRefused(refused, "event", options)}${describeRefused(users, "user")}`;
    process.stderr.write(`${Object.keys(files).join(", ")} are in ${folder}${left}\n`);
  });
}

export function exportRecboleCommand(): Command {
  const command = new Command("recbole")
    .description("Write events, items and users as RecBole's atomic files")
    .argument("<folder>", "new folder; its name is that of the data set", parseNeeded);
  addLimits(command, { hasTime: true, hasUsers: true });
  return withDatabaseOptions(command)
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve export recbole shop --database shop.db\n\nThe files are in docs/guides/tables.md",
    )
    .action(exportRecbole);
}
