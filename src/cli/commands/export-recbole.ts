import { Command } from "commander";
import { toAtomicFiles } from "../../exchange/recbole/atomic-files.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { rangeOf, type TableLimits } from "../export-tables.ts";
import { exportedPart, noteExport } from "../exported-part.ts";
import { writeLargeFolder } from "../write-large-folder.ts";
import { addLimits } from "./export-table.ts";

async function exportRecbole(
  folder: string,
  options: DatabaseOptions & TableLimits,
): Promise<void> {
  await withDatabase(options, async (parts) => {
    await noteExport(parts.store, folder);
    const { store, consent } = exportedPart(parts, options);
    const range = rangeOf(options);
    const files = toAtomicFiles(store, { folder, range, ...(consent && { consent }) });
    await writeLargeFolder(folder, files);
    process.stderr.write(`${Object.keys(files).join(", ")} are in ${folder}\n`);
  });
}

export function exportRecboleCommand(): Command {
  const command = new Command("recbole")
    .description("Write events, items and users as RecBole's atomic files")
    .argument("<folder>", "new folder; its name is that of the data set");
  addLimits(command, { hasTime: true, hasUsers: true });
  return withDatabaseOptions(command)
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve export recbole shop --database shop.db\n\nThe files are in docs/guides/tables.md",
    )
    .action(exportRecbole);
}
