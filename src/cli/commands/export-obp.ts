import { Command } from "commander";
import { toObp } from "../../exchange/bandit/write-obp.ts";
import { formatWhole } from "../../numeric/format.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import { type TableLimits, wantDecisions } from "../export-tables.ts";
import { exportedPart, noteExport } from "../exported-part.ts";
import { writeLargeFolder } from "../write-large-folder.ts";
import { addLimits } from "./export-table.ts";

async function exportObp(folder: string, options: DatabaseOptions & TableLimits): Promise<void> {
  await withDatabase(options, async (parts) => {
    await noteExport(parts.store, folder);
    const { store } = exportedPart(parts, options);
    const { files, counts } = toObp(wantDecisions({ ...parts, store, options }));
    await writeLargeFolder(folder, files);
    const { rounds, actions } = counts();
    const text = `${formatWhole(rounds)} rounds of ${formatWhole(actions)} actions are in ${folder}\n`;
    process.stderr.write(text);
  });
}

export function exportObpCommand(): Command {
  const command = new Command("obp")
    .description("Write decisions as the arrays of Open Bandit Pipeline, in Parquet")
    .argument("<folder>", "new folder");
  addLimits(command, {
    scenario: "the first of the configuration",
    ...{ hasArm: true, hasTime: true, hasUsers: true },
  });
  return withDatabaseOptions(command)
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve export obp shop-obp --database shop.db --arm serving\n\nThe arrays are in docs/guides/tables.md",
    )
    .action(exportObp);
}
