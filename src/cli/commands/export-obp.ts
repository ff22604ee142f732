import { Command } from "commander";
import { toObp } from "../../exchange/bandit/write-obp.ts";
import { formatCounted } from "../../numeric/format.ts";
import { type DatabaseOptions, withDatabase, withDatabaseOptions } from "../database.ts";
import {
  countRefused,
  describeRefused,
  type TableLimits,
  wantDecisions,
} from "../export-tables.ts";
import { exportedPart, noteExport } from "../exported-part.ts";
import { parseNeeded } from "../parse-options.ts";
import { writeLargeFolder } from "../write-large-folder.ts";
import { addLimits } from "./export-table.ts";

async function exportObp(folder: string, options: DatabaseOptions & TableLimits): Promise<void> {
  await withDatabase(options, async (parts) => {
    await noteExport(parts.store, folder);
    const { store } = exportedPart(parts, options);
    const wanted = wantDecisions({ ...parts, store, options });
    const { files, counts } = toObp(wanted);
    const { name } = wanted.scenario;
    const refused = await countRefused({ store, all: parts.store }, name);
    if (!(await writeLargeFolder(folder, files))) return;
    const { rounds, actions } = counts();
    process.stderr.write(
      `${formatCounted(rounds, "round")} of ${formatCounted(actions, "action")} in ${folder}${describeRefused(refused, "decision", options)}\n`,
    );
  });
}

export function exportObpCommand(): Command {
  const command = new Command("obp")
    .description("Write decisions as the arrays of Open Bandit Pipeline, in Parquet")
    .argument("<folder>", "new folder", parseNeeded);
  addLimits(command, {
    scenario: "the first of the configuration",
    hasArm: true,
    hasTime: true,
    hasUsers: true,
  });
  return withDatabaseOptions(command)
    .addHelpText(
      "after",
      "\nExample:\n  $ recurve export obp shop-obp --database shop.db --arm serving\n\nThe arrays are in docs/guides/tables.md",
    )
    .action(exportObp);
}
